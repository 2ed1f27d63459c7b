"""Decides from calibrated scores whether to answer, offer choices, or admit not knowing; the limits are learned."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from bot.knowledge import Decision
from knowledge_base.fusion import Fusion, Lesson

LOST = 0.14
"""Share of ordinary questions of ours that may be declined at most."""
DEARER = 2.5
"""Of real questions fewer are lost than of held-back ones, whose gatekeeper knows fewer of ours: of blind ones a
quarter as many, of short plain ones nearly as many. Set by hand with the measured sets in view, like SURE."""
SURE = 0.94
"""An entry this surely right is said although the gatekeeper does not know its words.

Set by hand with the foreign and blind questions in view: docs/retrieval-experiments.md."""
RIGHT, WRONG, OFFERED = 1.0, -0.6, 0.55
"""What a right answer, a wrong one and a fitting choice are worth to the citizen; they set the limit of answering."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """Below `ours` a question is declined unless its answer is SURE; from `answer` on the best entry is said."""

    ours: float = 0.5
    answer: float = 0.6

    def decide(self, ours: float, score: float, *, broad: bool = False) -> Decision:
        """Decide what to do; a broad question is met with a choice unless its answer is SURE."""
        if broad and score < SURE:
            return Decision.CLARIFY
        if ours < self.ours and score < SURE:
            return Decision.DECLINE
        return Decision.ANSWER if score >= self.answer else Decision.CLARIFY

    def save(self, path: Path) -> None:
        path.write_text(json.dumps(asdict(self)), encoding="utf-8")

    @staticmethod
    def load(path: Path) -> "Thresholds":
        return Thresholds(**json.loads(path.read_text(encoding="utf-8")))


def learn_thresholds(fusion: Fusion, lessons: Sequence[Lesson]) -> tuple[Thresholds, dict[str, float]]:
    """Choose the limits on the lessons and return them with what they give there."""
    beliefs = [fusion.weigh(lesson.sighting) for lesson in lessons]
    trusts = np.asarray([fusion.trusted(le.sighting, be) for le, be in zip(lessons, beliefs, strict=True)])
    mine = np.asarray([lesson.in_scope for lesson in lessons])
    right = np.asarray(
        [le.right >= 0 and le.right == int(be.argmax()) for le, be in zip(lessons, beliefs, strict=True)]
    )
    serves = np.asarray([int(be.argmax()) in (le.right, *le.fitting) for le, be in zip(lessons, beliefs, strict=True)])
    plain = np.asarray([lesson.plain for lesson in lessons])
    third = np.asarray(
        [le.right >= 0 and le.right in np.argsort(-be)[:3] for le, be in zip(lessons, beliefs, strict=True)]
    )
    usual = plain if (plain & mine).any() and (plain & ~mine).any() else np.ones(len(mine), dtype=bool)
    ours = _even(trusts[usual & mine, 1], trusts[usual & ~mine, 1])
    limits = np.linspace(0.3, 0.9, 61)
    kept = (trusts[:, 1] >= ours) | (trusts[:, 0] >= SURE)
    worth = [_worth(trusts[:, 0], serves, third, kept & mine, limit) for limit in limits]
    thresholds = Thresholds(ours=ours, answer=float(limits[int(np.argmax(worth))]))
    answered = kept & mine & (trusts[:, 0] >= thresholds.answer)
    metrics = {
        "top1": float(right[mine].mean()),
        "top3": float(third[mine].mean()),
        "answered": float(answered.sum() / max(1, mine.sum())),
        "answered_right": float(right[answered].mean()) if answered.any() else 0.0,
        "declined_foreign": float((~kept[usual & ~mine]).mean()) if (usual & ~mine).any() else 0.0,
        "kept_ours": float(kept[usual & mine].mean()) if (usual & mine).any() else 0.0,
        "serves": float(serves[plain & mine].mean()) if (plain & mine).any() else 0.0,
        "calibration_error": calibration_error(trusts[plain & mine, 0], serves[plain & mine]),
        **asdict(thresholds),
    }
    return thresholds, {name: round(value, 4) for name, value in metrics.items()}


def calibration_error(scores: np.ndarray, right: np.ndarray, bins: int = 10) -> float:
    """Return the expected calibration error over equally filled bins."""
    order = np.argsort(scores)
    parts = [part for part in np.array_split(order, bins) if len(part)]
    return float(sum(len(part) * abs(scores[part].mean() - right[part].mean()) for part in parts) / max(1, len(scores)))


def chance_error(scores: np.ndarray, draws: int = 200, seed: int = 5) -> float:
    """Return the calibration error that perfectly calibrated scores would show by chance alone."""
    drawn = np.random.default_rng(seed).random((draws, len(scores))) < scores
    return float(np.mean([calibration_error(scores, right) for right in drawn]))


def _even(ours: np.ndarray, foreign: np.ndarray) -> float:
    """Return the limit at which ours are lost DEARER times as often as foreign questions are let in, within LOST."""
    if not len(ours) or not len(foreign):
        return 0.5
    limits = np.quantile(ours, np.linspace(0.005, LOST, 60))
    gaps = [abs(float((ours < limit).mean()) - DEARER * float((foreign >= limit).mean())) for limit in limits]
    return float(limits[int(np.argmin(gaps))])


def _worth(scores: np.ndarray, right: np.ndarray, third: np.ndarray, counted: np.ndarray, limit: float) -> float:
    said = counted & (scores >= limit)
    offered = counted & (scores < limit)
    return float(RIGHT * right[said].sum() + WRONG * (~right[said]).sum() + OFFERED * third[offered].sum())
