"""Own loan from the fund: what is owed, and what is paid when."""

from decimal import Decimal

from actions.call import Call
from actions.counter.form import aloud, money
from actions.wish import Result, say
from bot.fund.records import Instalment, Loan, RepaymentMethod
from bot.fund.system import Loans
from bot.messages import Button, Card, Row

METHOD = {RepaymentMethod.EQUAL_INSTALMENT: "等额本息", RepaymentMethod.EQUAL_PRINCIPAL: "等额本金"}
_NO_LOAN = "没有查到您名下的公积金贷款。商业银行的住房贷款不在这里,请问放款银行;刚申请还没放款的,可以查办理进度。"
_SHOWN = 6


class QueryLoan:
    """我的公积金贷款还剩多少?"""

    name = "query_loan"

    def __init__(self, fund: Loans) -> None:
        self._fund = fund

    async def fulfil(self, call: Call) -> Result:
        loan = await self._fund.loan(call.subject)
        if loan is None:
            return say(_NO_LOAN, private=True)
        if not loan.balance:
            words = f"您的公积金贷款 {money(loan.principal)}已经全部结清。需要的话可以开贷款结清证明。"
            button = Button(label="开贷款结清证明", payload='/get_certificate{"certificate_kind":"贷款结清证明"}')
            return say(words, spoken="您的公积金贷款已经全部结清。", buttons=(button,), private=True)
        late = f"有 {loan.overdue_months} 期逾期,请尽快补上。" if loan.overdue_months else "没有逾期。"
        text = (
            f"贷款还剩本金 {money(loan.balance)}(原贷 {money(loan.principal)}),年利率 {loan.rate}%,"
            f"{METHOD[loan.method]},已还 {loan.months_paid} 期、共 {loan.months} 期。\n{_next(loan)}{late}"
        )
        spoken = aloud(call, f"贷款还剩本金{loan.balance}元。{_next(loan)}{late}", f"贷款情况已经显示在屏幕上。{late}")
        buttons = (
            Button(label="看还款计划", payload="/query_repayment_plan"),
            Button(label="提前还款", payload="/prepay"),
        )
        return say(text, spoken=spoken, cards=(_card(loan),), buttons=buttons, private=True)


def _next(loan: Loan) -> str:
    if loan.next_due_on is None:
        return ""
    due = loan.next_principal + loan.next_interest
    return f"下一次还款日 {loan.next_due_on:%Y-%m-%d},应还 {money(due)},请提前存入还款账户。"


def _card(loan: Loan) -> Card:
    rows = (
        ("剩余本金", money(loan.balance)),
        ("原贷金额", money(loan.principal)),
        ("年利率", f"{loan.rate}%"),
        ("还款方式", METHOD[loan.method]),
        ("已还/总期数", f"{loan.months_paid} / {loan.months}"),
        ("每月还款日", f"{loan.repay_day} 日"),
        ("下期本金", money(loan.next_principal)),
        ("下期利息", money(loan.next_interest)),
        ("状态", loan.status),
    )
    title = f"公积金贷款({loan.number})"
    return Card(title=title, rows=tuple(Row(label=label, value=value) for label, value in rows), kind="table")


class QueryPlan:
    """我接下来每个月要还多少?"""

    name = "query_repayment_plan"

    def __init__(self, fund: Loans) -> None:
        self._fund = fund

    async def fulfil(self, call: Call) -> Result:
        loan = await self._fund.loan(call.subject)
        if loan is None:
            return say(_NO_LOAN, private=True)
        plan = tuple(one for one in await self._fund.plan(call.subject) if not one.paid)
        if not plan:
            return say("您的公积金贷款已经结清,没有要还的了。", private=True)
        first, last = plan[0], plan[-1]
        interest = sum((one.interest for one in plan), start=Decimal(0))
        text = (
            f"下一期 {first.due_on:%Y-%m-%d} 还 {money(first.total)}(本金 {money(first.principal)}、"
            f"利息 {money(first.interest)})。\n"
            f"还要还 {len(plan)} 期,到 {last.due_on:%Y-%m} 还清,后面利息一共 {money(interest)}。"
            f"下面是最近 {min(_SHOWN, len(plan))} 期。"
        )
        spoken = aloud(
            call,
            f"下一期{first.due_on.month}月{first.due_on.day}号还{first.total}元,还要还{len(plan)}期。",
            f"还款计划已经显示在屏幕上,下一期是{first.due_on.month}月{first.due_on.day}号。",
        )
        buttons = (Button(label="提前还款", payload="/prepay"),)
        return say(text, spoken=spoken, cards=(_plan_card(plan),), buttons=buttons, private=True)


def _plan_card(plan: tuple[Instalment, ...]) -> Card:
    rows = tuple(
        Row(
            label=f"第 {one.number} 期 {one.due_on:%Y-%m-%d}",
            value=f"{money(one.total)}(本金 {money(one.principal)},利息 {money(one.interest)}),剩 {money(one.balance)}",
        )
        for one in plan[:_SHOWN]
    )
    return Card(title="还款计划", rows=rows, kind="table")
