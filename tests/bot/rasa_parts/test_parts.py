"""What Rasa loads of ours keeps its promises inside Rasa's own Python, on SQLite and on PostgreSQL."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.assembly.environments import RASA, ROOT
from bot.assembly.programs import train
from bot.assembly.rasa_process import LEAN, QUIET
from bot.settings import Settings

pytestmark = pytest.mark.model
PYTHON = ROOT / RASA.folder / "bin" / "python"


def _promises(*wanted: str, **names: str) -> str:
    if not PYTHON.exists():
        pytest.skip(f"{RASA.folder} is missing: run `make env`")
    command = [str(PYTHON), "-W", "ignore", "-m", "unittest", *(f"tests.bot.rasa_parts.in_rasa{one}" for one in wanted)]
    environment = {**os.environ, **QUIET, **LEAN, **names}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr[-4000:]
    return done.stderr


def test_every_promise_is_kept_inside_rasa(tmp_path: Path) -> None:
    model = train(Settings(), said=sys.stderr)

    report = _promises("", TEST_TRACKER_URL=f"sqlite:///{tmp_path}/tracker.db", TEST_MODEL=str(model))

    assert "OK" in report
    assert "skipped" not in report


@pytest.mark.system
def test_a_conversation_is_remembered_on_postgresql_too() -> None:
    url = os.environ.get("JIAJIA_TEST_POSTGRES")
    if not url:
        pytest.skip("needs PostgreSQL: set JIAJIA_TEST_POSTGRES, as .ci/run does")

    assert "OK" in _promises(".Remembering", TEST_TRACKER_URL=url)
