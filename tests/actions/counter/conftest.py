"""One visit per test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.actions.counter.visit import Visit, visit


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Visit]:
    async with visit(tmp_path) as running:
        yield running
