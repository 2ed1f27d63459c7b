"""Reads the dialogues and judges what came back.

A dialogue is a paragraph: `# name`, perhaps `@channel`, then one line a turn, `what is typed => what must come back`.
`!2` taps the second button; `{id:…}` and `{pw:…}` are a demo person's numbers, `{code}` the code last sent to a phone;
`\\n` in a line is a line break; `@@长@@` stands for 1,900 characters of everyday prose.
What must come back, every part of it: an outcome (`answered|clarified`), an entry among the candidates considered best
(`loan-cap|loan-years`), words in the answer (`"16800"`, one of several: `"a"|"b"`), words not in it (`!"…"`), `@person`
(one is offered or comes), `@handoff` (one comes), `@buttons`; `@any` asks nothing more.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from bot.messages import Button, ChannelName, Outcome, Turn

HERE = Path(__file__).parent
_PROSE = "我在西宁住了很多年,孩子上学,老人身体也还好。"
_LONG = (_PROSE * 90)[:1_900]
_PART = re.compile(r'!?"[^"]*"(?:\|"[^"]*")*|\S+')
_SHOWN = re.compile(r"\{(?P<kind>id|pw|code)(?::(?P<story>[^}]*))?\}")
_CELL = re.compile(r"<td>([^<]*)</td>")
_CODE = re.compile(r"验证码是 (\d{6})")
_OUTCOMES = frozenset(outcome.value for outcome in Outcome)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One turn: what is typed and what must come back."""

    typed: str
    expected: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialogue:
    """One conversation from its first word."""

    name: str
    channel: ChannelName
    lines: tuple[Line, ...]


def dialogues() -> list[Dialogue]:
    """Return every dialogue of every file, named by its file and title."""
    return [one for path in sorted(HERE.glob("*.txt")) for one in dialogues_of(path)]


def dialogues_of(path: Path) -> Iterator[Dialogue]:
    """Return the dialogues of one file."""
    for paragraph in path.read_text(encoding="utf-8").strip().split("\n\n"):
        title, *rest = paragraph.splitlines()
        channel = ChannelName(rest.pop(0).removeprefix("@")) if rest[0].startswith("@") else ChannelName.WEB
        lines = []
        for line in rest:
            typed, _, expected = line.partition(" => ")
            said = typed.replace("\\n", "\n").replace("@@长@@", _LONG)
            lines.append(Line(typed=said, expected=tuple(_PART.findall(expected))))
        yield Dialogue(name=f"{path.stem}: {title.removeprefix('# ')}", channel=channel, lines=tuple(lines))


def tapped(typed: str, offered: tuple[Button, ...]) -> Button | None:
    """Return the button that `!2` taps."""
    return offered[int(typed[1:]) - 1] if re.fullmatch(r"!\d", typed) else None


async def filled(typed: str, demo: str) -> str:
    """Return the line with what the stand-in's demo page shows: somebody's numbers, the newest code."""
    if not _SHOWN.search(typed):
        return typed
    async with aiohttp.ClientSession() as session, session.get(demo) as page:
        shown = await page.text()
    rows, codes = [_CELL.findall(row) for row in shown.split("<tr>")], _CODE.findall(shown)

    def value(found: re.Match[str]) -> str:
        if found["kind"] == "code":
            return codes[0]
        person = next(row for row in rows if row and found["story"] in row[0])
        return person[1] if found["kind"] == "id" else person[2]

    return _SHOWN.sub(value, typed)


def problems(turn: Turn, expected: tuple[str, ...]) -> list[str]:
    """Return what came back otherwise than it must, in words for whoever reads the failing test."""
    text = "\n".join(reply.text for reply in turn.replies)
    missed = [part for part in expected if not _holds(part, turn, text)]
    shown = f"[{turn.outcome.value} {turn.evidence.intent} {_entries(turn)}] {text[:160]}"
    return [f"{turn.text[:40]!r} should be {part}, was {shown}" for part in missed]


def _holds(part: str, turn: Turn, text: str) -> bool:
    if part.startswith("!"):
        return part.strip('!"') not in text
    if part.startswith('"'):
        return any(words in text for words in re.findall(r'"([^"]*)"', part))
    if part.startswith("@"):
        return _offers(part, turn)
    wanted = part.split("|")
    return turn.outcome.value in wanted if set(wanted) <= _OUTCOMES else bool(set(wanted) & set(_entries(turn)))


def _offers(part: str, turn: Turn) -> bool:
    buttons = [button.payload for reply in turn.replies for button in reply.buttons]
    coming = any(reply.handoff for reply in turn.replies)
    meets = {"@person": coming or "/request_human" in buttons, "@handoff": coming, "@buttons": bool(buttons)}
    return meets.get(part, part == "@any")


def _entries(turn: Turn) -> tuple[str, ...]:
    """Return the entries considered best, one for each question of the message."""
    decisions = turn.evidence.decision.count("+") + 1
    best = sorted(turn.evidence.candidates, key=lambda candidate: -candidate.score)
    return tuple(candidate.entry for candidate in best[:decisions])
