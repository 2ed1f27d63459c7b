"""The blocks give the same figures as the views they were sorted from."""

import numpy as np
import pytest

from knowledge_base.blocks import blocks_of
from knowledge_base.lexical import build_view

CHARS = (["租", "房", "租房"], ["租", "金"], [], ["贷", "款", "贷款"], ["还", "贷", "还贷"], ["密", "码"])
WORDS = (["租房"], [], ["提取"], ["贷款"], ["贷款", "还"], [])
COUNTS = np.asarray([3, 2, 1])
OWNERS = np.repeat(np.arange(3), COUNTS)


@pytest.mark.parametrize("entries", [[0, 1, 2], [1], [0, 2]])
@pytest.mark.parametrize("asked", [["租", "房", "贷"], ["没", "见", "过"], ["贷款", "还", "租房", "密"]])
def test_products_are_the_views_own_cosines_and_coverage(asked: list[str], entries: list[int]) -> None:
    views = [build_view(bags, OWNERS, len(COUNTS)) for bags in (CHARS, WORDS)]
    queries = [view.weigh(asked) for view in views]

    cosines, covered, titles = blocks_of(views, COUNTS).products(queries, np.asarray(entries))

    rows = [np.flatnonzero(entry == OWNERS) for entry in entries]
    highest = [[view.cosines(query, row).max() for row in rows] for view, query in zip(views, queries, strict=True)]
    owned = [
        [view.owned.toarray()[entry, query.ids] @ query.idf / (query.mass or 1.0) for entry in entries]
        for view, query in zip(views, queries, strict=True)
    ]
    assert np.allclose(cosines, highest)
    assert np.allclose(covered, owned)
    assert np.allclose(titles, [views[0].cosines(queries[0], row[:1])[0] for row in rows])
