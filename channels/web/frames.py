"""What a browser may send, read strictly: JSON becomes a frame, a frame becomes a Message."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from msgspec import Meta

from bot.errors import FrameRefused, InputRefused, MessageEmpty, MessageTooLong
from bot.messages import ChannelName, Location, Message
from bot.wire import decode

LONGEST_TEXT = 2_000  # characters; the page counts along

Id = Annotated[str, Meta(min_length=1, max_length=80, pattern=r"^[\w.:-]+$")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hello:
    """The first frame: `session` empty for a newcomer, `seq` the last turn the page has shown."""

    session: Annotated[str, Meta(max_length=200)] = ""
    seq: Annotated[int, Meta(ge=0)] = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Something typed; the page makes the id and keeps it when it sends again."""

    id: Id
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tapped:
    """A button of ours that was tapped."""

    id: Id
    label: Annotated[str, Meta(min_length=1, max_length=200)]
    payload: Annotated[str, Meta(max_length=1_000)] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """Where the citizen is, in degrees WGS-84, because they asked for the nearest hall."""

    id: Id
    latitude: Annotated[float, Meta(ge=-90, le=90)]
    longitude: Annotated[float, Meta(ge=-180, le=180)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rated:
    """One to five stars for a turn."""

    turn: Annotated[int, Meta(ge=1)]
    score: Annotated[int, Meta(ge=1, le=5)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ping:
    """The page asks whether anybody is still there."""


Frame = Hello | Said | Tapped | Placed | Rated | Ping

_KINDS: dict[str, type[Frame]] = {
    "hello": Hello,
    "message": Said,
    "tap": Tapped,
    "place": Placed,
    "rate": Rated,
    "ping": Ping,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Envelope:
    type: str
    id: str = ""


def read(raw: str) -> Frame:
    """Read one frame; raises FrameRefused, MessageEmpty or MessageTooLong."""
    envelope = decode(raw, _Envelope)
    kind = _KINDS.get(envelope.type)
    if kind is None:
        raise FrameRefused("unknown type")
    frame: Frame = decode(raw, kind)
    if isinstance(frame, Said):
        _check_text(frame.text)
    return frame


def frame_id(raw: str) -> str:
    """Return the id a refused frame carried, so that the page knows which message it was; empty when unreadable."""
    try:
        return decode(raw, _Envelope).id[:80]
    except InputRefused:
        return ""


def _check_text(text: str) -> None:
    if len(text) > LONGEST_TEXT:
        raise MessageTooLong
    if not text.strip():
        raise MessageEmpty


def to_message(
    frame: Said | Tapped | Placed, sender: str, *, offered: bool, received_at: datetime, origin: str = ""
) -> Message:
    """Build the heart's Message; a tapped payload that was never offered counts as its label, typed."""
    if isinstance(frame, Said):
        return Message(
            channel=ChannelName.WEB,
            sender=sender,
            id=frame.id,
            text=frame.text.strip(),
            received_at=received_at,
            origin=origin,
        )
    if isinstance(frame, Placed):
        return Message(
            channel=ChannelName.WEB,
            sender=sender,
            id=frame.id,
            text="离我最近的网点",
            payload="/find_outlet",
            attachments=(Location(latitude=round(frame.latitude, 3), longitude=round(frame.longitude, 3)),),
            received_at=received_at,
            origin=origin,
        )
    return Message(
        channel=ChannelName.WEB,
        sender=sender,
        id=frame.id,
        text=frame.label,
        payload=frame.payload if offered else "",
        received_at=received_at,
        origin=origin,
    )
