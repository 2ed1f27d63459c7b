"""Examines an edition with questions it does not serve: the figures of `evaluate`, and the gate of every publish."""

import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from bot.knowledge import Decision, Finding, Query
from knowledge_base.augmentation import Augmenter
from knowledge_base.edition import Edition
from knowledge_base.exam import Exam
from knowledge_base.labelled import Question
from knowledge_base.thresholds import calibration_error, chance_error

DRAWS = (99, 100, 101)
SLIP = 0.03
"""How much worse than the version before a new one may answer its probes: learning anew alone cost 1.7 points."""
TAKEN = 4
"""So many probes that others answered before, and a changed entry answers now, are no chance."""
LEAST_HELD = 2
"""An entry that answered so many of its probes before and answers none now has lost its matter: no chance does that."""
TOLD = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One question with what was found for it."""

    question: Question
    finding: Finding
    milliseconds: float

    def fits(self, places: int) -> bool:
        """Tell whether one of the first hits is right."""
        hits = self.finding.hits[:places]
        return any(self.question.right & {hit.entry.id, *hit.entry.catalogue} for hit in hits)

    @property
    def serves(self) -> bool:
        """Tell whether the first hit is right or kin to what is: what its score says the chance of."""
        return self.fits(1) or any(hit.entry.id in self.question.kin for hit in self.finding.hits[:1])

    @property
    def ended_well(self) -> bool:
        """Tell whether a broad question ended in a fitting choice or a right answer."""
        decision = self.finding.decision
        return (decision is Decision.CLARIFY and self.fits(3)) or (decision is Decision.ANSWER and self.fits(1))


def ask_all(edition: Edition, questions: Sequence[Question], on: date) -> list[Judged]:
    """Ask every question of an edition."""
    judged = []
    for question in questions:
        started = time.perf_counter()
        finding = edition.search(Query(text=question.text, on=on))
        judged.append(Judged(question=question, finding=finding, milliseconds=(time.perf_counter() - started) * 1000))
    return judged


def probe_questions(exam: Exam, edition: Edition | None = None) -> list[Question]:
    """Return the probes as labelled questions; with an edition, each with the kin of its entry."""
    asked = edition.finder.seeker.asked if edition else ()
    pairs = {pair for one in asked for other in one.related for pair in ((one.id, other), (other, one.id))}
    kin: dict[str, set[str]] = defaultdict(set)
    for one, other in pairs:
        kin[one].add(other)
    return [
        Question(text=text, right=frozenset({entry}), kin=frozenset(kin.get(entry, ()))) for entry, text in exam.probes
    ]


def figures(judged: Sequence[Judged]) -> dict[str, float]:
    """Return the figures of questions that have an answer."""
    plain = [one for one in judged if one.question.label == "ANSWER"]
    broad = [one for one in judged if "CLARIFY" in one.question.label]
    table: dict[str, float] = {"questions": len(judged)}
    if plain:
        right = np.asarray([one.fits(1) for one in plain])
        scores = np.asarray([one.finding.hits[0].score if one.finding.hits else 0.0 for one in plain])
        table |= {
            "top1": float(right.mean()),
            "top3": float(np.mean([one.fits(3) for one in plain])),
            "kept": float(np.mean([one.finding.decision is not Decision.DECLINE for one in plain])),
            "answered": float(np.mean([one.finding.decision is Decision.ANSWER for one in plain])),
            "answered_right": _share([one.fits(1) for one in plain if one.finding.decision is Decision.ANSWER]),
            "calibration_error": calibration_error(scores, np.asarray([one.serves for one in plain])),
            "calibration_chance": chance_error(scores),
        }
        if any(one.question.kin for one in plain):
            table["calibration_strict"] = calibration_error(scores, right)
    if broad:
        table["clarified_well"] = _share([one.ended_well for one in broad])
    milliseconds = [one.milliseconds for one in judged]
    table |= {"p50_ms": float(np.percentile(milliseconds, 50)), "p95_ms": float(np.percentile(milliseconds, 95))}
    return {name: round(value, 4) for name, value in table.items()}


def declined(edition: Edition, foreign: Sequence[str], on: date) -> float:
    """Return the share of foreign questions that are declined."""
    asked = ask_all(edition, [Question(text=text, right=frozenset()) for text in foreign], on)
    return _share([one.finding.decision is Decision.DECLINE for one in asked])


def with_noise(
    edition: Edition, questions: Sequence[Question], on: date, clean: float, share: float = 0.2
) -> dict[str, float]:
    """Return what mistyping a share of the characters costs, as the mean of several draws; `clean` is top-1 without."""
    plain = [question for question in questions if question.label == "ANSWER"]
    tops = []
    for seed in DRAWS:
        augmenter = Augmenter(edition.finder.seeker.reading, seed)
        bent = [replace(question, text=augmenter.mistype(question.text, share)) for question in plain]
        judged = ask_all(edition, bent, on)
        tops.append([_share([one.fits(places) for one in judged]) for places in (1, 3)])
    top1, top3 = np.mean(tops, axis=0)
    return {"top1": round(float(top1), 4), "top3": round(float(top3), 4), "top1_cost": round(clean - float(top1), 4)}


def risk_coverage(judged: Sequence[Judged]) -> list[tuple[float, float]]:
    """Return (coverage, risk) when answering only the surest share of questions."""
    plain = [one for one in judged if one.question.label == "ANSWER" and one.finding.hits]
    order = sorted(plain, key=lambda one: -one.finding.hits[0].score)
    wrong = np.cumsum([not one.fits(1) for one in order])
    return [((place + 1) / len(order), float(count) / (place + 1)) for place, count in enumerate(wrong)]


def regressions(before: Edition | None, after: Edition, exam: Exam, on: date) -> list[str]:
    """Return what a new edition does worse than it may: nothing means it can be published.

    Probes of an entry that is no longer served are not asked: it was taken away on purpose.
    """
    found = [title for title in _titles(after) if not _own(after, title, on)]
    complaints = [f"{entry} is not found by its own title" for entry, _ in found]
    if before is None:
        return complaints
    served = {asked.id for asked in after.finder.seeker.asked}
    questions = [question for question in probe_questions(exam, after) if question.right <= served]
    old, new = (ask_all(edition, questions, on) for edition in (before, after))
    fallen = [now for was, now in zip(old, new, strict=True) if was.fits(1) and not now.fits(1)]
    for name, taken in _taken(before, after, fallen):
        complaints += [f"{name} now answers {len(taken)} questions of others:", *_lines(taken)]
    for name, lost in lost_matters(old, new).items():
        complaints += [f"{name} no longer answers any of its own questions:", *_lines(lost)]
    measured = [figures(judged) if judged else {} for judged in (old, new)]
    slipped = [name for name in ("top1", "top3") if measured[1].get(name, 0) < measured[0].get(name, 0) - SLIP]
    for name in slipped:
        complaints.append(f"{name} on the probes falls from {measured[0][name]:.3f} to {measured[1][name]:.3f}")
    return complaints + (_lines(fallen) if slipped else [])


def _taken(before: Edition, after: Edition, fallen: Sequence[Judged]) -> list[tuple[str, list[Judged]]]:
    """Return the changed entries that now answer too many questions of entries they have nothing to do with."""
    old = {asked.id: asked for asked in before.finder.seeker.asked}
    changed = {asked.id for asked in after.finder.seeker.asked if old.get(asked.id) != asked}
    taken: dict[str, list[Judged]] = defaultdict(list)
    for one in fallen:
        first = one.finding.hits[0].entry.id if one.finding.hits else ""
        if first in changed and not one.serves:
            taken[first].append(one)
    return [(name, questions) for name, questions in taken.items() if len(questions) >= TAKEN]


def lost_matters(old: Sequence[Judged], new: Sequence[Judged]) -> dict[str, list[Judged]]:
    """Return the entries that answer none of their questions any more, each with what is found for those it answered.

    Three probes of one entry are too few for the whole's figures to tell, and what it means to its askers is all.
    """
    held: dict[frozenset[str], list[Judged]] = defaultdict(list)
    for was, now in zip(old, new, strict=True):
        if was.fits(1):
            held[was.question.right].append(now)
    kept = {now.question.right for now in new if now.fits(1)}
    lost = {right: asked for right, asked in held.items() if right not in kept and len(asked) >= LEAST_HELD}
    return {", ".join(sorted(right)): asked for right, asked in lost.items()}


def _lines(fallen: Sequence[Judged]) -> list[str]:
    """Return the fallen questions for people: what was asked, what should be found, what is found."""
    lines = [
        f"    {one.question.text}: {', '.join(one.question.right)}, now "
        f"{one.finding.hits[0].entry.id if one.finding.hits else 'nothing'}"
        for one in fallen[:TOLD]
    ]
    return [*lines, f"    and {len(fallen) - TOLD} more"] if len(fallen) > TOLD else lines


def _titles(edition: Edition) -> list[tuple[str, str]]:
    return [(entry.id, entry.questions[0]) for entry in edition.finder.seeker.asked if entry.topic != "crossroads"]


def _own(edition: Edition, title: tuple[str, str], on: date) -> bool:
    entry, text = title
    finding = edition.search(Query(text=text, on=on))
    return edition.serve(entry, on) is None or (bool(finding.hits) and finding.hits[0].entry.id == entry)


def _share(values: Sequence[bool]) -> float:
    return float(np.mean(values)) if values else 0.0
