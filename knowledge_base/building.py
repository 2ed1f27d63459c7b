"""Builds a version from the curated files: learns only what changed questions make stale, then puts it on the shelf."""

import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from functools import partial
from pathlib import Path

import msgspec

from bot.log import logger
from knowledge_base.content import load_content
from knowledge_base.encoder import Encoder, identity
from knowledge_base.entries import Content, State
from knowledge_base.exam import Exam
from knowledge_base.finder import Seeker, build_seeker
from knowledge_base.fusion import Lesson, learn_fusion
from knowledge_base.gatekeeper import Gatekeeper, gate_terms, train_gatekeeper
from knowledge_base.learning import crossed_lessons, judge_lessons, judgeable, lesson
from knowledge_base.seeker_files import save_seeker
from knowledge_base.shelf import HOME_TRAINED, Manifest, Shelf
from knowledge_base.signals import Asked
from knowledge_base.threads import one_thread
from knowledge_base.thresholds import learn_thresholds
from knowledge_base.training import Recipe, train_encoder
from knowledge_base.wording import LEXICON_FILES, read_like

ENGINE = 9
"""Raise when learned folders of older code must not be reused."""
KNOWLEDGE_BUILT, LEARNING_STARTED = "knowledge.built", "knowledge.learning_started"
log = logger()


def asked_of(content: Content) -> tuple[Asked, ...]:
    """Return what finding needs of the content: questions only, so that answers may change without learning anew."""
    served = [entry for entry in content.entries if entry.state is State.PUBLISHED]
    entries = [
        Asked(
            id=entry.id,
            topic=entry.topic,
            questions=tuple(dict.fromkeys(entry.questions())),
            barred=entry.not_questions,
            related=tuple(dict.fromkeys((*entry.follow_ups, *entry.related))),
            subtopic=entry.subtopic,
        )
        for entry in sorted(served, key=lambda entry: entry.id)
    ]
    broad = [
        Asked(id=one.id, topic="crossroads", questions=(one.title, *one.similar), related=one.offers)
        for one in content.crossroads
    ]
    return (*entries, *broad)


class Builder:
    """Knows where the sources are, which encoder is wanted, and where versions go."""

    def __init__(
        self,
        sources: Path,
        shelf: Shelf,
        now: Callable[[], datetime],
        encoder: str = HOME_TRAINED,
        recipe: Recipe | None = None,
    ) -> None:
        self._sources, self._shelf, self._now = sources, shelf, now
        self._encoder, self._recipe = encoder, recipe or Recipe()

    def build(self, *, force: bool = False, by: str = "", publish: bool = True) -> Manifest:
        """Build from the files and make it current; raises ContentRefused and leaves the old version serving."""
        return self.build_from(load_content(self._sources), force=force, by=by, publish=publish)

    def build_from(self, content: Content, *, force: bool = False, by: str = "", publish: bool = True) -> Manifest:
        """Build from given content; an unchanged build returns the version that already stands there."""
        exam, asked = Exam.load(self._sources), asked_of(content)
        learned = self._key(asked, exam)
        fingerprint = _hash(msgspec.json.encode(content), learned)
        standing = None if force else self._standing(fingerprint)
        if standing:
            return self._publish(standing, by, publish)
        if force or not (self._shelf.learned(learned) / "metrics.json").exists():
            self._learn(asked, exam, learned)
        now = self._now()
        manifest = Manifest(
            version=f"{now:%Y%m%d-%H%M%S}-{fingerprint[:8]}",
            built_at=now,
            content_hash=fingerprint,
            learned=learned,
            encoder=self._encoder,
            entries=len(asked),
            questions=sum(len(entry.questions) for entry in asked),
            metrics=json.loads((self._shelf.learned(learned) / "metrics.json").read_text(encoding="utf-8")),
        )
        self._shelf.add(manifest, content)
        log.info(KNOWLEDGE_BUILT, version=manifest.version, entries=manifest.entries, questions=manifest.questions)
        return self._publish(manifest, by, publish)

    def stale(self) -> bool:
        """Tell whether the files differ from the current version; raises ContentRefused."""
        current = self._shelf.current()
        return not current or self._shelf.manifest(current).content_hash != self._fingerprint()

    def standing(self) -> bool:
        """Tell whether a version of the files as they are stands on the shelf already; raises ContentRefused."""
        return self._standing(self._fingerprint()) is not None

    def _fingerprint(self) -> str:
        content = load_content(self._sources)
        return _hash(msgspec.json.encode(content), self._key(asked_of(content), Exam.load(self._sources)))

    def _standing(self, fingerprint: str) -> Manifest | None:
        return next((one for one in reversed(self._shelf.versions()) if one.content_hash == fingerprint), None)

    def _publish(self, manifest: Manifest, by: str, publish: bool) -> Manifest:
        if publish and self._shelf.current() != manifest.version:
            self._shelf.point(manifest.version, self._now(), by)
        return manifest

    def _key(self, asked: Sequence[Asked], exam: Exam) -> str:
        lexicon = [(self._sources / name).read_bytes() for name in LEXICON_FILES]
        learned = (asked, exam.probes, exam.foreign, exam.made, exam.own)
        model = self._encoder if self._encoder == HOME_TRAINED else identity(self._encoder)
        parts = [msgspec.json.encode(part) for part in (*learned, asdict(self._recipe), model, ENGINE)]
        return _hash(*lexicon, *parts)[:16]

    def _learn(self, asked: Sequence[Asked], exam: Exam, name: str) -> None:
        one_thread()
        log.info(LEARNING_STARTED, entries=len(asked), encoder=self._encoder)
        reading = read_like(self._sources)
        own = self._encoder == HOME_TRAINED
        kept = self._train(asked) if own else self._keep()
        encoder = Encoder.load(str(self._shelf.encoders / kept))
        seeker = build_seeker(asked, reading, encoder)
        named = None if own else encoder
        lessons = crossed_lessons(asked, reading, self._sources, self._recipe, exam.lessons, encoder=named)
        lessons += _probe_lessons(seeker, exam)
        terms = partial(_terms, seeker)
        lessons = judge_lessons(lessons, terms, exam)
        lessons = [replace(one, plain=True) if one.text in exam.written else one for one in lessons]
        gatekeeper = _gatekeeper(asked, exam, terms)
        fusion = learn_fusion(lessons)
        thresholds, metrics = learn_thresholds(fusion, lessons)
        with self._shelf.whole(self._shelf.learned(name)) as folder:
            save_seeker(seeker, folder, self._sources, kept)
            fusion.save(folder / "fusion.npz")
            gatekeeper.save(folder / "gatekeeper.json")
            thresholds.save(folder / "thresholds.json")
            (folder / "metrics.json").write_text(json.dumps(metrics), encoding="utf-8")

    def _train(self, asked: Sequence[Asked]) -> str:
        """Train the encoder unless an earlier build trained one from the same questions; return its name."""
        groups = [entry.questions for entry in asked]
        lexicon = [(self._sources / file).read_bytes() for file in LEXICON_FILES]
        key = _hash(msgspec.json.encode((groups, asdict(self._recipe), ENGINE)), *lexicon)[:16]
        target = self._shelf.encoders / key
        if not target.is_dir():
            with self._shelf.whole(target) as scratch:
                train_encoder(groups, self._sources, self._recipe).save(str(scratch), create_model_card=False)
        return key

    def _keep(self) -> str:
        """Copy the named encoder beside the versions and return its name there.

        What was published answers on, and can be gone back to, whatever becomes of the folder or the network.
        """
        with tempfile.TemporaryDirectory() as scratch:
            Encoder.load(self._encoder).save(Path(scratch))
            key = identity(scratch)[:16]
            target = self._shelf.encoders / key
            if not target.is_dir():
                with self._shelf.whole(target) as folder:
                    shutil.copytree(scratch, folder, dirs_exist_ok=True)
        return key


def _terms(seeker: Seeker, text: str) -> tuple[str, ...]:
    return gate_terms(seeker.reading, seeker.mend(text))


def _gatekeeper(asked: Sequence[Asked], exam: Exam, cut: Callable[[str], tuple[str, ...]]) -> Gatekeeper:
    probes = (probe for _, probe in exam.probes)
    ours = [*(question for entry in asked for question in entry.questions), *probes, *exam.own]
    foreign = [*exam.foreign, *exam.made]
    questions = [judgeable(text, cut, exam, ours=True) for text in ours]
    return train_gatekeeper([*questions, *(judgeable(text, cut, exam, ours=False) for text in foreign)])


def _probe_lessons(seeker: Seeker, exam: Exam) -> list[Lesson]:
    places = {entry.id: place for place, entry in enumerate(seeker.asked)}
    return [lesson(seeker, question, places[entry]) for entry, question in exam.probes if entry in places]


def _hash(*parts: bytes | str) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part.encode() if isinstance(part, str) else part)
        digest.update(b"\0")
    return digest.hexdigest()
