"""The two environments are made once, and again only when their lock file or interpreter changes."""

import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.assembly import environments
from bot.assembly.environments import RASA, ROOT, Environment, candidates_310, ensure, fingerprint, version_of

SMALL = Environment(".venv-small", "small.lock", "小环境", 1)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "small.lock").write_text("six==1.17.0\n")
    made = tmp_path / ".venv-small" / "bin" / "python"  # making a real one takes seconds; `make env` does it in CI
    _python(made, f"echo {sys.version_info[0]} {sys.version_info[1]}")
    return tmp_path


def _python(path: Path, does: str) -> None:
    path.parent.mkdir(parents=True)
    path.write_text(f"#!/bin/sh\n{does}\n")
    path.chmod(0o755)


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


def test_both_environments_are_made_beside_each_other_and_a_failure_of_one_ends_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    both = threading.Barrier(2, timeout=20)  # whoever comes alone breaks it

    def ensure(environment: Environment, python: str) -> None:
        both.wait()
        if environment is RASA:
            sys.exit("没有成功")

    monkeypatch.setattr(environments, "ensure", ensure)
    monkeypatch.setattr(environments, "python_310", lambda: sys.executable)
    monkeypatch.setattr(sys, "argv", ["environments.py", "all"])

    with pytest.raises(SystemExit) as ended:
        environments.main()

    assert str(ended.value) == "没有成功"


def test_an_environment_whose_making_was_stopped_is_not_whole(tmp_path: Path) -> None:
    version = f"echo {sys.version_info[0]} {sys.version_info[1]}"
    _python(tmp_path / "made" / "bin" / "python", version)
    _python(tmp_path / "half" / "bin" / "python", f'[ "$2" = pip ] && exit 1; {version}')
    _python(tmp_path / "other" / "bin" / "python", "echo 3 9")

    whole = {name: environments.whole(tmp_path / name, sys.executable) for name in ("made", "half", "other", "none")}

    assert whole == {"made": True, "half": False, "other": False, "none": False}


@pytest.mark.slow
def test_an_environment_whose_making_was_stopped_is_made_anew(
    root: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(environments, "install", lambda folder, lock: None)
    (root / ".venv-small" / "bin" / "python").write_text("#!/bin/sh\nexit 1\n")

    ensure(SMALL, sys.executable, root)

    assert environments.whole(root / ".venv-small", sys.executable)


def test_installing_tells_how_far_it_is(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    states: list[str] = []

    @contextmanager
    def once(state: Callable[[], str]) -> Iterator[None]:
        yield
        states.append(state())

    monkeypatch.setattr(environments, "going_on", once)
    heard = [
        ["Collecting a==1", "Downloading a"],
        ["Collecting a", "Collecting b", "Installing collected packages: a, b"],
    ]

    for lines in heard:
        environments.told([sys.executable, "-c", f"print({chr(10).join(lines)!r})"], ".venv", 2)

    assert states == [".venv:正在取第 1/2 个包", ".venv:2 个包都取到了,正在装进去"]


def test_a_failed_install_shows_the_words_of_pip(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _python(tmp_path / "bin" / "python", "echo 'ERROR: No matching distribution' >&2; exit 1")
    (tmp_path / "small.lock").write_text("six==1.17.0\n")

    with pytest.raises(SystemExit) as stopped:
        environments.install(tmp_path, tmp_path / "small.lock")

    assert "会接着装" in str(stopped.value)
    assert "No matching distribution" in capsys.readouterr().err


def test_ctrl_c_while_installing_ends_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(environment: Environment, python: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(environments, "ensure", stopped)
    monkeypatch.setattr(sys, "argv", ["environments.py", "ours"])

    with pytest.raises(SystemExit) as ended:
        environments.main()

    assert "再运行同一条命令" in str(ended.value)
