"""Proves that a delivery comes from WeChat, fresh and unaltered, and opens and closes encrypted envelopes."""

import base64
import binascii
import hmac
import re
import secrets
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256

from wechatpy.crypto import PrpCrypto
from wechatpy.exceptions import InvalidAppIdException
from wechatpy.utils import WeChatSigner

from bot.errors import FrameRefused, Misconfigured, NotAllowed
from channels.wechat.markup import LARGEST_BYTES, cdata
from channels.wechat.markup import read as read_markup

FRESH = timedelta(minutes=5)
_STAMP = re.compile(r"[0-9]{1,12}")
_NONCE = re.compile(r"[!-~]{1,128}")


class Mode(StrEnum):
    """How the account's message encryption is set on the platform: 明文, 兼容, 安全."""

    PLAIN = "plain"
    COMPATIBLE = "compatible"
    ENCRYPTED = "encrypted"


class DeliveryRefused(NotAllowed):
    """The request does not come from WeChat, or came before."""

    code = "delivery-refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A delivery that is proved: its clear body, whether the answer is encrypted too, its own mark and time."""

    body: bytes
    encrypted: bool
    proof: str
    stamp: int


class Envelope:
    """Checks and opens what comes in, closes what goes out; the AES key is the 43 characters from the platform."""

    def __init__(
        self, *, app_id: str, token: str, aes_key: str = "", mode: Mode = Mode.ENCRYPTED, now: Callable[[], datetime]
    ) -> None:
        self._app_id = app_id
        self._token = token
        self._mode = mode
        self._now = now
        self._cipher = None if mode is Mode.PLAIN else _Cipher(aes_bytes(aes_key))

    def greeted(self, query: Mapping[str, str]) -> str:
        """Return the echo that connects the URL (GET); raises DeliveryRefused."""
        echo = query.get("echostr", "")
        if self._cipher is not None and query.get("msg_signature"):
            self._prove(query, "msg_signature", echo)
            return self._decrypt(echo).decode("utf-8", "replace")
        self._prove(query, "signature")
        return echo

    def opened(self, query: Mapping[str, str], raw: bytes) -> Opened:
        """Return the clear body of a delivery; raises DeliveryRefused or FrameRefused."""
        if len(raw) > 2 * LARGEST_BYTES:
            raise FrameRefused("too large")
        if self._cipher is None:
            proof = self._prove(query, "signature")
            return Opened(body=raw, encrypted=False, proof=proof, stamp=int(query["timestamp"]))
        sealed = read_markup(raw[: LARGEST_BYTES + 1]).get("Encrypt", "")
        if sealed:
            proof = self._prove(query, "msg_signature", sealed)
            return Opened(body=self._decrypt(sealed), encrypted=True, proof=proof, stamp=int(query["timestamp"]))
        if self._mode is Mode.ENCRYPTED:
            raise DeliveryRefused("not encrypted")
        raise DeliveryRefused("compatible mode delivers an encrypted part; this has none")

    def closed(self, xml: str) -> str:
        """Return the reply in an encrypted envelope."""
        if self._cipher is None:
            return xml
        sealed = self._cipher.encrypt(xml, self._app_id).decode("ascii")
        stamp, nonce = str(int(self._now().timestamp())), secrets.token_hex(8)
        signature = sign(self._token, stamp, nonce, sealed)
        return (
            f"<xml><Encrypt>{cdata(sealed)}</Encrypt><MsgSignature>{cdata(signature)}</MsgSignature>"
            f"<TimeStamp>{stamp}</TimeStamp><Nonce>{cdata(nonce)}</Nonce></xml>"
        )

    def _prove(self, query: Mapping[str, str], name: str, *signed: str) -> str:
        stamp, nonce, given = query.get("timestamp", ""), query.get("nonce", ""), query.get(name, "")
        if not _STAMP.fullmatch(stamp) or not _NONCE.fullmatch(nonce):
            raise DeliveryRefused("no timestamp or nonce")
        wanted = sign(self._token, stamp, nonce, *signed)
        if not hmac.compare_digest(wanted.encode(), given.encode("utf-8", "replace")):
            raise DeliveryRefused("wrong signature")
        if abs(self._now().timestamp() - int(stamp)) > FRESH.total_seconds():
            raise DeliveryRefused("stale")
        return sha256(f"{stamp}|{nonce}|{given}".encode()).hexdigest()[:40]

    def _decrypt(self, sealed: str) -> bytes:
        if self._cipher is None:
            raise DeliveryRefused("no key")
        try:
            return self._cipher.decrypt(sealed, self._app_id).encode("utf-8")
        except InvalidAppIdException:
            raise DeliveryRefused("another account's message") from None
        except (ValueError, TypeError, IndexError, struct.error, binascii.Error):
            raise DeliveryRefused("cannot be decrypted") from None


def sign(*parts: str) -> str:
    """Return WeChat's signature of the parts: SHA-1 over them, sorted."""
    signer = WeChatSigner()
    signer.add_data(*parts)
    return str(signer.signature)


def aes_bytes(key: str) -> bytes:
    """Return the 32 bytes behind the platform's EncodingAESKey; raises Misconfigured."""
    try:
        raw = base64.b64decode(f"{key}=", validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    if len(key) != 43 or len(raw) != 32:
        raise Misconfigured(
            "JIAJIA_WECHAT_AES_KEY: the platform's EncodingAESKey has 43 letters and digits; copy it again"
        )
    return raw


class _Cipher(PrpCrypto):  # type: ignore[misc]  # wechatpy has no types
    """wechatpy's AES, with the padding checked and the random prefix from the system's own source."""

    def get_random_string(self) -> str:
        return secrets.token_hex(8)

    def decrypt(self, text: str, app_id: str) -> str:
        raw = base64.b64decode(text, validate=True)
        if not raw or len(raw) % 16:
            raise ValueError("not whole blocks")
        clear = self.cipher.decrypt(raw)
        padding = clear[-1]
        if not 1 <= padding <= 32 or clear[-padding:] != bytes([padding]) * padding or len(clear) - padding < 20:
            raise ValueError("wrong padding")
        length = struct.unpack(">I", clear[16:20])[0]
        content = clear[20 : len(clear) - padding]
        if length > len(content) or not hmac.compare_digest(content[length:], app_id.encode()):
            raise InvalidAppIdException
        return str(content[:length].decode("utf-8"))
