"""The time authority: says when a certificate was signed, by a timestamp of RFC 3161 that outlives our own clock."""

from dataclasses import dataclass
from pathlib import Path

from asn1crypto import pem
from asn1crypto.x509 import Certificate
from pyhanko.sign.timestamps import HTTPTimeStamper

from bot.errors import Misconfigured


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeAuthority:
    """Where timestamps come from, whom they must be signed by, and the seconds one request may take."""

    url: str
    root: Certificate
    deadline: float

    @classmethod
    def load(cls, *, url: str, certificate: Path, deadline: float) -> "TimeAuthority":
        """Read the authority's certificate, PEM or DER; raises Misconfigured."""
        root = read_certificate(certificate, "certificates.tsa_certificate")
        return cls(url=url, root=root, deadline=deadline)

    def stamper(self) -> HTTPTimeStamper:
        """A client; it remembers how large the authority's answers are."""
        return HTTPTimeStamper(self.url, timeout=self.deadline)


def read_certificate(file: Path, setting: str) -> Certificate:
    """A certificate, PEM or DER; raises Misconfigured naming the setting."""
    try:
        raw = file.read_bytes()
        if pem.detect(raw):
            _, _, raw = pem.unarmor(raw)
        certificate = Certificate.load(raw, strict=True)
        certificate.subject.native  # noqa: B018 - parsed only when it is looked at
    except (OSError, ValueError, TypeError) as error:
        raise Misconfigured(f"{setting}: {file} cannot be read: {error}") from error
    return certificate
