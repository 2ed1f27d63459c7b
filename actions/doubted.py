"""Doubts a wish hardly heard, or told by none of its own words: nobody is asked who they are for a 我就是缺钱."""

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import cache

from actions.call import Call
from actions.parts import wish_in
from actions.places import Places, read_places
from actions.policy import PolicyAnswers
from actions.questions import asks, asks_how, asks_need, asks_rule
from actions.titles import title
from actions.wish import PERSON, Next, Result, Wish, say, with_buttons
from bot.messages import Button, Outcome, Response

_TOLD_BY = {
    "query_complaint": re.compile(
        r"查|进[度展]|结果|回[复音应]|处理|受理|立案|怎么样|咋样|消息|下文|单|编号|办[到结]|有人|没人|解决|反馈|状态|那条|上次|之前"
    ),
    "query_contribution": re.compile(
        r"我|查|看|个月|月份|[这本上几]月|\d月|[一二三四五六七八九十]月|明细|记录|流水|账|情况|状态|缴费|封存|[今去]年|近"
    ),
    "ask_basis": re.compile(
        r"确定|真|靠谱|准(?![生备予许])|对不对|你.{0,3}知道|[依根]据|文件|规定|出处|来源|查到|官[方网]|凭|为[什啥]|骗|错|保证|最新|信"
        r"|说|讲|谁|条|证件|身份证|验证|一样|不是这|算数|负责|过时|更新|新不新|忽悠|手机号|原文|假|老政策|现在还是|从哪|不对"
    ),
    "cancel_booking": re.compile(r"取消|退|撤|作废|删|号|约|票|不去了|不[排要提]|悔|[交点办]错"),
    "erase_data": re.compile(
        r"数据|资料|信息|记录|聊天|对话|内容|[删擦抹销忘]|号|授权|隐私|痕迹|[说发存留写填]的|不[要想].{0,4}[存留]"
    ),
    "unbind_account": re.compile(r"绑|关联|退出|登出|下线|换.?人|不是我|解除|撤销"),
    "query_repayment_plan": re.compile(r"^(?!.*(?:降|涨|调).{0,14}[少多]还)"),
    "prepay": re.compile(
        r"提前|[先多]还|一次|全[部都]|部分|一[些点]|结清|[还付]掉|[还付]清|[还付]完|[还存付]进|[\d一二两三四五六七八九十百几][^,。]{0,2}[万千]|缩|减"
    ),
    "withdraw_repay_fund_loan": re.compile(r"还|冲|抵|提|取|支|月供"),
    "withdraw_repay_commercial_loan": re.compile(r"还|冲|抵|提|取|支|月供"),
    "calculate_contribution": re.compile(r"^(?!.*(?:能|可以?|够)(?:批|借|申请)?.{0,3}贷)"),
}
_HEARD = 0.5  # of 107 sentences never trained on that mean such a wish, none is heard with less
_HEARD_ASKING = 0.65
_HEARD_UNTOLD = 0.7  # … with no word in it that orders anything: a choice costs one tap, a proof of identity more
_WELL = 0.9
_OWN = re.compile(r"我|俺|咱|自己|查|看|帮|办")
COSTLY = frozenset(  # they ask who somebody is, or answer at length; held beside the counter's levels by a test
    {
        "query_balance",
        "query_progress",
        "query_contribution",
        "query_missing_months",
        "query_loan",
        "query_repayment_plan",
        "query_complaint",
        "employer_status",
        "query_queue",
        "withdraw_rent",
        "withdraw_repay_fund_loan",
        "withdraw_repay_commercial_loan",
        "withdraw_retirement",
        "prepay",
        "get_certificate",
        "cancel_booking",
        "bind_account",
    }
)
_DONE = frozenset(  # begun by these words; who asks how, or what it takes, begins nothing
    {
        "withdraw_rent",
        "withdraw_repay_fund_loan",
        "withdraw_repay_commercial_loan",
        "withdraw_retirement",
        "prepay",
        "get_certificate",
    }
)
_NOT_COSTLY = frozenset({"greet", "ask_simpler", "withdraw", "deny"})  # heard in questions that lean on an answer too
_REFUSED = re.compile(r"^(?:[不没别错]|[都也]不)")
_TROUBLE = re.compile(
    r"没(?!有?问题|有?$|[批完到].?$)|丢|收不到|欠|[不打]不了|不上|错|不对|不见|坏|停了|倒闭|跑路|拖着|少[交缴]"
)
_ORDERED = re.compile(
    r"查|看|帮|(?:^|[,。请烦快先就再你您来])[给替]我|我要|想|申请|办|调|提|还|打印|开|取消|验证一|预约|约|退|撤|再"
)
_MINE = re.compile(r"我|俺|查|看|帮|约|排队|余额|明细|进度|进展|几个人|窗口|大厅")
_FIGURE = re.compile(r"[\d一二三四五六七八九十百千万两半]+")
_BOOKS = "book_counter"
_SUMS, _LEANING = "calculate_", 8
_KEPT_IN = r"(?:[缴交存]|公积金|账户|户头)(?:都|是)?[在到][^,。]{0,2}"
_TELLS = re.compile(r"之前|以前|原来|原先|上个?[月周]|去年|[了过](?:的|[,,。].*)?$|[都也就还]?[有在是].{2,}")
_HOW = re.compile(r"怎么|咋|如何")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_OTHERWISE = {"query_complaint": "file_complaint", "query_contribution": "query_contribution"}


class Doubted:
    """单位交的那部分也是我的吧?"""

    name = "doubted"

    def __init__(self, answers: PolicyAnswers) -> None:
        self._answers = answers

    async def fulfil(self, call: Call) -> Result:
        """Answer from knowledge; when that is not sure, the wish goes on, or is asked about if it wants a proof."""
        answered = await self._answers.answer(call, call.text)
        other = _OTHERWISE.get(call.intent, "")
        chosen = answered.response.outcome is Outcome.CLARIFIED and _untold(call) and not other
        if answered.response.outcome is Outcome.ANSWERED or chosen:
            return answered  # a wish none of whose words were said is no choice beside those found
        doubtful = _hardly_heard(call) or _told_trouble(call) or _rule_asked(call) or (_untold(call) and not other)
        if call.intent in COSTLY and doubtful:
            return _asked_about(call, answered)
        if answered.response.outcome is Outcome.CLARIFIED or not other:
            return answered
        call = replace(call, memory=answered.memory or call.memory)
        return Result(response=Response(replies=()), then=Next(wish=other, call=call))


def _asked_about(call: Call, answered: Result) -> Result:
    """Offer the wish as one more choice, or alone."""
    meant = Button(label=title(call.intent), payload=f"/{call.intent}")
    if answered.response.outcome is Outcome.CLARIFIED:
        *others, final = answered.response.replies
        return replace(answered, response=replace(answered.response, replies=(*others, with_buttons(final, meant))))
    asked = say(f"您是想{meant.label}吗?", outcome=Outcome.CLARIFIED, buttons=(meant, PERSON))
    return replace(asked, response=replace(asked.response, evidence=answered.response.evidence))


def doubted(call: Call, wishes: Mapping[str, Wish]) -> Wish | None:
    """Return this wish when the one the classifier read was hardly heard or is told by no word, else None."""
    if call.intent.startswith("query_") and _kept_elsewhere(call.text):
        return wishes.get(Doubted.name)
    if wish_in(call.text) == call.intent:
        return None  # told outright, however it was heard: 查我的余额
    if any(reply.private for reply in call.last) and not _HOW.search(call.text):
        return None  # one's own data is being talked about: 上个月交了没
    hardly = bool(call.text) and _hardly_heard(call) and (call.intent in COSTLY or _bare_sum(call))
    waiting = call.memory.wish
    if hardly and waiting is not None and waiting.name.startswith(_SUMS) and len(call.text) <= _LEANING:
        return wishes.get(waiting.name)  # what leans on a sum is about the sum: 那一年呢
    if _asked_in_talk(call):
        return wishes.get(Doubted.name)
    if _told_trouble(call) or _rule_asked(call):
        return wishes.get(Doubted.name)
    return wishes.get(Doubted.name) if hardly or _untold(call) else None


def _untold(call: Call) -> bool:
    """Say whether none of the words that tell a wish were said."""
    sign = _TOLD_BY.get(call.intent)
    return sign is not None and bool(_CHINESE.search(call.text)) and not sign.search(call.text)


def _rule_asked(call: Call) -> bool:
    """Say whether a question how, or what it takes, was taken for the wish itself."""
    if call.intent in _DONE:
        return asks_rule(call.text)
    return call.intent in COSTLY and call.confidence < _WELL and asks_how(call.text)


def _told_trouble(call: Call) -> bool:
    """Say whether something that went wrong is only told: 我们单位这个月没交 asks what to do, not for one's data."""
    ordered = asks(call.text) or bool(_ORDERED.search(call.text))
    return call.intent in COSTLY | {"prove_identity"} and bool(_TROUBLE.search(call.text)) and not ordered


def _hardly_heard(call: Call) -> bool:
    """Say whether too little was heard for what it costs: a question that speaks of nobody must be heard better."""
    if not _ORDERED.search(call.text) and not any(reply.private for reply in call.last):
        return call.confidence < _HEARD_UNTOLD
    nobodys = asks(call.text) and not _OWN.search(call.text)
    return call.confidence < (_HEARD_ASKING if nobodys else _HEARD)


def _asked_in_talk(call: Call) -> bool:
    """Say whether a question after an answer names nothing of one's own: 一个月最少交多少 is about the rule."""
    waiting = call.memory.wish
    going_on = bool(call.memory.entry) and any(reply.sources for reply in call.last)
    free = going_on and (waiting is None or not waiting.reminder)
    refused = call.intent == "deny" and _REFUSED.match(call.text)
    if call.intent == _BOOKS and asks_need(call.text):
        return free  # 要预约不 after 提前还款: who asks whether it must be booked books nothing
    if call.intent in COSTLY and call.confidence < _WELL and _TELLS.search(call.text):
        free = bool(call.last) and (waiting is None or not waiting.reminder)
        return free and not (asks(call.text) or _ORDERED.search(call.text))
    asked = asks(call.text) and not _MINE.search(call.text) and not refused
    return free and call.intent in COSTLY | _NOT_COSTLY and asked


def _bare_sum(call: Call) -> bool:
    """Say whether a sum was heard where no figure was told: 癌症算吧."""
    return call.intent.startswith(_SUMS) and not call.entities and not _FIGURE.search(call.text)


def _kept_elsewhere(text: str) -> bool:
    """Say whether the account spoken of is another city's, which nobody can look up here: 我公积金交在北京."""
    place = _places().find(text)
    return place is not None and place.ruling and bool(re.search(f"{_KEPT_IN}{place.city}", text))


@cache
def _places() -> Places:
    return read_places()
