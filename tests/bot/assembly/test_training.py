"""Changed inputs decide what is trained."""

import os
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from bot.assembly.environments import ROOT
from bot.assembly.training import KEPT_MODELS, Training, ensure_model, training_begun, write_examples
from bot.errors import Misconfigured


@pytest.fixture
def training(tmp_path: Path) -> Training:
    for name in ("config.yml", "domain.yml", "requirements-rasa.lock"):
        (tmp_path / name).write_text(name)
    (tmp_path / "nlu_data" / "nlu").mkdir(parents=True)
    (tmp_path / "nlu_data" / "nlu" / "loan.yml").write_text("one")
    python = tmp_path / "python"
    python.write_text('#!/bin/sh\nwhile [ "$1" != "--out" ]; do shift; done\nmkdir -p "$2"; touch "$2/$4.tar.gz"\n')
    python.chmod(0o755)
    made = Training(root=tmp_path, work=tmp_path / "var", python=python)
    write_examples(made, ["租房能提多少"])
    return made


def test_the_same_inputs_are_trained_once(training: Training) -> None:
    first = ensure_model(training)
    made = first.stat().st_mtime_ns

    assert ensure_model(training) == first
    assert first.stat().st_mtime_ns == made


def test_a_changed_example_asks_for_another_model(training: Training) -> None:
    before = training.model()

    (training.root / "nlu_data" / "nlu" / "loan.yml").write_text("two")

    assert training.model() != before


def test_the_same_questions_in_another_order_train_nothing(training: Training) -> None:
    write_examples(training, ["b", "a"])
    before = training.model()

    write_examples(training, ["a", "b", "b"])

    assert training.model() == before


def test_a_failed_training_names_the_log(training: Training) -> None:
    training.python.write_text("#!/bin/sh\nexit 1\n")

    with pytest.raises(Misconfigured, match=r"rasa-train\.log"):
        ensure_model(training)


def test_what_fails_beside_a_training_leaves_none_behind(training: Training) -> None:
    training.python.write_text('#!/bin/sh\necho $$ > "$0.pid"\nexec sleep 60\n')
    pid = training.python.with_suffix(".pid")

    with pytest.raises(ValueError, match="knowledge"), training_begun(training):  # noqa: PT012 - the child must run first
        while not (pid.exists() and pid.read_text().strip()):
            time.sleep(0.01)
        raise ValueError("knowledge")

    with pytest.raises(ProcessLookupError):
        os.kill(int(pid.read_text()), 0)


def test_a_program_that_is_killed_while_it_trains_leaves_no_training_behind(training: Training) -> None:
    training.python.write_text('#!/bin/sh\necho $$ > "$0.pid"\nexec sleep 60\n')
    pid = training.python.with_suffix(".pid")
    trains = (
        "import sys; from pathlib import Path; from bot.assembly.training import Training, ensure_model; "
        "root, work, python = map(Path, sys.argv[1:]); ensure_model(Training(root=root, work=work, python=python))"
    )
    command = [sys.executable, "-c", trains, str(training.root), str(training.work), str(training.python)]

    with subprocess.Popen(command, cwd=ROOT) as program:
        while not (pid.exists() and pid.read_text().strip()):
            assert program.poll() is None
            time.sleep(0.01)
        trained = psutil.Process(int(pid.read_text()))
        program.kill()

    psutil.wait_procs([trained], timeout=20)
    assert not trained.is_running() or trained.status() == psutil.STATUS_ZOMBIE


def test_old_models_are_forgotten(training: Training) -> None:
    for number in range(KEPT_MODELS + 2):
        (training.root / "nlu_data" / "nlu" / "loan.yml").write_text(f"version {number}")
        ensure_model(training)

    assert len(list((training.work / "models").glob("*.tar.gz"))) == KEPT_MODELS
