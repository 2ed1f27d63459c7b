"""What can go wrong with the platform, as errors of ours, and what each of WeChat's codes means for an answer."""

from enum import StrEnum

from bot.errors import Unavailable

TOKEN_INVALID = frozenset({40001, 40014, 42001})
WINDOW_CLOSED = 45015
COUNT_USED_UP = 45047
NOT_PERMITTED = 48001
NO_FOLLOWER = frozenset({40003, 43004})
UNKNOWN = -2  # ours: the connection broke before WeChat answered
UNREACHABLE = -3  # ours: no connection


class Fate(StrEnum):
    """What to do with an answer that WeChat refused."""

    AGAIN = "again"
    HOLD = "hold"
    GIVE_UP = "give-up"


_AGAIN = frozenset({-1, 45009, 45011, 50002, UNREACHABLE, UNKNOWN}) | TOKEN_INVALID
_GIVE_UP = NO_FOLLOWER | {45002, 45008, 50005}  # no such follower, unfollowed, too large


def fate(code: int) -> Fate:
    """Return what a refusal means; an unknown code holds the answer, so that it is never lost."""
    if code in _AGAIN:
        return Fate.AGAIN
    return Fate.GIVE_UP if code in _GIVE_UP else Fate.HOLD


class PlatformRefused(Unavailable):
    """WeChat answered with an error code."""

    code = "wechat-refused"

    def __init__(self, errcode: int, detail: str = "") -> None:
        super().__init__(f"WeChat answered {errcode}")
        self.errcode = errcode
        self.detail = detail


class PlatformUnreachable(PlatformRefused):
    """No connection: nothing was sent."""

    code = "wechat-unreachable"

    def __init__(self) -> None:
        super().__init__(UNREACHABLE)


class PlatformSilent(PlatformRefused):
    """The connection broke or the deadline passed after sending: WeChat may or may not have acted."""

    code = "wechat-silent"

    def __init__(self) -> None:
        super().__init__(UNKNOWN)
