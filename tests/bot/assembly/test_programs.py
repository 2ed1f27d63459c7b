"""What is wrong with a start is told in one line, before anybody waits for training."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from bot.assembly.environments import ROOT

pytestmark = pytest.mark.slow  # starts whole programs


def _run(tmp_path: Path, **names: str) -> subprocess.CompletedProcess[str]:
    names = {"JIAJIA_KNOWLEDGE__VERSIONS": f"{tmp_path}/knowledge", **names}
    environment = {name: value for name, value in os.environ.items() if not name.startswith("JIAJIA_")} | names
    command = [sys.executable, "-m", "bot", "run"]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False)


def test_a_taken_port_is_named_before_anything_is_trained(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = _run(tmp_path, JIAJIA_GATEWAY__PORT=str(port))

    assert done.returncode == 2
    assert done.stderr.startswith(f"✘ 端口 {port} 已被占用")
    assert done.stderr.count("\n") == 1
    assert done.stdout == ""
    assert not (tmp_path / "knowledge").exists()


def test_an_unknown_setting_stops_the_start_and_is_named(tmp_path: Path) -> None:
    done = _run(tmp_path, JIAJIA_GATEWAY__PROT="9000")

    assert done.returncode == 2
    assert "prot" in done.stderr.lower()
    assert done.stderr.count("\n") == 1
