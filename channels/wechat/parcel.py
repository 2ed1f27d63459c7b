"""What a receipt seals: enough to answer again after a crash, nothing readable at rest."""

from dataclasses import dataclass

from bot.errors import FrameRefused
from bot.seal import Seal
from bot.wire import decode, encode
from channels.wechat.received import Received


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """To whom an answer goes, and to what: a message received, or (a late or unasked one) words ready to send."""

    sender: str
    received: Received | None = None
    text: str = ""


def sealed(parcel: Parcel, seal: Seal) -> bytes:
    """Return the parcel, readable with this installation's secret only."""
    return seal.close(encode(parcel).decode())


def opened(raw: bytes | None, seal: Seal) -> Parcel | None:
    """Return the parcel; None when it was wiped or another secret sealed it."""
    text = seal.open(raw) if raw else None
    try:
        return decode(text, Parcel) if text else None
    except FrameRefused:
        return None
