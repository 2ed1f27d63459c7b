"""Learns to weigh the signals against each other, and how far to trust the result; plain arrays, no pickles."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression
from torch import nn

from knowledge_base.lexical import Floats
from knowledge_base.signals import FIGURES, Sighting

HIDDEN, STEPS, BATCH, MODELS = 16, 250, 256, 2
KEPT = ("chars_best", "chars_cosine", "chars_covered", "words_best", "words_covered", "sounds_covered", "dense_best",
        "dense_top3", "title", "barred")  # fmt: skip
"""Figures of the best candidate that also speak about trust."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """One question with its candidates; `right` is the place of the right one, -1 where none is (or none was found)."""

    text: str
    sighting: Sighting
    right: int
    in_scope: bool = True
    fitting: tuple[int, ...] = ()
    """Places of candidates that also serve: entries the right one leads on to, or that lead to it."""
    plain: bool = False
    """Asked as people ask: not distorted, not contrived to share no word; calibration is for these."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fusion:
    """The learned weights: an averaged small network over figures, a trust model, and its calibration."""

    mean: Floats
    scale: Floats
    layers: tuple[Floats, ...]
    trust: Floats
    gate: Floats
    curve: Floats

    def weigh(self, sighting: Sighting) -> Floats:
        """Return each candidate's share of belief; they sum to 1."""
        inputs = (sighting.figures - self.mean) / self.scale
        total = np.zeros(len(inputs), dtype=np.float32)
        for at in range(0, len(self.layers), 3):
            first, bias, last = self.layers[at : at + 3]
            total += np.concatenate([np.tanh(inputs @ first + bias), inputs], axis=1) @ last
        return _softmax(total / (len(self.layers) / 3))

    def trusted(self, sighting: Sighting, beliefs: Floats) -> tuple[float, float]:
        """Return P(the best candidate is right), calibrated, and P(the question is ours at all)."""
        aspects = _aspects(sighting, beliefs)
        raw = _logistic(float(aspects @ self.trust[:-1] + self.trust[-1]))
        ours = _logistic(float(aspects @ self.gate[:-1] + self.gate[-1]))
        return float(np.interp(raw, self.curve[0], self.curve[1])), ours

    def save(self, path: Path) -> None:
        arrays = {f"layer{place:02}": layer for place, layer in enumerate(self.layers)}
        named = {"mean": self.mean, "scale": self.scale, "trust": self.trust, "gate": self.gate, "curve": self.curve}
        np.savez(path, allow_pickle=False, **named, **arrays)

    @staticmethod
    def load(path: Path) -> "Fusion":
        with np.load(path) as stored:
            layers = tuple(stored[name] for name in sorted(stored.files) if name.startswith("layer"))
            named = {name: stored[name] for name in ("mean", "scale", "trust", "gate", "curve")}
        return Fusion(layers=layers, **named)


def learn_fusion(lessons: Sequence[Lesson], seed: int = 7) -> Fusion:
    """Learn ranking from lessons that have a right candidate, then trust from all of them, cross-fitted."""
    rows = np.concatenate([lesson.sighting.figures for lesson in lessons])
    mean, scale = rows.mean(axis=0), rows.std(axis=0) + 1e-3
    usable = [lesson for lesson in lessons if lesson.right >= 0]
    half = [usable[::2], usable[1::2]]
    blank = np.zeros(0, dtype=np.float32)
    crossed: list[tuple[Lesson, Floats]] = []
    for place in (0, 1):
        ranker = Fusion(
            mean=mean,
            scale=scale,
            layers=_rank(half[1 - place], mean, scale, seed, 1),
            trust=blank,
            gate=blank,
            curve=blank,
        )
        mine = {id(lesson) for lesson in half[place]}
        rest = [lesson for lesson in lessons if lesson.right < 0][place::2]
        crossed += [
            (lesson, ranker.weigh(lesson.sighting)) for lesson in (*(u for u in usable if id(u) in mine), *rest)
        ]
    trust, gate, curve = _trust(crossed)
    layers = _rank(usable, mean, scale, seed, MODELS)
    return Fusion(mean=mean, scale=scale, layers=layers, trust=trust, gate=gate, curve=curve)


def _rank(lessons: Sequence[Lesson], mean: Floats, scale: Floats, seed: int, models: int) -> tuple[Floats, ...]:
    width = max(len(lesson.sighting.entries) for lesson in lessons)
    inputs = torch.zeros(len(lessons), width, len(FIGURES))
    hidden = torch.full((len(lessons), width), float("-inf"))
    for place, lesson in enumerate(lessons):
        size = len(lesson.sighting.entries)
        inputs[place, :size] = torch.from_numpy((lesson.sighting.figures - mean) / scale)
        hidden[place, :size] = 0.0
    right = torch.tensor([lesson.right for lesson in lessons])
    return tuple(layer for model in range(models) for layer in _fit(inputs, hidden, right, seed + model))


def _fit(inputs: torch.Tensor, hidden: torch.Tensor, right: torch.Tensor, seed: int) -> list[Floats]:
    torch.manual_seed(seed)
    size = inputs.shape[-1]
    first, last = nn.Linear(size, HIDDEN), nn.Linear(HIDDEN + size, 1, bias=False)
    optimiser = torch.optim.AdamW([*first.parameters(), *last.parameters()], lr=0.01, weight_decay=0.02)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, STEPS)
    for _ in range(STEPS):
        chosen = torch.randint(len(right), (min(BATCH, len(right)),))
        batch = inputs[chosen]
        noisy = batch + 0.05 * torch.randn_like(batch)
        scores = last(torch.cat([torch.tanh(first(noisy)), noisy], dim=-1)).squeeze(-1) + hidden[chosen]
        loss = nn.functional.cross_entropy(scores, right[chosen], label_smoothing=0.0)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
    weights = (first.weight.T, first.bias, last.weight[0])
    return [weight.detach().numpy().astype(np.float32).copy() for weight in weights]


def _trust(crossed: Sequence[tuple[Lesson, Floats]]) -> tuple[Floats, Floats, Floats]:
    aspects = np.stack([_aspects(lesson.sighting, beliefs) for lesson, beliefs in crossed])
    right = np.asarray([int(beliefs.argmax()) in (lesson.right, *lesson.fitting) for lesson, beliefs in crossed])
    right &= np.asarray([lesson.in_scope for lesson, _ in crossed])
    ours = np.asarray([lesson.in_scope for lesson, _ in crossed])
    trust = _regress(aspects, right)
    raw = np.empty(len(right))
    for fold in range(5):
        held = np.arange(len(right)) % 5 == fold
        weights = _regress(aspects[~held], right[~held])
        raw[held] = 1 / (1 + np.exp(-(aspects[held] @ weights[:-1] + weights[-1])))
    usual = np.asarray([lesson.plain and lesson.in_scope for lesson, _ in crossed])
    usual = usual if usual.any() else np.ones(len(raw), dtype=bool)
    isotonic = IsotonicRegression(y_min=0.01, y_max=0.99, out_of_bounds="clip").fit(raw[usual], right[usual])
    grid = np.linspace(0, 1, 201)
    smooth = np.convolve(np.pad(isotonic.predict(grid), 6, mode="edge"), np.ones(13) / 13, mode="valid")
    return trust, _regress(aspects, ours, balanced=True), np.stack([grid, smooth]).astype(np.float32)


def _regress(aspects: NDArray[np.float32], labels: NDArray[np.bool_], *, balanced: bool = False) -> Floats:
    if labels.all() or not labels.any():
        return np.asarray([*np.zeros(aspects.shape[1]), 4.0 if labels.all() else -4.0], dtype=np.float32)
    mean, scale = aspects.mean(axis=0), aspects.std(axis=0) + 1e-3
    model = LogisticRegression(C=0.3, max_iter=500, class_weight="balanced" if balanced else None)
    model.fit((aspects - mean) / scale, labels)
    weights = model.coef_[0] / scale
    return np.asarray([*weights, model.intercept_[0] - float(weights @ mean)], dtype=np.float32)


def _aspects(sighting: Sighting, beliefs: Floats) -> Floats:
    """Return what speaks for and against trusting the best candidate."""
    order = np.argsort(-beliefs)
    best = beliefs[order[0]]
    second = beliefs[order[1]] if len(order) > 1 else 0.0
    spread = float(-(beliefs * np.log(beliefs + 1e-9)).sum())
    figures = sighting.figures[order[0], [FIGURES.index(name) for name in KEPT]]
    squares = figures[[0, 6]] ** 2
    judged = [sighting.judged, max(0.0, -sighting.judged)]
    shape = [
        best,
        best - second,
        np.log(best / (1 - best + 1e-4)),
        spread,
        *sighting.known,
        *(sighting.known**2),
        *judged,
    ]
    return np.asarray([*shape, *figures, *squares], dtype=np.float32)


def _softmax(scores: Floats) -> Floats:
    powers = np.exp(scores - scores.max())
    return np.asarray(powers / powers.sum(), dtype=np.float32)


def _logistic(value: float) -> float:
    return float(1 / (1 + np.exp(-value)))
