"""One loaded version: finds, decides and renders; it never changes, so a search sees one state of knowledge."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.errors import KnowledgeUnavailable
from bot.knowledge import Decision, Finding, Hit, Query, Served
from knowledge_base.documents import ALONE, asked_about, cited, without_numbers
from knowledge_base.entries import Crossroads, Entry
from knowledge_base.finder import CERTAIN, Finder, Found
from knowledge_base.fusion import Fusion
from knowledge_base.gatekeeper import Gatekeeper
from knowledge_base.rendering import Renderer, renderer_of
from knowledge_base.seeker_files import load_seeker
from knowledge_base.shelf import Shelf
from knowledge_base.threads import one_thread
from knowledge_base.thresholds import Thresholds

WORDS = re.compile(r"[^\W\d_]|[%％]|(?<!\d)123(?:29|45)(?!\d)")
"""A sum or a code alone (but a hotline's number) asks nothing, though every sum looks alike to those who read words."""
FIT = (0.9, 0.6, 0.5, 0.4, 0.3)
"""How often the first, second, … offer of a crossroads serves; several may, so they do not sum to one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """A version in memory."""

    version: str
    finder: Finder
    renderer: Renderer
    entries: dict[str, Entry]
    thresholds: Thresholds
    crossroads: dict[str, Crossroads]
    metrics: dict[str, float]
    documents: dict[str, tuple[str, ...]]

    @property
    def quick(self) -> bool:
        """Tell whether the base is small enough for a question to take a few milliseconds."""
        return self.finder.seeker.index.small

    def search(self, query: Query) -> Finding:
        """Return the decision and the served entries, best first; entries not valid on the date are passed over."""
        found = self.finder.find(query.text, query.heard, entry=query.entry)
        crossroads = self.crossroads.get(found.entries[0])
        named = () if found.exact else asked_about(query.text, self.documents)
        if not found.exact and not named and query.text.strip() and not WORDS.search(query.text):
            return Finding(decision=Decision.DECLINE, hits=(), version=self.version)
        ranked = _offered(crossroads, found) if crossroads else list(zip(found.entries, found.scores, strict=True))
        if named:
            ranked = _resting_on(named, ranked, alone=len(without_numbers(query.text).strip()) <= ALONE)
        hits: list[Hit] = []
        for name, score in ranked:
            served = self._standing_for(name, query.on)
            if served is not None and all(hit.entry.id != served.id for hit in hits):
                hits.append(Hit(entry=served, score=round(score, 4)))
            if len(hits) == query.limit:
                break
        if not hits or self._lapsed(ranked[0], hits[0], query.on):
            return Finding(decision=Decision.DECLINE, hits=tuple(hits), version=self.version)
        sure = 0.0 if crossroads and not named else hits[0].score
        decision = self.thresholds.decide(1.0 if named else found.ours, sure, broad=found.broad and not named)
        return Finding(decision=decision, hits=tuple(hits), version=self.version)

    def _lapsed(self, best: tuple[str, float], first: Hit, on: date) -> bool:
        """Tell whether what was asked about is known, but has no answer that day: what is left was not asked for."""
        name, score = best
        return name in self.entries and score > first.score and self._standing_for(name, on) is None

    def serve(self, entry_id: str, on: date) -> Served | None:
        """Return an entry as it stands on a day, or None when it is unknown or may not be served then."""
        entry = self.entries.get(entry_id)
        return self.renderer.serve(entry, on) if entry else None

    def _standing_for(self, entry_id: str, on: date) -> Served | None:
        """Return the entry, or on a day it is not valid the first of its related ones that is: it says what became."""
        entry = self.entries.get(entry_id)
        names = (entry.id, *entry.related) if entry else ()
        return next((served for name in names if (served := self.serve(name, on))), None)


def _offered(crossroads: Crossroads, found: Found) -> list[tuple[str, float]]:
    """Return what a crossroads offers, likeliest first, no surer than the crossroads itself."""
    ranks = {name: place for place, name in enumerate(found.entries)}
    order = sorted(crossroads.offers, key=lambda name: (ranks.get(name, len(ranks)), crossroads.offers.index(name)))
    shares = [found.scores[0] * FIT[min(place, len(FIT) - 1)] for place in range(len(order))]
    return list(zip(order, shares, strict=True))


def _resting_on(named: Sequence[str], ranked: list[tuple[str, float]], *, alone: bool) -> list[tuple[str, float]]:
    """Return the entries resting on a named document first; where it is all that was asked, they share the trust."""
    scores = dict(ranked)
    if alone:
        return [(name, CERTAIN if len(named) == 1 else 0.5) for name in named]
    mine = [(name, max(score, 0.5)) for name, score in ranked if name in named]
    return mine + [(name, score) for name, score in scores.items() if name not in named]


def load_edition(shelf: Shelf, version: str) -> Edition:
    """Load a version from the shelf; raises KnowledgeUnavailable."""
    one_thread()
    manifest, content = shelf.manifest(version), shelf.content(version)
    folder = shelf.learned(manifest.learned)
    try:
        fusion, gatekeeper = Fusion.load(folder / "fusion.npz"), Gatekeeper.load(folder / "gatekeeper.json")
        thresholds = Thresholds.load(folder / "thresholds.json")
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise KnowledgeUnavailable(f"version {version!r} cannot be used, build again: {error}") from error
    return Edition(
        version=version,
        finder=Finder(load_seeker(folder, shelf.encoders), fusion, gatekeeper),
        renderer=renderer_of(content),
        entries={entry.id: entry for entry in content.entries},
        thresholds=thresholds,
        crossroads={one.id: one for one in content.crossroads},
        metrics=manifest.metrics,
        documents=cited(content),
    )
