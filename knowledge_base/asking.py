"""Asks at the command line: one question with the reasons of every stage, or a line in and a line out."""

import json
import time
from datetime import date

from bot.knowledge import Decision, Query
from knowledge_base.edition import Edition
from knowledge_base.signals import FIGURES, Sighting


def answer_line(edition: Edition, line: bytes, today: date) -> dict[str, object]:
    """Answer one line of --jsonl: plain text, a JSON string, or an object with text, on and entry."""
    try:
        query = _query(line.decode("utf-8-sig").strip(), today)
    except ValueError as error:
        return {"error": f"cannot read the line: {error}"}
    started = time.perf_counter()
    finding = edition.search(query)
    spent = (time.perf_counter() - started) * 1000
    entries = [{"id": hit.entry.id, "score": hit.score, "catalogue": list(hit.entry.catalogue)} for hit in finding.hits]
    return {"decision": finding.decision.value, "entries": entries, "version": finding.version, "ms": round(spent, 2)}


def _query(line: str, today: date) -> Query:
    """Read a line; raises ValueError for an empty one, and for what begins as an object and is none of ours."""
    if not line:
        raise ValueError("it is empty")
    value: object = line
    if line[:1] == "{":
        value = json.loads(line)
    elif line[:1] == '"':
        try:
            value = json.loads(line)
        except json.JSONDecodeError:
            value = line  # a question may begin with a quotation
    if isinstance(value, str):
        return Query(text=value, on=today)
    if not isinstance(value, dict) or not isinstance(value.get("text"), str):
        raise ValueError("an object needs a text")
    day, entry = value.get("on") or today.isoformat(), value.get("entry") or ""
    if not isinstance(day, str) or not isinstance(entry, str):
        raise ValueError("on is a day like 2026-09-20 and entry an id, both as text")
    return Query(text=value["text"], on=date.fromisoformat(day), entry=entry)


def explain(edition: Edition, query: Query) -> None:
    """Print what was decided, the scores and figures of every candidate, and the answer a citizen would see."""
    started = time.perf_counter()
    finding = edition.search(query)
    spent = (time.perf_counter() - started) * 1000
    found = edition.finder.find(query.text, entry=query.entry)
    reading = edition.finder.seeker.reading
    print(f"{finding.decision.value}  version {finding.version}  {spent:.1f} ms")
    print(f"read as: {reading.canonical(query.text)}")
    limits = edition.thresholds
    print(
        f"ours {found.ours:.2f}, declined below {limits.ours:.2f}; answered from {limits.answer:.2f}; "
        f"exact: {found.exact}"
    )
    for hit in finding.hits:
        print(f"\n{hit.score:.3f}  {hit.entry.id}  {hit.entry.title}  {' '.join(hit.entry.catalogue)}")
        print("      " + _reasons(edition, found.sighting, hit.entry.id))
    if finding.hits and finding.decision is not Decision.DECLINE:
        print("\n" + finding.hits[0].entry.screen)


def _reasons(edition: Edition, sighting: Sighting | None, entry: str) -> str:
    if sighting is None:
        return ""
    for place, figures in zip(sighting.entries, sighting.figures, strict=True):
        if edition.finder.seeker.asked[int(place)].id == entry:
            return " ".join(f"{name}={value:.2f}" for name, value in zip(FIGURES, figures, strict=True))
    return "not among the candidates"
