"""Learns the choice among the readings of a turn: from the read half of the grid, whole questions, foreign ones, talk.

A whole question in the midst of another matter comes from the probes, a foreign one from `foreign_questions.txt`, one
whose business is left out from the curated questions of an entry of the same business.
"""

import json
import random
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from pathlib import Path

import numpy as np
from sklearn.ensemble import GradientBoostingClassifier

from actions.aspects import Aspects, read_aspects
from actions.questions import has_subject
from actions.readings import NEAR, before, candidates, leans, readings, turn
from actions.themes import theme_of
from bot.assembly.environments import ROOT
from bot.knowledge import Decision, Query
from knowledge_base.augmentation import Augmenter
from knowledge_base.edition import Edition
from tests.dialogues.script import Line, dialogues, dialogues_of
from tests.followups.grid import follows

READ = Path(__file__).parent / "read.txt"
OWN = Path(__file__).parent / "own.txt"
TREES = ROOT / "actions" / "leaning.json"
MADE, SEED, FOUND, BENT = 800, 5, 3, 0.2
FOLDS = 4
WEIGHT = {
    "grid": 1.0,
    "way": 0.6,
    "whole": 2.0,
    "foreign": 1.0,
    "left out": 0.2,
    "talk": 1.5,
    "own": 2.0,
    "put": 0.1,
    "misspelt": 1.0,
}
WAYS = 6
PUT_AS = ("那{}呢", "{}呢", "要是{}呢", "{}的话呢", "如果是{}", "那{}的")
LONGEST = 26
CASES = (
    ("商贷", "公积金贷款", "组合贷款"),
    ("首套", "二套"),
    ("租房", "买房", "装修", "物业费", "退休", "离职", "大病", "加装电梯"),
    ("公租房", "商品房"),
    ("新房", "二手房", "公寓", "法拍房", "自建房"),
    ("灵活就业", "单位职工"),
    ("转入", "转出"),
    ("提取", "贷款"),
    ("单身", "", ""),
    ("夫妻", "一个人"),
    ("离婚", ""),
    ("外地", "西宁"),
    ("二孩", "三孩", ""),
    ("封存", ""),
    ("辞职", "退休"),
    ("没有合同", ""),
)
_BASE = ROOT / "knowledge_base"
PROBES = _BASE / "evaluation" / "probes"
_SHORT, _LEAST = 18, 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """An entry that was told, the question it answered, what is asked next and the entries that fit."""

    kind: str
    before: str
    entry: str
    words: str
    fitting: frozenset[str]
    fold: int = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A pair as figures, a row for each candidate, and which of them fit."""

    kind: str
    figures: np.ndarray
    fits: np.ndarray


def pairs(edition: Edition, today: date) -> Iterator[Pair]:
    """Return everything that is learned from."""
    chance, every = random.Random(SEED), read_aspects().every
    for one in follows():
        if not (one.business_read and one.wording_read):
            continue
        yield Pair(kind="grid", before=one.before, entry=one.entry, words=one.words, fitting=one.fitting)
        for place, way in chance.sample([*enumerate(every[one.aspect].ways)], WAYS):
            fold = place % FOLDS
            yield Pair(kind="way", before=one.before, entry=one.entry, words=way, fitting=one.fitting, fold=fold)
    titles = {name: served.title.rstrip("?") for name in edition.entries if (served := edition.serve(name, today))}
    rows = [(entry, words) for entry, words in probes() if entry in titles]
    foreign = [("", words) for words in rows_of("foreign_questions.txt")]
    augmenter = Augmenter(edition.finder.seeker.reading, SEED)
    misspelt = [(entry, augmenter.mistype(words, BENT)) for entry, words in rows if has_subject(words)]
    for kind, known in (("whole", rows), ("misspelt", misspelt), ("foreign", foreign)):
        brief = [one for one in known if len(one[1]) <= _SHORT]
        for entry, words in chance.sample(brief, min(MADE, len(brief))):
            told = chance.choice(list(titles))
            yield Pair(kind=kind, before=titles[told], entry=told, words=words, fitting=frozenset({entry}))
    yield from _left_out(edition, titles, chance)
    yield from _talked(titles)
    yield from own_words()
    yield from _put(edition, today, chance)


def _talked(known: Container[str]) -> Iterator[Pair]:
    """Yield what follows an answer in the conversations written down: the read ones of the tests."""
    for one in (*dialogues(), *dialogues_of(READ)):
        for past, line in pairwise(one.lines):
            before, after = _entries(past, known), _entries(line, known)
            if before and after and {"answered"} & {*line.expected}:
                yield Pair(kind="talk", before=past.typed, entry=before[0], words=line.typed, fitting=frozenset(after))


def own_words(path: Path = OWN) -> Iterator[Pair]:
    """Yield what people ask next in words of their own: `@entry what was asked`, then `turn => entries meant`."""
    told, question = "", ""
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("@"):
            told, question = line[1:].split(" ", 1)
        elif line and not line.startswith("#"):
            words, meant = line.split(" => ")
            yield Pair(kind="own", before=question, entry=told, words=words, fitting=frozenset(meant.split("|")))


def _put(edition: Edition, today: date, chance: random.Random) -> Iterator[Pair]:
    """Yield cases put into a question: one with 二套 in it is asked without, or of 首套, and then 那二套呢."""
    every = [(name, words) for name, entry in edition.entries.items() for words in entry.questions()]
    chance.shuffle(every)
    for name, words in every:
        case, others = next(((one, group) for group in CASES for one in group if one in words), ("", ()))
        if not case or len(words) > LONGEST:
            continue
        before = words.replace(case, chance.choice([one for one in others if one != case] or [""]), 1)
        told, whole = (edition.search(Query(text=text, on=today, limit=1)) for text in (before, words))
        if told.decision is Decision.ANSWER and whole.decision is Decision.ANSWER:
            put = chance.choice(PUT_AS).format(case)
            fitting = frozenset({name, whole.hits[0].entry.id})
            yield Pair(kind="put", before=before, entry=told.hits[0].entry.id, words=put, fitting=fitting)


def _entries(line: Line, known: Container[str]) -> list[str]:
    named = (entry for part in line.expected if not part.startswith(('"', "!", "@")) for entry in part.split("|"))
    return [entry for entry in named if entry in known]


def _left_out(edition: Edition, titles: dict[str, str], chance: random.Random) -> Iterator[Pair]:
    themes = {name: theme.name for name, title in titles.items() if (theme := theme_of(title)) and not theme.broad}
    every = [(name, words) for name in themes for words in edition.entries[name].questions()[1:]]
    chance.shuffle(every)
    for name, words in every[: 2 * MADE]:
        theme = theme_of(words)
        others = [other for other in themes if theme and themes[other] == theme.name and other != name]
        if theme is None or not others or len(words) > _SHORT:
            continue
        left = words.replace(theme.words, "", 1).replace("公积金", "", 1).strip(" ,")
        if len(left) >= _LEAST:
            told = chance.choice(others)
            yield Pair(kind="left out", before=titles[told], entry=told, words=left, fitting=frozenset({name}))


def examples(edition: Edition, today: date) -> Iterator[Example]:
    """Look every pair up in all its readings."""
    aspects = read_aspects()
    crossed = [_without(aspects, fold) for fold in range(FOLDS)]
    for pair in pairs(edition, today):
        if example := _example(pair, edition, today, crossed[pair.fold] if pair.fold >= 0 else aspects):
            yield example


def _without(aspects: Aspects, fold: int) -> Aspects:
    """Return aspects that have not seen a quarter of the wordings, to meet those as strangers' words are met."""
    kept = [
        replace(one, ways=tuple(way for place, way in enumerate(one.ways) if place % FOLDS != fold))
        for one in aspects.every.values()
    ]
    return Aspects(kept)


def _example(pair: Pair, edition: Edition, today: date, aspects: Aspects) -> Example | None:
    served = edition.serve(pair.entry, today)
    if served is None:
        return None
    now = turn(pair.words, before(pair.before, served), aspects)
    if not leans(now):
        return None
    ways = readings(now, aspects).items()
    found = {
        name: edition.search(Query(text=text, on=today, entry=pair.entry if name == NEAR else "", limit=FOUND))
        for name, text in ways
    }
    rows = candidates(now, found, aspects, [name for name, _ in served.follow_ups[:3]])
    figures = np.asarray([row.figures for row in rows])
    fits = np.asarray([row.entry.id in pair.fitting for row in rows])
    return Example(kind=pair.kind, figures=figures, fits=fits)


def learn(edition: Edition, today: date, target: Path = TREES) -> int:
    """Learn and write the trees; return how many rows they were learned from."""
    every = list(examples(edition, today))
    figures, fits = np.concatenate([one.figures for one in every]), np.concatenate([one.fits for one in every])
    weights = np.concatenate([np.full(len(one.fits), WEIGHT[one.kind]) for one in every])
    model = GradientBoostingClassifier(
        n_estimators=100, learning_rate=0.08, max_leaf_nodes=12, max_depth=None, min_samples_leaf=12,
        subsample=0.6, max_features=0.5, random_state=3, init="zero",
    )  # fmt: skip
    model.fit(figures, fits, weights)
    write([as_arrays(one.tree_, model.learning_rate) for one in model.estimators_[:, 0]], target)
    return len(fits)


def write(trees: Sequence[dict[str, list[float]]], target: Path) -> None:
    """Write trees as the product reads them, one a line."""
    lines = ",\n".join(json.dumps(tree, separators=(",", ":")) for tree in trees)
    target.write_text(f"[{lines}]\n", encoding="utf-8")


def as_arrays(tree: object, rate: float) -> dict[str, list[float]]:
    """Return one of scikit-learn's trees as plain arrays, its values times the learning rate."""
    return {
        "at": [int(at) for at in tree.feature],
        "limit": [round(float(limit), 5) for limit in tree.threshold],
        "left": [int(at) for at in tree.children_left],
        "right": [int(at) for at in tree.children_right],
        "value": [round(float(value[0, 0]) * rate, 5) for value in tree.value],
    }


def probes() -> list[tuple[str, str]]:
    """Return the probes: the entry meant, and a question nobody curated."""
    every = [row for path in sorted(PROBES.glob("*.tsv")) for row in rows_of(str(path.relative_to(_BASE)))]
    return [(entry, words) for entry, words in (row.split("\t")[:2] for row in every)]


def rows_of(name: str) -> list[str]:
    """Return the rows of a file of the knowledge base without its heading and remarks."""
    lines = (_BASE / name).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith(("#", "question"))]
