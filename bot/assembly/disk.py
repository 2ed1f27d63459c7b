"""Says before anything is begun, in one line, that what must be kept cannot be written."""

import errno
import os
from pathlib import Path
from tempfile import TemporaryFile

from bot.errors import Misconfigured
from bot.settings import Settings
from bot.store.database import file_of

ROOM = 64 * 1024 * 1024
"""Bytes that must fit: a version of the knowledge, the write-ahead logs of the databases, a log file."""
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


def require_room(settings: Settings) -> None:
    """Raise Misconfigured when a folder of ours is read-only or its disk is full."""
    files = [file_of(url) for url in (settings.store.url, settings.rasa.tracker, settings.fund.store)]
    folders = (settings.rasa.models.parent, *(file.parent for file in files if file))
    for folder in dict.fromkeys(folder.resolve() for folder in folders):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with TemporaryFile(dir=folder) as probe:
                os.posix_fallocate(probe.fileno(), 0, ROOM)
        except OSError as error:
            raise Misconfigured(_told(folder, error)) from None


def _told(folder: Path, error: OSError) -> str:
    if error.errno in _FULL:
        return f"磁盘满了:{folder} 里写不下 {ROOM // 2**20} MB。请腾出地方再启动。"
    return f"{folder} 不能写({error.strerror})。请检查权限,或在设置里换一个地方(见 docs/settings.md)。"
