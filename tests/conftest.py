"""What every test shares: in CI the generated examples are the same every time, at a desk they go on searching."""

import gc
import os
import re
from pathlib import Path

import pytest
from hypothesis import settings

QUICK = "not model and not system and not slow"
_WHOLLY_OTHER = re.compile(r"^pytestmark = .*\bpytest\.mark\.(?:model|system|slow)\b(?!\.)", re.MULTILINE)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """`make check` does not even import what it would deselect whole: browsers, PyTorch, generated requests."""
    if config.option.markexpr != QUICK or collection_path.suffix != ".py":
        return None
    return True if _WHOLLY_OTHER.search(collection_path.read_text(encoding="utf-8")) else None


def pytest_collection_finish() -> None:
    """Libraries and tests stay until the end: looking through them for garbage took a tenth of all processor time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


settings.register_profile("desk", deadline=None)  # a busy machine fails no property
settings.register_profile("ci", derandomize=True, deadline=None)
settings.register_profile("quick", derandomize=True, deadline=None, max_examples=20)
settings.load_profile("ci" if os.environ.get("CI") else "desk")


def pytest_configure(config: pytest.Config) -> None:
    """`make check` looks at a few generated examples, `make test` at all."""
    if config.option.markexpr == QUICK:
        settings.load_profile("quick")
