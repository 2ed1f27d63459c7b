"""The four withdrawals approved by the system itself: eligibility, amount, one confirmation, one submission."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from actions.asking import choice
from actions.call import Call
from actions.counter.account import BUSINESS, STATE, line, progress_card
from actions.counter.amounts import amount_told, roughly
from actions.counter.eligibility import grounds, ineligible, waived
from actions.counter.form import (
    CANCEL,
    CONFIRM,
    aloud,
    already,
    asked,
    begun,
    closed,
    confirmed,
    finished,
    fresh,
    key,
    money,
    refused,
    unsure,
)
from actions.routing import goes_on
from actions.values import find_yuan
from actions.wish import PERSON, Result
from bot.errors import BusinessRefused, FundSystemUnavailable, ValueRefused
from bot.fund.records import Application, ApplicationState, Business, Eligibility
from bot.fund.system import Applications
from bot.messages import Button, Card, Outcome

PROGRESS = Button(label="查办理进度", payload="/query_progress")
_RUNNING = (ApplicationState.ACCEPTED, ApplicationState.APPROVED)
_EXAMPLE = "想提多少?写金额,比如 5000 或“三千五”,这次最多 {};也可以说“全部”。"
_LATELY = timedelta(hours=24)


class Withdraw:
    """我要提取公积金。"""

    def __init__(self, name: str, business: Business, fund: Applications, now: Callable[[], datetime]) -> None:
        self.name = name
        self._business = business
        self._title = BUSINESS[business]
        self._fund = fund
        self._now = now

    async def fulfil(self, call: Call) -> Result:
        """Lead from eligibility to the one submission; each turn checks the rules again."""
        if done := already(call, self.name):
            return done
        new = fresh(call, self.name)
        told = begun(call, self.name)
        if told.get("asking") == "again":
            if "再" not in call.told:
                return await self._once_more_asked(call, told)
            told = begun(call, "") | {"more": "yes", "amount": told.get("amount", "")}
        if new and (before := await lately(self._fund, call, self._business, self._now())):
            return self._show_before(call, told, before)
        if confirmed(call, told):
            return await self._submit(call, told)
        eligible = await self._fund.eligibility(call.subject, self._business)
        cards = await grounds(self._fund, call, eligible)
        if not eligible.allowed:
            return ineligible(call, self._title, eligible, cards)
        whole = self._business is Business.RETIREMENT
        try:
            amount = eligible.limit if whole else amount_told(call, told, eligible.limit)
        except ValueRefused as wrong:
            told.pop("amount", None)
            return self._ask_amount(call, told, eligible, cards, wrong.reason)
        if refused(call, told) and (amount is None or str(amount) == told.get("amount")):
            told.pop("amount", None)
            amount = None if not whole else amount
            if whole:
                return closed(call, f"好的,没有提交。{self._title}要一次提清,想好了再来办。")
        if amount is None:
            heard = told.get("asking") == "amount" and not goes_on(call)
            unread = f"没看到金额。{_EXAMPLE.format(money(eligible.limit))}" if heard else ""
            return self._ask_amount(call, told, eligible, cards, unread)
        return self._ask_confirm(call, told | {"amount": str(amount)}, eligible, cards, amount)

    def _ask_amount(
        self, call: Call, told: dict[str, str], eligible: Eligibility, cards: tuple[Card, ...], wrong: str = ""
    ) -> Result:
        words = wrong or (
            f"可以办{self._title},这次最多能提 {money(eligible.limit)}。\n{waived(eligible)}\n"
            "想提多少?写金额,或者说“全部”。"
        )
        spoken = aloud(
            call, f"可以办,最多能提{eligible.limit}元,想提多少?也可以说全部。", "可以办。想提多少?也可以说全部。"
        )
        return asked(
            call, self.name, told, "amount", words, "money", "all",
            title=self._title, buttons=(choice("全部"), CANCEL), cards=() if wrong else cards, spoken=spoken,
        )  # fmt: skip

    def _ask_confirm(
        self, call: Call, told: dict[str, str], eligible: Eligibility, cards: tuple[Card, ...], amount: Decimal
    ) -> Result:
        whole = self._business is Business.RETIREMENT
        closing = "要一次提清,办完账户就销户了。" if whole else ""
        change = "还没想好就说“不办了”" if whole else "要改金额直接说“改成……”"
        words = (
            f"{roughly(call)}请核对:{self._title} {money(amount)},打到您的银行卡({eligible.card})。"
            f"{closing}\n{waived(eligible)}\n对的话请回“确认”;{change}。"
        )
        spoken = aloud(
            call, f"{self._title}{amount}元,打到{eligible.card}的银行卡,确认吗?", "请核对屏幕上的内容,确认吗?"
        )
        return asked(
            call, self.name, told, CONFIRM, words, "confirm", "money", "all",
            title=self._title, buttons=(choice("确认", "确认提交"), CANCEL),
            cards=cards if whole else cards[:1], spoken=spoken,
        )  # fmt: skip

    async def _submit(self, call: Call, told: dict[str, str]) -> Result:
        try:
            done = await self._fund.submit(
                call.subject, self._business, Decimal(told["amount"]), key=key(call, self.name, told)
            )
        except FundSystemUnavailable:
            return unsure(call, self.name, told)
        except BusinessRefused as refusal:
            return await refused_submission(self._fund, call, self._business, refusal)
        return submitted(call, self.name, done)

    def _show_before(self, call: Call, told: dict[str, str], before: Application) -> Result:
        if before.state in _RUNNING:
            words = f"您已经有一笔{self._title}在办,没有重复提交:\n{line(before)}"
            return closed(call, words, cards=(progress_card(before),), buttons=(PROGRESS,))
        more = f"({money(Decimal(told['amount']))})" if told.get("amount") else ""
        words = f"您今天办过一笔{self._title},没有重复提交:\n{line(before)}\n还要再办一笔{more}的话,请说“再办一笔”。"
        buttons = (choice("再办一笔"), CANCEL)
        return asked(
            call, self.name, told, "again", words, "again",
            title=self._title, buttons=buttons, cards=(progress_card(before),),
        )  # fmt: skip

    async def _once_more_asked(self, call: Call, told: dict[str, str]) -> Result:
        before = await lately(self._fund, call, self._business, self._now())
        if before is None:
            return closed(call, f"好的。要办{self._title},再说一次就行。")
        amount = find_yuan(call.told)  # kept, and checked against the limit once another one is wanted
        return self._show_before(call, told | ({"amount": str(amount)} if amount else {}), before)


@dataclass(frozen=True, slots=True)
class _Offer:
    wish: str
    business: Business


OFFERS = (
    _Offer("withdraw_rent", Business.RENT),
    _Offer("withdraw_repay_fund_loan", Business.REPAY_FUND_LOAN),
    _Offer("withdraw_repay_commercial_loan", Business.REPAY_COMMERCIAL_LOAN),
    _Offer("withdraw_retirement", Business.RETIREMENT),
)


def withdrawals(fund: Applications, now: Callable[[], datetime]) -> tuple[Withdraw, ...]:
    """Return the four."""
    return tuple(Withdraw(offer.wish, offer.business, fund, now) for offer in OFFERS)


async def lately(fund: Applications, call: Call, business: Business, now: datetime) -> Application | None:
    """Return this person's last application of the kind when it is under way or a day young."""
    same = (one for one in await fund.applications(call.subject) if one.business is business)
    last = next(same, None)
    alive = last is not None and last.state not in (ApplicationState.REFUSED, ApplicationState.CANCELLED)
    return last if last and alive and (last.state in _RUNNING or now - last.submitted_at < _LATELY) else None


def submitted(call: Call, wish: str, done: Application) -> Result:
    """Say the number, the time and what comes next."""
    title = BUSINESS[done.business]
    paying = done.business is Business.PREPAYMENT
    soon = "几秒钟内从卡上扣款、记到贷款里" if paying else "一般几秒钟就到账"
    words = f"✔ 已提交:{line(done)}\n系统自动审批,{soon}({done.card});随时可以说“查进度”。"
    spoken = aloud(
        call, f"已经提交,{title}{done.amount}元,{STATE[done.state]}。", f"{title}已经提交,{STATE[done.state]}。"
    )
    return finished(call, wish, words, spoken=spoken, cards=(progress_card(done),), buttons=(PROGRESS,))


async def refused_submission(fund: Applications, call: Call, business: Business, refusal: BusinessRefused) -> Result:
    """Show the application that is in the way, or the reason."""
    if refusal.problem == "in-flight":
        running = next((one for one in await fund.applications(call.subject) if one.business is business), None)
        if running:
            words = f"您已经有一笔{BUSINESS[business]}在办,没有重复提交:\n{line(running)}"
            return closed(call, words, cards=(progress_card(running),), buttons=(PROGRESS,))
    return closed(call, f"没有提交成功:{refusal.reason}", outcome=Outcome.FAILED, buttons=(PERSON,))
