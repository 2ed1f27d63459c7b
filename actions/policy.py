"""Answers policy questions from knowledge: in context, by date, for the right city, never by guessing."""

from collections.abc import Iterable
from dataclasses import replace

from actions.call import Call
from actions.dates import PolicyDay, policy_day
from actions.elsewhere import elsewhere
from actions.feelings import CALMING, TELL_ME, Feeling, calmed, heard_in, is_serious
from actions.places import Place, Places
from actions.questions import (
    asked_in,
    asks,
    corrected,
    corrected_at_once,
    correction,
    has_subject,
    is_letter,
    leans_back,
    split,
)
from actions.wish import PERSON, Result, preceded, say, with_buttons
from bot.knowledge import Decision, Finding, Query
from bot.messages import Candidate, Evidence, Outcome, Reply, Response
from bot.policy_reply import entry_response, policy_response
from bot.ports import Retriever

_ORDER = ("先说第一个问题。", "再说第二个问题。", "最后是第三个问题。")
_WORD_FOR_WORD = 0.985
_NOTHING_ASKED = "您想问什么?直接说就行,比如“租房一年最多能提多少”。"
_NO_QUESTION = (
    "您写的内容家家都收到了,只是还没看出最想问哪一件。请用一句话写下问题,比如“单位停缴了,还能申请贷款吗”;"
    "想让同事直接看这段内容,点“转人工”就行。"
)


class PolicyAnswers:
    """The one way to a policy answer: every action that answers from knowledge goes through `answer`."""

    def __init__(self, retriever: Retriever, places: Places) -> None:
        self._retriever = retriever
        self._places = places

    async def answer(self, call: Call, text: str) -> Result:
        """Answer `text` as asked in this conversation; raises KnowledgeUnavailable."""
        if not text:
            return say(_NOTHING_ASKED, outcome=Outcome.ASKED)
        feeling = heard_in(text)
        if feeling and not asks(text):
            return say(f"{CALMING[feeling]}{TELL_ME}", outcome=Outcome.ASKED, buttons=(PERSON,))
        result = await self._read(call, calmed(text) if feeling else text)
        if feeling:
            return _comforted(result, feeling)
        return replace(result, response=_offering_person(result.response)) if is_serious(text) else result

    async def entry(self, call: Call, entry_id: str) -> Result:
        """Answer with the entry a button named."""
        served = await self._retriever.entry(entry_id, call.today) if entry_id else None
        if served is None:
            finding = await self._retriever.search(Query(text=call.memory.last_question or "公积金", on=call.today))
            if finding.decision is Decision.ANSWER:
                finding = replace(finding, decision=Decision.CLARIFY)
            return self._result(call, call.memory.last_question, (finding,), policy_response(finding))
        version = (await self._retriever.search(Query(text=served.title, on=call.today, limit=1))).version
        memory = replace(call.memory, last_question=served.title, entry=served.id, topic=served.topic)
        return Result(response=entry_response(served, version), memory=memory)

    async def _read(self, call: Call, text: str) -> Result:
        if is_letter(text):
            return await self._letter(call, text)
        front, meant = corrected_at_once(text) or (call.memory.last_question, correction(text))
        if meant:
            question = corrected(front, meant)
            result = await self._one(call, question, entry="")
            return _opened(result, f"明白,您问的是“{meant}”。")
        halves = split(text)
        if halves and not await self._is_title(call, text):
            findings = await self._each(call, halves.questions)
            decisions = {finding.decision for finding in findings}
            firsts = {finding.hits[0].entry.id for finding in findings if finding.hits}
            fitting = Decision.DECLINE not in decisions if halves.certain else decisions == {Decision.ANSWER}
            if fitting and len(firsts) == len(findings):
                return self._several(call, text, findings)
        return await self._one(call, text, entry=call.memory.entry if leans_back(text) else "")

    async def _is_title(self, call: Call, text: str) -> bool:
        """Say whether the whole message is, word for word, one question of the knowledge base."""
        finding = await self._search(call, text, entry="")
        return bool(finding.hits) and finding.decision is Decision.ANSWER and finding.hits[0].score >= _WORD_FOR_WORD

    async def _letter(self, call: Call, text: str) -> Result:
        questions = asked_in(text)
        if not questions:
            return say(_NO_QUESTION, outcome=Outcome.ASKED, buttons=(PERSON,))
        if len(questions) == 1:
            result = await self._one(call, questions[0], entry="")
        else:
            result = self._several(call, questions[-1], await self._each(call, questions))
        heard = ";".join(question.strip("?。") for question in questions)
        opened = _opened(result, f"您写得很清楚,家家理解您最想问的是:{heard}。")
        return replace(opened, response=_offering_person(opened.response))

    async def _each(self, call: Call, questions: Iterable[str]) -> tuple[Finding, ...]:
        """Search each question; one without a subject of its own leans on the answer before it."""
        findings: list[Finding] = []
        entry = call.memory.entry
        for question in questions:
            finding = await self._search(call, question, entry=entry if leans_back(question) else "")
            entry = finding.hits[0].entry.id if finding.hits else entry
            findings.append(finding)
        return tuple(findings)

    def _several(self, call: Call, text: str, findings: tuple[Finding, ...]) -> Result:
        replies: list[Reply] = []
        for words, finding in zip(_ORDER, findings, strict=False):
            first, *others = policy_response(finding).replies
            replies += [preceded(first, words), *others]
        decided = Outcome.ANSWERED if any(f.decision is Decision.ANSWER for f in findings) else Outcome.CLARIFIED
        return self._result(call, text, findings, Response(replies=tuple(replies), outcome=decided))

    async def _one(self, call: Call, text: str, *, entry: str) -> Result:
        place = self._places.find(text)
        asked = place.question if place and place.ruling else text
        dated = policy_day(asked, call.today)
        if dated and not dated.question:
            dated = replace(dated, question=call.memory.last_question)
        if dated and dated.question:
            return self._placed(await self._dated(call, text, dated, entry), place)
        finding = await self._search(call, asked, entry=entry)
        return self._placed(self._answered(call, text, finding), place)

    async def _dated(self, call: Call, text: str, dated: PolicyDay, entry: str) -> Result:
        """Answer by the rule of a past day; without one, say so and give today's."""
        then = await self._search(call, dated.question, entry=entry, dated=dated)
        if then.decision is Decision.ANSWER:
            words = f"以下按 {_chinese(dated)}有效的规定回答,不是现在的规定。"
            return _opened(self._answered(call, dated.question, then), words)
        now = await self._search(call, dated.question, entry=entry)
        result = self._answered(call, dated.question, now)
        if now.decision is not Decision.ANSWER:
            return result
        words = f"{_chinese(dated)}当时的规定,家家没有单独存档,可以拨打 12329 核实。"
        words += "现行规定如下,从哪天起执行以文中写明的为准:"
        return _opened(result, words)

    async def _search(self, call: Call, text: str, *, entry: str, dated: PolicyDay | None = None) -> Finding:
        heard = call.heard if text == call.text else ()
        on = dated.on if dated else call.today
        return await self._retriever.search(Query(text=text, channel=call.channel, on=on, entry=entry, heard=heard))

    def _answered(self, call: Call, text: str, finding: Finding) -> Result:
        result = self._result(call, text, (finding,), policy_response(finding))
        where = elsewhere(text)
        guessed = finding.decision is Decision.CLARIFY and not has_subject(text)
        if where and (guessed or finding.decision is Decision.DECLINE):
            return _declined(result, where)
        return result

    def _placed(self, result: Result, place: Place | None) -> Result:
        """Say first whose rule it is when the question names another city."""
        if place is None:
            return result
        elsewhere = (
            f"{place.city}的公积金政策由{place.city}的公积金中心规定,请拨打当地 12329,或在“全国住房公积金”小程序查询。"
        )
        if place.ruling:
            if _found(result):
                return _opened(result, f"{elsewhere}\n以下是西宁的规定,仅供参考:")
            return _declined(result, f"{elsewhere}家家只能回答西宁住房公积金管理中心的政策。")
        if _found(result) and "公积金" in result.response.replies[0].text:
            note = Reply(text=f"以上是西宁的规定。如果您的公积金缴在{place.city},以{place.city}的公积金中心为准。")
            return replace(result, response=replace(result.response, replies=(*result.response.replies, note)))
        return result

    def _result(self, call: Call, text: str, findings: tuple[Finding, ...], response: Response) -> Result:
        answered = [f.hits[0].entry for f in findings if f.decision is Decision.ANSWER and f.hits]
        memory = replace(call.memory, last_question=text[:200])
        if answered:
            memory = replace(memory, entry=answered[-1].id, topic=answered[-1].topic)
        return Result(response=replace(response, evidence=_evidence(findings, response.evidence)), memory=memory)


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


def _evidence(findings: tuple[Finding, ...], evidence: Evidence) -> Evidence:
    """Keep every candidate of every question, so that curators see what was considered."""
    return replace(
        evidence,
        decision="+".join(finding.decision.value for finding in findings),
        candidates=tuple(Candidate(entry=hit.entry.id, score=hit.score) for f in findings for hit in f.hits),
        knowledge_version=findings[0].version,
    )


def _found(result: Result) -> bool:
    return result.response.outcome in (Outcome.ANSWERED, Outcome.CLARIFIED)


def _opened(result: Result, words: str) -> Result:
    first, *others = result.response.replies
    return replace(result, response=replace(result.response, replies=(preceded(first, words), *others)))


def _declined(result: Result, words: str) -> Result:
    reply = Reply(text=words, buttons=(PERSON,))
    return replace(result, response=replace(result.response, replies=(reply,), outcome=Outcome.DECLINED))


def _offering_person(response: Response) -> Response:
    *others, final = response.replies
    return replace(response, replies=(*others, with_buttons(final, PERSON)))


def _comforted(result: Result, feeling: Feeling) -> Result:
    opened = _opened(result, CALMING[feeling])
    return replace(opened, response=_offering_person(opened.response))


def _chinese(dated: PolicyDay) -> str:
    return f"{dated.on.year} 年 {dated.on.month} 月 {dated.on.day} 日"
