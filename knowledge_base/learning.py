"""Turns curated questions into lessons: every question is asked against an index and an encoder that never saw it."""

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from knowledge_base.augmentation import Augmenter
from knowledge_base.encoder import Encoder
from knowledge_base.exam import Exam
from knowledge_base.finder import Seeker, build_seeker
from knowledge_base.fusion import Lesson
from knowledge_base.gatekeeper import REAL, Judgeable, crossed_judgements
from knowledge_base.signals import Asked
from knowledge_base.training import Recipe, train_encoder
from knowledge_base.wording import Reading

FOLDS = 3
NOISY = 0.35


def crossed_lessons(
    asked: Sequence[Asked],
    reading: Reading,
    lexicon: Path,
    recipe: Recipe,
    foreign: Sequence[str],
    *,
    encoder: Encoder | None,
) -> list[Lesson]:
    """Hold back a quarter of every entry's questions at a time; `encoder` is given where it is not trained here."""
    augmenter, chance = Augmenter(reading, 11), random.Random(11)  # noqa: S311 - not for secrets
    lessons: list[Lesson] = []
    for fold in range(FOLDS):
        kept, held = _fold(asked, fold)
        mine = encoder or Encoder(train_encoder([entry.questions for entry in kept], lexicon, recipe))
        seeker = build_seeker(kept, reading, mine)
        for place, question in held:
            noisy = chance.random() < NOISY
            text = augmenter.mistype(question, 0.2) if noisy else question
            lessons.append(lesson(seeker, text, place, plain=not noisy))
        lessons += [lesson(seeker, question, -1) for question in foreign[fold::FOLDS]]
    return lessons


def lesson(seeker: Seeker, text: str, place: int, *, plain: bool = False) -> Lesson:
    """Ask one question; `place` is the right entry's number, -1 for a question that is none of ours."""
    sighting = seeker.look(text)
    if place < 0:
        return Lesson(text=text, sighting=sighting, right=-1, in_scope=False)
    at = np.flatnonzero(sighting.entries == place)
    mine = seeker.asked[place]
    others = ((here, seeker.asked[int(entry)]) for here, entry in enumerate(sighting.entries) if entry != place)
    fitting = tuple(here for here, other in others if other.id in mine.related or mine.id in other.related)
    return Lesson(text=text, sighting=sighting, right=int(at[0]) if len(at) else -1, fitting=fitting, plain=plain)


def judge_lessons(lessons: Sequence[Lesson], cut: Callable[[str], tuple[str, ...]], exam: Exam) -> list[Lesson]:
    """Give every lesson the judgement of a gatekeeper that has not seen its question."""
    known = {lesson.text for lesson in lessons}
    questions = [judgeable(lesson.text, cut, exam, ours=lesson.in_scope) for lesson in lessons]
    more = [judgeable(text, cut, exam, ours=False) for text in exam.made if text not in known]
    more += [judgeable(text, cut, exam, ours=True) for text in exam.own if text not in known]
    judged = crossed_judgements([*questions, *more])
    return [
        replace(lesson, sighting=replace(lesson.sighting, judged=float(value)))
        for lesson, value in zip(lessons, judged[: len(lessons)], strict=True)
    ]


def judgeable(text: str, cut: Callable[[str], tuple[str, ...]], exam: Exam, *, ours: bool) -> Judgeable:
    """Cut a question for the judge; foreign ones somebody wrote weigh more than those made from templates."""
    return Judgeable(text=text, terms=cut(text), ours=ours, weight=REAL if not ours and text in exam.written else 1.0)


def _fold(asked: Sequence[Asked], fold: int) -> tuple[list[Asked], list[tuple[int, str]]]:
    kept: list[Asked] = []
    held: list[tuple[int, str]] = []
    for place, entry in enumerate(asked):
        out = [question for at, question in enumerate(entry.questions[1:]) if at % FOLDS == fold]
        held += [(place, question) for question in out]
        kept.append(replace(entry, questions=tuple(q for q in entry.questions if q not in out)))
    return kept, held
