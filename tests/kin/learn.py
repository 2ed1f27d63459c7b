"""Learns `actions/kin.json`: the entries that a wish's own example sentences find."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date

from actions.outweighed import OF_TALK
from bot.assembly.environments import ROOT
from bot.assembly.figures import shelf_of
from bot.knowledge import Decision, Query
from bot.settings import load
from knowledge_base.edition import load_edition
from tests.nlu.scoring import Sentence, sentences

KIN = ROOT / "actions" / "kin.json"
LEAST = 2
"""Sentences of a wish that find an entry; a single one may be a slip."""
_FOUND = 0.5


def told() -> list[Sentence]:
    """Return (wish, sentence) of every wish that knowledge may outweigh."""
    said = sentences(sorted((ROOT / "nlu_data" / "nlu").glob("*.yml")))
    return [row for row in said if row[0] not in OF_TALK]


def found(rows: Iterable[Sentence]) -> dict[str, Counter[str]]:
    """Count for each wish the entries that its sentences find first."""
    shelf = shelf_of(load())
    edition, counts = load_edition(shelf, shelf.current()), defaultdict[str, Counter[str]](Counter)
    for wish, text in rows:
        finding = edition.search(Query(text=text, on=date.today()))
        if finding.decision is Decision.ANSWER and finding.hits[0].score >= _FOUND:
            counts[wish][finding.hits[0].entry.id] += 1
    return counts


def kin() -> dict[str, list[str]]:
    """Return the entries of each wish, those found most first."""
    counts = found(told())
    return {wish: [e for e, n in counts[wish].most_common() if n >= LEAST] for wish in sorted(counts)}


def learn() -> str:
    """Write them; return how many there are, in a line."""
    entries = kin()
    KIN.write_text(json.dumps({"entries": entries}, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")
    return f"{sum(map(len, entries.values()))} entries of {len(entries)} wishes"
