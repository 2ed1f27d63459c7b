"""Who a browser is: an unguessable session that only this installation can have issued."""

import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.seal import Seal


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """`sender` is the opaque id the heart sees; `token` is what the browser keeps."""

    sender: str
    token: str


class Sessions:
    """Issues `<start>.<random>.<signature>` tokens and knows its own again until they are `lasting` old."""

    def __init__(self, seal: Seal, *, now: Callable[[], datetime], lasting: timedelta = timedelta(days=30)) -> None:
        self._seal = seal
        self._now = now
        self._lasting = lasting

    def open(self, token: str) -> Session:
        """Return the session of a token, or a new one when the token is empty, foreign, altered or too old."""
        sender, _, signature = token.rpartition(".")
        if not self._ours(sender, signature) or self._too_old(sender):
            return self._new()
        return Session(sender=sender, token=token)

    def _new(self) -> Session:
        sender = f"{int(self._now().timestamp())}.{secrets.token_urlsafe(24)}"
        return Session(sender=sender, token=f"{sender}.{self._sign(sender)}")

    def _ours(self, sender: str, signature: str) -> bool:
        return hmac.compare_digest(self._sign(sender).encode(), signature.encode("utf-8", "replace"))

    def _too_old(self, sender: str) -> bool:
        started = datetime.fromtimestamp(int(sender.partition(".")[0]), UTC)
        return self._now() - started > self._lasting

    def _sign(self, sender: str) -> str:
        return self._seal.digest("web-session", sender)
