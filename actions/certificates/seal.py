"""The centre's electronic seal: signs a PDF (PAdES), and tells whether a PDF is ours and untouched."""

import asyncio
import io
import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path

from asn1crypto.x509 import Certificate
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel, TimestampSignatureStatus
from pyhanko_certvalidator import ValidationContext

from actions.certificates.stamping import TimeAuthority, read_certificate
from bot.errors import Misconfigured, SealUnavailable

FIELD = "JiajiaSeal"
PATIENCE = 10.0
YEARS = 10
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


# What a time authority that is away, slow or wrong has been seen to make of a signing.
BAD_STAMP = (OSError, ValueError, TypeError, KeyError, IndexError, AttributeError, AssertionError)


class Verdict(StrEnum):
    """What the seal says of a file."""

    INTACT = "intact"
    ALTERED = "altered"
    NOT_OURS = "not-ours"


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """The verdict, the code of an intact certificate, and when the time authority saw it."""

    verdict: Verdict
    code: str = ""
    stamped_at: datetime | None = None


class ElectronicSeal:
    """Signs and validates with one key pair; a time authority, where there is one, says when."""

    def __init__(
        self,
        signer: SimpleSigner,
        *,
        centre: str,
        authority: TimeAuthority | None = None,
        former: tuple[Certificate, ...] = (),
    ) -> None:
        self._signer = signer
        self._centre = centre
        self._own = (_own(signer), *former)
        self._authority = authority
        self._stamper = authority.stamper() if authority else None

    @classmethod
    def load(
        cls,
        *,
        key: Path,
        certificate: Path,
        centre: str,
        passphrase: str = "",
        authority: TimeAuthority | None = None,
        former: tuple[Path, ...] = (),
    ) -> "ElectronicSeal":
        """Read PEM or DER files; raises Misconfigured when they cannot be used together.

        What a seal of a `former` certificate has signed stays one of ours.
        """
        signer: SimpleSigner | None = SimpleSigner.load(  # type: ignore[no-untyped-call]  # the library leaves it untyped
            str(key), str(certificate), key_passphrase=passphrase.encode() or None
        )
        if signer is None:
            raise Misconfigured(
                f"certificates: {key.name} or {certificate.name} cannot be read; check files and passphrase"
            )
        earlier = tuple(read_certificate(file, "certificates.former") for file in former)
        return cls(signer, centre=centre, authority=authority, former=earlier)

    @classmethod
    def demo(cls, folder: Path, *, centre: str, authority: TimeAuthority | None = None) -> "ElectronicSeal":
        """A self-made seal kept in `folder`, made on the first start; good for trying out only."""
        key, certificate = folder / "demo-seal.key", folder / "demo-seal.pem"
        if not certificate.exists():
            folder.mkdir(parents=True, exist_ok=True)
            _make(key, certificate, centre)
        return cls.load(key=key, certificate=certificate, centre=centre, authority=authority)

    async def sign(self, pdf: bytes) -> bytes:
        """The same document with a certifying signature that allows no change.

        Raises SealUnavailable when the time authority gives no good timestamp in time: without, no paper is given out.
        """
        metadata = PdfSignatureMetadata(
            field_name=FIELD,
            reason="电子证明",
            name=self._centre,
            certify=True,
            docmdp_permissions=MDPPerm.NO_CHANGES,
            subfilter=SigSeedSubFilter.PADES,
            md_algorithm="sha256",
        )
        signer = PdfSigner(metadata, signer=self._signer, timestamper=self._stamper)
        if self._authority is None:
            return await _signed(signer, pdf)
        try:
            async with asyncio.timeout(2 * self._authority.deadline):  # once to learn the size, once in earnest
                signed = await _signed(signer, pdf)
        except BAD_STAMP as error:
            raise SealUnavailable(f"time authority: {type(error).__name__}") from error
        if (await self.check(signed)).stamped_at is None:
            raise SealUnavailable("time authority: a timestamp that does not hold")
        return signed

    async def check(self, pdf: bytes) -> Checked:
        """Whether a file is one of ours and untouched; never raises for a bad file."""
        try:
            async with asyncio.timeout(PATIENCE):
                return await asyncio.to_thread(self._check, pdf)
        except TimeoutError:
            return Checked(verdict=Verdict.NOT_OURS)

    def _check(self, pdf: bytes) -> Checked:
        try:
            reader = PdfFileReader(io.BytesIO(pdf), strict=True)
            signatures = reader.embedded_signatures
            ours = [signature for signature in signatures if self._sealed(signature)]
            if not ours:
                return Checked(verdict=Verdict.NOT_OURS)
            holds = len(signatures) == 1 and self._holds(ours[0])
            if not holds:
                return Checked(verdict=Verdict.ALTERED)
            stamp = holds.timestamp_validity
            return Checked(
                verdict=Verdict.INTACT,
                code=str(reader.trailer["/Info"]["/Keywords"]),
                stamped_at=stamp.timestamp if stamp and _good(stamp) else None,
            )
        except UNREADABLE:
            return Checked(verdict=Verdict.NOT_OURS)

    def _sealed(self, signature: EmbeddedPdfSignature) -> bool:
        certificate = signature.signer_cert
        return certificate is not None and certificate.dump() in {one.dump() for one in self._own}

    def _holds(self, signature: EmbeddedPdfSignature) -> PdfSignatureStatus | None:
        """The signature's status if it is good; our own certificates are trusted also when they have expired."""
        trusted = ValidationContext(trust_roots=list(self._own), allow_fetching=False)
        try:
            status = validate_pdf_signature(signature, trusted, self._authority.trust() if self._authority else trusted)
        except UNREADABLE:
            return None
        return status if status.bottom_line and status.coverage is SignatureCoverageLevel.ENTIRE_FILE else None


def _good(stamp: TimestampSignatureStatus) -> bool:
    return stamp.intact and stamp.valid and stamp.trusted


async def _signed(signer: PdfSigner, pdf: bytes) -> bytes:
    signed = io.BytesIO()
    await signer.async_sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)), output=signed)
    return signed.getvalue()


def _own(signer: SimpleSigner) -> Certificate:
    if signer.signing_cert is None:
        raise Misconfigured("certificates: the seal has no certificate")
    return signer.signing_cert


def _make(key: Path, certificate: Path, centre: str) -> None:
    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, centre[:60]),
            x509.NameAttribute(NameOID.COMMON_NAME, "演示电子印章(无效)"),
        ]
    )
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=365 * YEARS))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(), critical=True)
        .sign(private, hashes.SHA256())
    )
    secret = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    _keep(key, secret, 0o600)
    _keep(certificate, made.public_bytes(serialization.Encoding.PEM), 0o644)


def _usage() -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )


def _keep(file: Path, content: bytes, mode: int) -> None:
    try:
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as target:
            target.write(content)
    except OSError as error:
        raise Misconfigured(f"cannot keep the demo seal in {file}: {error.strerror}") from error
