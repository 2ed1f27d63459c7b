"""Reads turns that go on from what was just said: 那就帮我办吧, 转人工 at the end of a sentence, 第二个再说一遍."""

import re
from collections.abc import Mapping
from dataclasses import replace

from actions.call import Call
from actions.consent import Stance, stance
from actions.parts import wish_in
from actions.pointing import pointed
from actions.questions import asks
from actions.routing import reads
from actions.titles import title
from actions.values import find_amounts, find_months
from actions.wish import PERSON, Next, Result, Wish, say
from bot.errors import ValueRefused
from bot.messages import Outcome

_PERSON = re.compile(
    r"(?:给我|帮我|麻烦|请|直接|赶紧|快|还是|要|我要|我想|,|。|\s|^)(?:转|找|接|叫|换)(?:个|到|一下|成)?(?:人工|真人|客服|活人)"
    r"(?:客服|服务|吧|啊|呀|来|了)*[。!]*$"
)
_CALLS_BACK = re.compile(r"留|联系我|打给我|给我(?:回|打)|回(?:个)?电话")
_NUMBER_LEFT = "〔手机号"
_NOT_NOW = re.compile(r"(?:不|别|不用|不要|不想|先别)(?:再|给我)?(?:转|找|接|叫|换)")
_BEGUN_BY = r"^(?:那么?|就|好的?|行|嗯|可以|吧|你|您|现在|今天|这个月|马上|直接|麻烦|请|我|也|[,,\s])*"
_DO_IT = re.compile(
    _BEGUN_BY + r"(?:(?:帮|给|替)(?:我|俺)(?:把[它这那]个?)?(?:全部?|都)?(?:办理?|提|申请|弄|取|开|还|约|查|操作|来)"
    r"|[想要](?:提|办|申请)(?!前)|在(?:这里?|这儿|你们?这儿?|线上|手机上)(?:给我)?(?:办理?|提|申请|弄|搞|来))"
    r"(?:了|吧|一?下|[一个份笔张]+|掉|取|出来|手续|啊|呀|嘛|理|[,,\s]|还|[\d一二两三四五六七八九十百千万kw.]+[元块]?)*[。!]*$"
)
_DONE_HERE = (  # entries whose business is done here and now
    ("withdrawal-rent", "withdraw_rent"),
    ("withdrawal-repay-commercial", "withdraw_repay_commercial_loan"),
    ("withdrawal-repay", "withdraw_repay_fund_loan"),
    ("withdrawal-retirement", "withdraw_retirement"),
    ("repayment-prepay", "prepay"),
    ("repayment-shorten", "prepay"),
    ("repayment-settled-proof", "get_certificate"),
    ("repayment-settle", "prepay"),
    ("account-contribution-proof", "get_certificate"),
    ("account-balance", "query_balance"),
    ("outlet-queue", "book_counter"),
    ("loan-progress", "query_progress"),
    ("complaint-rating", "rate_service"),
)
_INVITES = (  # entries that say: tell the figures and it is reckoned
    ("repayment-monthly", "calculate_loan"),
    ("repayment-prepay-interest", "calculate_prepayment"),
    ("contribution-calculate", "calculate_contribution"),
)
_SHORT = 14
_KEPT = re.compile(r"放|存|利息")
_LENT = re.compile(r"贷|供|还|房")
_WAGE = re.compile(r"^(?:我?的?|每?个?月|税前|基本)*(?:工资|月薪|收入)")
_MONTHLY = re.compile(r"月供|(?:每|一)个?月.{0,4}(?:还|供|多少|几)")
_YEAR, _ONE_SENTENCE = 12, 40  # months, characters
_OF_THE_FORM = re.compile(r"哪[张个]?卡|什么卡|卡号|打到哪|钱到哪|[多哪]少钱|[提还]多少|几点|哪[天个]大?厅?")
_RULE = re.compile(r"最多|能|可以|一年|每年|规定|上限")
_CONFIRM = "confirm"
_UNTOLD = frozenset({"", "policy_question", "nlu_fallback", "out_of_scope", "chitchat", "cancel", "affirm", "withdraw"})
_TOPICS = frozenset({"withdrawal", "loan", "repayment", "contribution", "account"})
_NOT_HERE = (
    "这一项家家还不能直接替您办,请按上面说的,到手机 APP、网上业务大厅或柜面办。\n"
    "家家现在就能办的有:租房、还公积金贷款、还商业贷款、退休四种提取,提前还款,开证明,预约取号。"
)
_NOT_HERE_SPOKEN = (
    "这一项我还不能直接替您办,请到手机APP、网上业务大厅或柜面办。租房、还贷、退休提取和提前还款,我现在就能办。"
)


class NotHere:
    """帮我办吧。(大病提取)"""

    name = "not_here"

    async def fulfil(self, call: Call) -> Result:
        """Say that this one is not done here, where it is done, and what could be done at once."""
        return say(_NOT_HERE, spoken=_NOT_HERE_SPOKEN, outcome=Outcome.ANSWERED, buttons=(PERSON,))


class OfTheForm:
    """打到哪张卡?(正等着确认)"""

    name = "of_the_form"

    async def fulfil(self, call: Call) -> Result:
        """Say the sentence of the summary that tells it; the form keeps waiting."""
        told = "\n".join(reply.text for reply in call.last)
        return say(pointed(call.text, told), outcome=Outcome.ANSWERED, private=True)


class InsteadOf:
    """不办了,查余额。"""

    name = "instead_of"

    async def fulfil(self, call: Call) -> Result:
        """Give up what is open and do what is wanted in its place."""
        words = _clauses(call.text)[-1]
        fresh = replace(call, text=words, intent=wish_in(words), entities=(), memory=replace(call.memory, wish=None))
        given_up = say(f"好的,{title(_open(call))}不办了。", outcome=Outcome.CHATTED, memory=fresh.memory)
        return replace(given_up, then=Next(wish=fresh.intent, call=fresh))


def calls_person(call: Call, wishes: Mapping[str, Wish]) -> Wish | None:
    """Return the way to a person when a sentence ends by asking for one: 算了我不查了你给我转人工."""
    called = _PERSON.search(call.text) and not (asks(call.text) or _NOT_NOW.search(call.text))
    left = _NUMBER_LEFT in call.text and _CALLS_BACK.search(call.text) and not _story_told(call)
    return wishes.get("request_human") if called or left else None


def _story_told(call: Call) -> bool:
    """Say whether a complaint is being written down: a number in it belongs to it."""
    return call.memory.wish is not None and "story" in call.memory.wish.expects


def going_on(call: Call, wishes: Mapping[str, Wish]) -> Wish | None:
    """Return the wish that goes on from the last answer, else None."""
    waiting = call.memory.wish
    if waiting is not None and waiting.reminder:
        asked = waiting.values.get("asking") == _CONFIRM and _OF_THE_FORM.search(call.text)
        if _instead(call):
            return wishes.get(InsteadOf.name)
        if _DO_IT.match(call.text) and not asks(call.text) and any(reply.sources for reply in call.last):
            name = done_here(call)
            return wishes.get(name) if name and name != _open(call) else None
        told = "\n".join(reply.text for reply in call.last)
        of_it = asked and not _RULE.search(call.text) and pointed(call.text, told)
        return wishes.get(OfTheForm.name) if of_it else None
    if _DO_IT.match(call.text) and not asks(call.text):
        name = done_here(call)
        if name or (call.intent in _UNTOLD and call.memory.topic in _TOPICS and call.memory.entry):
            return wishes.get(name or NotHere.name)
    if _whole_sum(call):
        return wishes.get("calculate_loan")
    if call.intent == "calculate_loan" and _KEPT.search(call.text) and not _LENT.search(call.text):
        return wishes.get("calculate_interest")
    invited = next((wish for entry, wish in _INVITES if call.memory.entry == entry), "")
    if (
        invited
        and len(call.text) <= _SHORT
        and not asks(call.text)
        and (reads("money", call.text) or reads("months", call.text))
    ):
        return wishes.get(invited)
    if call.memory.topic == "contribution" and _WAGE.match(call.text) and _amount(call.text) and not asks(call.text):
        return wishes.get("calculate_contribution")
    return None


def done_here(call: Call) -> str:
    """Return the wish that does what the last answer was about, or an empty string."""
    return next((wish for entry, wish in _DONE_HERE if call.memory.entry.startswith(entry)), "")


def _instead(call: Call) -> bool:
    """Say whether a message gives up what is open and names another thing to do."""
    first, *others = _clauses(call.text)
    gives_up = call.intent == "cancel" or stance(first) is Stance.LEAVE
    return gives_up and bool(others) and bool(wish_in(others[-1])) and wish_in(others[-1]) != _open(call)


def _whole_sum(call: Call) -> bool:
    """Say whether a question tells all that a monthly payment is made of: 贷四十万十年 一个月还几个钱."""
    brief = len(call.text) <= _ONE_SENTENCE  # a letter that tells of a loan asks something else
    asked = brief and call.intent in _UNTOLD and "贷" in call.text and _MONTHLY.search(call.text) and _amount(call.text)
    return bool(asked) and (find_months(call.text) or 0) >= _YEAR


def _open(call: Call) -> str:
    waiting = call.memory.wish
    return "" if waiting is None else waiting.after.name if waiting.after else waiting.name


def _clauses(text: str) -> list[str]:
    return re.split(r"[,。;!\s]+", text.strip(" ,。;!"))


def _amount(text: str) -> bool:
    try:
        return bool(find_amounts(text))
    except ValueRefused:
        return False
