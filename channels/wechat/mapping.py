"""What WeChat sent becomes what the heart is asked: a Message, a line that needs no heart, or silence."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from bot.messages import Attachment, ChannelName, Event, Image, Location, Message, Voice
from channels.wechat import words
from channels.wechat.received import Received

GREET = "/greet"
NEAREST = "/find_outlet"
_SCENE = "qrscene_"
_LINES = {
    "image": words.NO_PICTURES,
    "link": words.NO_LINKS,
    "video": words.NO_VIDEO,
    "shortvideo": words.NO_VIDEO,
    "voice": words.NO_VOICE,
}
_ASKING_EVENTS = frozenset({"subscribe", "scan", "click", "scancode_waitmsg"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Questions:
    """What menu keys and QR scenes mean: a question in words, or the `/intent` of a wish."""

    keys: Mapping[str, str] = field(default_factory=dict)
    scenes: Mapping[str, str] = field(default_factory=dict)


def to_message(received: Received, questions: Questions = Questions(), heard: tuple[str, ...] = ()) -> Message | None:
    """Return what to ask the heart; None when a fixed line or silence is the answer. `heard`: our own recogniser's."""
    if received.kind == "text":
        return _message(received, text=received.content)
    if received.kind == "voice":
        guesses = tuple(guess for guess in (received.recognition.strip(), *heard) if guess)
        return _message(received, part=Voice(media=received.media, heard=guesses)) if guesses else None
    if received.kind == "location":
        place = Location(latitude=received.latitude, longitude=received.longitude, label=received.label)
        return _message(received, text="离我最近的网点", payload=NEAREST, part=place)
    if received.event in _ASKING_EVENTS:
        return _event(received, questions)
    return None


def line(received: Received) -> str:
    """Return the fixed words for what the heart cannot take; empty: WeChat gets `success` and the citizen nothing."""
    return "" if received.kind == "event" else _LINES.get(received.kind, words.NO_FILES)


def contact(received: Received) -> bool:
    """Tell whether a citizen turned to us: only then does WeChat open its window for answers."""
    return received.kind != "event" or received.event in _ASKING_EVENTS


def _event(received: Received, questions: Questions) -> Message:
    key = received.key.removeprefix(_SCENE)
    if received.event in ("subscribe", "scan"):
        wanted = questions.scenes.get(key, GREET)
    else:
        wanted = questions.keys.get(key, GREET)
    part = Event(name=received.event, key=key)
    if wanted.startswith("/"):
        return _message(received, payload=wanted, part=part)
    return _message(received, text=wanted, part=part)


def _message(received: Received, *, text: str = "", payload: str = "", part: Attachment | None = None) -> Message:
    parts = [part] if part else []
    if received.media and received.kind == "image":
        parts.append(Image(media=received.media))
    return Message(
        channel=ChannelName.WECHAT,
        sender=received.sender,
        id=received.message_id,
        text=text,
        payload=payload,
        attachments=tuple(parts),
        received_at=datetime.fromtimestamp(min(received.created, _LATEST), UTC),
    )


_LATEST = 253_402_300_799  # the last second a datetime can hold
