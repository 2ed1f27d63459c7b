"""The centre's electronic seal: signs a PDF (PAdES), and has examined whether one is ours and untouched."""

import asyncio
import io
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from asn1crypto.x509 import Certificate
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner

from actions.certificates.examiner import Examiner
from actions.certificates.examining import Checked, Trust, examine
from actions.certificates.stamping import TimeAuthority, read_certificate
from bot.errors import Misconfigured, SealUnavailable

FIELD = "JiajiaSeal"
YEARS = 10
# What a time authority that is away, slow or wrong has been seen to make of a signing.
BAD_STAMP = (OSError, ValueError, TypeError, KeyError, IndexError, AttributeError, AssertionError)


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
        root = authority.root if authority else None
        self._examiner = Examiner(trust=Trust(own=(_own(signer), *former), authority=root))
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

    @property
    def trust(self) -> Trust:
        """What makes a file one of ours."""
        return self._examiner.trust

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
        if (await asyncio.to_thread(examine, signed, self.trust)).stamped_at is None:
            raise SealUnavailable("time authority: a timestamp that does not hold")
        return signed

    async def check(self, pdf: bytes) -> Checked:
        """Whether a file is one of ours and untouched; never raises for a bad file, nor waits for it too long."""
        return await self._examiner.check(pdf)


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
