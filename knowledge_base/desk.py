"""The curator's desk: changes to the files, who reviewed what, and a publish that two people and the exam agree to."""

import fcntl
import os
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path

import msgspec

from bot.errors import InputRefused
from knowledge_base.content import load_content
from knowledge_base.entries import Content, Entry, State
from knowledge_base.problems import ContentRefused, Problem
from knowledge_base.splicing import spliced

LEDGER, LOCK = "reviews.jsonl", ".desk.lock"
_UNSEEN = frozenset({"Cf", "Cc"})  # zero-width and control characters: a name with one reads like the name without


class PublishRefused(InputRefused):
    """A publish was stopped; the message says by what."""

    code = "publish-refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One field of one entry before and after; an added or removed entry differs in `entry`."""

    entry: str
    field: str
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.entry}.{self.field}\n  - {self.before}\n  + {self.after}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """Somebody wrote (`submitted`) or agreed to (`approved`) an exact wording of an entry."""

    entry: str
    seal: str
    act: str
    by: str
    at: datetime


def seal(entry: Entry) -> str:
    """Return what changes when anything of the entry changes."""
    return sha256(msgspec.json.encode(entry)).hexdigest()[:16]


def differences(before: Sequence[Entry], after: Sequence[Entry]) -> tuple[Difference, ...]:
    """Return what turns one set of entries into the other, field by field."""
    old, new = ({entry.id: entry for entry in entries} for entries in (before, after))
    found: list[Difference] = []
    for name in sorted({*old, *new}):
        if name not in old or name not in new:
            titles = (old[name].title if name in old else "", new[name].title if name in new else "")
            found.append(Difference(entry=name, field="entry", before=titles[0], after=titles[1]))
            continue
        for field in fields(Entry):
            was, now = getattr(old[name], field.name), getattr(new[name], field.name)
            found += [
                Difference(entry=name, field=path, before=b, after=a) for path, b, a in _apart(field.name, was, now)
            ]
    return tuple(found)


def _apart(path: str, was: object, now: object) -> list[tuple[str, str, str]]:
    """Return what differs between two values, part by part where both have the same parts."""
    if was == now:
        return []
    if is_dataclass(was) and is_dataclass(now):
        parts = (field.name for field in fields(was))
        return [one for part in parts for one in _apart(f"{path}.{part}", getattr(was, part), getattr(now, part))]
    if isinstance(was, tuple) and isinstance(now, tuple) and set(was) != set(now):  # what came and went, not the rest
        was, now = tuple(one for one in was if one not in now), tuple(one for one in now if one not in was)
    return [(path, _shown(was), _shown(now))]


def signer(name: str) -> str:
    """Return a name as it is compared: nobody becomes a second person by a space; raises InputRefused for no name."""
    signs = unicodedata.normalize("NFKC", name).casefold()
    plain = "".join(sign for sign in signs if not sign.isspace() and unicodedata.category(sign) not in _UNSEEN)
    if not plain:
        raise InputRefused("--by needs a name")
    return plain


class Desk:
    """Works on the curated files of one folder; signatures stand in the versions' home."""

    def __init__(self, sources: Path, home: Path, now: Callable[[], datetime]) -> None:
        self._sources, self._home, self._now = sources, home, now

    def content(self) -> Content:
        return load_content(self._sources)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Wait until no other curator is changing these files, and keep others waiting; given back by a dead process.

        Whoever reads an entry to change it reads it in here, or the change of another may be lost.
        """
        self._home.mkdir(parents=True, exist_ok=True)
        with (self._home / LOCK).open("ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def put(self, entries: Sequence[Entry], by: str) -> tuple[Difference, ...]:
        """Add or replace entries in their files and sign them as submitted; raises ContentRefused, files untouched."""
        by = signer(by)
        _refuse_twice(entries)
        before = self.content().entries
        changed = {entry.id: entry for entry in entries}
        after = tuple(changed.get(entry.id, entry) for entry in before)
        after += tuple(entry for name, entry in changed.items() if name not in {old.id for old in before})
        found = differences(before, after)
        touched = {difference.entry for difference in found}
        files = {self._file(entry) for entry in (*before, *after) if entry.id in touched}
        with self._restored(*files, self._home / LEDGER):
            # Signed first: whoever dies between the two leaves a signature of nothing, not an unsigned change.
            self._sign([changed[name] for name in sorted(touched & set(changed))], "submitted", by)
            self._write(before, after, files)
        return found

    def retire(self, entry_id: str, by: str) -> tuple[Difference, ...]:
        return self.put([replace(self.entry(entry_id), state=State.RETIRED)], by)

    def entry(self, entry_id: str) -> Entry:
        """Return an entry of the files; raises InputRefused when there is none of that id."""
        found = next((entry for entry in self.content().entries if entry.id == entry_id), None)
        if found is None:
            raise InputRefused(f"there is no entry {entry_id!r}")
        return found

    def approve(self, entry_id: str, by: str) -> None:
        """Agree to an entry as it stands; raises PublishRefused for one's own wording."""
        by = signer(by)
        entry = self.entry(entry_id)
        if by in map(signer, self._signers(entry, "submitted")):
            raise PublishRefused(f"{entry_id} was written by {by}: a second person must review it")
        self._sign([entry], "approved", by)

    def unreviewed(self, served: Sequence[Entry]) -> tuple[str, ...]:
        """Return the entries that differ from what is served and that no second person has agreed to."""
        return tuple(entry.id for entry in self._changed(served) if not self._signers(entry, "approved"))

    def waiting(self, served: Sequence[Entry]) -> tuple[str, ...]:
        """Return those of the unreviewed that were changed at this desk, not by a pull of the repository."""
        unreviewed = set(self.unreviewed(served))
        changed = (entry for entry in self._changed(served) if entry.id in unreviewed)
        return tuple(entry.id for entry in changed if self._signers(entry, "submitted"))

    def _changed(self, served: Sequence[Entry]) -> tuple[Entry, ...]:
        known = {(entry.id, seal(entry)) for entry in served}
        return tuple(entry for entry in self.content().entries if (entry.id, seal(entry)) not in known)

    def _signers(self, entry: Entry, act: str) -> set[str]:
        mark = seal(entry)
        return {s.by for s in self.signatures() if s.entry == entry.id and s.seal == mark and s.act == act}

    def signatures(self) -> tuple[Signature, ...]:
        """Return everything ever signed, oldest first."""
        try:
            lines = (self._home / LEDGER).read_bytes().splitlines()
        except FileNotFoundError:
            return ()
        try:
            return tuple(msgspec.json.decode(line, type=Signature) for line in lines if line)
        except msgspec.MsgspecError as error:
            raise InputRefused(f"{LEDGER} cannot be read, so nobody knows who reviewed what: {error}") from error

    def _sign(self, entries: Iterable[Entry], act: str, by: str) -> None:
        self._home.mkdir(parents=True, exist_ok=True)
        ledger = self._home / LEDGER
        signed = [Signature(entry=entry.id, seal=seal(entry), act=act, by=by, at=self._now()) for entry in entries]
        lines = b"".join(msgspec.json.encode(one) + b"\n" for one in signed)
        if lines:
            _replace(ledger, (ledger.read_bytes() if ledger.exists() else b"") + lines)

    def _file(self, entry: Entry) -> Path:
        return self._sources / "faq" / entry.topic / f"{entry.subtopic or entry.topic}.yml"

    def _write(self, before: Sequence[Entry], after: Sequence[Entry], files: set[Path]) -> None:
        """Write the touched files; raises ContentRefused when the whole no longer loads."""
        for file in files:
            known = {entry.id: entry for entry in before if self._file(entry) == file}
            mine = [entry for entry in after if self._file(entry) == file]
            _replace(file, spliced(file.read_bytes().decode() if file.exists() else "", mine, known).encode())
        self.content()

    @contextmanager
    def _restored(self, *files: Path) -> Iterator[None]:
        """Put these files back as they were when what is done in here is refused, by our rules or by the disk."""
        old = {file: file.read_bytes() if file.exists() else None for file in files}
        try:
            yield
        except (ContentRefused, OSError):
            for file, was in old.items():
                if was is None:
                    file.unlink(missing_ok=True)
                elif file.read_bytes() != was:
                    _replace(file, was)
            raise


def _refuse_twice(entries: Iterable[Entry]) -> None:
    counts = Counter(entry.id for entry in entries)
    twice = [Problem(place="import", row=name, what=f"stands {n} times") for name, n in counts.items() if n > 1]
    if twice:
        raise ContentRefused(tuple(twice))


def _replace(file: Path, data: bytes) -> None:
    """Write a file whole or not at all, also when the process dies in the middle."""
    file.parent.mkdir(parents=True, exist_ok=True)
    scratch = file.with_name(f".{file.name}.new")
    scratch.write_bytes(data)
    os.replace(scratch, file)


def _shown(value: object) -> str:
    if isinstance(value, tuple):
        return " | ".join(map(str, value))
    return value.isoformat() if isinstance(value, date) else str(value)
