"""Examines a PDF that a stranger uploaded — alone in a process of its own, which its time and memory end.

`python -m actions.certificates.examining`: one line of JSON (whom to trust) and the file on stdin, JSON on stdout.
"""

import base64
import io
import json
import resource
import sys
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from asn1crypto.x509 import Certificate
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel, TimestampSignatureStatus
from pyhanko_certvalidator import ValidationContext

CPU_SECONDS, MEMORY_BYTES = 8, 1 << 30
# What a PDF made to break readers has been seen to raise; anything of it means "not one of ours".
UNREADABLE = (
    PdfError,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    NotImplementedError,
    AssertionError,
    RecursionError,
    OverflowError,
    MemoryError,
    OSError,
)


class Verdict(StrEnum):
    """What is said of a file."""

    INTACT = "intact"
    ALTERED = "altered"
    NOT_OURS = "not-ours"
    UNCHECKED = "unchecked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """The verdict, the code of an intact certificate, and when the time authority saw it."""

    verdict: Verdict
    code: str = ""
    stamped_at: datetime | None = None

    def written(self) -> bytes:
        """As JSON."""
        stamped = self.stamped_at.isoformat() if self.stamped_at else None
        return json.dumps({"verdict": self.verdict.value, "code": self.code, "stamped_at": stamped}).encode()

    @classmethod
    def read(cls, raw: bytes) -> "Checked":
        """What `written` wrote; raises ValueError, KeyError or TypeError."""
        plain = json.loads(raw)
        stamped = datetime.fromisoformat(plain["stamped_at"]) if plain["stamped_at"] else None
        return cls(verdict=Verdict(plain["verdict"]), code=str(plain["code"]), stamped_at=stamped)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """Our own seals, now and before, and the time authority."""

    own: tuple[Certificate, ...]
    authority: Certificate | None = None

    def written(self) -> bytes:
        """As one line of JSON."""
        return json.dumps([_text(self.authority), *map(_text, self.own)]).encode() + b"\n"

    @classmethod
    def read(cls, line: bytes) -> "Trust":
        """What `written` wrote."""
        authority, *own = [Certificate.load(base64.b64decode(text)) if text else None for text in json.loads(line)]
        return cls(own=tuple(one for one in own if one), authority=authority)


def examine(pdf: bytes, trust: Trust) -> Checked:
    """Whether a file is one of ours and untouched; never raises for a bad file."""
    try:
        reader = PdfFileReader(io.BytesIO(pdf), strict=True)
        signatures = reader.embedded_signatures
        ours = [signature for signature in signatures if _sealed(signature, trust)]
        if not ours:
            return Checked(verdict=Verdict.NOT_OURS)
        holds = len(signatures) == 1 and _holds(ours[0], trust)
        if not holds:
            return Checked(verdict=Verdict.ALTERED)
        stamp, code = holds.timestamp_validity, str(reader.trailer["/Info"]["/Keywords"])
        return Checked(
            verdict=Verdict.INTACT, code=code, stamped_at=stamp.timestamp if stamp and _good(stamp) else None
        )
    except UNREADABLE:
        return Checked(verdict=Verdict.NOT_OURS)


def _sealed(signature: EmbeddedPdfSignature, trust: Trust) -> bool:
    certificate = signature.signer_cert
    return certificate is not None and certificate.dump() in {one.dump() for one in trust.own}


def _holds(signature: EmbeddedPdfSignature, trust: Trust) -> PdfSignatureStatus | None:
    """The signature's status if it is good; our own certificates are trusted also when they have expired."""
    ours = ValidationContext(trust_roots=list(trust.own), allow_fetching=False)
    theirs = ValidationContext(trust_roots=[trust.authority], allow_fetching=False) if trust.authority else ours
    try:
        status = validate_pdf_signature(signature, ours, theirs)
    except UNREADABLE:
        return None
    return status if status.bottom_line and status.coverage is SignatureCoverageLevel.ENTIRE_FILE else None


def _good(stamp: TimestampSignatureStatus) -> bool:
    return stamp.intact and stamp.valid and stamp.trusted


def _text(certificate: Any) -> str | None:
    return base64.b64encode(certificate.dump()).decode() if certificate is not None else None


def main() -> None:
    """Examine the one file on stdin, within limits that end the process."""
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    trust = Trust.read(sys.stdin.buffer.readline())
    sys.stdout.buffer.write(examine(sys.stdin.buffer.read(), trust).written())


if __name__ == "__main__":
    main()
