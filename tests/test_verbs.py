"""`make check` and `make test` read the tests in parts: together they read every file, each once."""

import os
import re
import shlex
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


def parts(variable: str) -> tuple[str, ...]:
    found = re.search(rf"^{variable} := (.+)$", MAKEFILE, re.MULTILINE)
    assert found
    return tuple(found[1].split())


def read(command: str) -> set[Path]:
    """The test files a pytest command reads."""
    words = shlex.split(command.partition(" -m pytest ")[2])
    ignored = [ROOT / word.partition("=")[2] for word in words if word.startswith("--ignore=")]
    named = [ROOT / word for word in words if word.startswith("tests")]
    files = {file for path in named for file in (path.rglob("test_*.py") if path.is_dir() else [path])}
    assert all(path.exists() for path in (*named, *ignored))
    return {file for file in files if not any(file == path or path in file.parents for path in ignored)}


@pytest.mark.parametrize(
    ("variable", "besides"), [("QUICKLY", ()), ("THOROUGHLY", (".venv/bin/python -m pytest tests/system",))]
)
def test_every_file_of_tests_is_read_once(variable, besides):
    outside = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    make = ["make", "-n", *parts(variable)]
    said = subprocess.run(make, cwd=ROOT, env=outside, capture_output=True, text=True, check=True).stdout
    assert all(command.replace(".venv/bin/python", "$(PY)") in MAKEFILE for command in besides)

    commands = [line for line in (*said.splitlines(), *besides) if " -m pytest " in line]
    files = [file for command in commands for file in read(command)]

    assert sorted(files) == sorted((ROOT / "tests").rglob("test_*.py"))
