"""Meets what people tell of their lives without asking: a warm word, likely questions, a person."""

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from importlib.resources import files

import yaml

from actions.call import Call, Memory
from actions.policy import PolicyAnswers
from actions.questions import asks
from actions.telling import grams
from actions.wish import PERSON, Result, opened, say, with_person
from bot.knowledge import Served
from bot.messages import Outcome
from bot.policy_reply import entry_button
from bot.ports import Retriever

_CALM, _SMOOTH = 2, 0.1
# One sentence left out at a time, 70 % reach the first limit, 77 % of them rightly; 36 % the second, 94 % rightly.
_BELIEVED = 0.7  # its questions are offered
_CERTAIN = 0.97  # its words are said, and the talk goes on from it: a wrong 请节哀 hurts
_GUESSES = 3
_SURE, _LIKELY = 0.8, 0.45
_MAY_ASK = "您可能想问下面这些,点一个就行;也可以直接说,或者转人工。"
_LISTENING = "家家在听。"
_HEARD = "您想先弄清哪一件事?说一句就行,也可以转人工让同事陪您理一理。"


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """One thing that happens to people: sentences that tell it, a warm word, entries it may lead to."""

    name: str
    told: tuple[str, ...]
    words: str
    entries: tuple[str, ...]
    open: bool = False
    """It leads to several matters alike (没领证: borrowing, renting, repaying); none is answered unasked."""


class Situations:
    """Knows a situation by the sentences it is told in: naive Bayes over their characters and pairs of characters."""

    def __init__(self, known: Iterable[Situation]) -> None:
        self.known = tuple(known)
        self._found = [Counter(gram for told in one.told for gram in grams(told)) for one in self.known]
        self._all = frozenset(gram for found in self._found for gram in found)

    def likely(self, text: str) -> list[tuple[float, Situation]]:
        """Return the situations with their shares of belief, the likeliest first; none for words never heard."""
        heard = grams(text) & self._all
        if not heard:
            return []
        beliefs = [self._belief(heard, found) for found in self._found]
        calm = _CALM / math.sqrt(len(heard))  # grams of one sentence are no independent witnesses
        shares = [math.exp((belief - max(beliefs)) * calm) for belief in beliefs]
        ranked = zip((share / sum(shares) for share in shares), self.known, strict=True)
        return sorted(ranked, key=lambda pair: -pair[0])

    def _belief(self, heard: frozenset[str], found: Counter[str]) -> float:
        whole = found.total() + _SMOOTH * len(self._all)
        return sum(math.log((found[gram] + _SMOOTH) / whole) for gram in heard)


class HearSituation:
    """我下个月61了。厂子倒闭了。"""

    name = "hear_situation"

    def __init__(self, answers: PolicyAnswers, retriever: Retriever, situations: Situations) -> None:
        self._answers = answers
        self._retriever = retriever
        self._situations = situations

    async def fulfil(self, call: Call) -> Result:
        """Answer when knowledge is sure or the talk so far explains it; else offer what people ask then."""
        likely = self._situations.likely(call.text)
        share, first = likely[0] if likely else (0.0, None)
        situation = first if share >= _BELIEVED else None
        answered = await self._answers.answer(call, call.text)
        if answered.response.outcome is Outcome.ANSWERED and _fits(call, answered, situation):
            return with_person(answered)
        if asks(call.text) and answered.response.outcome is not Outcome.DECLINED:
            return with_person(answered)
        if situation is not None:
            going_on = answered.response.evidence.candidates[:1] if call.memory.entry else ()
            found = [one.entry for one in going_on if one.score >= _LIKELY]
            known = await self._known(call, dict.fromkeys((*found, *situation.entries)))
            certain = share >= _CERTAIN
            words, memory = (situation.words, _of(call, known)) if certain else (_LISTENING, None)
            return _noted(_warmly(words, known, memory), answered)
        if answered.response.outcome is Outcome.CLARIFIED:
            return with_person(opened(answered, _LISTENING))
        guessed = tuple(one.entries[0] for _, one in likely[:_GUESSES] if one.entries)
        return _noted(_warmly(_LISTENING, await self._known(call, guessed)), answered)

    async def _known(self, call: Call, entries: Iterable[str]) -> tuple[Served, ...]:
        found = [await self._retriever.entry(entry, call.today) for entry in entries]
        return tuple(entry for entry in found if entry is not None)


def _of(call: Call, known: tuple[Served, ...]) -> Memory | None:
    """Return the memory of a talk about the first of what is offered: what is asked next leans on it."""
    if not known:
        return None
    first = known[0]
    return replace(call.memory, entry=first.id, topic=first.topic, last_question=first.title)


def _warmly(words: str, offered: tuple[Served, ...], memory: Memory | None = None) -> Result:
    """Say a warm word, then what may be asked."""
    if not offered:
        return say(f"{words}{_HEARD}", outcome=Outcome.ASKED, buttons=(PERSON,))
    spoken = f"{words}您是想问{'还是'.join(one.title.strip('?') for one in offered[:2])}?"
    buttons = (*(entry_button(one.id, one.title) for one in offered), PERSON)
    return say(f"{words}{_MAY_ASK}", spoken=spoken, outcome=Outcome.CLARIFIED, buttons=buttons, memory=memory)


def _noted(result: Result, answered: Result) -> Result:
    """Keep what knowledge considered, for the curators."""
    return replace(result, response=replace(result.response, evidence=answered.response.evidence))


def _fits(call: Call, answered: Result, situation: Situation | None) -> bool:
    """Say whether an answer is what a told situation calls for; nothing else is when it leads nowhere."""
    entry = answered.memory.entry if answered.memory else ""
    if situation is not None and situation.open and not asks(call.text):
        return False
    if situation is None or entry in situation.entries or not situation.entries:
        return True
    best = max((one.score for one in answered.response.evidence.candidates), default=0.0)
    return best >= _SURE and not (call.memory.entry and call.memory.entry == entry)


def read_situations() -> Situations:
    """Read `situations.yml`; raises KeyError for a situation without words, sentences or entries."""
    return Situations(_read())


def _read() -> Iterable[Situation]:
    every = yaml.safe_load(files("actions").joinpath("situations.yml").read_text(encoding="utf-8"))
    for name, one in every.items():
        told = tuple(one["told"].splitlines())
        yield Situation(
            name=name, told=told, words=one["words"], entries=tuple(one["entries"]), open=one.get("open", False)
        )
