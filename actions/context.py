"""Reads turns that mean nothing by themselves: 都要, 上一个问题, and a wish's words that only lean on an answer."""

import re
from collections.abc import Mapping
from dataclasses import replace

from actions.call import Call
from actions.pointing import only_how_much
from actions.policy import PolicyAnswers
from actions.questions import asks, correction
from actions.telling import TELLS
from actions.wish import EXAMPLES, Result, Wish, opened, preceded, say
from bot.choices import several
from bot.messages import Outcome
from bot.policy_reply import entry_named

_ALL = re.compile(
    r"^我?(?:想|要)?(?:[这那]?(?:[两二三23]|几|一些)?个?)?(?:"
    r"都(?:要|问|看|说|讲|说说|看看|讲讲|给我(?:说说?|看看?|讲讲?)|想(?:要|问|看|知道|了解|听)(?:一下|下)?|需要)"
    r"|全(?:部|都)?(?:要|看|说|讲|看看|说说)?)(?:吧|啊|呀|的|一下|一遍)*[。!]?$"
)
_WHAT_I_ASKED = re.compile(
    r"^(?:回到|再?说说?|看看|重复|返回)?(?:我的?)?(?:上一?个?|前一个|刚才那?个?|刚刚那?个?)的?(?:那个)?问题(?:呢|是什么|再说一遍)?[?。]?$"
    r"|^我?(?:刚才|刚刚|上一?句|前面|上次)我?(?:问|说)的?(?:是|了)?(?:什么|啥|哪个|哪句)(?:来着|呀|啊|问题|来)?[?。]?$"
)
_ABOUT_TO_ASK = re.compile(
    r"^(?:您?你?好[,,。!\s]*)?我?(?:想|要)?(?:问|咨询|请教|打听)(?:一?下|一?个问题|一?个事儿?|点事|你个?事)*(?:啊|呀|哈|吧)*[。!]?$"
)
_REMARK = re.compile(
    r"^(?:[哦噢嗯呀哎那这]|就)*(?:(?:还|也|真|挺|太|蛮|有点|不算|还算)+(?:是|挺)?(?:多|不少|少|快|慢|高|低|好|不错|行|可以|贵|划算|清楚|有点?用|合算)"
    r"|不错|原来如此|原来是这样|这样啊|是这样啊|够清楚了?|懂了|了解了)(?:的|了|啊|嘛|呀|呢|哦|哈)*[。!~]*$"
)
_MOST = 3
_NONE = "/deny"
_QUEUE = re.compile(r"排|人|号|大厅|窗口|网点|柜台|叫|现场|现在|今天|[上下]午|拥|挤")
_DOING = re.compile(r"[提取办要想用帮申给]|支|领")
_NAMED_ALONE = 8
_WITHDRAWALS = "withdraw_"
_TOLD = 20
_ABOUT_ME = re.compile(
    r"^(?:我们?|我家|家里|我自己)(?:现在|目前|已经|早就|还|也|都|家)*(?:有|没|是|在|刚|买|租|离|结|单身|干|开|做|退休|失业|辞|断|换了|生病|怀孕|\d{2}岁?了|[五六七]十)"
)
_LOOK_UP = re.compile(r"查|看|剩|欠|余额|明细|进度|投诉|举报|帮|要办|想办")
_OWN_DATA = frozenset(
    {"query_loan", "query_balance", "query_contribution", "query_missing_months", "query_repayment_plan"}
)
_UNSURE = frozenset({"", "policy_question", "out_of_scope", "nlu_fallback", "chitchat", "inform", "correct", TELLS})
_SAME_CASE = "您说的情况,查到的还是刚才这一条;有没有另外的规定,请打 12329 确认:"


class AnswerAll:
    """都要。"""

    name = "answer_all"

    def __init__(self, answers: PolicyAnswers) -> None:
        self._answers = answers

    async def fulfil(self, call: Call) -> Result:
        """Answer every question offered before, or those that are named, in order, as one Result."""
        every = _offered(call)
        named = tuple(every[place] for place in several(call.text, len(every)))
        offered = (named or every)[:_MOST]
        results = [await self._answers.entry(call, entry) for entry, _ in offered]
        replies = tuple(
            preceded(reply, f"“{label}”:") if place == 0 else reply
            for (_, label), one in zip(offered, results, strict=True)
            for place, reply in enumerate(one.response.replies)
        )
        return replace(results[-1], response=replace(results[-1].response, replies=replies))


class LookBack:
    """我刚才问的是什么?"""

    name = "look_back"

    def __init__(self, answers: PolicyAnswers) -> None:
        self._answers = answers

    async def fulfil(self, call: Call) -> Result:
        """Say the last question and answer it again."""
        asked = call.memory.last_question
        if not asked:
            return say("您还没有问过问题。想问什么?直接说就行。", outcome=Outcome.ASKED, buttons=EXAMPLES)
        result = await (
            self._answers.entry(call, call.memory.entry) if call.memory.entry else self._answers.restated(call, asked)
        )
        return opened(replace(result, memory=call.memory), f"您刚才问的是“{asked}”。")


class Lean:
    """那我要等多久?"""

    name = "lean"

    def __init__(self, answers: PolicyAnswers) -> None:
        self._answers = answers

    async def fulfil(self, call: Call) -> Result:
        """Answer what leans on the question before; a case only named (租的房) is put into it."""
        return await self._answers.answer(call, call.text if asks(call.text) else f"{call.text}呢")


class Remarked:
    """还挺多。"""

    name = "remarked"

    async def fulfil(self, call: Call) -> Result:
        """A remark on an answer asks nothing."""
        return say("嗯,是这样的。还想了解哪一点,接着问就行。", outcome=Outcome.CHATTED)


class Told:
    """我有公积金贷款。"""

    name = "told"

    def __init__(self, answers: PolicyAnswers) -> None:
        self._answers = answers

    async def fulfil(self, call: Call) -> Result:
        """Ask the last question again with what the citizen tells of themselves put before it."""
        before = call.memory
        result = await self._answers.restated(call, f"{call.text},{before.last_question}")
        if result.response.outcome is not Outcome.ANSWERED:
            return await self._answers.answer(call, call.text)
        same = result.memory is not None and result.memory.entry == before.entry
        return opened(result, _SAME_CASE) if same else result


def in_context(call: Call, wishes: Mapping[str, Wish]) -> Wish | None:
    """Return the wish of a turn that only what was said before gives a meaning, else None."""
    waiting = call.memory.wish
    if _WHAT_I_ASKED.match(call.text):
        return wishes.get(LookBack.name)
    open_question = waiting is not None and bool(waiting.reminder)
    if _ABOUT_TO_ASK.match(call.text) and not open_question:
        return wishes.get("answer_policy")
    if _names_several(call) and (_clarified(call) or not open_question):
        return wishes.get(AnswerAll.name)
    if open_question:
        return None
    if only_how_much(call.text) and any(reply.sources for reply in call.last):
        return wishes.get(Lean.name)
    if _REMARK.match(call.text) and call.last:
        return wishes.get(Remarked.name)
    if _tells(call):
        return wishes.get(Told.name)
    return wishes.get(Lean.name) if _leans(call) else None


def _names_several(call: Call) -> bool:
    """Say whether all of the questions offered, or several of them, are asked for."""
    offered = _offered(call)
    return bool(offered) and bool(_ALL.match(call.text) or several(call.text, len(offered)))


def _leans(call: Call) -> bool:
    """Say whether a wish was only read out of words that belong to the answer before."""
    if not call.memory.entry:
        return False
    if call.intent == "query_queue":
        return call.memory.topic != "outlet" and not _QUEUE.search(call.text)
    named = call.intent.startswith(_WITHDRAWALS) and len(call.text) <= _NAMED_ALONE and not _DOING.search(call.text)
    return named and asks(call.memory.last_question)


def _tells(call: Call) -> bool:
    """Say whether a fact about oneself after an answer or a choice was taken for a wish, or for nothing."""
    told = (
        len(call.text) <= _TOLD and _ABOUT_ME.match(call.text) and not (asks(call.text) or _LOOK_UP.search(call.text))
    )
    if not told or not call.memory.last_question or correction(call.text):
        return False
    taken = call.intent in {*_OWN_DATA, TELLS} or (
        call.intent.startswith(_WITHDRAWALS) and not _DOING.search(call.text)
    )
    return (bool(call.memory.entry) and taken) or (_clarified(call) and (taken or call.intent in _UNSURE))


def _offered(call: Call) -> tuple[tuple[str, str], ...]:
    """Return (entry, label) of the questions offered in the turn before."""
    buttons = [button for reply in call.last for button in reply.buttons]
    return tuple((entry, one.label) for one in buttons if (entry := entry_named(one.payload)))


def _clarified(call: Call) -> bool:
    return any(button.payload == _NONE for reply in call.last for button in reply.buttons)
