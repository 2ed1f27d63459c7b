"""Paying part of the loan back early: how much, which effect, before and after, one confirmation."""

import re
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from actions.asking import choice
from actions.call import Call
from actions.counter.account import BUSINESS, line, progress_card
from actions.counter.amounts import amount_told, roughly
from actions.counter.eligibility import grounds, ineligible
from actions.counter.form import (
    CANCEL,
    CONFIRM,
    aloud,
    already,
    asked,
    begun,
    closed,
    confirmed,
    fresh,
    key,
    money,
    refused,
    unsure,
)
from actions.counter.withdrawal import (
    PROGRESS,
    lately,
    refused_submission,
    submitted,
)
from actions.wish import Result
from bot.errors import BusinessRefused, FundSystemUnavailable, ValueRefused
from bot.fund.records import Business, Eligibility, PrepaymentQuote
from bot.fund.system import Applications, Loans
from bot.messages import Card, Row

_SHORTER = re.compile(r"缩短|月供.{0,2}(?:[不别][变动改]|照旧|一样)|减.{0,2}年限|年限短|早点还完")
_LOWER = re.compile(r"减少|降低?月供|[年期]限.{0,2}(?:[不别][变动改]|照旧|一样)|减月供|少还月供|月供.{0,2}[少低轻小]")
_EFFECT = {"shorter": "月供不变、缩短年限", "lower": "年限不变、减少月供"}


class LoanDesk(Loans, Applications, Protocol):
    """What this wish needs of the core system."""


class Prepay:
    """我要提前还一部分贷款。"""

    name = "prepay"

    def __init__(self, fund: LoanDesk, now: Callable[[], datetime]) -> None:
        self._fund = fund
        self._now = now
        self._title = BUSINESS[Business.PREPAYMENT]

    async def fulfil(self, call: Call) -> Result:
        """Ask amount and effect, show before and after, submit once."""
        if done := already(call, self.name):
            return done
        new = fresh(call, self.name)
        told = begun(call, self.name)
        if new and (before := await lately(self._fund, call, Business.PREPAYMENT, self._now())):
            words = f"您{self._title}刚提交过一笔,没有重复提交:\n{line(before)}"
            told |= {"more": "asked"}
            if before.state.value in ("accepted", "approved"):
                return closed(call, words, cards=(progress_card(before),), buttons=(PROGRESS,))
            return asked(
                call, self.name, told, "amount", f"{words}\n还要再还一笔的话,请写金额。", "money", "all",
                title=self._title, buttons=(CANCEL,), cards=(progress_card(before),),
            )  # fmt: skip
        if confirmed(call, told):
            return await self._submit(call, told)
        eligible = await self._fund.eligibility(call.subject, Business.PREPAYMENT)
        if not eligible.allowed:
            return ineligible(call, self._title, eligible, await grounds(self._fund, call, eligible))
        return await self._next(call, told, eligible)

    async def _next(self, call: Call, told: dict[str, str], eligible: Eligibility) -> Result:
        try:
            amount = amount_told(call, told, eligible.limit)
        except ValueRefused as wrong:
            told.pop("amount", None)
            return self._ask_amount(call, told, wrong.reason)
        effect = "shorter" if _SHORTER.search(call.told) else "lower" if _LOWER.search(call.told) else ""
        if refused(call, told) and not effect and str(amount) == told.get("amount"):
            told.pop("amount", None)
            amount = None
        if told.pop("whole", "") and amount != eligible.limit:
            told.pop("effect", None)  # nobody chose it: paying all off leaves no choice
        told |= ({"amount": str(amount)} if amount else {}) | ({"effect": effect} if effect else {})
        if amount is None:
            words = f"可以提前还款,剩余本金 {money(eligible.limit)}。这次想还多少?写金额;全部还清就说“全部”。"
            return self._ask_amount(call, told, words)
        if amount == eligible.limit:
            told |= {"effect": "shorter", "whole": "yes"}
        if "effect" not in told:
            words = f"提前还 {money(amount)},还完以后想“月供不变、缩短年限”,还是“年限不变、减少月供”?"
            buttons = (choice("缩短年限"), choice("减少月供"), CANCEL)
            spoken = aloud(call, words, "还完以后想缩短年限,还是减少月供?")
            return asked(
                call, self.name, told, "effect", words, "effect", "money",
                title=self._title, buttons=buttons, spoken=spoken,
            )  # fmt: skip
        quote = await self._fund.prepayment_quote(call.subject, amount, shorten=told["effect"] == "shorter")
        return self._ask_confirm(call, told, eligible, quote)

    def _ask_amount(self, call: Call, told: dict[str, str], words: str) -> Result:
        spoken = aloud(call, words, "可以提前还款,这次想还多少?")
        return asked(
            call, self.name, told, "amount", words, "money", "all", "effect",
            title=self._title, buttons=(choice("全部", "全部还清"), CANCEL), spoken=spoken,
        )  # fmt: skip

    def _ask_confirm(self, call: Call, told: dict[str, str], eligible: Eligibility, quote: PrepaymentQuote) -> Result:
        whole = not quote.balance_after
        effect = "全部还清" if whole else _EFFECT[told["effect"]]
        words = (
            f"{roughly(call)}请核对:提前还款 {money(quote.amount)}({effect}),从您的银行卡({eligible.card})扣。\n"
            f"剩余本金 {money(quote.balance_before)} → {money(quote.balance_after)};"
            f"每月还款 {money(quote.monthly_before)} → {money(quote.monthly_after)};"
            f"剩余期数 {quote.months_before} → {quote.months_after};"
            f"以后少付利息约 {money(quote.interest_saved)}。\n"
            "对的话请回“确认”;要改就直接说,比如“改成五万”“改成减少月供”。"
        )
        spoken = aloud(
            call,
            f"提前还{quote.amount}元,{effect},以后少付利息约{quote.interest_saved}元,确认吗?",
            "请核对屏幕上的对比,确认吗?",
        )
        return asked(
            call, self.name, told, CONFIRM, words, "confirm", "money", "effect", "all",
            title=self._title, buttons=(choice("确认", "确认提交"), CANCEL), cards=(_compared(quote),), spoken=spoken,
        )  # fmt: skip

    async def _submit(self, call: Call, told: dict[str, str]) -> Result:
        try:
            done = await self._fund.submit(
                call.subject,
                Business.PREPAYMENT,
                Decimal(told["amount"]),
                key=key(call, self.name, told),
                shorten=told["effect"] == "shorter",
            )
        except FundSystemUnavailable:
            return unsure(call, self.name, told)
        except BusinessRefused as refusal:
            return await refused_submission(self._fund, call, Business.PREPAYMENT, refusal)
        return submitted(call, self.name, done)


def _compared(quote: PrepaymentQuote) -> Card:
    rows = (
        ("剩余本金", f"{money(quote.balance_before)} → {money(quote.balance_after)}"),
        ("每月还款", f"{money(quote.monthly_before)} → {money(quote.monthly_after)}"),
        ("剩余期数", f"{quote.months_before} → {quote.months_after}"),
        ("当期利息", money(quote.interest_due)),
        ("以后少付利息", money(quote.interest_saved)),
    )
    return Card(title="提前还款前后", rows=tuple(Row(label=label, value=value) for label, value in rows), kind="table")
