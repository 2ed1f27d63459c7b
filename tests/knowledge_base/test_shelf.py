"""The shelf after a death: what was half built is cleared away, and history tells only of what was served."""

import multiprocessing
import os
import signal
from datetime import timedelta
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from bot.errors import KnowledgeUnavailable
from knowledge_base import shelf as shelves
from knowledge_base.entries import Content
from knowledge_base.shelf import LEARNED, SCRATCH, Manifest, Shelf
from tests.knowledge_base.small import NOON


def _stand(shelf: Shelf, version: str) -> None:
    manifest = Manifest(
        version=version,
        built_at=NOON,
        content_hash=version,
        learned="x",
        encoder="trained",
        entries=0,
        questions=0,
        metrics={},
    )
    shelf.add(manifest, Content(entries=(), facts=(), parameters=()))


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    """Two versions; the first is current."""
    shelf = Shelf(tmp_path / "versions")
    _stand(shelf, "first")
    _stand(shelf, "second")
    shelf.point("first", NOON)
    return shelf


def _build_for_ever(home: Path, told: Connection) -> None:
    with Shelf(home).whole(home / LEARNED / "half") as folder:
        (folder / "vectors").write_bytes(b"half")
        told.send("working")
        told.recv()


@pytest.fixture
def building(shelf: Shelf) -> multiprocessing.Process:
    """Another process in the middle of a build."""
    mine, other = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_build_for_ever, args=(shelf.home, other))
    process.start()
    assert mine.recv() == "working"
    process.mine = mine  # keeps the pipe open
    yield process
    if process.is_alive():
        mine.send("enough")
    process.join()


def _scratch(shelf: Shelf) -> list[Path]:
    return list((shelf.home / LEARNED).glob(f"{SCRATCH}*"))


def test_what_a_killed_build_left_is_cleared_by_the_next(shelf: Shelf, building) -> None:
    os.kill(building.pid, signal.SIGKILL)
    building.join()
    assert _scratch(shelf)

    _stand(shelf, "third")

    assert not _scratch(shelf)
    assert [manifest.version for manifest in shelf.versions()] == ["first", "second", "third"]


def test_a_build_that_is_still_at_work_is_left_alone(shelf: Shelf, building) -> None:
    _stand(shelf, "third")

    assert [path.name for path in _scratch(shelf)[0].iterdir()] == ["vectors"]
    building.mine.send("done")
    building.join()
    assert (shelf.home / LEARNED / "half" / "vectors").read_bytes() == b"half"


def test_history_tells_nothing_of_a_version_the_pointer_never_reached(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.replace

    def fail(source: Path, target: Path) -> None:
        if target.name == shelves.POINTER:
            raise KeyboardInterrupt
        real(source, target)

    monkeypatch.setattr(shelves.os, "replace", fail)
    with pytest.raises(KeyboardInterrupt):
        shelf.point("second", NOON + timedelta(days=1))
    monkeypatch.undo()

    assert shelf.current() == "first"
    assert [change.version for change in shelf.history()] == ["first"]
    assert shelf.on((NOON + timedelta(days=2)).date()) == "first"

    shelf.point("second", NOON + timedelta(days=3))

    assert [(change.version, change.at) for change in shelf.history()] == [
        ("first", NOON),
        ("second", NOON + timedelta(days=3)),
    ]
    assert shelf.on((NOON + timedelta(days=2)).date()) == "first"


@pytest.mark.parametrize("stage", [shelves.HISTORY, shelves.POINTER])
def test_dying_while_the_pointer_moves_leaves_whole_files(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch, stage: str
) -> None:
    monkeypatch.setattr(shelves, "_settle", _dying(stage))
    with pytest.raises(KeyboardInterrupt):
        shelf.point("second", NOON + timedelta(days=1))
    monkeypatch.undo()

    assert (shelf.current(), [change.version for change in shelf.history()]) == ("first", ["first"])


def _dying(stage: str):
    def settle(path: Path) -> None:
        if path.name == f".{stage}.new":
            raise KeyboardInterrupt

    return settle


def test_going_back_twice_goes_further_back_and_not_forward(shelf: Shelf) -> None:
    _stand(shelf, "third")
    shelf.point("second", NOON)
    shelf.point("third", NOON)

    gone = []
    while shelf.before():
        gone.append(shelf.before())
        shelf.point(gone[-1], NOON, back=True)

    assert gone == ["second", "first"]
    shelf.point("third", NOON)
    assert shelf.before() == "first"


def test_a_history_written_before_going_back_was_noted_is_read(shelf: Shelf) -> None:
    (shelf.home / shelves.HISTORY).write_text('{"version":"first","at":"2026-11-23T12:00:00Z","by":"x"}\n')

    assert [change.back for change in shelf.history()] == [False]


def test_a_damaged_version_keeps_no_other_from_being_listed(shelf: Shelf) -> None:
    (shelf.home / "second" / "manifest.json").write_text("{", encoding="utf-8")

    assert [manifest.version for manifest in shelf.versions()] == ["first"]


def test_a_damaged_history_is_named(shelf: Shelf) -> None:
    with (shelf.home / "history.jsonl").open("ab") as history:
        history.write(b'{"version":')

    with pytest.raises(KnowledgeUnavailable, match=r"history\.jsonl cannot be read"):
        shelf.before()
