"""The staff who change what is answered, while a call goes on: two curators at the command line."""

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.assembly.environments import ROOT

SHELF = ROOT / "var" / "knowledge"


def shelf_of_its_own(copy: Path) -> None:
    """Copy the version that is served, and what was learnt for it, so that a test may publish."""
    kept = {(SHELF / "current").read_text(encoding="utf-8").strip(), "learned", "encoders"}
    others = {one.name for one in SHELF.iterdir() if one.is_dir()} - kept
    shutil.copytree(SHELF, copy, ignore=lambda at, _: others if Path(at) == SHELF else set())


@contextmanager
def drafted(versions: Path, folder: Path, entry: str, *fields: str) -> Iterator[Callable[[], None]]:
    """Have an entry changed and reviewed; yields what publishes it, and goes back to the old version afterwards."""
    sources = folder / "sources"
    shutil.copytree(ROOT / "knowledge_base", sources, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    _curate(versions, sources, "edit", entry, "--by", "小李", *fields)
    _curate(versions, sources, "review", entry, "--by", "老王")
    before = (versions / "current").read_text(encoding="utf-8")
    try:
        yield lambda: _curate(versions, sources, "publish", "--by", "老王")
    finally:
        if (versions / "current").read_text(encoding="utf-8") != before:
            _curate(versions, sources, "rollback")


def _curate(versions: Path, sources: Path, *verb: str) -> None:
    """Run `python -m knowledge_base` on these versions and files."""
    command = [sys.executable, "-W", "ignore", "-m", "knowledge_base"]
    command += ["--home", str(versions), "--sources", str(sources), *verb]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{verb[0]}: {done.stdout[-500:]}{done.stderr[-500:]}"
