"""The account's menu as it is configured: read, checked against the platform's limits, compared, pushed."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot.errors import FrameRefused, Misconfigured
from bot.wire import from_builtins
from channels.wechat.mapping import Questions
from channels.wechat.shown import safe_link

_MOST, _MOST_BELOW = 3, 5
_NAME_BYTES, _NAME_BELOW_BYTES, _KEY_BYTES, _URL_BYTES = 16, 60, 128, 1_024
HOME = "{public_url}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One button: a question (`ask`), a page (`url`) or further buttons."""

    name: str
    ask: str = ""
    url: str = ""
    buttons: tuple["Entry", ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    menu: tuple[Entry, ...] = ()
    scenes: dict[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuFile:
    """What the file says: the buttons, and what keys and scenes mean."""

    entries: tuple[Entry, ...]
    questions: Questions


def read_menu(path: Path, public_url: str) -> MenuFile:
    """Read and check the file; raises Misconfigured naming what to mend."""
    try:
        plain = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
        file = from_builtins(plain, _File)
    except OSError as error:
        raise Misconfigured(f"{path}: cannot be read: {error.strerror}") from None
    except (yaml.YAMLError, UnicodeDecodeError, FrameRefused) as error:
        raise Misconfigured(f"{path}: {error}") from None
    entries = tuple(entry for entry in (_linked(entry, public_url) for entry in file.menu) if entry is not None)
    for problem in _problems(entries):
        raise Misconfigured(f"{path}: {problem}")
    keys = {entry.ask: entry.ask for top in entries for entry in (top, *top.buttons) if entry.ask}
    return MenuFile(entries=entries, questions=Questions(keys=keys, scenes=file.scenes or {}))


def to_platform(entries: tuple[Entry, ...]) -> dict[str, Any]:
    """Return the body of menu/create."""
    return {"button": [_button(entry) for entry in entries]}


def difference(ours: dict[str, Any], theirs: dict[str, Any]) -> tuple[str, ...]:
    """Return what a push would change, one line each: `+` comes, `-` goes; empty when both are the same."""
    wanted, present = tuple(_lines(ours)), tuple(_lines(theirs))
    if wanted == present:
        return ()
    gone = tuple(f"- {line}" for line in present if line not in wanted)
    new = tuple(f"+ {line}" for line in wanted if line not in present)
    return (*gone, *new) or ("~ 顺序不同",)


def _linked(entry: Entry, public_url: str) -> Entry | None:
    """Put our address into a link; without one the button is left out."""
    if HOME in entry.url and not public_url:
        return None
    below = tuple(one for one in (_linked(inner, public_url) for inner in entry.buttons) if one is not None)
    return Entry(name=entry.name, ask=entry.ask, url=entry.url.replace(HOME, public_url.rstrip("/")), buttons=below)


def _problems(entries: tuple[Entry, ...]) -> Iterator[str]:
    if not 1 <= len(entries) <= _MOST:
        yield f"menu: 1 to {_MOST} buttons"
    for entry in entries:
        if len(entry.buttons) > _MOST_BELOW:
            yield f"{entry.name}: at most {_MOST_BELOW} buttons below it"
        yield from _entry_problems(entry, _NAME_BYTES)
        for inner in entry.buttons:
            yield from _entry_problems(inner, _NAME_BELOW_BYTES)
            if inner.buttons:
                yield f"{inner.name}: no third level"


def _entry_problems(entry: Entry, longest: int) -> Iterator[str]:
    if not 0 < len(entry.name.encode()) <= longest:
        yield f"{entry.name or 'a button'}: its name may have {longest} bytes"
    if sum(map(bool, (entry.ask, entry.url, entry.buttons))) != 1:
        yield f"{entry.name}: exactly one of ask, url, buttons"
    if len(entry.ask.encode()) > _KEY_BYTES:
        yield f"{entry.name}: ask may have {_KEY_BYTES} bytes"
    if entry.url and (not safe_link(entry.url) or len(entry.url) > _URL_BYTES):
        yield f"{entry.name}: url is not a web address of at most {_URL_BYTES} bytes"


def _button(entry: Entry) -> dict[str, Any]:
    if entry.buttons:
        return {"name": entry.name, "sub_button": [_button(inner) for inner in entry.buttons]}
    if entry.url:
        return {"type": "view", "name": entry.name, "url": entry.url}
    return {"type": "click", "name": entry.name, "key": entry.ask}


def _lines(menu: dict[str, Any]) -> Iterator[str]:
    for button in menu.get("button", ()):
        below = button.get("sub_button") or ()
        if not below:
            yield _line(button)
        for inner in below:
            yield f"{button.get('name', '')} › {_line(inner)}"


def _line(button: dict[str, Any]) -> str:
    target = button.get("key") or button.get("url") or ""
    return f"{button.get('name', '')} [{button.get('type', '')} {target}]"
