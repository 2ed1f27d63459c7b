"""What an action is asked: Rasa's tracker read into one typed Call, its dicts going no further than here."""

import unicodedata
from dataclasses import dataclass, field
from datetime import date

from rasa_sdk import Tracker

from bot.errors import FrameRefused
from bot.messages import ChannelName, Outcome, Reply, Response
from bot.wire import from_builtins

_EVENTS_READ = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """Something the NLU marked in the sentence; `value` is text as the citizen wrote it."""

    name: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenWish:
    """A wish that waits for something: what is known, which kinds of answer continue it, how it is recalled.

    `expects` holds kinds of `actions.routing`; an empty `reminder` means finished but open to a change
    ("换成 30 年呢"), so it is never recalled. `after` is the wish that goes on by itself when this one is done;
    `under` is the one that was open when this one began: it is offered again (`actions.stack`).
    """

    name: str
    values: dict[str, str] = field(default_factory=dict)
    expects: tuple[str, ...] = ()
    reminder: str = ""
    after: "OpenWish | None" = None
    under: "OpenWish | None" = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """What the conversation remembers between turns: the slots of domain.yml that actions write."""

    entry: str = ""
    topic: str = ""
    last_question: str = ""
    wish: OpenWish | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One line of the conversation so far, masked."""

    citizen: bool
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One turn as an action sees it. `last` holds the replies of the turn before; `place` is latitude, longitude.

    `origin` is what the door knows of where it comes from, digested, to count by.
    `card` is the placeholder of an ID card that a trusted reader read. `answered` is what this very message got when it
    came before: the gateway died before it could say so.
    """

    sender: str
    text: str
    intent: str = ""
    confidence: float = 0.0
    entities: tuple[Entity, ...] = ()
    memory: Memory = Memory()
    channel: ChannelName = ChannelName.WEB
    today: date
    assurance: int = 0
    subject: str = ""
    place: tuple[float, float] | None = None
    heard: tuple[str, ...] = ()
    said: tuple[Said, ...] = ()
    last: tuple[Reply, ...] = ()
    card: str = ""
    origin: str = ""
    answered: Response | None = None

    @property
    def told(self) -> str:
        """Return the words of this turn; for a tapped button, the values it carries."""
        return self.text or " ".join(entity.value for entity in self.entities)

    def known(self, wish: str) -> dict[str, str]:
        """Return what was already told for a wish that is open."""
        waiting = self.memory.wish
        return dict(waiting.values) if waiting is not None and waiting.name == wish else {}

    def entity(self, name: str) -> str:
        """Return the first value of an entity, or an empty string."""
        return next((entity.value for entity in self.entities if entity.name == name), "")


@dataclass(frozen=True, slots=True)
class _Intent:
    name: str | None = None
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class _Metadata:
    channel: ChannelName = ChannelName.WEB
    today: date | None = None
    assurance: int = 0
    subject: str | None = ""
    place: tuple[float, float] | None = None
    heard: tuple[str, ...] | None = ()
    message_id: str | None = ""
    card: str | None = ""
    origin: str | None = ""


@dataclass(frozen=True, slots=True)
class _Entity:
    entity: str = ""
    value: str | int | float | bool | None = None


@dataclass(frozen=True, slots=True)
class _Latest:
    text: str | None = ""
    intent: _Intent | None = None
    entities: tuple[_Entity, ...] | None = None
    metadata: _Metadata | None = None


@dataclass(frozen=True, slots=True)
class _Slots:
    entry: str | None = None
    topic: str | None = None
    last_question: str | None = None
    wish: OpenWish | None = None


@dataclass(frozen=True, slots=True)
class _Custom:
    reply: Reply | None = None
    outcome: Outcome | None = None


@dataclass(frozen=True, slots=True)
class _Data:
    custom: _Custom | None = None


@dataclass(frozen=True, slots=True)
class _Heard:
    message_id: str | None = None


@dataclass(frozen=True, slots=True)
class _Event:
    event: str = ""
    text: str | None = None
    data: _Data | None = None
    metadata: _Heard | None = None


def read_call(tracker: Tracker, today: date) -> Call:
    """Read Rasa's tracker; raises FrameRefused when it has not the shape Rasa 3 sends."""
    latest = from_builtins(tracker.latest_message or {}, _Latest)
    slots, intent, metadata = _slots(tracker), latest.intent or _Intent(), latest.metadata or _Metadata()
    events = from_builtins(list(tracker.events or [])[-_EVENTS_READ:], tuple[_Event, ...])
    lines, last = _history(events)
    return Call(
        sender=tracker.sender_id,
        text=_words(latest.text),
        intent=intent.name or "",
        confidence=intent.confidence or 0.0,
        entities=tuple(
            Entity(name=found.entity, value=str(found.value))
            for found in latest.entities or ()
            if found.value is not None
        ),
        memory=Memory(
            entry=slots.entry or "",
            topic=slots.topic or "",
            last_question=slots.last_question or "",
            wish=slots.wish,
        ),
        channel=metadata.channel,
        today=metadata.today or today,
        assurance=metadata.assurance,
        subject=metadata.subject or "",
        place=metadata.place,
        heard=metadata.heard or (),
        said=lines,
        last=last,
        card=metadata.card or "",
        origin=metadata.origin or "",
        answered=_answered(events, metadata.message_id or ""),
    )


def _answered(events: tuple[_Event, ...], message_id: str) -> Response | None:
    """Return what an earlier delivery of this message got, if it was answered."""
    starts = [at for at, event in enumerate(events) if event.event == "user"][:-1]
    same = [at for at in starts if message_id and events[at].metadata == _Heard(message_id)]
    if not same:
        return None
    rest = events[same[-1] + 1 :]
    ends = next((at for at, event in enumerate(rest) if event.event == "user"), len(rest))
    said = [event for event in rest[:ends] if event.event == "bot"]
    replies = tuple(reply for event in said if (reply := _reply(event)))
    if not replies:
        return None
    custom = said[-1].data.custom if said[-1].data else None
    outcome = custom.outcome if custom else None
    return Response(replies=replies, outcome=outcome or Outcome.ANSWERED)


def _reply(event: _Event) -> Reply | None:
    """Return what was said; of what was said longer ago Rasa remembers the words alone (bot/rasa_parts)."""
    whole = event.data.custom.reply if event.data and event.data.custom else None
    return whole or (Reply(text=event.text) if event.text else None)


def _words(text: str | None) -> str:
    """Return what was written, half-width; a tapped button's payload (`/intent{…}`) holds no words."""
    plain = unicodedata.normalize("NFKC", text or "").strip()
    return "" if plain.startswith("/") else plain


def _slots(tracker: Tracker) -> _Slots:
    """Read our slots; a wish remembered by an older release is forgotten rather than failing the turn."""
    plain = dict(tracker.slots or {})
    try:
        return from_builtins(plain, _Slots)
    except FrameRefused:
        return from_builtins({**plain, "wish": None}, _Slots)


def _history(events: tuple[_Event, ...]) -> tuple[tuple[Said, ...], tuple[Reply, ...]]:
    """Return the lines said so far and the replies to the message before the latest."""
    lines: list[Said] = []
    last: list[Reply] = []
    newest = next((event for event in reversed(events) if event.event == "user"), None)
    for event in events:
        if event.event == "user":
            if words := _words(event.text):
                lines.append(Said(citizen=True, text=words))
            if event is not newest:
                last = []
        elif event.event == "bot" and (reply := _reply(event)):
            lines.append(Said(citizen=False, text=reply.text))
            last.append(reply)
    return tuple(lines), tuple(last)
