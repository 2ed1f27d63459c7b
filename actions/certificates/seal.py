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
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from bot.errors import Misconfigured

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


class Verdict(StrEnum):
    """What the seal says of a file."""

    INTACT = "intact"
    ALTERED = "altered"
    NOT_OURS = "not-ours"


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """The verdict, and the code of an intact certificate."""

    verdict: Verdict
    code: str = ""


class ElectronicSeal:
    """Signs and validates with one key pair."""

    def __init__(self, signer: SimpleSigner, *, centre: str) -> None:
        self._signer = signer
        self._centre = centre
        self._own = _own(signer)

    @classmethod
    def load(cls, *, key: Path, certificate: Path, centre: str, passphrase: str = "") -> "ElectronicSeal":
        """Read PEM or DER files; raises Misconfigured when they cannot be used together."""
        signer: SimpleSigner | None = SimpleSigner.load(  # type: ignore[no-untyped-call]  # the library leaves it untyped
            str(key), str(certificate), key_passphrase=passphrase.encode() or None
        )
        if signer is None:
            raise Misconfigured(
                f"certificates: {key.name} or {certificate.name} cannot be read; check files and passphrase"
            )
        return cls(signer, centre=centre)

    @classmethod
    def demo(cls, folder: Path, *, centre: str) -> "ElectronicSeal":
        """A self-made seal kept in `folder`, made on the first start; good for trying out only."""
        key, certificate = folder / "demo-seal.key", folder / "demo-seal.pem"
        if not certificate.exists():
            folder.mkdir(parents=True, exist_ok=True)
            _make(key, certificate, centre)
        return cls.load(key=key, certificate=certificate, centre=centre)

    async def sign(self, pdf: bytes) -> bytes:
        """The same document with a certifying signature that allows no change."""
        metadata = PdfSignatureMetadata(
            field_name=FIELD,
            reason="电子证明",
            name=self._centre,
            certify=True,
            docmdp_permissions=MDPPerm.NO_CHANGES,
            subfilter=SigSeedSubFilter.PADES,
            md_algorithm="sha256",
        )
        signed = io.BytesIO()
        writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
        await PdfSigner(metadata, signer=self._signer).async_sign_pdf(writer, output=signed)
        return signed.getvalue()

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
            if len(signatures) != 1 or not self._holds(ours[0]):
                return Checked(verdict=Verdict.ALTERED)
            return Checked(verdict=Verdict.INTACT, code=str(reader.trailer["/Info"]["/Keywords"]))
        except UNREADABLE:
            return Checked(verdict=Verdict.NOT_OURS)

    def _sealed(self, signature: EmbeddedPdfSignature) -> bool:
        certificate = signature.signer_cert
        return certificate is not None and certificate.dump() == self._own.dump()

    def _holds(self, signature: EmbeddedPdfSignature) -> bool:
        trusted = ValidationContext(trust_roots=[self._own], allow_fetching=False)
        try:
            status = validate_pdf_signature(signature, trusted)
        except UNREADABLE:
            return False
        return status.bottom_line and status.coverage is SignatureCoverageLevel.ENTIRE_FILE


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
