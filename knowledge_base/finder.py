"""Finds entries for a question: reads it, asks every signal, weighs them with what was learned."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from knowledge_base.encoder import Encoder
from knowledge_base.fusion import Fusion
from knowledge_base.lexical import Floats
from knowledge_base.signals import Asked, Heard, Index, Sighting, build_index, cut
from knowledge_base.wording import Reading

CERTAIN = 0.99


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Entries for one question, best first, with calibrated scores; `ours` is P(the question concerns the fund)."""

    entries: tuple[str, ...]
    scores: tuple[float, ...]
    ours: float
    exact: bool = False
    sighting: Sighting | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seeker:
    """Everything that turns a question into a Sighting, before anything is learned from sightings."""

    asked: tuple[Asked, ...]
    reading: Reading
    encoder: Encoder
    index: Index

    def look(self, text: str) -> Sighting:
        return self.index.look(Heard(terms=cut(self.reading, text), vector=self.encoder.encode([text])))


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
    return Seeker(asked=tuple(asked), reading=reading, encoder=encoder, index=index)


class Finder:
    """A seeker with learned weights. Exact wordings win outright."""

    def __init__(self, seeker: Seeker, fusion: Fusion) -> None:
        self.seeker, self.fusion = seeker, fusion
        strict = seeker.reading.strict
        self._exact = {strict(q): place for place, entry in enumerate(seeker.asked) for q in entry.questions}

    def find(self, text: str, heard: Sequence[str] = ()) -> Found:
        """Rank entries for a question; `heard` are further transcripts of the same words."""
        sightings = [self.seeker.look(candidate) for candidate in (text, *heard)]
        beliefs = [self.fusion.weigh(sighting) for sighting in sightings]
        trusts = [self.fusion.trusted(s, b) for s, b in zip(sightings, beliefs, strict=True)]
        best = int(np.argmax([ours for _, ours in trusts])) if heard else 0
        pooled = self._pool(sightings, beliefs, [1.0, *([0.5] * len(heard))])
        return self._found(text, sightings[best], pooled, trusts[best])

    def _pool(self, sightings: Sequence[Sighting], beliefs: Sequence[Floats], weights: Sequence[float]) -> Floats:
        pooled = np.zeros(len(self.seeker.asked), dtype=np.float32)
        for sighting, belief, weight in zip(sightings, beliefs, weights, strict=True):
            pooled[sighting.entries] += weight * belief
        return pooled / np.float32(sum(weights))

    def _found(self, text: str, sighting: Sighting, pooled: Floats, trust: tuple[float, float]) -> Found:
        right, ours = trust
        exact = self._exact.get(self.seeker.reading.strict(text))
        if exact is not None:
            pooled = pooled * 0.01
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
            sighting=sighting,
        )
