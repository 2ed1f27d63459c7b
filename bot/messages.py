"""The nouns every door and every part share: a Message comes in, a Turn of Replies goes out."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

TOPICS = (
    "contribution",
    "account",
    "withdrawal",
    "loan",
    "repayment",
    "certificate",
    "outlet",
    "complaint",
    "handoff",
    "smalltalk",
    "policy",
)


class ChannelName(StrEnum):
    """The doors, as they are named in logs, tables and `--jsonl`."""

    WEB = "web"
    WECHAT = "wechat"
    APP = "app"
    PHONE = "phone"
    ROBOT = "robot"
    TERMINAL = "terminal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who is there: `subject` is the core system's opaque person key, never an ID number.

    `proving` holds while a code or password has been asked for: digits typed now are a secret.
    """

    subject: str = ""
    assurance: int = 0
    proved_at: datetime | None = None
    proving: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """A recorded message: `media` is the channel's key to the audio; `heard` the recogniser's guesses, best first."""

    media: str = ""
    heard: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """A position in degrees (GCJ-02 from WeChat, WGS-84 from browsers)."""

    latitude: float
    longitude: float
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """A picture: `media` is the channel's own key to it; the bot never opens it."""

    media: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened without words: subscribed, scanned, menu clicked, arrived, walked away."""

    name: str
    key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class IdCard:
    """An ID card that a reader of ours has read: `number` as printed. Taken only from channels with such a reader."""

    number: str


Attachment = Voice | Location | Image | Event | IdCard
CARD_READERS = frozenset({ChannelName.ROBOT})


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One thing a person sent.

    `sender` is the channel's own opaque id of the person or session; `id` is unique within the channel and is what
    makes a redelivery recognisable. `payload` is set only when a button that we offered was tapped. `origin` is a keyed
    digest of the address or telephone it came from, to count by; empty where a door knows none.
    """

    channel: ChannelName
    sender: str
    id: str
    text: str = ""
    payload: str = ""
    attachments: tuple[Attachment, ...] = ()
    identity: Identity = Identity()
    origin: str = ""
    received_at: datetime = field(default_factory=lambda: datetime.now(UTC))


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of a card."""

    label: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A small table or a thing to open; `kind` is one of facts, table, link, document, chart."""

    title: str
    rows: tuple[Row, ...] = ()
    link: str = ""
    kind: str = "facts"


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """A choice: `label` is shown, spoken and typed back; `payload` is what the dialogue receives (`/intent{...}`)."""

    label: str
    payload: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where an answer comes from; `date` is ISO (year, month or day), `confidence` as in the register of facts."""

    title: str
    issuer: str = ""
    doc_no: str = ""
    url: str = ""
    date: str = ""
    confidence: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Handoff:
    """A wish for a person: why, and one paragraph the agent reads first."""

    reason: str
    summary: str = ""


class Expects(StrEnum):
    """What the next answer will be, for doors that listen to each kind differently; `SECRET` is never repeated."""

    OPEN = "open"
    YES_NO = "yes-no"
    IDENTITY = "identity"
    SECRET = "secret"  # noqa: S105 - the name of a kind: a code or a password
    AMOUNT = "amount"
    DATE = "date"
    DISTRICT = "district"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One thing we say. Complete as `text` alone; `spoken` is for ears (empty: say `text`); `expects` what it asks."""

    text: str
    cards: tuple[Card, ...] = ()
    buttons: tuple[Button, ...] = ()
    spoken: str = ""
    robot: str = ""
    private: bool = False
    handoff: Handoff | None = None
    sources: tuple[Source, ...] = ()
    expects: Expects = Expects.OPEN


class Outcome(StrEnum):
    """How a turn ended, for the board and the curators."""

    ANSWERED = "answered"
    CLARIFIED = "clarified"
    DECLINED = "declined"
    ACTED = "acted"
    ASKED = "asked"
    CHATTED = "chatted"
    HANDED_OFF = "handed-off"
    HELD = "held"
    ERASED = "erased"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An entry that was considered, with its calibrated score in 0..1."""

    entry: str
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Why the turn said what it said."""

    intent: str = ""
    intent_confidence: float = 0.0
    decision: str = ""
    candidates: tuple[Candidate, ...] = ()
    knowledge_version: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """What the dialogue decided for one message."""

    replies: tuple[Reply, ...]
    outcome: Outcome = Outcome.ANSWERED
    evidence: Evidence = Evidence()


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """How long one step of a turn took, in seconds."""

    name: str
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One message and what was answered, masked, as it is recorded. `seq` orders the turns of a conversation."""

    conversation: str
    channel: ChannelName
    message_id: str
    text: str
    replies: tuple[Reply, ...]
    outcome: Outcome
    error: str = ""
    evidence: Evidence = Evidence()
    stages: tuple[Stage, ...] = ()
    taken_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    seq: int = 0
