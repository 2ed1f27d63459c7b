"""A long step is never silent."""

import threading

import pytest

from bot.progress import going_on


def test_a_step_that_goes_on_says_so_until_it_ends(capsys: pytest.CaptureFixture[str]) -> None:
    asked = threading.Event()

    def state() -> str:
        asked.set()
        return "还在训练"

    with going_on(state, every=0.01):
        assert asked.wait(10)

    assert "…还在训练(" in capsys.readouterr().err
    assert not [thread for thread in threading.enumerate() if "tell" in thread.name]
