"""Answers policy questions from knowledge: in context, by date, for the right city, never by guessing."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from actions.bereaved import spared
from actions.call import Call
from actions.elsewhere import NOT_OURS, declined, elsewhere, placed, related
from actions.explaining import more
from actions.feelings import CALMING, TELL_ME, calmed, heard_in
from actions.followup import kept_whole
from actions.found import Found, Talk
from actions.letters import asked, clauses
from actions.lookup import IDLE, Lookup
from actions.parts import Parts, cut
from actions.places import Places
from actions.questions import (
    asked_again,
    asks,
    corrected_at_once,
    correction,
    has_subject,
    is_letter,
    plainly,
    says_nothing,
    set_against,
    wants_more,
)
from actions.spoken_of import named
from actions.themes import theme_of
from actions.wish import EXAMPLES, NOTHING_ASKED, PERSON, Result, opened, preceded, say, with_person
from bot.knowledge import Decision, Finding, Query
from bot.messages import Button, Candidate, Evidence, Outcome, Reply, Response
from bot.policy_reply import entry_button, entry_response, nearest_response, policy_response
from bot.ports import Retriever

_ORDER = ("先说", "再说", "最后说")
_MOST_IN_LETTER, _MOST_HEARD = 3, 6
_ECHO = 24  # characters of a question that are said again before its answer
_WORD_FOR_WORD = 0.985
_TWO = 2
_THERE, _WHOLE, _FEWER = "刚才那条里写着:", "看完整的回答", 2
_NO_QUESTION = (
    "您写的内容家家都收到了,只是还没看出最想问哪一件。请用一句话写下问题,比如“单位停缴了,还能申请贷款吗”;"
    "想让同事直接看这段内容,点“转人工”就行。"
)


class PolicyAnswers:
    """The one way to a policy answer: every action that answers from knowledge goes through `answer`."""

    def __init__(self, retriever: Retriever, places: Places) -> None:
        self._retriever = retriever
        self._lookup = Lookup(retriever, places)

    async def answer(self, call: Call, text: str) -> Result:
        """Answer `text` as asked in this conversation; raises KnowledgeUnavailable."""
        if says_nothing(text) or not plainly(text):
            return say(NOTHING_ASKED, outcome=Outcome.ASKED, buttons=EXAMPLES)
        if wants_more(text):
            return more(call)
        feeling = heard_in(text)
        if not feeling:
            return await self._read(call, text)
        plain = calmed(text)
        result = await self._read(call, plain)
        if result.response.outcome is Outcome.ANSWERED and (asks(plain) or has_subject(plain)):
            return result
        words = f"{CALMING[feeling]}{elsewhere(text) or TELL_ME}"
        asked = say(words, outcome=Outcome.ASKED, buttons=(PERSON,))
        return replace(asked, response=replace(asked.response, evidence=result.response.evidence))

    async def restated(self, call: Call, question: str) -> Result:
        """Answer a question that is whole already: the last one with something put in."""
        return await self._one(call, question, Talk())

    async def entry(self, call: Call, entry_id: str) -> Result:
        """Answer with the entry a button named."""
        served = await self._retriever.entry(entry_id, call.today) if entry_id else None
        if served is None:
            finding = await self._lookup.alone(call, call.memory.last_question or "公积金")
            if finding.decision is Decision.ANSWER:
                finding = replace(finding, decision=Decision.CLARIFY)
            found = Found(question=call.memory.last_question, finding=finding)
            return _result(call, (found,), policy_response(finding))
        version = (await self._retriever.search(Query(text=served.title, on=call.today, limit=1))).version
        question = kept_whole(served.title, call.memory.last_question, served.topic)
        memory = replace(call.memory, last_question=question[:200], entry=served.id, topic=served.topic)
        return Result(response=entry_response(served, version), memory=memory)

    async def _read(self, call: Call, text: str) -> Result:
        if is_letter(text):
            return await self._letter(call, text)
        if at_once := corrected_at_once(text):
            return await self._corrected(call, *at_once)
        both = set_against(text)
        if (meant := correction(text)) and (call.memory.last_question or both is None):
            return await self._corrected(call, call.memory.last_question, meant, instead=both[0] if both else "")
        parts = cut(text)
        if parts and not await self._is_title(call, text):
            several = await self._several(call, parts)
            if several is not None:
                return several
        return await self._one(call, text, _talk(call))

    async def _corrected(self, call: Call, question: str, meant: str, *, instead: str = "") -> Result:
        """Answer the question that was meant: the answer just refused is given again only where it speaks of it.

        What is a bank's or another office's is said to be theirs, unless an entry speaks of it.
        """
        ways = asked_again(question, meant, instead)
        chosen, theirs = ways[0], elsewhere(meant)
        heard = f"明白,您问的是“{meant}”。"
        for way in (*ways, meant) if theme_of(meant) and not theirs else ways:
            finding = await self._lookup.alone(call, way)
            if finding.decision is not Decision.ANSWER:
                continue
            entry = finding.hits[0].entry
            if set(meant) <= set(f"{entry.title}{entry.screen}") or not (theirs or entry.id == call.memory.entry):
                chosen = way
                break
        else:
            if theirs:
                return opened(await self._not_ours(call, chosen, meant, theirs), heard)
        return opened(await self._one(call, chosen, Talk()), heard)

    async def _not_ours(self, call: Call, question: str, meant: str, theirs: str) -> Result:
        """Say whose it is, with what the fund does about it."""
        found = Found(question=question, asked=meant, finding=await self._lookup.alone(call, meant))
        response = policy_response(found.finding)
        return _result(call, (found,), declined(response, theirs, related(found.finding, meant)))

    async def _is_title(self, call: Call, text: str) -> bool:
        """Say whether the whole message is, word for word, one question of the knowledge base."""
        finding = await self._lookup.alone(call, text)
        return bool(finding.hits) and finding.decision is Decision.ANSWER and finding.hits[0].score >= _WORD_FOR_WORD

    async def _letter(self, call: Call, text: str) -> Result:
        told = clauses(text)
        questions = tuple(named(question, told) for question in asked(text))[:_MOST_HEARD]
        if not questions:
            return say(_NO_QUESTION, outcome=Outcome.ASKED, buttons=(PERSON,))
        now, later = questions[:_MOST_IN_LETTER], questions[_MOST_IN_LETTER:]
        several = await self._several(call, Parts(questions=now)) if len(now) > 1 else None
        result = several or await self._one(call, now[0], Talk())
        heard = ";".join(plainly(question).strip("?。,") for question in questions)
        result = opened(result, f"您写得很清楚,家家理解您最想问的是:{heard}。")
        return with_person(_with_more(result, later))

    async def _several(self, call: Call, parts: Parts) -> Result | None:
        """Answer the questions in order; None when they are not really several."""
        found = await self._each(call, parts.questions)
        kept = _distinct([one for one in found if _worth_saying(one)])
        if len(kept) < _TWO or not (parts.certain or _told_apart(kept)):
            return None
        replies: list[Reply] = []
        for order, one in zip(_ORDER, kept, strict=False):
            first, *others = _policy_response(call, one).replies
            named = f"{order}“{_short(one.asked)}”:"
            replies += [preceded(preceded(first, one.opening) if one.opening else first, named), *others]
        decided = Outcome.ANSWERED if any(one.entry for one in kept) else Outcome.CLARIFIED
        return _result(call, kept, Response(replies=tuple(replies), outcome=decided))

    async def _each(self, call: Call, questions: Iterable[str]) -> list[Found]:
        """Look each question up; one without a subject of its own leans on the one before it."""
        found: list[Found] = []
        talk = _talk(call)
        for question in questions:
            one = spared(await self._lookup.find(call, question, talk), call)
            found.append(one)
            if one.finding.hits:
                entry = one.finding.hits[0].entry
                talk = Talk(question=one.question, entry=entry.id, topic=entry.topic)
        return found

    async def _one(self, call: Call, text: str, talk: Talk) -> Result:
        found = spared(await self._lookup.find(call, text, talk), call)
        result = _result(call, (found,), _policy_response(call, found))
        if found.opening and not found.sentence:
            result = opened(result, found.opening)
        return placed(result, found.place, found.asked)


class AnswerPolicy:
    """我想问一个公积金政策。"""

    name = "answer_policy"

    def __init__(self, answers: PolicyAnswers) -> None:
        self._answers = answers

    async def fulfil(self, call: Call) -> Result:
        return await self._answers.answer(call, call.text)


class AnswerEntry:
    """我点了这个问题,请直接告诉我。"""

    name = "answer_entry"

    def __init__(self, answers: PolicyAnswers) -> None:
        self._answers = answers

    async def fulfil(self, call: Call) -> Result:
        return await self._answers.entry(call, call.entity("entry"))


def _talk(call: Call) -> Talk:
    memory = call.memory
    return Talk(question=memory.last_question, entry=memory.entry, topic=memory.topic)


def _policy_response(call: Call, found: Found) -> Response:
    """Say what was found; what nobody here knows is sent to who answers it."""
    response = policy_response(found.finding)
    if found.sentence and found.entry:
        return _pointing(response, found)
    guessed = found.finding.decision is Decision.CLARIFY and not has_subject(found.asked)
    if found.finding.decision is not Decision.DECLINE and not guessed:
        return response
    where = elsewhere(found.asked)
    if (
        not where
        and found.finding.decision is Decision.DECLINE
        and call.intent in IDLE
        and not has_subject(found.asked)
    ):
        where = NOT_OURS
    if where:
        return declined(response, where, related(found.finding, found.asked, call.memory.topic))
    return nearest_response(found.finding, response) if has_subject(found.asked) else response


def _pointing(response: Response, found: Found) -> Response:
    """Say the one sentence of the answer just given that was asked for, and offer the whole."""
    whole, entry = response.replies[0], found.finding.hits[0].entry
    buttons = (entry_button(entry.id, _WHOLE), *whole.buttons[:_FEWER])
    words = f"{_THERE}{found.sentence}"
    reply = replace(whole, text=words, spoken=words.replace("\n", ""), robot="", cards=(), buttons=buttons)
    return replace(response, replies=(reply,))


def _with_more(result: Result, questions: Sequence[str]) -> Result:
    """Offer what else a letter asked, one tap each: more answers at once nobody reads."""
    if not questions:
        return result
    offered = tuple(Button(label=plainly(one).strip("?。!,、 ")[-_ECHO:], payload=one) for one in questions)
    more = Reply(text="您还问到下面这些,点一个就接着说:", buttons=offered)
    return replace(result, response=replace(result.response, replies=(*result.response.replies, more)))


def _worth_saying(found: Found) -> bool:
    return found.finding.decision is not Decision.DECLINE or has_subject(found.asked) or bool(elsewhere(found.asked))


def _told_apart(kept: Sequence[Found]) -> bool:
    """Say whether what only a comma parts is several questions: two are surely answered, or each names its matter."""
    sure = sum(one.finding.decision is Decision.ANSWER for one in kept)
    known = all(one.finding.decision is not Decision.DECLINE and has_subject(one.asked) for one in kept)
    return sure >= _TWO or (sure > 0 and known)


def _distinct(found: list[Found]) -> list[Found]:
    """Return them without those that another one's answer covers."""
    entries = [one.finding.hits[0].entry.id if one.finding.hits else "" for one in found]
    return [one for at, one in enumerate(found) if not entries[at] or entries[at] not in entries[:at]]


def _short(question: str) -> str:
    plain = plainly(question).strip("?。!,、 ")
    return plain if len(plain) <= _ECHO else f"…{plain[-_ECHO:]}"


def _result(call: Call, found: Sequence[Found], response: Response) -> Result:
    memory = replace(call.memory, last_question=found[-1].question[:200])
    if answered := [one.entry for one in found if one.entry]:
        memory = replace(memory, entry=answered[-1].id, topic=answered[-1].topic)
    evidence = _evidence([one.finding for one in found], response.evidence)
    return Result(response=replace(response, evidence=evidence), memory=memory)


def _evidence(findings: Sequence[Finding], evidence: Evidence) -> Evidence:
    """Keep every candidate of every question, so that curators see what was considered."""
    return replace(
        evidence,
        decision="+".join(finding.decision.value for finding in findings),
        candidates=tuple(Candidate(entry=hit.entry.id, score=hit.score) for f in findings for hit in f.hits),
        knowledge_version=findings[0].version,
    )
