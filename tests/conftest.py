"""What every test shares: in CI the generated examples are the same every time, at a desk they go on searching."""

import os
import re
from pathlib import Path

import pytest
from hypothesis import settings

QUICK = "not model and not system"
_WHOLLY_OTHER = re.compile(r"^pytestmark = .*\bpytest\.mark\.(?:model|system)\b(?!\.)", re.MULTILINE)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """`make check` does not even import what it would deselect whole: browsers, PyTorch, generated requests."""
    if config.option.markexpr != QUICK or collection_path.suffix != ".py":
        return None
    return True if _WHOLLY_OTHER.search(collection_path.read_text(encoding="utf-8")) else None


settings.register_profile("ci", derandomize=True, deadline=None)
if os.environ.get("CI"):
    settings.load_profile("ci")
