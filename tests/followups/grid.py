"""Asks what people ask next of every business, in several wordings, and judges what comes back.

`knowledge_base/evaluation/followups/grid.tsv` names the businesses and what fits each aspect, `wordings.tsv` how it is
asked. Businesses and wordings marked `unread` are measured with only: nobody mends for them and nothing is learned
from them.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from actions.call import Call, Memory
from actions.policy import PolicyAnswers
from bot.assembly.environments import ROOT
from bot.messages import Outcome, Response

FOLDER = ROOT / "knowledge_base" / "evaluation" / "followups"
RIGHT, OFFERED, MISSED, WRONG = "right", "offered", "missed", "wrong"
_UNKNOWN = "?"
_ADMITS = "没有查到"


@dataclass(frozen=True, slots=True, kw_only=True)
class Follow:
    """One follow-up: what was asked and answered before, what is asked now and the entries that fit.

    `business_read` and `wording_read` tell whether it may be mended for.
    """

    business: str
    before: str
    entry: str
    aspect: str
    words: str
    fitting: frozenset[str]
    business_read: bool
    wording_read: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A follow-up with its verdict and what was said."""

    follow: Follow
    verdict: str
    outcome: str
    entries: tuple[str, ...]


def follows(folder: Path = FOLDER) -> Iterator[Follow]:
    """Return every business with every wording of every aspect that is asked of it."""
    wordings = [line.split("\t") for line in _lines(folder / "wordings.tsv")]
    for part, business, before, entry, aspect, fitting in (line.split("\t") for line in _lines(folder / "grid.tsv")):
        for how, of, words in wordings:
            if of == aspect:
                yield Follow(
                    business=business,
                    before=before,
                    entry=entry,
                    aspect=aspect,
                    words=words,
                    fitting=frozenset(fitting.split("|")),
                    business_read=part == "read",
                    wording_read=how == "read",
                )


async def judge(answers: PolicyAnswers, follow: Follow, today: date) -> Judged:
    """Ask the first question and then the follow-up."""
    first = Call(sender="grid", text=follow.before, intent="policy_question", today=today)
    told = await answers.entry(first, follow.entry)
    memory = replace(told.memory or Memory(), last_question=follow.before)
    asked = replace(first, text=follow.words, memory=memory, last=told.response.replies)
    answered = (await answers.answer(asked, asked.text)).response
    entries = tuple(one.entry for one in answered.evidence.candidates[:3])
    verdict = _verdict(answered, entries, follow)
    return Judged(follow=follow, verdict=verdict, outcome=answered.outcome.value, entries=entries)


def _verdict(answered: Response, entries: tuple[str, ...], follow: Follow) -> str:
    unknown = _UNKNOWN in follow.fitting
    if answered.outcome is Outcome.ANSWERED:
        admitted = unknown and entries[0] == follow.entry and _ADMITS in answered.replies[0].text
        return RIGHT if entries[0] in follow.fitting or admitted else WRONG
    if unknown and answered.outcome in (Outcome.DECLINED, Outcome.CLARIFIED):
        return RIGHT
    return OFFERED if answered.outcome is Outcome.CLARIFIED and follow.fitting & {*entries} else MISSED


def _lines(path: Path) -> list[str]:
    return [line for line in path.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
