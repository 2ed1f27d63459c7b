"""Keeps what a question is multiplied with entry by entry, so that a candidate's rows are read in one piece."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from knowledge_base.lexical import Floats, Ints, View, Weighed


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocks:
    """An entry's block is one sparse row for each of its questions in each view, then its owned terms in each view.

    Every row begins with a weight of nothing on term 0: so no row is empty. The views' terms follow one another from 1.
    """

    terms: Ints
    weights: Floats
    rows: Ints
    """Where each row begins in `terms` and `weights`."""
    blocks: Ints
    """Where each entry's block begins in `rows`; one more for the end."""
    counts: Ints
    widths: tuple[int, ...]

    def products(self, queries: Sequence[Weighed], entries: Ints) -> tuple[Floats, Floats, Floats]:
        """Return by view and entry the highest cosine and the coverage, and by entry the title's first cosine."""
        firsts, lasts = self.blocks[entries], self.blocks[entries + 1]
        begins, ends = self.rows[firsts], self.rows[lasts]
        pieces = [slice(begin, end) for begin, end in zip(begins.tolist(), ends.tolist(), strict=True)]
        terms = np.concatenate([self.terms[piece] for piece in pieces])
        weights = np.concatenate([self.weights[piece] for piece in pieces])
        starts = np.concatenate([self.rows[a:b] for a, b in zip(firsts.tolist(), lasts.tolist(), strict=True)])
        shift = begins - np.concatenate([[0], np.cumsum(ends - begins)[:-1]])
        starts = starts - np.repeat(shift, lasts - firsts)
        weights *= np.take(self._asked(queries), terms, mode="clip")  # no term lies outside: nothing is clipped
        sums = np.add.reduceat(weights, starts)
        best, covered, titles = self._parted(sums, entries, len(queries))
        lengths = np.asarray([np.linalg.norm(query.idf) or 1.0 for query in queries], dtype=np.float32)
        masses = np.asarray([query.mass or 1.0 for query in queries], dtype=np.float32)
        return best / lengths[:, None], covered / masses[:, None], titles / lengths[0]

    def _asked(self, queries: Sequence[Weighed]) -> Floats:
        asked = np.zeros(1 + sum(self.widths), dtype=np.float32)
        before = 1
        for query, width in zip(queries, self.widths, strict=True):
            asked[query.ids + before] = query.idf
            before += width
        return asked

    def _parted(self, sums: Floats, entries: Ints, views: int) -> tuple[Floats, Floats, Floats]:
        counts = self.counts[entries]
        sizes = views * counts + views
        begins = np.cumsum(sizes) - sizes
        steps = np.arange(views)
        firsts = begins[:, None] + counts[:, None] * steps
        owned = (begins + views * counts)[:, None] + steps
        segments = np.concatenate([firsts, owned[:, :1]], axis=1).ravel()
        best = np.maximum.reduceat(sums, segments).reshape(len(entries), views + 1)[:, :views]
        return best.T, sums[owned].T, sums[begins]


def blocks_of(views: Sequence[View], counts: Ints) -> Blocks:
    """Sort the rows of all views by entry; `counts` are the entries' questions."""
    matrices = [*(view.questions for view in views), *(view.owned for view in views)]
    widths = tuple(view.questions.shape[1] for view in views)
    shifts = np.cumsum([1, *widths[:-1]]).tolist() * 2
    order = _order(counts, len(views))
    lengths = np.concatenate([np.diff(matrix.indptr) for matrix in matrices])
    rows = np.concatenate([[0], np.cumsum(lengths[order] + 1)]).astype(np.int64)
    begins = np.empty(len(order), dtype=np.int64)
    begins[order] = rows[:-1] + 1
    terms, weights = np.zeros(rows[-1], dtype=np.int32), np.zeros(rows[-1], dtype=np.float32)
    first = 0
    for matrix, shift in zip(matrices, shifts, strict=True):
        mine = begins[first : first + matrix.shape[0]]
        places = np.repeat(mine - matrix.indptr[:-1], np.diff(matrix.indptr)) + np.arange(matrix.nnz)
        terms[places], weights[places] = matrix.indices + shift, matrix.data
        first += matrix.shape[0]
    blocks = np.concatenate([[0], np.cumsum(len(views) * (counts + 1))]).astype(np.int64)
    return Blocks(terms=terms, weights=weights, rows=rows, blocks=blocks, counts=counts, widths=widths)


def _order(counts: Ints, views: int) -> Ints:
    """Return the rows of all questions by view, then of all entries by view, in the order of the blocks."""
    entries, kinds = np.arange(len(counts)) * (2 * views), np.arange(views)[:, None]
    of_question = np.repeat(entries, counts)[None, :] + kinds
    of_entry = entries[None, :] + views + kinds
    keys = np.concatenate([of_question.ravel(), of_entry.ravel()])
    return np.argsort(keys, kind="stable")
