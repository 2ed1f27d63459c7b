"""Where built versions stand: immutable folders, one atomic pointer, and the record of what was current when."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TypeVar

import msgspec

from bot.errors import KnowledgeUnavailable
from bot.log import logger
from knowledge_base.entries import Content

Read = TypeVar("Read")
POINTER, HISTORY, MANIFEST, CONTENT = "current", "history.jsonl", "manifest.json", "content.json"
LEARNED, LOCK = "learned", ".shelf.lock"
SCRATCH = ".building-"
VERSION_DAMAGED = "knowledge.version_damaged"
HOME_TRAINED = "trained"
"""The encoder learned here from the curated questions, beside those that have a name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a version is made of: hashes of its inputs, the folder of what was learned, and how good it measured."""

    version: str
    built_at: datetime
    content_hash: str
    learned: str
    encoder: str
    entries: int
    questions: int
    metrics: dict[str, float]
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One move of the pointer."""

    version: str
    at: datetime
    by: str = ""
    back: bool = False
    """Somebody went back to it, from what the files still say."""


class Shelf:
    """The folder of versions (`var/knowledge`). Everything written here appears whole or not at all."""

    def __init__(self, home: Path) -> None:
        self.home = home

    def current(self) -> str:
        """Return the version the pointer names, or "" before the first build."""
        try:
            return (self.home / POINTER).read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            return ""

    def versions(self) -> tuple[Manifest, ...]:
        """Return every complete version, oldest first."""
        found: list[Manifest] = []
        for path in self.home.glob(f"*/{MANIFEST}"):
            try:
                found.append(self.manifest(path.parent.name))
            except KnowledgeUnavailable as error:  # a damaged folder must not keep the others from being served
                logger().warning(VERSION_DAMAGED, version=path.parent.name, reason=str(error))
        return tuple(sorted(found, key=lambda manifest: (manifest.built_at, manifest.version)))

    def manifest(self, version: str) -> Manifest:
        """Read a version's manifest; raises KnowledgeUnavailable."""
        return self._read(version, MANIFEST, Manifest)

    def content(self, version: str) -> Content:
        """Read a version's content; raises KnowledgeUnavailable."""
        return self._read(version, CONTENT, Content)

    def add(self, manifest: Manifest, content: Content) -> None:
        """Put a version on the shelf without making it current."""
        with self.whole(self.home / manifest.version) as folder:
            (folder / CONTENT).write_bytes(msgspec.json.encode(content))
            (folder / MANIFEST).write_bytes(msgspec.json.format(msgspec.json.encode(manifest), indent=2))

    def point(self, version: str, at: datetime, by: str = "", *, back: bool = False) -> None:
        """Make a version current for every worker; raises KnowledgeUnavailable when it is not complete.

        The record is written first; until the pointer follows, it is not history and the next move takes it back.
        """
        self.manifest(version)
        with self._alone():
            past = [*self.history(), Change(version=version, at=at, by=by, back=back)]
            self._put(HISTORY, b"".join(msgspec.json.encode(change) + b"\n" for change in past))
            self._put(POINTER, version.encode())

    def history(self) -> tuple[Change, ...]:
        """Return every move of the pointer, oldest first; a last one that the pointer did not follow is none."""
        current = self.current()
        try:
            lines = (self.home / HISTORY).read_bytes().splitlines()
        except FileNotFoundError:
            return ()
        try:
            changes = tuple(msgspec.json.decode(line, type=Change) for line in lines if line)
        except msgspec.MsgspecError as error:
            raise KnowledgeUnavailable(f"{HISTORY} cannot be read: {error}") from error
        return changes[:-1] if changes and changes[-1].version != current else changes

    def before(self) -> str:
        """Return the version to go back to, or "": what was current before the current one came; twice goes further."""
        trail: list[str] = []
        for change in self.history():
            if change.version in trail:
                del trail[trail.index(change.version) :]
            trail.append(change.version)
        return trail[-2] if len(trail) > 1 else ""

    def on(self, day: date) -> str:
        """Return the version that was current at the end of a day, or "" when none was."""
        past = [change.version for change in self.history() if change.at.astimezone().date() <= day]
        return past[-1] if past else ""

    def learned(self, name: str) -> Path:
        return self.home / LEARNED / name

    @property
    def encoders(self) -> Path:
        return self.home / "encoders"

    @contextmanager
    def whole(self, target: Path) -> Iterator[Path]:
        """Yield a scratch folder that becomes `target` in one step; on any failure nothing remains.

        What a killed process left behind is cleared away first: a living one holds its scratch folder locked.
        """
        target.parent.mkdir(parents=True, exist_ok=True)
        with self._alone():
            self._clear()
            scratch = Path(tempfile.mkdtemp(dir=target.parent, prefix=SCRATCH))
            held = _hold(scratch)
        try:
            yield scratch
            scratch.chmod(0o755)
            for path in (*scratch.rglob("*"), scratch):
                _settle(path)
            try:
                scratch.rename(target)
            except OSError:
                if not target.is_dir():
                    raise
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
            os.close(held)

    def _clear(self) -> None:
        """Remove scratch folders that nobody works in any more."""
        for folder in (self.home, self.home / LEARNED, self.encoders):
            for left in folder.glob(f"{SCRATCH}*"):
                try:
                    held = _hold(left)
                except BlockingIOError:
                    continue
                shutil.rmtree(left, ignore_errors=True)
                os.close(held)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Keep other processes from the shelf for a moment; given back by a dead one."""
        self.home.mkdir(parents=True, exist_ok=True)
        with (self.home / LOCK).open("ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _put(self, name: str, data: bytes) -> None:
        """Write a file whole or not at all, also when the power fails."""
        scratch = self.home / f".{name}.new"
        scratch.write_bytes(data)
        _settle(scratch)
        os.replace(scratch, self.home / name)
        _settle(self.home)

    def _read(self, version: str, name: str, kind: type[Read]) -> Read:
        try:
            return msgspec.json.decode((self.home / version / name).read_bytes(), type=kind)
        except (OSError, msgspec.MsgspecError) as error:
            raise KnowledgeUnavailable(f"version {version!r}: {name} cannot be read: {error}") from error


def _hold(folder: Path) -> int:
    """Lock a folder for as long as the descriptor is open; raises BlockingIOError while another process does."""
    held = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(held)
        raise
    return held


def _settle(path: Path) -> None:
    """Wait until a file or folder is on the disk."""
    held = os.open(path, os.O_RDONLY)
    try:
        os.fsync(held)
    finally:
        os.close(held)
