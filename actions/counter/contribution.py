"""Own contributions month by month, the months nobody paid, and for clerks their employer."""

import re
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from actions.call import Call, Memory
from actions.counter.form import aloud, money, month_words
from actions.dates import find_period
from actions.guide import Guide
from actions.routing import waits
from actions.values import find_months, normalised
from actions.wish import Result, preceded, say
from bot.errors import BusinessRefused, ValueRefused
from bot.fund.records import Contribution, EmployerStatus
from bot.fund.system import Accounts
from bot.messages import Button, Card, ChannelName, Row

_ROWS = 12
_OF_THE_EMPLOYER = re.compile(r"(?:单位|公司)(?!.{0,4}(?:给我|替我|帮我))")
_LONGEST = 120  # months; the contract gives ten years at most


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Two months `YYYY-MM`, inclusive, and how they were called."""

    since: str
    until: str
    words: str


def span(text: str, today: date) -> Span:
    """Return the months meant by 今年, 最近半年, 2025年3月; the last twelve when nothing is said."""
    plain = normalised(text)
    found = None if "最近" in plain or "近" in plain else find_period(plain, today)
    if found is not None:
        first, last = found[0].first, min(found[0].last, today)
        if first > today:
            raise ValueRefused("这个时间还没到,没有缴存记录。可以说“今年”“最近半年”或“2025 年”。")
        same = (first.year, first.month) == (last.year, last.month)
        words = f"{first.year} 年 {first.month} 月" if same else f"{first.year} 年 {first.month} 月到 {last.month} 月"
        return Span(since=f"{first:%Y-%m}", until=f"{last:%Y-%m}", words=words)
    months = min(find_months(plain) or 12, _LONGEST)
    return Span(since=_before(today, months - 1), until=f"{today:%Y-%m}", words=f"最近 {months} 个月")


def _before(today: date, months: int) -> str:
    number = today.year * 12 + today.month - 1 - months
    return f"{number // 12:04d}-{number % 12 + 1:02d}"


class QueryContribution:
    """我每个月缴了多少?"""

    name = "query_contribution"

    def __init__(self, fund: Accounts) -> None:
        self._fund = fund

    async def fulfil(self, call: Call) -> Result:
        asked = span(call.told, call.today)
        memory = _open_to_another_span(call)
        history = await self._fund.contributions(call.subject, asked.since, asked.until)
        if not history.lines:
            return say(f"{asked.words}没有缴存记录。{_missing(history.missing)}", private=True, memory=memory)
        into = [one for one in history.lines if one.amount > 0]
        paid = sum((one.amount for one in into), start=Decimal(0))
        newest = history.lines[0]
        text = (
            f"{asked.words}共入账 {len(into)} 笔、{money(paid)};最近一笔是 {month_words(newest.month)}的{newest.kind},"
            f"{money(newest.amount)},{newest.booked_on:%Y-%m-%d} 记账,之后余额 {money(newest.balance)}。\n"
            f"{_missing(history.missing)}"
        )
        spoken = aloud(
            call,
            f"{asked.words}共入账{len(into)}笔,合计{paid}元。{_missing(history.missing)}",
            f"缴存明细已经显示在屏幕上。{_missing(history.missing)}",
        )
        return say(
            text, spoken=spoken, cards=(_card(asked, history.lines),), buttons=_PERIODS, private=True, memory=memory
        )


def _open_to_another_span(call: Call) -> Memory:
    """Let "最近半年的呢" go on from here, unless a form is still open."""
    waiting = call.memory.wish
    if waiting is not None and waiting.reminder:
        return call.memory
    return replace(call.memory, wish=waits(QueryContribution.name, {}, "span"))


_PERIODS = (
    Button(label="今年", payload='/query_contribution{"date":"今年"}'),
    Button(label="最近半年", payload='/query_contribution{"period":"最近半年"}'),
    Button(label="去年", payload='/query_contribution{"date":"去年"}'),
)


def _card(asked: Span, lines: tuple[Contribution, ...]) -> Card:
    rows = tuple(
        Row(label=f"{one.month} {one.kind}", value=f"{money(one.amount)},余额 {money(one.balance)}")
        for one in lines[:_ROWS]
    )
    more = (Row(label="更早", value=f"还有 {len(lines) - _ROWS} 笔,说“2025 年”这样的年份可以分开看"),)
    return Card(title=f"缴存明细({asked.words})", rows=rows + (more if len(lines) > _ROWS else ()), kind="table")


def _missing(months: tuple[str, ...]) -> str:
    if not months:
        return "这段时间没有漏缴。"
    return f"这段时间有 {len(months)} 个月没有缴存:{'、'.join(month_words(month) for month in months)}。"


class QueryMissingMonths:
    """有没有哪个月漏缴了?"""

    name = "query_missing_months"

    def __init__(self, fund: Accounts) -> None:
        self._fund = fund

    async def fulfil(self, call: Call) -> Result:
        if _OF_THE_EMPLOYER.search(call.told) and (owed := await self._owed(call)):
            return owed
        account = await self._fund.account(call.subject)
        since = max(f"{account.opened_on:%Y-%m}", _before(call.today, _LONGEST - 1))
        history = await self._fund.contributions(call.subject, since, f"{call.today:%Y-%m}")
        whole = f"从 {month_words(since)}到现在"
        if not history.missing:
            words = f"{whole}没有查到漏缴,缴到 {month_words(account.paid_to)}。"
            return say(words, private=True, memory=_open_to_another_span(call))
        months = "、".join(month_words(month) for month in history.missing)
        text = (
            f"{whole}有 {len(history.missing)} 个月没有缴存:{months}。\n"
            f"先请单位经办人补缴({account.employer});单位不补,可以在这里投诉或拨打 12329,中心会督促单位限期缴存。"
        )
        spoken = f"查到{len(history.missing)}个月没有缴存:{months}。先请单位补缴,单位不补可以投诉。"
        rows = tuple(Row(label=month_words(month), value="没有缴存") for month in history.missing)
        card = Card(title="漏缴的月份", rows=rows, kind="table")
        complain = Button(label="投诉单位漏缴", payload="/file_complaint")
        memory = _open_to_another_span(call)
        return say(text, spoken=spoken, cards=(card,), buttons=(complain,), private=True, memory=memory)

    async def _owed(self, call: Call) -> Result | None:
        """A clerk who asks about the firm's months means the firm; anybody else means their own."""
        try:
            employer = await self._fund.employer(call.subject)
        except BusinessRefused:
            return None
        return say(f"{employer.name}:{unpaid(employer)}", cards=(_employer_card(employer),), private=True)


class QueryEmployer:
    """我们单位缴存得怎么样?(单位经办人)"""

    name = "employer_status"

    def __init__(self, fund: Accounts) -> None:
        self._fund = fund

    async def fulfil(self, call: Call) -> Result:
        employer = await self._fund.employer(call.subject)
        text = (
            f"{employer.name}(单位账号 {employer.number}):在缴 {employer.employees} 人,封存 {employer.sealed} 人,"
            f"缴到 {month_words(employer.paid_to)}。\n{unpaid(employer)}\n"
            f"委托收款{'已签约,到期自动扣款。' if employer.collection_signed else '还没签约,签了就不用每月手工汇缴。'}"
        )
        return say(text, spoken=text.replace("\n", ""), cards=(_employer_card(employer),), private=True)


def unpaid(employer: EmployerStatus) -> str:
    """Return the months an employer owes, in a sentence."""
    if not employer.unpaid_months:
        return "没有欠缴的月份。"
    return f"还有 {len(employer.unpaid_months)} 个月没缴:{'、'.join(map(month_words, employer.unpaid_months))}。"


def _employer_card(employer: EmployerStatus) -> Card:
    rows = (
        ("在缴人数", str(employer.employees)),
        ("封存人数", str(employer.sealed)),
        ("缴至年月", month_words(employer.paid_to)),
        ("欠缴月份", "、".join(map(month_words, employer.unpaid_months)) or "无"),
        ("委托收款", "已签约" if employer.collection_signed else "未签约"),
    )
    return Card(title=employer.name, rows=tuple(Row(label=label, value=value) for label, value in rows), kind="table")


class DeferEmployer:
    """单位有困难,想缓缴。"""

    name = "employer_deferral"

    def __init__(self, fund: Accounts, guide: Guide) -> None:
        self._fund = fund
        self._guide = guide

    async def fulfil(self, call: Call) -> Result:
        """Say the steps to everybody; to a proved clerk also what their employer owes."""
        steps = await self._guide.fulfil(call)
        if not call.subject or call.assurance < 1 or call.channel is ChannelName.ROBOT:
            return steps  # what a firm owes is not shown in the hall
        try:
            employer = await self._fund.employer(call.subject)
        except BusinessRefused:  # not a clerk: the steps alone
            return steps
        first = preceded(
            steps.response.replies[0], f"{employer.name}缴到 {month_words(employer.paid_to)}。{unpaid(employer)}"
        )
        return say(first.text, spoken=first.spoken, buttons=first.buttons, private=True)
