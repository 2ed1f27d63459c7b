"""Keeps what must not change between the steps of one turn: the first step's choice holds until its end."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar, cast

Kept = TypeVar("Kept")
_KEPT: ContextVar[dict[object, object] | None] = ContextVar("kept", default=None)


@contextmanager
def one_turn() -> Iterator[None]:
    """Open a turn for everything awaited inside."""
    token = _KEPT.set({})
    try:
        yield
    finally:
        _KEPT.reset(token)


def throughout(owner: object, choose: Callable[[], Kept]) -> Kept:
    """Return what `owner` chose first in this turn; outside of a turn it chooses every time."""
    kept = _KEPT.get()
    if kept is None:
        return choose()
    if owner not in kept:
        kept[owner] = choose()
    return cast(Kept, kept[owner])
