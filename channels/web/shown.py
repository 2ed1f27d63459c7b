"""What a browser is sent, as pure mappings: a Turn becomes the part of it that a citizen may see."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.errors import JiajiaError
from bot.messages import Button, Card, Reply, Source, Turn
from bot.wire import encode
from channels.web.frames import Rated

COVERED = Reply(text="这条回答有您的个人信息,已经收起来了。要看的话请再问一次,验证身份后就能看到。")
RETRY_SECONDS = 3.0  # after how long a page sends again what came too fast or found no store


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownReply:
    """A Reply as the page needs it: what only ears, robots and agents get stays here."""

    text: str
    cards: tuple[Card, ...]
    buttons: tuple[Button, ...]
    sources: tuple[Source, ...]
    private: bool
    handoff: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownTurn:
    """A Turn as the page needs it: no evidence, no timings."""

    seq: int
    message_id: str
    text: str
    replies: tuple[ShownReply, ...]
    outcome: str
    error: str
    taken_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Welcome:
    """The answer to hello: the session to keep and the turns that were missed."""

    session: str
    turns: tuple[ShownTurn, ...]
    demo: bool
    type: str = field(default="welcome", init=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Typing:
    id: str
    type: str = field(default="typing", init=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Turn:
    turn: ShownTurn
    type: str = field(default="turn", init=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rated:
    turn: int
    score: int
    type: str = field(default="rated", init=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Refused:
    id: str
    code: str
    say: str
    retry: float
    type: str = field(default="refused", init=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pong:
    type: str = field(default="pong", init=False)


def welcome(session: str, turns: tuple[Turn, ...], *, proved: bool, demo: bool) -> str:
    """Greet: the session to keep, what was missed, and whether this is a demonstration.

    Who has not `proved` to be the person does not read what was private: others may use the browser next.
    """
    missed = tuple(shown(turn if proved else _covered(turn)) for turn in turns)
    return _text(Welcome(session=session, turns=missed, demo=demo))


def _covered(turn: Turn) -> Turn:
    return replace(turn, replies=tuple(COVERED if reply.private else reply for reply in turn.replies))


def typing(message_id: str) -> str:
    """Tell that a message has arrived and is being worked on."""
    return _text(_Typing(id=message_id))


def turn(taken: Turn) -> str:
    """Bring one turn."""
    return _text(_Turn(turn=shown(taken)))


def rated(frame: Rated) -> str:
    """Tell that the stars were kept."""
    return _text(_Rated(turn=frame.turn, score=frame.score))


def pong() -> str:
    """Tell that somebody is there."""
    return _text(_Pong())


def refused(error: JiajiaError, message_id: str = "", *, retry: float = 0.0) -> str:
    """Say why; `retry` is after how many seconds the same frame may come again (0: never as it is)."""
    return _text(_Refused(id=message_id, code=error.code, say=error.say, retry=retry))


def shown(taken: Turn) -> ShownTurn:
    """Leave out of a Turn what is not for the page."""
    return ShownTurn(
        seq=taken.seq,
        message_id=taken.message_id,
        text=taken.text,
        replies=tuple(_shown_reply(reply) for reply in taken.replies),
        outcome=taken.outcome.value,
        error=taken.error,
        taken_at=taken.taken_at,
    )


def _shown_reply(reply: Reply) -> ShownReply:
    return ShownReply(
        text=reply.text,
        cards=reply.cards,
        buttons=reply.buttons,
        sources=reply.sources,
        private=reply.private,
        handoff=reply.handoff is not None,
    )


def _text(frame: object) -> str:
    return encode(frame).decode()
