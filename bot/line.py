"""What the process of the telephone and the gateway tell each other about a call, as JSON on the inside port."""

from dataclasses import dataclass

from bot.messages import Turn

PATH = "/line"


@dataclass(frozen=True, slots=True, kw_only=True)
class Abilities:
    """What the gateway can do for callers beside answering: send text messages, note calls back."""

    texts: bool = False
    call_backs: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a caller said or pressed: `id` is unique within the installation, `heard` the guesses, best first.

    `caller` is the number that calls, as far as the PBX knows it: what may be asked for is counted by it, too.
    """

    call: str
    id: str
    caller: str = ""
    text: str = ""
    payload: str = ""
    heard: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """The turn, and how sure the gateway is after it of who is calling (0, 1, 2)."""

    turn: Turn
    assurance: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rated:
    """One to five stars for the turn `seq` of a call."""

    call: str
    seq: int
    score: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A text message to the caller's own number."""

    call: str
    phone: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallBack:
    """A wish to be called: the number, and the paragraph the agent reads first."""

    call: str
    phone: str
    summary: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """Whether what was asked for has happened."""

    done: bool
