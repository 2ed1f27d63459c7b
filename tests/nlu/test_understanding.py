"""The trained assistant understands wordings it was never shown, and decides every story right."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.assembly.environments import RASA
from bot.assembly.programs import train
from bot.assembly.rasa_process import QUIET
from bot.settings import Settings
from tests.nlu.reading import ROOT

pytestmark = pytest.mark.model
PYTHON = ROOT / RASA.folder / "bin" / "python"


@pytest.fixture(scope="module")
def model() -> Path:
    if not PYTHON.exists():
        pytest.skip(f"{RASA.folder} is missing: run `make env`")
    return train(Settings(), said=sys.stderr)


def _rasa_test(what: str, model: Path, out: Path, *arguments: str) -> None:
    unused = {"RASA_ACTION_ENDPOINT": "http://127.0.0.1:9/webhook", "RASA_TRACKER_URL": "sqlite://"}
    command = [str(PYTHON), "-m", "rasa", "test", what, "--model", str(model), "--out", str(out), *arguments]
    environment = {**os.environ, **QUIET, **unused}
    done = subprocess.run(
        [*command, "--no-plot"], cwd=ROOT, env=environment, capture_output=True, timeout=600, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:].decode(errors="replace")


def test_macro_f1_on_held_out_wordings_is_at_least_0_93(model: Path, tmp_path: Path) -> None:
    _rasa_test("nlu", model, tmp_path, "--nlu", "tests/nlu/held_out_test.yml")

    report = json.loads((tmp_path / "intent_report.json").read_text(encoding="utf-8"))

    assert report["macro avg"]["f1-score"] >= 0.93


def test_every_story_goes_the_way_it_is_written(model: Path, tmp_path: Path) -> None:
    _rasa_test("core", model, tmp_path, "--stories", "tests/stories")

    report = json.loads((tmp_path / "story_report.json").read_text(encoding="utf-8"))

    assert report["conversation_accuracy"]["accuracy"] == 1.0
