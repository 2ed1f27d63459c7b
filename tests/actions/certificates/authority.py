"""A time authority of the tests: RFC 3161 over HTTP, with its own certificate, and every way it can be wrong."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from aiohttp import web
from aiohttp.test_utils import TestServer
from asn1crypto import keys, pem, tsp, x509
from cryptography import x509 as making
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.sign.timestamps import DummyTimeStamper

REPLY = "application/timestamp-reply"


STAMPS = making.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
SEALS = making.KeyUsage(
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


@cache
def private() -> rsa.RSAPrivateKey:
    """One key for all: pyHanko's stand-in authority signs with RSA only, and making one takes its time."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def made(name: str, may: making.ExtensionType, days: tuple[int, int] = (-9_000, 9_000)) -> bytes:
    """A self-made certificate, DER; `days` from today to its first and its last."""
    subject = making.Name([making.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    certificate = (
        making.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(private().public_key())
        .serial_number(making.random_serial_number())
        .not_valid_before(now + timedelta(days=days[0]))
        .not_valid_after(now + timedelta(days=days[1]))
        .add_extension(may, critical=True)
        .sign(private(), hashes.SHA256())
    )
    return certificate.public_bytes(serialization.Encoding.DER)


def key() -> bytes:
    """The private key, DER."""
    return private().private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


@dataclass(slots=True, kw_only=True)
class Authority:
    """`fault` chooses how it fails; `at` the time it stamps."""

    certificate: x509.Certificate
    fault: str = ""
    at: datetime | None = None
    asked: list[tsp.TimeStampReq] = field(default_factory=list)
    url: str = ""

    def file(self, folder: Path) -> Path:
        file = folder / "authority.pem"
        file.write_bytes(pem.armor("CERTIFICATE", self.certificate.dump()))
        return file

    async def stamp(self, request: web.Request) -> web.StreamResponse:
        asked = tsp.TimeStampReq.load(await request.read())
        self.asked.append(asked)
        if self.fault == "silent":
            await asyncio.sleep(30)
        if self.fault == "500":
            return web.Response(status=500)
        if self.fault == "html":
            return web.Response(text="<html>", content_type="text/html")
        if self.fault == "rubbish":
            return web.Response(body=b"\x30\x82rubbish", content_type=REPLY)
        if self.fault == "refused":
            refusal = tsp.TimeStampResp({"status": {"status": "rejection", "status_string": ["no"]}})
            return web.Response(body=refusal.dump(), content_type=REPLY)
        stranger = self.fault == "stranger"
        certificate = x509.Certificate.load(made("another authority", STAMPS)) if stranger else self.certificate
        if self.fault == "other document":
            asked["message_imprint"]["hashed_message"] = bytes(32)
        if self.fault == "old nonce":
            asked["nonce"] = 7
        stamper = DummyTimeStamper(certificate, keys.PrivateKeyInfo.load(key()), fixed_dt=self.at or datetime.now(UTC))
        return web.Response(body=stamper.request_tsa_response(asked).dump(), content_type=REPLY)


@asynccontextmanager
async def authority() -> AsyncIterator[Authority]:
    running = Authority(certificate=x509.Certificate.load(made("authority of the tests", STAMPS)))
    app = web.Application()
    app.router.add_post("/tsa", running.stamp)
    server = TestServer(app, shutdown_timeout=0.1)
    await server.start_server()
    running.url = str(server.make_url("/tsa"))
    try:
        yield running
    finally:
        await server.close()
