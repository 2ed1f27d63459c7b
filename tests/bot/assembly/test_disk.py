"""A disk that is full or read-only is told in one line before anything is begun."""

import errno
import os
from pathlib import Path
from typing import NoReturn

import pytest

from bot.assembly.disk import require_room
from bot.errors import Misconfigured
from bot.settings import Settings


def placed(folder: Path) -> Settings:
    return Settings.model_validate(
        {
            "store": {"url": f"sqlite:///{folder}/a/jiajia.db"},
            "rasa": {"models": folder / "models", "tracker": f"sqlite:///{folder}/b/tracker.db"},
            "fund": {"store": f"sqlite:///{folder}/c/sandbox.db"},
        }
    )


def test_folders_that_can_be_written_are_made_and_left_empty(tmp_path: Path) -> None:
    require_room(placed(tmp_path))

    assert sorted(path.name for path in tmp_path.rglob("*")) == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("number", "words"), [(errno.ENOSPC, "磁盘满了"), (errno.EDQUOT, "磁盘满了"), (errno.EROFS, "不能写")]
)
def test_what_cannot_be_written_is_named(tmp_path: Path, monkeypatch, number: int, words: str) -> None:
    def refused(*_: object) -> NoReturn:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr("bot.assembly.disk.os.posix_fallocate", refused)

    with pytest.raises(Misconfigured) as raised:
        require_room(placed(tmp_path))

    assert words in str(raised.value)
    assert str(tmp_path) in str(raised.value)


def test_a_file_where_a_folder_should_be_is_named(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("")

    with pytest.raises(Misconfigured, match="不能写"):
        require_room(placed(tmp_path))
