"""Learns when the first look-up is enough: shown what the words alone say, and whether all readings said the same.

Nothing needs to be known of what is right, so whole questions, foreign ones and torn ones are asked in the midst of
any matter. What is measured with is left out: the unread half of the grid, the benchmark's questions.
"""

import asyncio
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
from sklearn.ensemble import GradientBoostingClassifier

from actions.aspects import Aspects, read_aspects
from actions.call import Call
from actions.followup import leaves
from actions.found import Found, Talk
from actions.lookup import Lookup
from actions.places import read_places
from actions.readings import before, leans, turn
from actions.sifting import Sift, signs
from bot.assembly.environments import ROOT
from bot.knowledge import Decision, Finding, Query, Served
from bot.messages import Reply
from bot.policy_reply import entry_button, entry_named
from knowledge_base.augmentation import Augmenter
from knowledge_base.edition import Edition
from tests.bench.__main__ import questions
from tests.followups.learn import BENT, Pair, as_arrays, pairs, probes, rows_of, write

TREES = ROOT / "actions" / "sifting.json"
WEIGHT = {"put": 0.3, "way": 0.5, "probe": 2.0, "torn": 2.0, "bent": 2.0}
"""What was put into a question, and the ways of asking, are many; what strangers write is few."""
SEED, TORN, CURATED, LEAST = 11, 2, 4, 6
_NOBODY: frozenset[str] = frozenset()


class _Open:
    """An edition as the retriever that a look-up asks."""

    def __init__(self, edition: Edition) -> None:
        self._edition = edition

    async def search(self, query: Query) -> Finding:
        return self._edition.search(query)

    async def entry(self, entry_id: str, on: date) -> Served | None:
        return self._edition.serve(entry_id, on)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A turn as the sift sees it, and whether all readings said what its words alone say."""

    kind: str
    figures: tuple[float, ...]
    same: bool


def turns(edition: Edition, today: date) -> Iterator[Pair]:
    """Return everything that is learned from: what the choice learns from, and whole questions in the midst of talk."""
    measured, chance = {*questions()}, random.Random(SEED)
    told = [name for name in edition.entries if edition.serve(name, today)]
    augmenter = Augmenter(edition.finder.seeker.reading, SEED)

    def amid(kind: str, words: str) -> Pair:
        name = chance.choice(told)
        title = edition.entries[name].title.rstrip("?")
        return Pair(kind=kind, before=title, entry=name, words=words, fitting=_NOBODY)

    def torn(words: str) -> str:
        at = chance.randrange(max(1, len(words) - TORN))
        return f"{words[:at]}{words[at + TORN :]}"

    yield from (pair for pair in pairs(edition, today) if pair.words not in measured)
    for _, words in probes():
        if words not in measured and len(words) > LEAST:
            yield from (amid("probe", words), amid("probe", words), amid("torn", torn(words)))
            yield amid("bent", augmenter.mistype(words, BENT))
    yield from (amid("foreign", words) for words in rows_of("foreign_questions.txt"))
    for entry in edition.entries.values():
        known = [words for words in entry.questions() if len(words) > LEAST]
        yield from (amid("curated", torn(words)) for words in chance.sample(known, min(CURATED, len(known))))


async def _shown(pair: Pair, lookup: Lookup, retriever: _Open, aspects: Aspects, today: date) -> Shown | None:
    served = await retriever.entry(pair.entry, today)
    if served is None or leaves(pair.words, pair.before, served.topic):
        return None
    now = turn(pair.words, before(pair.before, served), aspects)
    if not leans(now):
        return None
    buttons = tuple(entry_button(*one) for one in served.follow_ups[:3])
    call = Call(sender="sift", text=pair.words, today=today, last=(Reply(text=served.screen, buttons=buttons),))
    alone = await retriever.search(Query(text=pair.words, on=today))
    found = await lookup.find(call, pair.words, Talk(question=pair.before, entry=pair.entry, topic=served.topic))
    figures = signs(now, alone, aspects, [entry_named(button.payload) for button in buttons])
    return Shown(kind=pair.kind, figures=figures, same=_same(found, alone))


def _same(found: Found, alone: Finding) -> bool:
    """Say whether the citizen would read the same; of offers all must be the same."""
    most = 1 if alone.decision is Decision.ANSWER else len(alone.hits)
    mine, theirs = ([hit.entry.id for hit in one.hits[:most]] for one in (found.finding, alone))
    return found.finding.decision is alone.decision and mine == theirs and not found.opening and not found.sentence


async def shown(edition: Edition, today: date) -> list[Shown]:
    """Look every turn up in all its readings, with a sift that never says enough."""
    retriever, aspects = _Open(edition), read_aspects()
    lookup = Lookup(retriever, read_places(), Sift(()))
    every = [await _shown(pair, lookup, retriever, aspects, today) for pair in turns(edition, today)]
    return [one for one in every if one]


def learn_sift(edition: Edition, today: date, target: Path = TREES) -> int:
    """Learn and write the trees; return how many turns they were learned from."""
    every = asyncio.run(shown(edition, today))
    model = GradientBoostingClassifier(
        n_estimators=100, learning_rate=0.1, max_leaf_nodes=12, max_depth=None, min_samples_leaf=12,
        subsample=0.6, max_features=0.3, random_state=3, init="zero",
    )  # fmt: skip
    weights = np.asarray([WEIGHT.get(one.kind, 1.0) for one in every])
    model.fit(np.asarray([one.figures for one in every]), np.asarray([one.same for one in every]), weights)
    write([as_arrays(one.tree_, model.learning_rate) for one in model.estimators_[:, 0]], target)
    return len(every)
