"""Where built versions stand: immutable folders, one atomic pointer, and the record of what was current when."""

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
from knowledge_base.entries import Content

Read = TypeVar("Read")
POINTER, HISTORY, MANIFEST, CONTENT = "current", "history.jsonl", "manifest.json", "content.json"
LEARNED = "learned"


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
        found = [self.manifest(path.parent.name) for path in self.home.glob(f"*/{MANIFEST}")]
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

    def point(self, version: str, at: datetime, by: str = "") -> None:
        """Make a version current for every worker; raises KnowledgeUnavailable when it is not complete."""
        self.manifest(version)
        with tempfile.NamedTemporaryFile("w", dir=self.home, delete=False, encoding="utf-8") as file:
            file.write(version)
        with (self.home / HISTORY).open("ab") as history:
            history.write(msgspec.json.encode(Change(version=version, at=at, by=by)) + b"\n")
        os.replace(file.name, self.home / POINTER)

    def history(self) -> tuple[Change, ...]:
        """Return every move of the pointer, oldest first."""
        try:
            lines = (self.home / HISTORY).read_bytes().splitlines()
        except FileNotFoundError:
            return ()
        return tuple(msgspec.json.decode(line, type=Change) for line in lines if line)

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
        """Yield a scratch folder that becomes `target` in one step; on any failure nothing remains."""
        target.parent.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(dir=target.parent, prefix=".building-"))
        try:
            yield scratch
            scratch.chmod(0o755)
            try:
                scratch.rename(target)
            except OSError:
                if not target.is_dir():
                    raise
        finally:
            shutil.rmtree(scratch, ignore_errors=True)

    def _read(self, version: str, name: str, kind: type[Read]) -> Read:
        try:
            return msgspec.json.decode((self.home / version / name).read_bytes(), type=kind)
        except (OSError, msgspec.MsgspecError) as error:
            raise KnowledgeUnavailable(f"version {version!r}: {name} cannot be read: {error}") from error
