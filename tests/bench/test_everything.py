"""One benchmark that breaks or hangs neither stops the others nor leaves a process behind."""

import signal
import subprocess
import sys
import time

import psutil
import pytest

from bot.assembly.environments import ROOT
from tests.bench.everything import Part, main, run


def part(code: str, seconds: float = 60.0) -> Part:
    return Part(says="试", command=(sys.executable, "-c", code), seconds=seconds)


def ended(pid: int) -> bool:
    """Wait for a process that is no child of ours."""
    try:
        orphan = psutil.Process(pid)
        while orphan.status() != psutil.STATUS_ZOMBIE:
            time.sleep(0.05)
    except psutil.NoSuchProcess:
        pass
    return True


def test_all_are_run_and_each_says_how_it_ended(capfd):
    code = main((part("print('甲')"), part("raise SystemExit(3)"), part("print('乙')")))

    said = capfd.readouterr().out
    assert code == 1
    assert "甲\n" in said
    assert "乙\n" in said
    assert "✘ 退出码 3" in said
    assert said.count("✔") == 4  # beside its figures, and again at the end


@pytest.mark.slow
def test_what_hangs_is_ended_with_everything_it_started(tmp_path):
    noted = tmp_path / "pid"
    hangs = f"""
import pathlib, signal, subprocess, sys, time
signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
pathlib.Path({str(noted)!r}).write_text(str(child.pid))
time.sleep(600)
"""
    ran = run(part(hangs, seconds=3.0))

    assert ran.code is None
    assert "没有在 3 秒内完成" in str(ran)
    assert ended(int(noted.read_text()))


LEAVES = """
import pathlib, signal, subprocess, sys, time
signal.signal(signal.SIGTERM, {polite})
deaf = "import signal, time; [signal.signal(s, signal.SIG_IGN) for s in (2, 15)]; print(flush=True); time.sleep(600)"
child = subprocess.Popen([sys.executable, "-c", deaf], start_new_session=True, stdout=subprocess.PIPE)
child.stdout.readline()
noted = pathlib.Path({noted!r})
noted.with_suffix(".part").write_text(str(child.pid))
noted.with_suffix(".part").rename(noted)
time.sleep(600)
"""


@pytest.mark.slow
@pytest.mark.parametrize("times", [1, 3], ids=["once", "again and again"])
@pytest.mark.parametrize("asked", [signal.SIGINT, signal.SIGTERM])
def test_stopped_by_hand_nothing_is_left_not_even_who_has_a_session_of_its_own(tmp_path, asked, times):
    noted = tmp_path / "pid"
    script = LEAVES.format(polite="lambda *_: sys.exit(1)", noted=str(noted))
    program = f"""
import sys
from tests.bench.everything import Part, program
sys.exit(program((
    Part(says="一", command=(sys.executable, "-c", ""), seconds=60),
    Part(says="二", command=(sys.executable, "-c", {script!r}), seconds=600),
    Part(says="三", command=(sys.executable, "-c", "print('never')"), seconds=60),
)))
"""
    running = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        while not noted.exists():
            assert running.poll() is None
            time.sleep(0.05)
        for _ in range(times):
            running.send_signal(asked)
            time.sleep(0.05)
        said, _ = running.communicate(timeout=60)
    finally:
        running.kill()

    assert running.returncode == 130
    assert "✔ 一" in said.rpartition("▸")[2]
    assert "never" not in said
    assert not psutil.pid_exists(int(noted.read_text()))
