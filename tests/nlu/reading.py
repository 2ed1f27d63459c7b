"""Reads Rasa's YAML the way the tests need it: intents with examples, annotations as spans, patterns as regexes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "nlu_data"
_ANNOTATION = re.compile(r"\[(?P<text>[^\]]*)\]\((?P<entity>[a-z_]+)\)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """One marked value: where it stands and what it is."""

    start: int
    end: int
    entity: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One sentence with its intent and marked values."""

    intent: str
    text: str
    spans: tuple[Span, ...]


def read(path: Path) -> dict[str, object]:
    """Return one YAML file as builtins."""
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert isinstance(content, dict)
    return content


def parsed(line: str, intent: str = "") -> Example:
    """Return the Example of one annotated line."""
    text, spans, at = "", [], 0
    for match in _ANNOTATION.finditer(line):
        text += line[at : match.start()]
        spans.append(Span(start=len(text), end=len(text) + len(match["text"]), entity=match["entity"]))
        text += match["text"]
        at = match.end()
    return Example(intent=intent, text=text + line[at:], spans=tuple(spans))


def blocks(path: Path, kind: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield (name, lines) of every `kind` (intent, regex, lookup) block of an NLU file."""
    nlu = read(path).get("nlu")
    assert isinstance(nlu, list)
    for block in nlu:
        if kind in block:
            yield block[kind], tuple(line.removeprefix("- ") for line in block["examples"].splitlines() if line)


def examples(path: Path | None = None) -> list[Example]:
    """Return every example of one file, or of all training files."""
    paths = [path] if path else sorted((DATA / "nlu").glob("*.yml"))
    return [parsed(line, intent) for one in paths for intent, lines in blocks(one, "intent") for line in lines]


def patterns() -> dict[str, re.Pattern[str]]:
    """Return what RegexEntityExtractor will search for, per entity."""
    found = {name: lines[0] for name, lines in blocks(DATA / "lookups" / "patterns.yml", "regex")}
    for path in sorted((DATA / "lookups").glob("*.yml")):
        found |= {name: "|".join(map(re.escape, words)) for name, words in blocks(path, "lookup")}
    return {name: re.compile(pattern, re.IGNORECASE) for name, pattern in found.items()}


def names(section: str) -> set[str]:
    """Return the names of one list or mapping section of domain.yml."""
    content = read(ROOT / "domain.yml")[section]
    assert isinstance(content, list | dict)
    return set(content)
