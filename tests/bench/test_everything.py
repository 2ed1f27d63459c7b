"""One benchmark that breaks or hangs neither stops the others nor leaves a process behind."""

import sys
import time

import psutil
import pytest

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
