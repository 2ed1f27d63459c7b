"""The one secret of an installation, and what is made with it: sealed values, keyed digests, opaque ids."""

import base64
import os
import secrets
from hashlib import blake2b
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken

from bot.errors import Misconfigured


class Seal:
    """Encrypts values at rest and digests them for look-up; each use has its own key derived from the secret."""

    def __init__(self, secret: str) -> None:
        if len(secret) < 16:
            raise Misconfigured("JIAJIA_SECRET_KEY: at least 16 characters are needed")
        self._fernet = Fernet(base64.urlsafe_b64encode(_derived(secret, b"seal")))
        self._digests = _derived(secret, b"digest")

    def close(self, value: str) -> bytes:
        return self._fernet.encrypt(value.encode("utf-8"))

    def open(self, sealed: bytes) -> str | None:
        """Return the value, or None when another secret sealed it."""
        try:
            return self._fernet.decrypt(sealed).decode("utf-8")
        except InvalidToken:
            return None

    def digest(self, *parts: str) -> str:
        """Return 26 letters and digits 2–7 that only this secret can produce; no digest ever looks like a number."""
        keyed = blake2b(key=self._digests, digest_size=16)
        for part in parts:
            raw = part.encode("utf-8", "replace")
            keyed.update(len(raw).to_bytes(4, "big") + raw)
        return base64.b32encode(keyed.digest()).decode("ascii").rstrip("=").lower()


def kept_secret(path: Path) -> str:
    """Return the secret in `path`, made on the first start and readable by its owner only."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(32))
    except FileExistsError:
        pass
    except OSError as error:
        raise Misconfigured(f"cannot keep a secret in {path}: {error.strerror}; set JIAJIA_SECRET_KEY") from error
    return path.read_text().strip()


def _derived(secret: str, purpose: bytes) -> bytes:
    return blake2b(secret.encode("utf-8"), digest_size=32, person=purpose).digest()
