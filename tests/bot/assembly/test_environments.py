"""The two environments are made once, and again only when their lock file or interpreter changes."""

import os
import sys
from pathlib import Path

import pytest

from bot.assembly import environments
from bot.assembly.environments import ROOT, Environment, candidates_310, ensure, fingerprint, version_of

SMALL = Environment(".venv-small", "small.lock", "小环境", 1)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "small.lock").write_text("six==1.17.0\n")
    made = tmp_path / ".venv-small" / "bin" / "python"  # making a real one takes seconds; `make env` does it in CI
    made.parent.mkdir(parents=True)
    made.touch()
    return tmp_path


def test_an_environment_whose_lock_is_unchanged_is_left_alone(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    installed: list[Path] = []
    monkeypatch.setattr(environments, "install", lambda folder, lock: installed.append(folder))

    ensure(SMALL, sys.executable, root)
    ensure(SMALL, sys.executable, root)

    assert installed == [root / ".venv-small"]
    assert "准备小环境" in capsys.readouterr().out


def test_a_changed_lock_installs_again(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installed: list[Path] = []
    monkeypatch.setattr(environments, "install", lambda folder, lock: installed.append(folder))

    ensure(SMALL, sys.executable, root)
    (root / "small.lock").write_text("six==1.16.0\n")
    ensure(SMALL, sys.executable, root)

    assert len(installed) == 2


def test_another_interpreter_is_another_environment(root: Path) -> None:
    lock = root / "small.lock"

    assert fingerprint(lock, "(3, 11)") != fingerprint(lock, "(3, 12)")


def test_a_python_that_does_not_run_is_no_candidate(tmp_path: Path) -> None:
    shim = tmp_path / "python3.10"
    shim.write_text("#!/bin/sh\nexit 127\n")
    shim.chmod(0o755)

    assert version_of(str(shim)) is None


def test_python_310_is_found_in_pyenvs_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    python = tmp_path / "versions" / "3.10.13" / "bin" / "python3.10"
    python.parent.mkdir(parents=True)
    python.touch()
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path))
    monkeypatch.setenv("PATH", os.devnull)

    assert list(candidates_310(tmp_path)) == [str(python)]


def test_a_missing_python_310_is_told_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path))
    monkeypatch.setenv("PATH", os.devnull)

    with pytest.raises(SystemExit) as stopped:
        environments.python_310(tmp_path)

    assert "pyenv install 3.10" in str(stopped.value)
    assert "\n" not in str(stopped.value)


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-rasa.lock"])
def test_lock_files_hold_pins_and_no_address(name: str) -> None:
    lines = [line for line in (ROOT / name).read_text().splitlines() if not line.startswith("#")]

    assert lines
    assert all(line.count("==") == 1 and "/" not in line and "@" not in line for line in lines)


def test_every_wanted_package_is_pinned() -> None:
    pinned = {line.split("==")[0].lower() for line in (ROOT / "requirements.lock").read_text().splitlines()}
    wanted = [
        line.split("==")[0].split("[")[0].lower()
        for name in ("requirements.in", "requirements-dev.in")
        for line in (ROOT / name).read_text().split()
    ]

    assert [name for name in wanted if name not in pinned] == []


def test_an_environment_that_is_made_needs_its_python_nowhere_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = tmp_path / ".venv-rasa" / "bin" / "python"
    made.parent.mkdir(parents=True)
    made.write_text("#!/bin/sh\necho 3 10\n")
    made.chmod(0o755)
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path))
    monkeypatch.setenv("PATH", os.devnull)

    assert environments.python_310(tmp_path) == str(made)


def test_a_missing_python_310_is_told_before_anything_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Environment] = []
    monkeypatch.setattr(environments, "ensure", lambda environment, python: made.append(environment))
    monkeypatch.setattr(environments, "candidates_310", lambda root: iter(()))
    monkeypatch.setenv("PATH", os.devnull)
    monkeypatch.setattr(sys, "argv", ["environments.py", "all"])

    with pytest.raises(SystemExit):
        environments.main()

    assert made == []
