"""Reads an answer of the core system field by field; anything but the agreed type raises ValueError without values."""

import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar

T = TypeVar("T")
MONEY = re.compile(r"-?[0-9]{1,12}\.[0-9]{2}")
RATE = re.compile(r"[0-9]{1,2}(\.[0-9]{1,4})?")
MONTH = re.compile(r"([0-9]{4})(0[1-9]|1[0-2])")


class Fields:
    """One object of an answer."""

    def __init__(self, plain: Any) -> None:
        if not isinstance(plain, dict):
            raise ValueError("an object was expected")
        self._plain = plain

    def text(self, name: str, default: str | None = None) -> str:
        """A string; `default` when the field may be missing."""
        return self._typed(name, str, default)

    def whole(self, name: str) -> int:
        """A whole number."""
        return self._typed(name, int)

    def number(self, name: str) -> float:
        """A number."""
        value = self._plain.get(name)
        return float(value) if type(value) is int else self._typed(name, float)

    def truth(self, name: str) -> bool:
        """True or false."""
        return self._typed(name, bool)

    def money(self, name: str) -> Decimal:
        """Yuan with two decimals."""
        return Decimal(_matching(self.text(name), MONEY))

    def rate(self, name: str) -> Decimal:
        """Percent."""
        return Decimal(_matching(self.text(name), RATE))

    def month(self, name: str) -> str:
        """`202610` → `2026-10`."""
        return month(self.text(name))

    def day(self, name: str) -> date:
        """A date."""
        return date.fromisoformat(self.text(name))

    def day_or_none(self, name: str) -> date | None:
        """A date that need not be there."""
        return None if self._plain.get(name) is None else self.day(name)

    def moment(self, name: str) -> datetime:
        """A moment with its zone."""
        return moment(self.text(name))

    def text_or_none(self, name: str) -> str | None:
        """A string that need not be there."""
        return None if self._plain.get(name) is None else self.text(name)

    def many(self, name: str, build: Callable[[Any], T]) -> tuple[T, ...]:
        """A list, built one by one."""
        return many(build)(self._plain.get(name))

    def texts(self, name: str) -> tuple[tuple[str, str], ...]:
        """An object of strings, in its order."""
        inner = Fields(self._plain.get(name))
        return tuple((key, inner.text(key)) for key in inner._plain)

    def one(self, name: str, build: Callable[[Any], T]) -> T:
        """An object within."""
        return build(self._plain.get(name))

    def _typed(self, name: str, kind: type[T], default: T | None = None) -> T:
        value = self._plain.get(name, default)
        if type(value) is not kind:  # a bool is an int to isinstance
            raise ValueError(f"{name} is not {kind.__name__}")
        return value


def many(build: Callable[[Any], T]) -> Callable[[Any], tuple[T, ...]]:
    """The same for a list."""

    def build_all(plain: Any) -> tuple[T, ...]:
        if not isinstance(plain, list):
            raise ValueError("a list was expected")
        return tuple(build(item) for item in plain)

    return build_all


def month(code: Any) -> str:
    """`202610` → `2026-10`."""
    found = MONTH.fullmatch(code) if isinstance(code, str) else None
    if found is None:
        raise ValueError("not a month")
    return f"{found[1]}-{found[2]}"


def moment(text: Any) -> datetime:
    """A moment with its zone."""
    value = datetime.fromisoformat(text) if isinstance(text, str) else None
    if value is None or value.tzinfo is None:
        raise ValueError("not a moment")
    return value


def _matching(text: str, pattern: re.Pattern[str]) -> str:
    if not pattern.fullmatch(text):
        raise ValueError("not an amount")
    return text
