"""Follows a citizen who turns to the next thing: 那我要提 after 租房; 不对,是还商贷; 提前还10万呢 after a loan."""

import re
from collections.abc import Mapping
from dataclasses import replace

from actions.call import Call, OpenWish
from actions.policy import PolicyAnswers
from actions.questions import asks, correction
from actions.routing import reads
from actions.themes import theme_of
from actions.titles import title
from actions.wish import Next, Result, Wish, opened, say, with_person
from bot.messages import Outcome, Response

_WITHDRAWALS = (
    ("withdraw_rent", re.compile(r"租")),
    ("withdraw_retirement", re.compile(r"[退离]休")),
    ("withdraw_repay_commercial_loan", re.compile(r"商(?:业|贷|住)|按揭")),
    ("withdraw_repay_fund_loan", re.compile(r"公积金(?:的)?(?:房)?贷|公贷|[月冲]冲|冲还贷|还贷")),
)
_ANY = "withdraw"
_LOAN = "calculate_loan"
_PREPAYMENT = "calculate_prepayment"
_EARLY = re.compile(r"提前还|先还|一次(?:性)?还|多还")
_HANDED_IN = re.compile(
    r"^(?:我)?(?:刚刚?|刚才|昨天|前天|上次|上周|之前|前几天)(?:我)?(?:那一?[笔个单]|(?:申请|提交|办|提|交|报)(?:了?的|上去的))"
    r".{0,4}(?:那?一?[笔个单])?.{0,8}(?:到账|批|怎么样|咋样|进度|结果|到哪|好了?没|下来)?.{0,3}$"
)
_DISTRICT_ALONE = 8
_SWITCH = re.compile(
    r"^我?(?:先)?[不别](?:想|要|提|办)*(?:租房?|退休|还贷|商贷|房租|公积金贷款)[^,。\s]{0,4}?了?[,。\s]+(?P<meant>.{2,16})$"
)
_SAID_OF_OWN = (  # words that only mean one's own business
    (_HANDED_IN, "query_progress"),
    (re.compile(r"^我?(?:刚才|刚刚)(?:提|还|申请|交)了?(?:多少|什么|哪)"), "query_progress"),
    (re.compile(r"^(?:那|我的)*(?:缴存)?(?:明细|流水)呢?[?]?$"), "query_contribution"),
    (
        re.compile(
            r"^(?!.*(?:怎么|如何|能不能|可不可以|可以.{0,8}吗)).*(?:(?:我|把|帮|那个|这个|上次).{0,6}(?:预约|约的?).{0,8}改(?:[到成约为]|一?下|个?时间)|^预约.{0,4}改[到成为]|改一?下?我?的?预约)"
        ),
        "book_counter",
    ),
)
_ANOTHER_PAPER = re.compile(r"^再(?:来|开|打|要|出)?(?:一?[份张个])")
_OTHER_PAPER = re.compile(r"^(?:那|要|我要|是)*(?:异地|外地|结清|缴存)[^?]{0,6}(?:用的?|证明|的)[。!]?$")
_PAPER = "证明"
_KIN = (
    r"我?(?:妈妈?|爸爸?|老公|老婆|爱人|妻子|丈夫|媳妇|对象|父母|爸妈|儿子|女儿|孩子|哥|姐|弟|妹|朋友|同事|家人"
    r"|婆婆|公公|岳父|岳母|老伴)"
)
_ANOTHERS = re.compile(rf"^(?:那|帮|给|替|是|想[帮给替])*{_KIN}(?!.{{0,4}}(?:和我|跟我|一起|租给|的房))")
_DONE_FOR = re.compile(rf"[给帮替]{_KIN}(?:查|看|办|弄|取|提|开|问)")
_THEIRS = re.compile(rf"是{_KIN}的")
_WELL_HEARD = 0.9  # below it 那房是我爸的 is no account that somebody wants to look up
_GUARDED = frozenset({"prepay", "get_certificate"})
_PROOF, _QUERY = "prove_identity", "query_"
_AGENT = "outlet-agent"
_ONLY_YOURSELF = (
    "别人的公积金家家不能替他查、替他办,验证的是他本人的身份。他就在身边的,请他自己发身份证号;来不了的,看这一条:"
)
_OUTLETS = "网点"


class TurnWithdrawal:
    """不对,是还商贷。"""

    name = "turn_withdrawal"

    async def fulfil(self, call: Call) -> Result:
        """Put the withdrawal meant in the place of the one begun; a proof of identity under way goes on for it."""
        waiting, meant = call.memory.wish, _meant(call)
        if meant == _ANY:
            switched = _SWITCH.match(call.text)
            words = switched["meant"] if switched else call.text
            fresh = replace(call, intent=_ANY, text=words, entities=(), memory=replace(call.memory, wish=None))
            return Result(response=Response(replies=()), then=Next(wish=_ANY, call=fresh))
        if waiting is None or waiting.after is None:
            fresh = replace(call, intent=meant, text="", memory=replace(call.memory, wish=None))
            return Result(response=Response(replies=()), then=Next(wish=meant, call=fresh))
        wish = replace(waiting, after=OpenWish(name=meant))
        words = f"好的,改成{title(meant)}。{waiting.reminder}"
        return say(words, outcome=Outcome.ASKED, memory=replace(call.memory, wish=wish))


class ForAnother:
    """我妈想把她的公积金取了。"""

    name = "for_another"

    def __init__(self, answers: PolicyAnswers) -> None:
        self._answers = answers

    async def fulfil(self, call: Call) -> Result:
        """Ask nobody to prove who somebody else is; tell who can do it and how an agent can."""
        told = with_person(opened(await self._answers.entry(call, _AGENT), _ONLY_YOURSELF))
        waiting = call.memory.wish
        beside = call.intent.startswith(_QUERY) and not call.subject and not (waiting and waiting.reminder)
        return replace(told, then=Next(wish=call.intent, call=call)) if beside else told


class PrepayOn:
    """那提前还10万呢?"""

    name = "prepay_on"

    async def fulfil(self, call: Call) -> Result:
        """Go on with the loan just calculated: what is owed and for how long is known."""
        loan = call.known(_LOAN)
        names = {"amount": "owed", "months": "months", "rate": "rate"}
        known = {theirs: loan[ours] for ours, theirs in names.items() if ours in loan} | {"asking": "prepaid"}
        memory = replace(call.memory, wish=OpenWish(name=_PREPAYMENT, values=known))
        return Result(
            response=Response(replies=()),
            then=Next(wish=_PREPAYMENT, call=replace(call, intent="inform", memory=memory)),
        )


def turned(call: Call, wishes: Mapping[str, Wish]) -> Wish | None:
    """Return the wish a turn goes over to because of what was said before, else None."""
    waiting = call.memory.wish
    if _for_another(call):
        return wishes.get(ForAnother.name)
    if waiting is not None and waiting.reminder:
        return wishes.get(TurnWithdrawal.name) if _meant(call) else None
    if waiting is not None and waiting.name == _LOAN and _EARLY.search(call.text) and "months" in waiting.values:
        return wishes.get(PrepayOn.name)
    if call.intent == _ANY and not asks(call.text):
        return wishes.get(_withdrawal(call.text) or _withdrawal(_talked_of(call)))
    if own := next((wish for sign, wish in _SAID_OF_OWN if sign.search(call.text)), ""):
        return wishes.get(own)
    if _paper_shown(call) and (_ANOTHER_PAPER.match(call.text) or _OTHER_PAPER.match(call.text)):
        return wishes.get("get_certificate")
    if _ANOTHER_PAPER.match(call.text) and reads("certificate", call.text):
        return wishes.get("get_certificate")
    if call.entity("district") and len(call.text) <= _DISTRICT_ALONE and _outlets_shown(call):
        return wishes.get("find_outlet")
    return None


def _for_another(call: Call) -> bool:
    """Say whether a wish that asks who somebody is, or its proof, is for another: 我是给我爸查的."""
    proving = call.memory.wish is not None and call.memory.wish.name == _PROOF
    begun = call.intent.startswith(_ANY) or call.intent in _GUARDED
    looked_up = proving or call.intent.startswith(_QUERY)
    theirs = (proving or (looked_up and call.confidence >= _WELL_HEARD)) and _THEIRS.search(call.text)
    another = theirs or (begun and _ANOTHERS.match(call.text)) or (looked_up and _DONE_FOR.search(call.text))
    return bool(another) and not asks(call.text)


def _meant(call: Call) -> str:
    """Return the withdrawal that a correction puts in the place of the one under way, or an empty string."""
    waiting = call.memory.wish
    begun = "" if waiting is None else waiting.after.name if waiting.after else waiting.name
    if not begun.startswith(f"{_ANY}_") or asks(call.text):
        return ""
    switched = _SWITCH.match(call.text)
    words = switched["meant"] if switched else correction(call.text)
    meant = _withdrawal(words) or (_ANY if switched and "贷" in words else "")
    return "" if meant == begun else meant


def _withdrawal(words: str) -> str:
    return next((name for name, sign in _WITHDRAWALS if sign.search(words)), "")


def _talked_of(call: Call) -> str:
    theme = theme_of(call.memory.last_question)
    return theme.name if theme and not theme.broad and "提取" in theme.name else ""


def _paper_shown(call: Call) -> bool:
    return any(card.title.endswith(_PAPER) for reply in call.last for card in reply.cards)


def _outlets_shown(call: Call) -> bool:
    return any(card.title == _OUTLETS for reply in call.last for card in reply.cards)
