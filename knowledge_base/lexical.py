"""The lexical signals: inverted BM25 postings over questions, one view per way of cutting text into terms."""

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]
Terms = Callable[[str], list[str]]

K1, B = 1.2, 0.35
FULL = 12
LARGE, COMMON = 30_000, 3_000
"""From LARGE questions on, a term standing in more than COMMON of them no longer finds candidates."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """A query cut into a view's known terms: ids, their inverse document frequencies, and the mass of all its terms."""

    ids: Ints
    idf: Floats
    mass: float

    @property
    def known(self) -> float:
        """Return the share of the query's mass that the view has ever seen."""
        return float(self.idf.sum()) / self.mass if self.mass else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """Questions as bags of terms. `bm25` is terms × questions; `owned` entries × terms, 1 where any question has it."""

    vocabulary: dict[str, int]
    idf: Floats
    bm25: sparse.csr_matrix
    questions: sparse.csr_matrix
    owned: sparse.csr_matrix
    common: dict[int, NDArray[np.float64]]
    """The rows of `bm25` that are nearly full, as plain rows: adding one costs a tenth of its postings."""

    def weigh(self, terms: Sequence[str]) -> Weighed:
        """Look the query's distinct terms up; an unknown term weighs like the rarest."""
        found = [self.vocabulary[term] for term in dict.fromkeys(terms) if term in self.vocabulary]
        ids = np.asarray(found, dtype=np.int64)
        idf = self.idf[ids]
        unknown = len(set(terms)) - len(found)
        return Weighed(ids=ids, idf=idf, mass=float(idf.sum()) + unknown * float(self.idf.max(initial=1.0)))

    def scores(self, query: Weighed) -> Floats:
        """Return every question's BM25 score; divided by the query's mass it is a share of what could be scored."""
        terms, starts, size = self._finding(query).tolist(), self.bm25.indptr, self.bm25.shape[1]
        pieces = [slice(starts[term], starts[term + 1]) for term in terms if term not in self.common]
        scores = np.zeros(size)
        if pieces:
            places = np.concatenate([self.bm25.indices[piece] for piece in pieces])
            weights = np.concatenate([self.bm25.data[piece] for piece in pieces])
            scores = np.bincount(places, weights=weights, minlength=size)
        for term in terms:
            if term in self.common:
                scores += self.common[term]
        return scores.astype(np.float32)

    def cosines(self, query: Weighed, rows: Ints) -> Floats:
        """Return the TF-IDF cosine of the query to the given questions."""
        length = float(np.linalg.norm(query.idf)) or 1.0
        return _products(self.questions, rows, query) / np.float32(length)

    def _finding(self, query: Weighed) -> Ints:
        if self.bm25.shape[1] < LARGE:
            return query.ids
        sizes = np.diff(self.bm25.indptr)[query.ids]
        rare = query.ids[sizes <= COMMON]
        return rare if len(rare) else query.ids[np.argsort(sizes)[:3]]

    def save(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "vocabulary.json").write_text(json.dumps(list(self.vocabulary), ensure_ascii=False), encoding="utf-8")
        np.save(folder / "idf.npy", self.idf)
        for name in ("bm25", "questions", "owned"):
            sparse.save_npz(folder / f"{name}.npz", getattr(self, name), compressed=False)

    @staticmethod
    def load(folder: Path) -> "View":
        words = json.loads((folder / "vocabulary.json").read_text(encoding="utf-8"))
        matrices = {name: sparse.load_npz(folder / f"{name}.npz") for name in ("bm25", "questions", "owned")}
        vocabulary = {word: place for place, word in enumerate(words)}
        common = _common(matrices["bm25"])
        return View(vocabulary=vocabulary, idf=np.load(folder / "idf.npy"), common=common, **matrices)


def spans(indptr: Ints, rows: Ints) -> tuple[Ints, Ints]:
    """Return where in a matrix's data the given rows lie, one row after another, and the length of each row."""
    starts = indptr[rows].astype(np.int64)
    lengths = indptr[rows + 1] - starts
    before = np.cumsum(lengths) - lengths
    return np.repeat(starts - before, lengths) + np.arange(int(lengths.sum())), lengths


def _products(matrix: sparse.csr_matrix, rows: Ints, query: Weighed) -> Floats:
    """Multiply the given rows with the query's weights; scipy's own indexing costs several times as much."""
    weights = np.zeros(matrix.shape[1], dtype=np.float32)
    weights[query.ids] = query.idf
    places, lengths = spans(matrix.indptr, rows)
    owners = np.repeat(np.arange(len(rows)), lengths)
    values = matrix.data[places] * weights[matrix.indices[places]]
    return np.bincount(owners, weights=values, minlength=len(rows)).astype(np.float32)


def build_view(bags: Sequence[Sequence[str]], owners: Ints, entries: int) -> View:
    """Build a view from the questions' terms; `owners[i]` is the entry of question i."""
    vocabulary: dict[str, int] = {}
    indptr, indices, counts = [0], [], []
    for bag in bags:
        for term, count in Counter(bag).items():
            indices.append(vocabulary.setdefault(term, len(vocabulary)))
            counts.append(count)
        indptr.append(len(indices))
    shape = (len(bags), max(1, len(vocabulary)))
    tf = sparse.csr_matrix((np.asarray(counts, np.float32), np.asarray(indices, np.int32), indptr), shape=shape)
    owned = _owned(tf, owners, entries)
    idf = _idf(tf, owned)
    lengths = np.asarray(tf.sum(axis=1)).ravel().astype(np.float32)
    norm = K1 * (1 - B + B * lengths / max(1e-6, float(lengths.mean()) if len(lengths) else 1.0))
    rows = np.repeat(np.arange(shape[0]), np.diff(tf.indptr))
    bm25 = tf.copy()
    bm25.data = (idf[tf.indices] * tf.data * (K1 + 1) / (tf.data + norm[rows])).astype(np.float32)
    cosine = tf.copy()
    cosine.data = idf[tf.indices].astype(np.float32)
    cosine = _unit(cosine)
    by_term = bm25.T.tocsr()
    common = _common(by_term)
    return View(vocabulary=vocabulary, idf=idf, bm25=by_term, questions=cosine, owned=owned, common=common)


def _common(bm25: sparse.csr_matrix) -> dict[int, NDArray[np.float64]]:
    """Write out the rows of terms that stand in one of FULL questions or more; a large base has no room for them."""
    if bm25.shape[1] >= LARGE:
        return {}
    terms = np.flatnonzero(np.diff(bm25.indptr) * FULL >= max(bm25.shape[1], FULL))
    rows = bm25[terms].toarray().astype(np.float64)
    return dict(zip(terms.tolist(), rows, strict=True))


def _owned(tf: sparse.csr_matrix, owners: Ints, entries: int) -> sparse.csr_matrix:
    belongs = sparse.csr_matrix(
        (np.ones(len(owners), np.float32), (owners, np.arange(len(owners)))), (entries, len(owners))
    )
    owned = (belongs @ tf).tocsr()
    owned.data = np.ones_like(owned.data, dtype=np.float32)
    return owned


def _idf(tf: sparse.csr_matrix, owned: sparse.csr_matrix) -> Floats:
    """Weigh a term by the entries that own it rather than by questions: a word repeated within one entry stays rare."""
    spread = np.bincount(owned.indices, minlength=owned.shape[1])
    frequency = np.bincount(tf.indices, minlength=tf.shape[1])
    by_entry = np.log(1 + (owned.shape[0] - spread + 0.5) / (spread + 0.5))
    by_question = np.log(1 + (tf.shape[0] - frequency + 0.5) / (frequency + 0.5))
    return np.asarray(0.7 * by_entry + 0.3 * by_question, dtype=np.float32)


def _unit(matrix: sparse.csr_matrix) -> sparse.csr_matrix:
    lengths = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
    lengths[lengths == 0] = 1.0
    matrix.data = (matrix.data / np.repeat(lengths, np.diff(matrix.indptr))).astype(np.float32)
    return matrix
