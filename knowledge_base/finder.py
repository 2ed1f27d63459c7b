"""Finds entries for a question: reads it, asks every signal, weighs them with what was learned."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from knowledge_base.encoder import Encoder
from knowledge_base.fusion import Fusion
from knowledge_base.gatekeeper import Gatekeeper, gate_terms
from knowledge_base.lexical import Floats
from knowledge_base.signals import FIGURES, Asked, Heard, Index, Sighting, build_index, cut
from knowledge_base.spelling import SEEN, Speller
from knowledge_base.wording import Reading

CERTAIN = 0.99
BROAD_LENGTH, BROAD_ENTRIES = range(2, 9), 4
"""So many characters, all of them contained in the questions of so many entries, are a broad question."""
WHOLE = 0.999
SPELLING_SAMPLE = 20_000
SELF_CONTAINED, FOLLOW_UP_LENGTH = 0.9, 12
"""A question trusted this far, or longer than this many characters, does not need what was said before it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Entries for one question, best first, with calibrated scores; `ours` is P(the question concerns the fund).

    A `broad` one is a few words that many entries' questions contain whole: 要什么材料.
    """

    entries: tuple[str, ...]
    scores: tuple[float, ...]
    ours: float
    exact: bool = False
    broad: bool = False
    sighting: Sighting | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seeker:
    """Everything that turns a question into a Sighting, before anything is learned from sightings."""

    asked: tuple[Asked, ...]
    reading: Reading
    encoder: Encoder
    index: Index
    speller: Speller

    def look(self, text: str) -> Sighting:
        """Return what every signal says about a question, words that only sound right mended first."""
        return self.look_at(self.mend(text))

    def look_at(self, text: str) -> Sighting:
        """Return what every signal says about a mended question."""
        return self.index.look(Heard(terms=cut(self.reading, text), vector=self.encoder.encode([text])))

    def mend(self, text: str) -> str:
        return self.speller.mend(self.reading.plain(text))


def build_seeker(asked: Sequence[Asked], reading: Reading, encoder: Encoder) -> Seeker:
    """Cut and encode all questions and index them."""
    questions = [question for entry in asked for question in entry.questions]
    barred = [question for entry in asked for question in entry.barred]
    cuts = [cut(reading, question) for question in questions]
    index = build_index(
        asked,
        {name: [terms[name] for terms in cuts] for name in ("chars", "words", "sounds")},
        encoder.encode(questions),
        [cut(reading, question)["chars"] for question in barred],
        encoder.encode(barred) if barred else np.zeros((0, 1), dtype=np.float32),
    )
    return Seeker(
        asked=tuple(asked), reading=reading, encoder=encoder, index=index, speller=speller_for(asked, reading)
    )


def speller_for(asked: Sequence[Asked], reading: Reading) -> Speller:
    """Return a speller that knows the curated questions and places; a sample suffices for large bases."""
    questions = [question for entry in asked for question in entry.questions]
    sample = questions[:: max(1, len(questions) // SPELLING_SAMPLE)]
    places = reading.lexicon.places * SEEN
    return Speller((*map(reading.plain, sample), *places), reading.everyday_words, reading.neighbours)


class Finder:
    """A seeker with learned weights. Exact wordings win outright."""

    def __init__(self, seeker: Seeker, fusion: Fusion, gatekeeper: Gatekeeper) -> None:
        self.seeker, self.fusion, self.gatekeeper = seeker, fusion, gatekeeper
        strict = seeker.reading.strict
        self._places = {entry.id: place for place, entry in enumerate(seeker.asked)}
        self._exact = {strict(q): place for place, entry in enumerate(seeker.asked) for q in entry.questions}
        self._latest: tuple[str, _Take] | None = None

    def find(self, text: str, heard: Sequence[str] = (), entry: str = "") -> Found:
        """Rank entries for a question; `heard` are further transcripts of it, `entry` is what was answered before."""
        takes = [self._take(candidate, entry) for candidate in (text, *heard)]
        weights = [1.0, *([0.5] * len(heard))]
        pooled = np.zeros(len(self.seeker.asked), dtype=np.float32)
        for take, weight in zip(takes, weights, strict=True):
            pooled[take.sighting.entries] += np.float32(weight / sum(weights)) * take.beliefs
        best = max(takes, key=lambda take: take.ours) if heard else takes[0]
        return self._found(text, best, pooled)

    def _take(self, text: str, entry: str) -> "_Take":
        alone = self._alone(text)
        place = self._places.get(entry)
        length = len(self.seeker.reading.canonical(text))
        if place is None or alone.right >= SELF_CONTAINED or length > FOLLOW_UP_LENGTH:
            return alone
        return self._in_context(text, place, alone.sighting.judged)

    def _alone(self, text: str) -> "_Take":
        """Weigh a question by itself; who asks it again in the context of the talk has just asked it alone."""
        latest = self._latest
        if latest is not None and latest[0] == text:
            return latest[1]
        mended = self.seeker.mend(text)
        judged = self.gatekeeper.judge(gate_terms(self.seeker.reading, mended))
        sighting = replace(self.seeker.look_at(mended), judged=judged)
        beliefs = self.fusion.weigh(sighting)
        right, ours = self.fusion.trusted(sighting, beliefs)
        take = _Take(sighting=sighting, beliefs=beliefs, right=right, ours=ours)
        self._latest = (text, take)
        return take

    def _in_context(self, text: str, place: int, judged: float) -> "_Take":
        """Ask the question together with what was talked about, leaning to what belongs to it."""
        before = self.seeker.asked[place]
        sighting = replace(self.seeker.look(f"{before.questions[0]} {text}"), judged=max(judged, 0.0))
        nearness = np.asarray([_nearness(before, self.seeker.asked[at]) for at in sighting.entries], dtype=np.float32)
        beliefs = self.fusion.weigh(sighting) ** np.float32(0.5) * nearness
        beliefs /= beliefs.sum()
        right, ours = self.fusion.trusted(sighting, beliefs)
        return _Take(sighting=sighting, beliefs=beliefs, right=right, ours=ours)

    def _found(self, text: str, take: "_Take", pooled: Floats) -> Found:
        right, ours = take.right, take.ours
        exact = self._exact.get(self.seeker.reading.strict(text))
        if exact is not None:
            pooled = pooled * np.float32(0.01)
            pooled[exact], right, ours = 1.0, CERTAIN, 1.0
        size = min(10, len(pooled))
        top = np.argpartition(-pooled, size - 1)[:size]
        top = top[np.argsort(-pooled[top], kind="stable")]
        rest = np.minimum(pooled[top[1:]] / max(1e-6, float(pooled[top[1:]].sum())) * (1 - right), right)
        return Found(
            entries=tuple(self.seeker.asked[place].id for place in top),
            scores=(right, *(float(score) for score in rest)),
            ours=ours,
            exact=exact is not None,
            broad=exact is None and self._broad(text, take.sighting),
            sighting=take.sighting,
        )

    def _broad(self, text: str, sighting: Sighting) -> bool:
        whole = sighting.figures[:, FIGURES.index("chars_covered")] > WHOLE
        return len(self.seeker.reading.canonical(text)) in BROAD_LENGTH and int(whole.sum()) >= BROAD_ENTRIES


@dataclass(frozen=True, slots=True, kw_only=True)
class _Take:
    """One reading of the question, weighed."""

    sighting: Sighting
    beliefs: Floats
    right: float
    ours: float


def _nearness(before: Asked, other: Asked) -> float:
    """Return how readily a follow-up moves from one entry to another; staying put is the least of what is asked."""
    if other.id == before.id:
        return 0.4
    if other.id in before.related or before.id in other.related:
        return 2.0
    if other.topic == before.topic:
        return 1.6 if other.subtopic == before.subtopic else 0.9
    return 0.4
