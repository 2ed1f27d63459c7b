"""What every signal says about one question: candidate entries, and a row of figures for each of them."""

from collections.abc import Sequence
from dataclasses import dataclass

import faiss
import numpy as np
from numpy.typing import NDArray

from knowledge_base.lexical import Floats, Ints, View, Weighed, build_view
from knowledge_base.pronunciation import sounds
from knowledge_base.wording import Reading, grams

VIEWS = ("chars", "words", "sounds")
PER_SIGNAL, NEAREST = 12, 96
SEGMENTED_FROM = 30_000
_LEXICAL = ("best", "gap", "cosine", "covered", "top3", "rank")
_DENSE = ("dense_best", "dense_gap", "dense_top3", "dense_centre", "dense_rank")
FIGURES = (
    *(f"{view}_{figure}" for view in VIEWS for figure in _LEXICAL),
    *_DENSE,
    *("title", "title_dense", "barred", "barred_dense"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One entry as the index knows it: only its questions, never its answer."""

    id: str
    topic: str
    questions: tuple[str, ...]
    barred: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    subtopic: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One question as the signals see it."""

    terms: dict[str, list[str]]
    vector: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """Candidates of one question: entry numbers, one row of FIGURES each, how much of the question is known.

    `judged` is the gatekeeper's log-odds that the question is ours.
    """

    entries: Ints
    figures: NDArray[np.float32]
    known: Floats
    judged: float = 0.0


def cut(reading: Reading, text: str) -> dict[str, list[str]]:
    """Cut a question into the terms of every view."""
    canonical = reading.canonical(text)
    return {"chars": grams(canonical, (1, 2, 3)), "words": reading.words(canonical), "sounds": sounds(canonical)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """All questions of a version, grouped by entry: views, vectors, and where each entry's rows begin."""

    starts: Ints
    counts: Ints
    views: dict[str, View]
    vectors: Floats
    centres: Floats
    nearest: faiss.Index
    barred_starts: Ints
    barred_counts: Ints
    barred_view: View
    barred_vectors: Floats

    def look(self, heard: Heard) -> Sighting:
        """Return the candidates of every signal with all figures."""
        weighed = {name: view.weigh(heard.terms[name]) for name, view in self.views.items()}
        question_scores = {name: view.scores(weighed[name]) for name, view in self.views.items()}
        entries = self._candidates(question_scores, heard.vector)
        rows, real = _padded(self.starts[entries], self.counts[entries])
        columns: list[Floats] = []
        for name, view in self.views.items():
            columns += self._lexical(view, weighed[name], question_scores[name], entries, rows, real)
        columns += self._dense(heard.vector, entries, rows, real)
        columns += self._title(weighed["chars"], heard.vector, entries)
        columns += self._barred(heard, entries, columns)
        known = np.asarray([weighed[name].known for name in VIEWS], dtype=np.float32)
        return Sighting(entries=entries, figures=np.stack(columns, axis=1), known=known)

    def _candidates(self, scores: dict[str, Floats], vector: Floats) -> Ints:
        _, nearest = self.nearest.search(vector, min(NEAREST, len(self.vectors)))
        ranked = [nearest[0][nearest[0] >= 0], *(_highest(values, NEAREST) for values in scores.values())]
        owners = []
        for questions in ranked:
            entries = np.searchsorted(self.starts, questions, side="right") - 1
            _, first = np.unique(entries, return_index=True)
            owners.append(entries[np.sort(first)][:PER_SIGNAL])
        return np.unique(np.concatenate(owners))

    @staticmethod
    def _lexical(
        view: View, weighed: Weighed, scores: Floats, entries: Ints, rows: Ints, real: NDArray[np.bool_]
    ) -> list[Floats]:
        spread = np.asarray(np.where(real, scores[rows], 0.0) / (weighed.mass or 1.0), dtype=np.float32)
        best = spread.max(axis=1)
        cosine = np.where(real, view.cosines(weighed, rows.ravel()).reshape(rows.shape), 0.0).max(axis=1)
        return [best, best - best.max(), cosine, view.coverage(weighed, entries), _top3(spread), _rank(best)]

    def _dense(self, vector: Floats, entries: Ints, rows: Ints, real: NDArray[np.bool_]) -> list[Floats]:
        spread = np.where(real, self.vectors[rows] @ vector[0], -1.0)
        best = spread.max(axis=1)
        return [best, best - best.max(), _top3(spread), self.centres[entries] @ vector[0], _rank(best)]

    def _title(self, weighed: Weighed, vector: Floats, entries: Ints) -> list[Floats]:
        titles = self.starts[entries]
        return [self.views["chars"].cosines(weighed, titles), self.vectors[titles] @ vector[0]]

    def _barred(self, heard: Heard, entries: Ints, columns: list[Floats]) -> list[Floats]:
        """Return how much closer the question is to what an entry must not answer than to what it answers."""
        rows, real = _padded(self.barred_starts[entries], self.barred_counts[entries])
        if not real.any():
            nothing = np.zeros(len(entries), dtype=np.float32)
            return [nothing, nothing]
        weighed = self.barred_view.weigh(heard.terms["chars"])
        cosine = np.where(real, self.barred_view.cosines(weighed, rows.ravel()).reshape(rows.shape), 0.0).max(axis=1)
        dense = np.where(real, self.barred_vectors[rows] @ heard.vector[0], -1.0).max(axis=1)
        at = {name: place for place, name in enumerate(FIGURES)}
        return [
            np.maximum(0.0, cosine - columns[at["chars_cosine"]]).astype(np.float32),
            np.maximum(0.0, dense - columns[at["dense_best"]]).astype(np.float32),
        ]


def build_index(
    asked: Sequence[Asked], terms: dict[str, Sequence[Sequence[str]]], vectors: Floats, barred: Sequence[Sequence[str]],
    barred_vectors: Floats,
) -> Index:  # fmt: skip
    """Build the index; `terms`, `vectors` and `barred*` follow the order of the entries' questions."""
    counts = np.asarray([len(entry.questions) for entry in asked], dtype=np.int64)
    barred_counts = np.asarray([len(entry.barred) for entry in asked], dtype=np.int64)
    starts = np.concatenate([[0], np.cumsum(counts)[:-1]]).astype(np.int64)
    owners = np.repeat(np.arange(len(asked)), counts)
    centres = np.add.reduceat(vectors, starts, axis=0) if len(vectors) else vectors
    lengths = np.maximum(np.linalg.norm(centres, axis=1, keepdims=True), 1e-6)
    return Index(
        starts=starts,
        counts=counts,
        views={name: build_view(terms[name], owners, len(asked)) for name in VIEWS},
        vectors=vectors,
        centres=(centres / lengths).astype(np.float32),
        nearest=_nearest(vectors),
        barred_starts=np.concatenate([[0], np.cumsum(barred_counts)[:-1]]).astype(np.int64),
        barred_counts=barred_counts,
        barred_view=build_view(barred, np.repeat(np.arange(len(asked)), barred_counts), len(asked)),
        barred_vectors=barred_vectors,
    )


def _nearest(vectors: Floats) -> faiss.Index:
    """Return an exact index while that is fast, an inverted-file one for large bases."""
    if len(vectors) < SEGMENTED_FROM:
        flat = faiss.IndexFlatIP(vectors.shape[1])
        flat.add(vectors)
        return flat
    lists = int(2 * len(vectors) ** 0.5)
    index = faiss.index_factory(vectors.shape[1], f"IVF{lists},SQ8", faiss.METRIC_INNER_PRODUCT)
    index.train(vectors[:: max(1, len(vectors) // (lists * 40))])
    index.add(vectors)
    faiss.ParameterSpace().set_index_parameter(index, "nprobe", 12)
    return index


def _highest(values: Floats, size: int) -> Ints:
    """Return the places of the highest values above zero, best first; most are zero, so only the others are sorted."""
    places = np.flatnonzero(values)
    if len(places) > size:
        places = places[np.argpartition(-values[places], size)[:size]]
    return np.asarray(places[np.argsort(-values[places], kind="stable")], dtype=np.int64)


def _padded(starts: Ints, counts: Ints) -> tuple[Ints, NDArray[np.bool_]]:
    """Return a matrix of row numbers, one line per entry, and which cells are real."""
    span = np.arange(max(1, int(counts.max(initial=0))))
    real = span[None, :] < counts[:, None]
    return np.where(real, starts[:, None] + span[None, :], 0), real


def _top3(spread: Floats) -> Floats:
    size = min(3, spread.shape[1])
    return np.asarray(-np.partition(-spread, size - 1, axis=1)[:, :size].mean(axis=1), dtype=np.float32)


def _rank(best: Floats) -> Floats:
    order = np.empty(len(best), dtype=np.float32)
    order[np.argsort(-best, kind="stable")] = np.arange(len(best))
    return np.asarray(1.0 / (1.0 + order), dtype=np.float32)
