"""Several curators at one desk: nobody's change is lost, nobody reviews themselves, a death leaves whole files."""

import errno
import multiprocessing
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.errors import InputRefused
from knowledge_base import desk as desks
from knowledge_base.commands import main
from knowledge_base.desk import Desk, PublishRefused
from knowledge_base.problems import ContentRefused
from tests.knowledge_base.small import small_sources

pytestmark = pytest.mark.slow  # over PyTorch, and kills processes

ENTRY = "withdrawal-rent-limit"


def _desk(folder: Path) -> Desk:
    return Desk(folder / "kb", folder / "versions", lambda: datetime.now(UTC))


def _edit(folder: Path, *changes: str, by: str = "小李") -> int:
    call = ["--home", str(folder / "versions"), "--sources", str(folder / "kb")]
    return main([*call, "edit", ENTRY, "--by", by, *changes])


def _several(folder: Path, by: str) -> None:
    for number in range(5):
        assert _edit(folder, f"similar+={by}问的第{number}句", by=by) == 0


def test_what_two_curators_add_to_one_entry_at_once_is_all_kept(tmp_path: Path) -> None:
    small_sources(tmp_path / "kb")
    fork = multiprocessing.get_context("fork")
    curators = [fork.Process(target=_several, args=(tmp_path, name)) for name in ("小李", "老王")]
    for curator in curators:
        curator.start()
    for curator in curators:
        curator.join()

    added = [text for text in _desk(tmp_path).entry(ENTRY).similar if "问的第" in text]
    assert sorted(added) == sorted(f"{by}问的第{number}句" for by in ("小李", "老王") for number in range(5))


@pytest.mark.parametrize("again", ["小李", "小李 ", "小 李", " 小李\u3000", "小\u200b李", "\ufeff小李"])
def test_nobody_becomes_a_second_person_by_a_space(tmp_path: Path, again: str) -> None:
    small_sources(tmp_path / "kb")
    assert _edit(tmp_path, "owner=综合科") == 0

    with pytest.raises(PublishRefused, match="second person"):
        _desk(tmp_path).approve(ENTRY, again)

    assert _desk(tmp_path).unreviewed(()) != ()


@pytest.mark.parametrize("nobody", ["", "  "])
def test_a_signature_needs_a_name(tmp_path: Path, nobody: str) -> None:
    small_sources(tmp_path / "kb")

    assert _edit(tmp_path, "owner=综合科", by=nobody) == 1
    with pytest.raises(InputRefused, match="needs a name"):
        _desk(tmp_path).approve(ENTRY, nobody)


def test_an_entry_that_stands_twice_in_what_is_imported_is_refused(tmp_path: Path) -> None:
    small_sources(tmp_path / "kb")
    entry = _desk(tmp_path).entry(ENTRY)

    with pytest.raises(ContentRefused, match="stands 2 times"):
        _desk(tmp_path).put([entry, entry], "小李")


@pytest.mark.parametrize("change", ["answer.spoken=每年最多{no_such_number}元。", "follow_ups+=no-such-entry"])
def test_a_dry_run_refuses_what_the_change_itself_would_be_refused_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], change: str
) -> None:
    sources = small_sources(tmp_path / "kb")
    before = {path: path.read_bytes() for path in sources.rglob("*") if path.is_file()}

    assert _edit(tmp_path, "--dry-run", change) == 1
    assert "unknown" in capsys.readouterr().err
    assert _edit(tmp_path, "--dry-run", "answer.spoken=一年最多{rent_cap}元。") == 0

    shown = f"{ENTRY}.answer.spoken\n  - 租房提取每户每年最多{{rent_cap}}元。\n  + 一年最多{{rent_cap}}元。\n"
    assert capsys.readouterr().out.startswith(shown)
    assert {path: path.read_bytes() for path in sources.rglob("*") if path.is_file()} == before
    assert not _desk(tmp_path).signatures()


def test_dying_while_a_file_is_written_leaves_the_old_one_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = small_sources(tmp_path / "kb") / "faq" / "withdrawal" / "rent.yml"
    before = file.read_bytes()

    def die(*paths: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(desks.os, "replace", die)
    with pytest.raises(KeyboardInterrupt):
        _edit(tmp_path, "owner=综合科")

    assert file.read_bytes() == before
    monkeypatch.undo()
    assert _edit(tmp_path, "owner=综合科") == 0


def test_a_full_disk_is_told_in_a_line_and_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = small_sources(tmp_path / "kb") / "faq" / "withdrawal" / "rent.yml"
    before = file.read_bytes()

    def full(*paths: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(desks.os, "replace", full)

    assert _edit(tmp_path, "owner=综合科") == 1
    assert "the disk refused: No space left on device" in capsys.readouterr().err
    assert file.read_bytes() == before


def test_a_disk_that_fills_between_two_files_leaves_both_and_signs_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_sources(tmp_path / "kb")
    desk = _desk(tmp_path)
    files = sorted((tmp_path / "kb" / "faq").rglob("*.yml"))
    before = [file.read_bytes() for file in files]
    move, moved = desks.os.replace, []

    def full(source: Path, target: Path) -> None:
        if target.suffix == ".yml" and len({*moved, target} & set(files)) > 1 and target not in moved:
            raise OSError(errno.ENOSPC, "No space left on device")
        moved.append(target)
        move(source, target)

    monkeypatch.setattr(desks.os, "replace", full)
    with pytest.raises(OSError, match="No space left"):
        desk.put([replace(entry, owner="综合科") for entry in desk.content().entries], "小李")

    assert len({*moved} & set(files)) == 1  # one had been written, and was put back
    assert [file.read_bytes() for file in files] == before
    assert desk.signatures() == ()


def test_a_change_is_signed_before_it_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who dies in the middle must not leave a change that nobody answers for: it would be taken for a pull's."""
    small_sources(tmp_path / "kb")
    move = desks.os.replace

    def die(source: Path, target: Path) -> None:
        move(source, target)
        if target.suffix == ".yml":
            raise KeyboardInterrupt

    monkeypatch.setattr(desks.os, "replace", die)
    with pytest.raises(KeyboardInterrupt):
        _edit(tmp_path, "owner=综合科")

    monkeypatch.undo()
    assert _desk(tmp_path).entry(ENTRY).owner == "综合科"
    assert ENTRY in _desk(tmp_path).waiting(())


def test_a_damaged_ledger_is_named_and_approves_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    small_sources(tmp_path / "kb")
    assert _edit(tmp_path, "owner=综合科") == 0
    with (tmp_path / "versions" / "reviews.jsonl").open("ab") as ledger:
        ledger.write(b'{"entry":"loan-x","se')

    call = ["--home", str(tmp_path / "versions"), "--sources", str(tmp_path / "kb")]
    assert main([*call, "review", ENTRY, "--by", "老王"]) == 1

    assert "reviews.jsonl cannot be read" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["rollback"], 1, "there is no earlier version"),
        (["--help"], 0, "ask a question; scores and reasons per stage"),
        (["evaluate", "--help"], 0, "measured only, never learned"),
        (["publihs"], 2, "invalid choice: 'publihs'"),
    ],
)
def test_help_a_slip_and_going_back_load_no_model(tmp_path: Path, words: list[str], code: int, told: str) -> None:
    call = ["-X", "importtime", "-m", "knowledge_base", "--home", str(tmp_path), *words]

    done = subprocess.run([sys.executable, *call], capture_output=True, text=True, timeout=120, check=False)

    assert done.returncode == code
    assert told in done.stdout + done.stderr
    assert not {"torch", "faiss"} & {line.rsplit("|", 1)[-1].strip() for line in done.stderr.splitlines()}
