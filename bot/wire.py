"""Our dataclasses as JSON or plain Python and back, for every frame, table and call that carries them.

`Message` goes out but not back in: its attachments are an untagged union, and every channel builds its own.
"""

from typing import Any, TypeVar

import msgspec

from bot.errors import FrameRefused

T = TypeVar("T")


def to_builtins(value: object) -> Any:
    """Return `value` as dicts, lists and strings, as a foreign JSON library wants it."""
    return msgspec.to_builtins(value)


def from_builtins(plain: object, kind: type[T]) -> T:
    """Build a `kind` from dicts and lists; raises FrameRefused naming the field, never its value."""
    try:
        return msgspec.convert(plain, kind)
    except msgspec.ValidationError as error:
        raise FrameRefused(_where(error)) from None


def encode(value: object) -> bytes:
    """Return `value` as UTF-8 JSON."""
    return msgspec.json.encode(value)


def decode(raw: bytes | str, kind: type[T]) -> T:
    """Build a `kind` from JSON; raises FrameRefused naming the field, never its value."""
    try:
        return msgspec.json.decode(raw, type=kind)
    except msgspec.ValidationError as error:
        raise FrameRefused(_where(error)) from None
    except (msgspec.DecodeError, UnicodeError):
        raise FrameRefused("not JSON") from None


def _where(error: msgspec.ValidationError) -> str:
    """Keep the path of the wrong field only: the rest of msgspec's sentence may quote what a citizen sent."""
    _, found, path = str(error).rpartition(" - at ")
    return f"wrong field {path}" if found else "wrong shape"
