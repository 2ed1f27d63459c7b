"""Signs requests to the core system and checks them: five lines, HMAC, fresh clock; whoever checks keeps the nonces."""

import hashlib
import hmac
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from gmssl import func as sm_func
from gmssl import sm3

CLOCK_SKEW = 300
TIMESTAMP = re.compile(r"[0-9]{1,12}")
SM3_BLOCK = 64


class Algorithm(StrEnum):
    """hmac-sha256 by default; hmac-sm3 where a centre wants 国密 (GM/T 0004-2012)."""

    SHA256 = "hmac-sha256"
    SM3 = "hmac-sm3"


def _sm3(data: bytes) -> bytes:
    return bytes.fromhex(sm3.sm3_hash(sm_func.bytes_to_list(data)))


def _hmac_sm3(key: bytes, data: bytes) -> bytes:
    """RFC 2104 over SM3; the library has the hash only."""
    key = (_sm3(key) if len(key) > SM3_BLOCK else key).ljust(SM3_BLOCK, b"\0")
    inner = _sm3(bytes(byte ^ 0x36 for byte in key) + data)
    return _sm3(bytes(byte ^ 0x5C for byte in key) + inner)


def signature(
    secret: bytes, algorithm: Algorithm, method: str, target: str, timestamp: str, nonce: str, body: bytes
) -> str:
    """Hex signature of method, path with query, timestamp, nonce and the body's digest."""
    if algorithm is Algorithm.SM3:
        digest = _sm3(body).hex()
        return _hmac_sm3(secret, _lines(method, target, timestamp, nonce, digest)).hex()
    digest = hashlib.sha256(body).hexdigest()
    text = _lines(method, target, timestamp, nonce, digest)
    return hmac.new(secret, text, hashlib.sha256).hexdigest()


def _lines(*parts: str) -> bytes:
    return "\n".join(parts).encode(errors="surrogateescape")


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """Our side: makes the headers of one request. `now` gives seconds since the epoch."""

    app: str
    secret: bytes
    now: Callable[[], float]
    algorithm: Algorithm = Algorithm.SHA256

    def headers(self, method: str, target: str, body: bytes) -> dict[str, str]:
        """Fresh headers; call again for a retry, a nonce is good for one request."""
        timestamp, nonce = str(int(self.now())), secrets.token_urlsafe(18)
        return {
            "X-App": self.app,
            "X-Algorithm": self.algorithm.value,
            "X-Timestamp": timestamp,
            "X-Nonce": nonce,
            "X-Signature": signature(self.secret, self.algorithm, method, target, timestamp, nonce, body),
        }


class Verifier:
    """The core system's side: returns an empty string, or the problem code of the contract."""

    def __init__(self, *, secrets_by_app: Mapping[str, bytes], now: Callable[[], float]) -> None:
        self._secrets = secrets_by_app
        self._now = now

    def problem(self, headers: Mapping[str, str], method: str, target: str, body: bytes) -> str:
        """Check in the order that tells an attacker least; that a nonce is new is for whoever keeps them to say."""
        app, nonce = headers.get("X-App", ""), headers.get("X-Nonce", "")
        timestamp, secret = headers.get("X-Timestamp", ""), self._secrets.get(app)
        if secret is None or not 16 <= len(nonce) <= 64 or not TIMESTAMP.fullmatch(timestamp):
            return "bad-signature"
        try:
            algorithm = Algorithm(headers.get("X-Algorithm", Algorithm.SHA256))
        except ValueError:
            return "bad-signature"
        wanted = signature(secret, algorithm, method, target, timestamp, nonce, body)
        if not hmac.compare_digest(wanted.encode(), headers.get("X-Signature", "").encode(errors="replace")):
            return "bad-signature"
        return "clock-skew" if abs(self._now() - int(timestamp)) > CLOCK_SKEW else ""
