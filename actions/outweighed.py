"""Lets knowledge answer where a wish was only half heard and knowledge is sure of something else.

登录密码想不起来 sounds like a proof of identity, and knowledge holds the answer word for word. `kin.json` names the
entries that a wish's own example sentences find (查余额 finds 怎样查公积金余额): those speak for the wish, and any
other entry against it. Learned by `python -m tests.kin --learn`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files

from actions.call import Call
from actions.consent import stance
from actions.feelings import heard_in
from actions.parts import wish_in
from actions.policy import PolicyAnswers
from actions.questions import asks, is_letter
from actions.titles import title, titled
from actions.wish import Next, Result, Wish, with_buttons
from bot.messages import Button, Outcome, Response
from bot.wire import decode

HALF_HEARD, SURE, BARELY = 0.9, 0.9, 0.4
BARELY_IN_TALK, HARDLY_HEARD = 0.7, 0.5
"""Below the first a wish gives way to an entry from the second on, below the third to any answer: one in three heard so
faintly is right, and fewer of the questions asked after an answer. docs/nlu-experiments.md has them weighed."""
OF_TALK = frozenset(  # said to what was said before, or told as a story: no entry knows better
    {
        "",
        "affirm",
        "cancel",
        "chat",
        "choose_entry",
        "correct",
        "deny",
        "file_complaint",
        "inform",
        "nlu_fallback",
        "out_of_scope",
        "policy_question",
        "rate_service",
        "request_human",
        "tell_situation",
        "wait",
    }
)
_ACTS = frozenset({"affirm", "cancel", "correct", "deny", "inform"})  # a question is seldom one of these
_SAYS_MORE = 6  # characters: 名字里有个字弄错了 is more than a 不对
_SMALL_TALK, _SAID_IN_TALK = "chat", frozenset({"chitchat", "goodbye", "greet", "thank", "who_are_you"})
_CHATTED = frozenset({"chitchat", "express_anger", "greet", "thank"})  # nor is a question after an answer
_FELT = _CHATTED | _ACTS
_AT_CROSSROADS = 0.8  # a broad question met nearly word for word (登不上, 要拿啥去): its choices say more than a 好的
_WONDERS = re.compile(r".{5,}吧[?。]*$")  # 取了账户就没了吧
_ORDERED = re.compile(r"帮我|替我|(?:^|[,,。\s]|[请来再能要])给我|(?:来|我要|我想|想|要)办")  # not 单位给我录错了


@dataclass(frozen=True, slots=True, kw_only=True)
class Kin:
    """The entries that belong to each wish."""

    entries: Mapping[str, tuple[str, ...]]

    def speaks_for(self, wish: str, entry: str) -> bool:
        """Say whether finding `entry` is what the wish's own sentences do."""
        return entry in self.entries.get(wish, ())


class Outweighed:
    """登录密码想不起来。"""

    name = "outweighed"

    def __init__(self, answers: PolicyAnswers) -> None:
        self._answers, self._kin = answers, read_kin()

    async def fulfil(self, call: Call) -> Result:
        """Answer from knowledge when it is sure of what is none of the wish's own; else the wish goes on."""
        answered = await self._answers.answer(call, call.text)
        if not self._weighs_more(answered.response, call):
            heard = _SMALL_TALK if call.intent in _SAID_IN_TALK else call.intent
            return Result(response=Response(replies=()), then=Next(wish=heard, call=call))
        if not titled(call.intent):
            return answered
        *others, final = answered.response.replies
        offered = with_buttons(final, Button(label=title(call.intent), payload=f"/{call.intent}"))
        return replace(answered, response=replace(answered.response, replies=(*others, offered)))

    def _weighs_more(self, answered: Response, call: Call) -> bool:
        """Say whether what knowledge found counts more than the wish that was heard."""
        asked_in_talk = _in_talk(call) and (asks(call.text) or bool(_WONDERS.match(call.text)))
        if asked_in_talk and call.intent in _ACTS:
            return True  # a question neither stops nor agrees to anything, known or not: 停了多久算断
        best = next(iter(answered.evidence.candidates), None)
        if best is None or answered.outcome not in (Outcome.ANSWERED, Outcome.CLARIFIED):
            return False
        if answered.outcome is Outcome.CLARIFIED:
            hardly = asked_in_talk and call.confidence < HARDLY_HEARD
            return hardly or (call.intent in _FELT and best.score >= _AT_CROSSROADS)
        in_talk = HALF_HEARD if call.intent in _CHATTED else BARELY_IN_TALK
        faint = in_talk if asked_in_talk else BARELY
        return call.confidence < faint or (best.score >= SURE and not self._kin.speaks_for(call.intent, best.entry))


def outweighed(call: Call, wishes: Mapping[str, Wish]) -> Wish | None:
    """Return this wish when the one the classifier read was half heard, told in words of no order, else None."""
    waiting = call.memory.wish
    open_form = waiting is not None and bool(waiting.reminder)
    acts = call.intent in _ACTS
    half = call.confidence < HALF_HEARD and (call.intent not in OF_TALK or (acts and _tells(call)))
    asked = acts and call.confidence < (HALF_HEARD if _in_talk(call) else HARDLY_HEARD) and asks(call.text)
    if (
        not call.text
        or not (half or asked)
        or (call.intent == "express_anger" and heard_in(call.text))
        or open_form
        or is_letter(call.text)
        or any(reply.private for reply in call.last)
    ):
        return None
    told = wish_in(call.text) == call.intent or (bool(_ORDERED.search(call.text)) and not asks(call.text))
    return None if told else wishes.get(Outweighed.name)


def _in_talk(call: Call) -> bool:
    """Say whether the last thing said was an answer from knowledge."""
    return bool(call.memory.entry) and any(reply.sources for reply in call.last)


def _tells(call: Call) -> bool:
    """Say whether a 不 or a 好 came with a matter of its own, or is hardly one (登不上)."""
    hardly = call.confidence < HARDLY_HEARD and stance(call.text) is None
    return call.intent in ("deny", "cancel", "affirm") and (len(call.text) >= _SAYS_MORE or hardly)


@cache
def read_kin() -> Kin:
    """Return the entries as they were learned."""
    return decode(files("actions").joinpath("kin.json").read_bytes(), Kin)
