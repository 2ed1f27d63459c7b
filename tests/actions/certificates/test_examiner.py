"""A stranger's file is examined in a process that neither time nor memory lets grow, and that knows no secret."""

import asyncio
import os
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from actions.certificates.examiner import AT_ONCE, COMMAND, Examiner
from actions.certificates.examining import Checked, Trust, Verdict
from actions.certificates.seal import ElectronicSeal


@pytest.fixture(scope="module")
def trust(tmp_path_factory) -> Trust:
    return ElectronicSeal.demo(tmp_path_factory.mktemp("seal"), centre="西宁").trust


def running(script: str, trust: Trust, patience: float = 15.0) -> Examiner:
    """An examiner whose process does something else."""
    return Examiner(trust=trust, patience=patience, command=(sys.executable, "-c", script))


def written(file: Path) -> None:
    """Wait until something stands in the file."""
    while not (file.exists() and file.read_text()):
        time.sleep(0.05)


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def test_a_verdict_travels_out_of_the_process(trust):
    assert await Examiner(trust=trust).check(b"no pdf") == Checked(verdict=Verdict.NOT_OURS)


@pytest.mark.slow
async def test_a_file_that_would_be_read_for_ever_is_given_up_and_its_process_ended(trust, tmp_path):
    told = tmp_path / "pid"
    script = f"import os,time,pathlib; pathlib.Path({str(told)!r}).write_text(str(os.getpid())); time.sleep(600)"

    checked = await running(script, trust, patience=3.0).check(b"slow")

    assert checked.verdict is Verdict.UNCHECKED
    assert not alive(int(told.read_text()))


async def test_a_citizen_who_leaves_takes_the_process_along(trust, tmp_path):
    told = tmp_path / "pid"
    script = f"import os,time,pathlib; pathlib.Path({str(told)!r}).write_text(str(os.getpid())); time.sleep(600)"
    waiting = asyncio.create_task(running(script, trust).check(b"slow"))
    await asyncio.to_thread(written, told)

    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting

    assert not alive(int(told.read_text()))


@pytest.mark.parametrize(
    "script",
    ["raise SystemExit(9)", "print('nonsense')", "print('[]')", "import os; os.kill(os.getpid(), 9)"],
)
async def test_a_process_that_dies_or_talks_nonsense_says_nothing_of_the_file(trust, script):
    assert (await running(script, trust).check(b"x" * 1_000_000)).verdict is Verdict.UNCHECKED


async def test_a_program_that_cannot_be_started_says_nothing_of_the_file(trust):
    examiner = replace(Examiner(trust=trust), command=("/nowhere/python",))

    assert (await examiner.check(b"x")).verdict is Verdict.UNCHECKED


async def test_the_process_gets_none_of_our_secrets(trust, tmp_path, monkeypatch):
    monkeypatch.setenv("JIAJIA_CERTIFICATES_PASSPHRASE", "a secret")
    told = tmp_path / "environment"
    script = f"import os,pathlib; pathlib.Path({str(told)!r}).write_text(repr(dict(os.environ)))"

    await running(script, trust).check(b"x")

    assert "JIAJIA" not in told.read_text()


@pytest.mark.slow
async def test_memory_and_time_are_limited_from_within():
    script = "import actions.certificates.examining as e, resource, io, sys; sys.stdin = open('/dev/null')\n"
    script += (
        "try: e.main()\nexcept ValueError: print(resource.getrlimit(resource.RLIMIT_AS)[0],"
        " resource.getrlimit(resource.RLIMIT_CPU)[0])"
    )
    child = await asyncio.create_subprocess_exec(
        COMMAND[0], "-c", script, cwd=Path(__file__).parents[3], stdout=asyncio.subprocess.PIPE
    )
    out, _ = await child.communicate()

    assert out.split() == [b"1073741824", b"8"]


@pytest.mark.slow
async def test_no_more_than_a_few_are_examined_at_once(trust, tmp_path):
    script = (
        "import os,time,pathlib,sys; here = pathlib.Path(sys.argv[1]); mine = here / str(os.getpid());"
        "mine.write_text(''); time.sleep(0.5); print(len(list(here.iterdir())), file=(here.parent / 'seen').open('a'));"
        "mine.unlink()"
    )
    (tmp_path / "here").mkdir()
    examiner = replace(Examiner(trust=trust, patience=60.0), command=(sys.executable, "-c", script, f"{tmp_path}/here"))

    await asyncio.gather(*(examiner.check(b"x") for _ in range(6)))

    seen = [int(line) for line in (tmp_path / "seen").read_text().split()]
    assert len(seen) == 6
    assert max(seen) <= AT_ONCE
