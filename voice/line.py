"""What a call needs of the door it came through: sound and keys in, sound out, an end."""

from dataclasses import dataclass
from typing import Protocol

HUNG_UP = "hung-up"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sound:
    """Some of the caller's sound, as the line's format."""

    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A key the caller pressed: 0-9, * or #."""

    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """The caller, the PBX or the network ended the call; `why` is for the log."""

    why: str = HUNG_UP


Heard = Sound | Key | Ended

KEYS = frozenset("0123456789*#")


class Line(Protocol):
    """One open call. Nothing it does raises: a broken line is an Ended, and sending into it does nothing."""

    async def receive(self) -> Heard: ...

    async def send(self, sound: bytes) -> None: ...

    async def close(self) -> None: ...
