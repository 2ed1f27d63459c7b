"""Looks one question up: completed from the talk before it, on the day it asks about, for the city it names."""

import re
from dataclasses import replace

from actions.aspects import read_aspects
from actions.call import Call
from actions.dates import PolicyDay, day_to_come, policy_day
from actions.elsewhere import elsewhere
from actions.followup import Completed, completed, kept_whole, leaves
from actions.foreign import in_chinese
from actions.found import Found, Talk
from actions.leaning import SURE, read_choice
from actions.places import HOME, Places
from actions.pointing import only_how_much, pointed
from actions.questions import asks, has_subject, plainly, unmurmured
from actions.readings import (
    ALONE,
    NEAR,
    PUT,
    Turn,
    asked_of_any,
    before,
    candidates,
    leans,
    names_other_business,
    names_other_kind,
    of_the_same_kind,
    readings,
    speaks_of,
    turn,
)
from actions.settling import (
    ALIKE,
    LIKELY,
    NEARLY,
    NO_OTHER,
    SAME_AGAIN,
    UNDERSTOOD,
    again,
    covers,
    expected,
    only_one,
    repeats,
    within,
)
from actions.sifting import Sift, read_sift, signs
from actions.spoken_of import named
from actions.themes import names_other, theme_of
from bot.knowledge import Decision, Finding, Hit, Query, Served
from bot.policy_reply import entry_named
from bot.ports import Retriever

_OWN_WORDS = 0.9  # a weak follow-up understood this well by itself is not completed
_SURE = 0.8
_PLAIN = 0.85  # a word that only a loan has (利率多少) needs no choice among everything it could mean
_OF_THE_FUND = re.compile(r"利率|首付|额度|[首二]套|上班时间|营业时间|官网|网址|公众号|小程序")
_FEWEST = 2
_NOW = re.compile(r"^那?么?(?:现在|目前|如今|今年|眼下|当前|现行)(?:的|是|呢|多少|怎么样|怎么规定|规定|政策)*[?。]?$")
_HERE = re.compile(rf"^那?(?:要是)?在?(?:{HOME}|你们|你们这|本地|这边|这里)(?:这边|这里|的)*")
_BARE = 14  # characters: a short question of ours may leave out that it is about the fund
_NO_FIGURE = "刚才这一条里没有查到公布的数目,要问准可以打 12329:"
_THEN = re.compile(r"^那个?(?:会儿?|时候?|年)的?|^当时的?")
_SHOWN, _FAR, _MAYBE, _FAR_BEHIND = 3, 0.03, 0.25, 3
_NOT_KNOWN = "关于{theme},“{words}”家家没有查到。离得近的是下面这些,也可以打 12329 问准。"
_NOTED = "“{words}”,家家记下了,下面接着问就行。"
IDLE = frozenset({"out_of_scope", "chitchat"})


class Lookup:
    """The one way from a question to a Finding; raises KnowledgeUnavailable."""

    def __init__(self, retriever: Retriever, places: Places, sift: Sift | None = None) -> None:
        self._retriever = retriever
        self._places = places
        self._aspects, self._choice, self._sift = read_aspects(), read_choice(), sift or read_sift()

    async def find(self, call: Call, text: str, talk: Talk) -> Found:
        """Find `text` as it is meant after `talk`."""
        place = self._places.find(text)
        if place and place.told and talk.entry:  # where somebody is or was, told while Xining's rule is talked about
            place = replace(place, ruling=False)
        asked = in_chinese(unmurmured(plainly(place.question if place and place.ruling else text)))
        asked = named(asked, _before(call))
        dated = _that_day(call, asked) or policy_day(asked, call.today)
        if dated:
            asked = dated.question
        same = _NOW.match(asked) or len(_HERE.sub("", asked).strip("那呢?。的么 ")) < _FEWEST
        if same and talk.question:  # the last question as it was: of another day, or here
            asked, talk = talk.question, Talk()
        found = only_one(await self._whole(call, asked, talk), talk)
        if found.entry and dated is None:
            dated = await self._lapsed_by_then(call, asked, found.entry.id)
        if dated and found.entry:
            found = await self._on_its_day(call, replace(found, sentence=""), dated)
        return replace(found, asked=text, place=place)

    async def alone(self, call: Call, text: str) -> Finding:
        """Find `text` without what was said before; a short one declined is asked as the fund's (怎么查余额)."""
        return await self._as_ours(call, text, await self._search(call, text))

    async def _as_ours(self, call: Call, text: str, finding: Finding) -> Finding:
        if finding.decision is Decision.CLARIFY and _OF_THE_FUND.search(text) and finding.hits[0].score >= _PLAIN:
            return replace(finding, decision=Decision.ANSWER)
        known = bool(finding.hits) and finding.hits[0].score >= _PLAIN  # 单位交多少: only whose it is was left out
        ours = len(text) <= _BARE and "公积金" not in text and (theme_of(text) or _OF_THE_FUND.search(text) or known)
        if finding.decision is not Decision.DECLINE or not ours or elsewhere(text):
            return finding
        named = await self._search(call, f"公积金{text}")
        best = max((finding, named), key=lambda one: one.hits[0].score if one.hits else 0)
        score = best.hits[0].score if best.hits else 0
        if score < LIKELY:
            return finding
        return replace(best, decision=Decision.ANSWER if score >= _SURE else Decision.CLARIFY)

    async def _whole(self, call: Call, asked: str, talk: Talk) -> Found:
        told = await self._retriever.entry(talk.entry, call.today) if talk.entry else None
        if told and not leaves(asked, talk.question, talk.topic):
            now = turn(asked, before(talk.question, told), self._aspects)
            if leans(now):
                return await self._leant(call, now, talk)
        follow = completed(asked, talk.question, talk.topic)
        if follow and not follow.weak:
            return await self._completed(call, asked, follow, talk)
        finding = await self.alone(call, asked)
        least = 0 if follow and follow.other else _OWN_WORDS
        if follow and not (finding.decision is Decision.ANSWER and finding.hits[0].score >= least):
            leaning = await self._completed(call, asked, follow, talk)
            if leaning.finding.decision is Decision.ANSWER:
                return leaning
        answered = finding.hits[0].entry.title if finding.decision is Decision.ANSWER else ""
        return Found(question=kept_whole(asked, talk.question, talk.topic, answered), finding=finding)

    async def _leant(self, call: Call, now: Turn, talk: Talk) -> Found:
        """Find what a turn means that may lean on the one before: every reading is looked up, one entry is chosen.

        The words alone are enough when they are sure, or when the sift knows that the others would say the same.
        """
        alone = await self._search(call, now.text)
        least = 0.0 if names_other_kind(now) else _OWN_WORDS if has_subject(now.text) else 1.0
        if alone.decision is Decision.ANSWER and alone.hits[0].score >= least and not of_the_same_kind(now):
            return Found(question=kept_whole(now.text, talk.question, talk.topic), finding=alone)
        offered = [entry_named(button.payload) for reply in call.last for button in reply.buttons]
        if self._sift.enough(signs(now, alone, self._aspects, offered)):
            answered = alone.hits[0].entry.title if alone.decision is Decision.ANSWER else ""
            return Found(question=kept_whole(now.text, talk.question, talk.topic, answered), finding=alone)
        ways, near = readings(now, self._aspects), now.before.entry.id
        looked = {name: text for name, text in ways.items() if name != ALONE}
        found = {
            name: await self._search(call, text, entry=near if name == NEAR else "") for name, text in looked.items()
        }
        hits = self._choice.rank(candidates(now, {ALONE: alone} | found, self._aspects, offered))
        best = hits[0]
        if best.score < SURE or (best.entry.id == near and names_other_business(now)):
            return await self._unsure(call, now, talk, hits, alone)
        finding = Finding(decision=Decision.ANSWER, hits=hits[:_SHOWN], version=alone.version)
        question = ways.get(PUT) or kept_whole(now.text, talk.question, talk.topic, best.entry.title)
        if best.entry.id != near:
            if now.before.theme and names_other(best.entry.title, now.before.theme):
                question = kept_whole(now.text, talk.question, talk.topic, best.entry.title)
            return Found(question=question, finding=finding)
        condition = "" if PUT not in ways else now.said
        sentence = pointed(now.text, best.entry.screen, condition=condition)
        restated = alone.decision is Decision.ANSWER and alone.hits[0].entry.id == near
        opening = (
            SAME_AGAIN if restated or speaks_of(now, best.entry, condition) else NO_OTHER.format(condition=now.said)
        )
        opening = _NO_FIGURE if only_how_much(now.text) else opening
        return Found(question=question, finding=finding, opening=opening, sentence=sentence)

    async def _unsure(self, call: Call, now: Turn, talk: Talk, hits: tuple[Hit, ...], alone: Finding) -> Found:
        """Offer what comes nearest; say so where nothing of the business talked about tells what is asked.

        What names a matter of its own is taken by itself when that is sure. One candidate far before all others is
        said, with how the question was understood.
        """
        theme, best = now.before.theme, hits[0].score
        question = kept_whole(now.text, talk.question, talk.topic)
        own = has_subject(now.text) or names_other_business(now)
        follow = completed(now.text, talk.question, talk.topic) if names_other_kind(now) else None
        if follow and (follow.condition or follow.other):  # 那贷款呢 after 租房: asked of another kind of business
            put = await self._completed(call, now.text, follow, talk)
            if put.finding.decision is Decision.ANSWER:
                return put
        single = await self._as_ours(call, now.text, alone) if own or theme is None else alone
        idle = alone.decision is Decision.DECLINE and (call.intent in IDLE or not asked_of_any(now)) and best < _MAYBE
        if theme is None or idle or (own and (single.decision is Decision.ANSWER or best < _MAYBE)):
            return Found(question=question, finding=single)
        near = tuple(hit for hit in hits if hit.score >= _FAR and (own or not names_other(hit.entry.title, theme)))
        if not near:
            return Found(question=question, finding=alone)
        if near[0].score >= _MAYBE and best == near[0].score and (len(near) == 1 or near[1].score * _FAR_BEHIND < best):
            finding = replace(alone, decision=Decision.ANSWER, hits=near[:_SHOWN])
            return Found(question=question, finding=finding, opening=UNDERSTOOD.format(title=near[0].entry.title))
        words = _NOT_KNOWN if asks(now.text) or now.said != now.text else _NOTED
        opening = words.format(theme=theme.name, words=now.said) if near[0].score < _MAYBE and not own else ""
        finding = replace(alone, decision=Decision.CLARIFY, hits=near[:_SHOWN])
        return Found(question=question, finding=finding, opening=opening)

    async def _within_last(self, call: Call, asked: str, talk: Talk) -> Found | None:
        """Return the sentence of the last answer that tells what is asked, when there is one."""
        told = await self._retriever.entry(talk.entry, call.today) if talk.entry else None
        sentence = pointed(asked, told.screen) if told else ""
        if told is None or not sentence:
            return None
        version = (await self._search(call, asked)).version
        hits = (Hit(entry=told, score=NEARLY),)
        finding = Finding(decision=Decision.ANSWER, hits=hits, version=version)
        return Found(question=kept_whole(asked, talk.question, talk.topic), finding=finding, sentence=sentence)

    async def _completed(self, call: Call, asked: str, follow: Completed, talk: Talk) -> Found:
        finding = await self._search(call, follow.question)
        if repeats(finding, talk) and follow.wider:
            wider = await self._search(call, follow.wider)
            theme = theme_of(follow.question)
            ours = wider.decision is Decision.ANSWER and not (theme and names_other(wider.hits[0].entry.title, theme))
            if ours and wider.hits[0].score >= finding.hits[0].score:
                finding = wider
        if finding.decision is not Decision.ANSWER:
            near = await self._search(call, asked, entry=talk.entry)
            if near.decision is Decision.ANSWER and not repeats(near, talk):
                finding = near
        finding = within(finding, follow, talk)
        if repeats(finding, talk) and follow.condition and not covers(finding, follow):
            alone = await self.alone(call, asked)  # a case the rule does not name may be a question of its own
            if alone.decision is Decision.ANSWER and not repeats(alone, talk):
                return Found(question=asked, finding=alone)
        theme = theme_of(follow.question)
        other = bool(theme and finding.hits and names_other(finding.hits[0].entry.title, theme))
        finding = finding if other else expected(finding, call, talk, least=ALIKE)
        if finding.decision is not Decision.ANSWER and (found := await self._within_last(call, asked, talk)):
            return found
        if not repeats(finding, talk):
            return Found(question=follow.question, finding=finding)
        told = finding.hits[0].entry.screen
        sentence = pointed(asked, told, condition=follow.condition)
        opening = _NO_FIGURE if only_how_much(asked) else again(finding, follow)
        return Found(question=follow.question, finding=finding, opening=opening, sentence=sentence)

    async def _lapsed_by_then(self, call: Call, asked: str, entry: str) -> PolicyDay | None:
        """Return the day to come that is named, where the rule that answers today will have ended: no 能 for it."""
        on = day_to_come(asked, call.today)
        lapsed = on is not None and await self._retriever.entry(entry, on) is None
        return PolicyDay(on=on, question=asked) if on and lapsed else None

    async def _on_its_day(self, call: Call, found: Found, dated: PolicyDay) -> Found:
        """Answer by the rule of another day; without one, say what is known of that day and give today's."""
        day = f"{dated.on.year} 年 {dated.on.month} 月 {dated.on.day} 日"
        then = await self._search(call, found.question, dated=dated)
        now = found.finding.hits[0].entry
        if dated.on > call.today and not _published_ahead(then, now):
            return replace(found, opening=f"{day}的规定还没有公布。现行规定如下:")
        if then.decision is not Decision.ANSWER or not await self._speaks_for(call, then.hits[0].entry.id, now.id):
            today = {one for one in now.numbers if one.covers(call.today)}
            known = "、".join(f"{n.label} {n.value}" for n in now.numbers if n.covers(dated.on) and n not in today)
            numbers, rest = (f"{day}有效的是:{known}。\n", "当时的其他规定") if known else ("", f"{day}当时的规定")
            words = f"{rest},家家没有单独存档,可以拨打 12329 核实。现行规定如下,从哪天起执行以文中写明的为准:"
            return replace(found, opening=numbers + words)
        if then.hits[0].entry.screen == now.screen:
            return replace(found, opening=f"{day}有效的规定和现在的是同一条:")
        return replace(found, finding=then, opening=f"以下按 {day}有效的规定回答,不是现在的规定。")

    async def _speaks_for(self, call: Call, then: str, now: str) -> bool:
        """Say whether what a past day answered is the same matter: today's entry, or one that has lapsed since."""
        return then == now or await self._retriever.entry(then, call.today) is None

    async def _search(self, call: Call, text: str, *, entry: str = "", dated: PolicyDay | None = None) -> Finding:
        heard = call.heard if text == call.text else ()
        on = dated.on if dated else call.today
        return await self._retriever.search(Query(text=text, channel=call.channel, on=on, entry=entry, heard=heard))


def _published_ahead(then: Finding, now: Served) -> bool:
    """Say whether a day to come has numbers of its own: that today's have no end yet promises nothing."""
    best = then.hits[0].entry if then.hits else now
    return then.decision is Decision.ANSWER and best.id == now.id and best.screen != now.screen


def _before(call: Call) -> list[str]:
    """Return what the citizen said before this turn."""
    lines = [plainly(said.text) for said in call.said if said.citizen]
    return lines[:-1] if call.said and call.said[-1].citizen else lines


def _that_day(call: Call, asked: str) -> PolicyDay | None:
    """Return the day talked about before, when a question goes back to it: 那会儿二套呢."""
    rest = _THEN.sub("", asked)
    if rest == asked:
        return None
    told = (plainly(said.text) for said in reversed(call.said) if said.citizen)
    day = next((found for line in told if (found := policy_day(line, call.today))), None)
    return replace(day, question=rest) if day else None
