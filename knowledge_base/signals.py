"""What every signal says about one question: candidate entries, and a row of figures for each of them."""

from collections.abc import Sequence
from dataclasses import dataclass

import faiss
import numpy as np
from numpy.typing import NDArray

from knowledge_base.blocks import Blocks, blocks_of
from knowledge_base.lexical import Floats, Ints, View, Weighed, build_view
from knowledge_base.pronunciation import sounds
from knowledge_base.threads import one_thread_here
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
    owners: Ints
    views: dict[str, View]
    blocks: Blocks
    vectors: Floats
    centres: Floats
    nearest: faiss.Index
    barred_starts: Ints
    barred_counts: Ints
    barred_view: View
    barred_vectors: Floats

    @property
    def small(self) -> bool:
        """Tell whether every question is compared with every other, because there are few."""
        return len(self.vectors) < SEGMENTED_FROM

    def look(self, heard: Heard) -> Sighting:
        """Return the candidates of every signal with all figures."""
        weighed = [view.weigh(heard.terms[name]) for name, view in self.views.items()]
        scores = np.stack([view.scores(query) for view, query in zip(self.views.values(), weighed, strict=True)])
        tops = np.stack([_highest(values, self.owners, len(self.starts)) for values in scores])
        entries = self._candidates(scores, tops, heard.vector)
        cosines, covered, titles = self.blocks.products(weighed, entries)
        best, top3 = self._heights(weighed, scores, tops, heard.vector[0], entries)
        barred = self._barred(heard, entries, cosines[0], best[-1])
        figures = np.empty((len(FIGURES), len(entries)), dtype=np.float32)
        gap, rank = best - best.max(axis=1, keepdims=True), _ranks(best)
        lexical = figures[: len(VIEWS) * len(_LEXICAL)].reshape(len(VIEWS), len(_LEXICAL), -1)
        for place, figure in enumerate((best[:-1], gap[:-1], cosines, covered, top3[:-1], rank[:-1])):
            lexical[:, place] = figure
        centre, title = (
            vectors @ heard.vector[0] for vectors in (self.centres[entries], self.vectors[self.starts[entries]])
        )
        dense = (best[-1], gap[-1], top3[-1], centre, rank[-1])
        for place, column in enumerate((*dense, titles, title, *barred), len(VIEWS) * len(_LEXICAL)):
            figures[place] = column
        known = np.asarray([query.known for query in weighed], dtype=np.float32)
        return Sighting(entries=entries, figures=np.ascontiguousarray(figures.T), known=known)

    def _candidates(self, scores: Floats, tops: Floats, vector: Floats) -> Ints:
        """Return the entries that stand first by any view, or by the vectors, in order of their numbers."""
        one_thread_here()
        _, nearest = self.nearest.search(vector, min(NEAREST, len(self.vectors)))
        found = {*tuple(dict.fromkeys(self.owners[nearest[0][nearest[0] >= 0]].tolist()))[:PER_SIGNAL]}
        for values, highest in zip(scores, tops, strict=True):
            found.update(_leading(values, highest))
        return np.asarray(sorted(found), dtype=np.int64)

    def _heights(
        self, weighed: Sequence[Weighed], scores: Floats, tops: Floats, vector: Floats, entries: Ints
    ) -> tuple[Floats, Floats]:
        """Return by view, then of the vectors, each entry's highest score and the mean of its three highest."""
        rows, real = _padded(self.starts[entries], self.counts[entries])
        masses = np.asarray([query.mass or 1.0 for query in weighed], dtype=np.float32)[:, None]
        spread = np.full((len(scores) + 1, *rows.shape), -1.0, dtype=np.float32)
        np.multiply(scores[:, rows], real, out=spread[:-1])
        for place, (start, count) in enumerate(zip(self.starts[entries], self.counts[entries], strict=True)):
            spread[-1, place, :count] = self.vectors[start : start + count] @ vector
        size = min(3, rows.shape[1])
        top3 = np.partition(spread, -size, axis=2)[:, :, -size:].mean(axis=2)
        top3[:-1] /= masses
        return np.concatenate([tops[:, entries] / masses, spread[-1:].max(axis=2)]), top3

    def _barred(self, heard: Heard, entries: Ints, cosines: Floats, nearest: Floats) -> tuple[Floats, Floats]:
        """Return how much closer the question is to what an entry must not answer than to what it answers."""
        counts = self.barred_counts[entries]
        held = np.flatnonzero(counts)
        closer, dense = np.zeros((2, len(entries)), dtype=np.float32)
        if len(held):
            counts = counts[held]
            begins = np.cumsum(counts) - counts
            rows = np.arange(counts.sum()) + np.repeat(self.barred_starts[entries[held]] - begins, counts)
            weighed = self.barred_view.weigh(heard.terms["chars"])
            cosine = np.maximum.reduceat(self.barred_view.cosines(weighed, rows), begins)
            closer[held] = np.maximum(0.0, cosine - cosines[held])
            near = np.maximum.reduceat(self.barred_vectors[rows] @ heard.vector[0], begins)
            dense[held] = np.maximum(0.0, near - nearest[held])
        return closer, dense


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
    views = {name: build_view(terms[name], owners, len(asked)) for name in VIEWS}
    return Index(
        starts=starts,
        counts=counts,
        owners=owners,
        views=views,
        blocks=blocks_of(tuple(views.values()), counts),
        vectors=vectors,
        centres=(centres / lengths).astype(np.float32),
        nearest=nearest_of(vectors),
        barred_starts=np.concatenate([[0], np.cumsum(barred_counts)[:-1]]).astype(np.int64),
        barred_counts=barred_counts,
        barred_view=build_view(barred, np.repeat(np.arange(len(asked)), barred_counts), len(asked)),
        barred_vectors=barred_vectors,
    )


def nearest_of(vectors: Floats) -> faiss.Index:
    """Return an index that looks at every vector while that is fast, an inverted-file one for large bases.

    It holds half the digits: what is looked at for every question must come from further than the nearest memory.
    The figures themselves are worked out from the whole vectors.
    """
    if len(vectors) < SEGMENTED_FROM:
        flat = faiss.IndexScalarQuantizer(vectors.shape[1], faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT)
        flat.train(vectors)
        flat.add(vectors)
        return flat
    lists = int(2 * len(vectors) ** 0.5)
    index = faiss.index_factory(vectors.shape[1], f"IVF{lists},SQ8", faiss.METRIC_INNER_PRODUCT)
    index.train(vectors[:: max(1, len(vectors) // (lists * 40))])
    index.add(vectors)
    faiss.ParameterSpace().set_index_parameter(index, "nprobe", 12)
    return index


def _highest(values: Floats, owners: Ints, entries: int) -> Floats:
    """Return each entry's highest score; in a large base few questions have any, and only those are looked at."""
    tops = np.zeros(entries, dtype=np.float32)
    scored = np.flatnonzero(values > 0)
    if len(scored):
        mine = owners[scored]
        begins = np.flatnonzero(np.diff(mine, prepend=-1))
        tops[mine[begins]] = np.maximum.reduceat(values[scored], begins)
    return tops


def _leading(values: Floats, tops: Floats) -> Sequence[int]:
    """Return the PER_SIGNAL entries whose best question stands highest, among the NEAREST questions above nothing.

    `values` are the questions' scores, `tops` the highest of each entry: to look among few entries costs a third of
    sorting questions. Of equals the first are taken.
    """
    least = np.finfo(np.float32).tiny
    reached = tops[tops > 0]  # numpy parts an array full of one value, here nothing, up to twenty times slower
    if len(reached) > PER_SIGNAL:
        least = np.partition(reached, -PER_SIGNAL)[-PER_SIGNAL]
    above = values[values >= least]
    if len(above) > NEAREST:
        least = np.partition(above, -NEAREST)[-NEAREST]
    places = np.flatnonzero(tops >= least)
    return tuple(places[np.argsort(-tops[places], kind="stable")[:PER_SIGNAL]].tolist())


def _padded(starts: Ints, counts: Ints) -> tuple[Ints, NDArray[np.bool_]]:
    """Return a matrix of row numbers, one line per entry, and which cells are real."""
    span = np.arange(max(1, int(counts.max(initial=0))))
    real = span[None, :] < counts[:, None]
    return np.where(real, starts[:, None] + span[None, :], 0), real


def _ranks(best: Floats) -> Floats:
    """Return 1 for the highest of each row, ½ for the second, and so on."""
    order = np.empty(best.shape, dtype=np.float32)
    order[np.arange(len(best))[:, None], np.argsort(-best, axis=1, kind="stable")] = np.arange(best.shape[1])
    return np.asarray(1.0 / (1.0 + order), dtype=np.float32)
