"""The trained assistant understands wordings it was never shown, and decides every story right."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bot.assembly.environments import RASA
from bot.assembly.programs import train
from bot.assembly.rasa_process import LEAN, QUIET
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
    environment = {**os.environ, **QUIET, **LEAN, **unused}
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


ONE_TOKEN = [("三万", "money"), ("退休", "purpose"), ("三十年", "period"), ("明天", "date"), ("城西区", "district")]
"""Sentences that are nothing but a value (RasaHQ/rasa#6752)."""
ACROSS_CUTS = [
    ("贷款五十万三十年", {"money": "五十万", "period": "三十年"}),
    ("我要提前还款5万元缩短年限", {"money": "5万元", "prepayment_effect": "缩短年限"}),
    ("去年三月买的房提了2万", {"money": "2万", "date": "去年三月"}),
    ("月工资8000块缴了一年半", {"money": "8000块", "period": "一年半"}),
    ("2026年5月以后租房能提多少", {"date": "2026年5月", "purpose": "租房"}),
]
"""Values that a tokenizer cuts through or joins with their neighbours (RasaHQ/rasa#7689)."""


def _read(model: Path, sentences: list[str]) -> list[dict[str, Any]]:
    unused = {"RASA_ACTION_ENDPOINT": "http://127.0.0.1:9/webhook", "RASA_TRACKER_URL": "sqlite://"}
    done = subprocess.run(
        [str(PYTHON), "-m", "tests.nlu.parse", str(model)],
        cwd=ROOT,
        env={**os.environ, **QUIET, **LEAN, **unused},
        input="\n".join(sentences).encode(),
        capture_output=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:].decode(errors="replace")
    lines = done.stdout.decode().splitlines()
    return [json.loads(line.removeprefix("READ ")) for line in lines if line.startswith("READ ")]


def test_values_come_out_whole_whatever_the_tokenizer_cuts(model: Path) -> None:
    readings = _read(model, [*(text for text, _ in ONE_TOKEN), *(text for text, _ in ACROSS_CUTS)])

    wanted = [*({kind: text} for text, kind in ONE_TOKEN), *(values for _, values in ACROSS_CUTS)]
    for reading, values in zip(readings, wanted, strict=True):
        found = {one["entity"]: one["value"] for one in reading["entities"]}
        assert {kind: found.get(kind) for kind in values} == values, reading
        assert all(reading["text"][one["start"] : one["end"]] == one["value"] for one in reading["entities"])
