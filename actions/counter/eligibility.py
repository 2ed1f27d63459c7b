"""Says whether something can be done: clause by clause, on which rule, and which documents need not be brought."""

import asyncio

from actions.call import Call
from actions.counter.account import BUSINESS
from actions.counter.form import closed
from actions.wish import PERSON, Result
from bot.clock import CHINA
from bot.errors import FundSystemUnavailable
from bot.fund.records import Clause, Eligibility, Registry
from bot.fund.system import Applications
from bot.messages import Card, Row


def ineligible(call: Call, title: str, eligible: Eligibility, cards: tuple[Card, ...]) -> Result:
    """Say clause by clause why not, on which rule, and what can be done instead; ears get the first reason."""
    unmet = [clause for clause in eligible.clauses if not clause.met]
    words, spoken = _why_not(title, unmet), ""
    if unmet:
        spoken = f"{title}现在不能办,因为没有满足{unmet[0].text}。{unmet[0].advice or '请转人工问清楚。'}"
    return closed(call, words, spoken=spoken, cards=cards, buttons=(PERSON,))


def _why_not(title: str, unmet: list[Clause]) -> str:
    if not unmet:
        return f"现在不能办{title},因为没有可以提的金额。账户里有余额、有可提额度时再来办;有疑问请转人工。"
    reasons = "\n".join(
        f"因为没有满足“{clause.text}”;依据:{clause.basis};您可以:{clause.advice or '拨打 12329 问清楚。'}"
        for clause in unmet
    )
    return f"{title}现在不能办。\n{reasons}"


def waived(eligible: Eligibility) -> str:
    """Say which documents need not be brought, and by whose shared data."""
    by = [f"{one.name}({one.waived_by})" for one in eligible.materials if one.waived_by]
    rest = [one.name for one in eligible.materials if not one.waived_by]
    words = f"这些不用您交,已由共享数据核验:{'、'.join(by)}。" if by else ""
    return words + (f"收款用系统里登记的{'、'.join(rest)}。" if rest else "")


async def grounds(fund: Applications, call: Call, eligible: Eligibility) -> tuple[Card, ...]:
    """Return the conditions, and what the registries say that waive documents.

    The core system has judged already; the registries only tell why, so that one of them may be away.
    """
    registries = dict.fromkeys(one.waived_by for one in eligible.materials if one.waived_by)
    rows = await asyncio.gather(*(_proven(fund, call.subject, registry) for registry in registries))
    shared = (Card(title="共享数据核验", rows=tuple(rows), kind="table"),) if rows else ()
    return (_clauses_card(eligible), *shared)


async def _proven(fund: Applications, subject: str, registry: Registry) -> Row:
    try:
        known = await fund.shared_data(subject, registry)
    except FundSystemUnavailable:
        return Row(label=registry.value, value="明细暂时取不到,以业务系统的核验结果为准")
    facts = ";".join(f"{name}:{value}" for name, value in known.facts)
    return Row(label=registry.value, value=f"{facts}({known.checked_at.astimezone(CHINA):%m-%d %H:%M} 核验)")


def _clauses_card(eligible: Eligibility) -> Card:
    """The conditions with the rule each rests on."""
    rows = tuple(
        Row(label=f"{'✔' if clause.met else '✘'} {clause.text}", value=clause.basis) for clause in eligible.clauses
    )
    return Card(title=f"{BUSINESS[eligible.business]}条件", rows=rows, kind="table")
