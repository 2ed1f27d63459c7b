"""The whole product follows what curators publish while citizens ask: no turn is lost, none is answered from two."""

import math

import pytest

from bot.assembly.environments import RASA, ROOT
from tests.bench import swap

pytestmark = [pytest.mark.system, pytest.mark.model]


async def test_publishing_under_load_drops_no_turn_and_mixes_no_versions() -> None:
    if not (ROOT / RASA.folder).exists():
        pytest.skip("needs .venv-rasa: run `make env`")

    seen = await swap.measure(seconds=24.0, clients=3)

    assert seen.turns > 0
    assert (seen.dropped, seen.mixed) == (0, 0)
    assert seen.publishes >= 3
    assert all(math.isfinite(seconds) for seconds in seen.in_effect), "a publish was never followed"
    assert seen.answered_after_broken > 0, "a version that cannot be loaded stopped the answers"
