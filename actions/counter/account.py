"""Own account: the balance, and how far applications have come."""

import re
from typing import Protocol

from actions.call import Call
from actions.counter.form import aloud, money, month_words
from actions.wish import Result, say
from bot.clock import CHINA
from bot.fund.records import Account, AccountStatus, Application, ApplicationState, Business, Loan
from bot.fund.system import Accounts, Applications, Loans
from bot.messages import Button, Card, Row

STATUS = {
    AccountStatus.NORMAL: "正常",
    AccountStatus.SEALED: "封存",
    AccountStatus.MERGED: "已合并",
    AccountStatus.TRANSFERRED_OUT: "已转出",
    AccountStatus.WITHDRAWN: "已销户",
    AccountStatus.FROZEN: "冻结",
    AccountStatus.OTHER: "其他",
}
BUSINESS = {
    Business.RENT: "租房提取",
    Business.REPAY_FUND_LOAN: "偿还公积金贷款提取",
    Business.REPAY_COMMERCIAL_LOAN: "偿还商业贷款提取",
    Business.RETIREMENT: "离退休提取",
    Business.PREPAYMENT: "提前还款",
}
STATE = {
    ApplicationState.ACCEPTED: "已受理,正在自动审批",
    ApplicationState.APPROVED: "审批通过,银行正在入账",
    ApplicationState.POSTED: "已办结,银行已入账",
    ApplicationState.REFUSED: "没有通过",
    ApplicationState.CANCELLED: "已撤销",
}
_SHOWN = 5
_OF_THE_LOAN = re.compile(r"贷款|放款|借款")


class QueryBalance:
    """我的公积金还有多少钱?"""

    name = "query_balance"

    def __init__(self, fund: Accounts) -> None:
        self._fund = fund

    async def fulfil(self, call: Call) -> Result:
        account = await self._fund.account(call.subject)
        day = f"{call.today.year} 年 {call.today.month} 月 {call.today.day} 日"
        monthly = f";每月缴存 {money(account.personal_monthly + account.employer_monthly)}(个人和单位合计)"
        text = (
            f"您的公积金账户余额 {money(account.balance)}(截至 {day})。\n"
            f"账户{STATUS[account.status]},缴到 {month_words(account.paid_to)}"
            f"{monthly if account.status is AccountStatus.NORMAL else ''}。"
        )
        spoken = aloud(
            call,
            f"您的公积金账户余额是{account.balance}元,账户{STATUS[account.status]},缴到{month_words(account.paid_to)}。",
            "您的余额已经显示在屏幕上。",
        )
        buttons = (
            Button(label="查缴存明细", payload="/query_contribution"),
            Button(label="有没有漏缴", payload="/query_missing_months"),
        )
        return say(text, spoken=spoken, cards=(_account_card(account),), buttons=buttons, private=True)


def _account_card(account: Account) -> Card:
    rows = (
        ("账户余额", money(account.balance)),
        ("上年结转", money(account.carried_over)),
        ("当年归集", money(account.this_year)),
        ("个人账号", account.number),
        ("单位", account.employer),
        ("账户状态", STATUS[account.status]),
        ("缴至年月", month_words(account.paid_to)),
        ("缴存基数", money(account.base)),
        ("个人/单位比例", f"{account.personal_rate.normalize():f}% / {account.employer_rate.normalize():f}%"),
        ("个人/单位月缴存", f"{money(account.personal_monthly)} / {money(account.employer_monthly)}"),
    )
    return Card(
        title="我的公积金账户", rows=tuple(Row(label=label, value=value) for label, value in rows), kind="table"
    )


class ProgressDesk(Applications, Loans, Protocol):
    """What this wish needs of the core system."""


class QueryProgress:
    """我的申请办到哪一步了?"""

    name = "query_progress"

    def __init__(self, fund: ProgressDesk) -> None:
        self._fund = fund

    async def fulfil(self, call: Call) -> Result:
        """Tell the newest applications; who asks about the loan hears where the loan is."""
        applications = await self._fund.applications(call.subject)
        if _OF_THE_LOAN.search(call.told) and (loan := await self._fund.loan(call.subject)):
            return _loan_progress(loan, applications)
        if not applications:
            words = "没有查到您在办或办过的提取、提前还款申请。如果是在柜台交的贷款材料,请转人工查询。"
            return say(words, buttons=(Button(label="转人工", payload="/request_human"),), private=True)
        newest = applications[0]
        text = "您的申请,最近的在前:\n" + "\n".join(line(one) for one in applications[:_SHOWN])
        spoken = f"您最近一笔是{BUSINESS[newest.business]},{STATE[newest.state]}。"
        return say(text, spoken=spoken, cards=(progress_card(newest),), private=True)


def _loan_progress(loan: Loan, applications: tuple[Application, ...]) -> Result:
    """Say how far the loan itself is, and what was applied for on it."""
    state = f"已经放款,已还 {loan.months_paid} 期、共 {loan.months} 期" if loan.balance else "已经全部结清"
    kinds = (Business.PREPAYMENT, Business.REPAY_FUND_LOAN)
    on_it = [one for one in applications if one.business in kinds][:_SHOWN]
    more = "\n在这笔贷款上的申请:\n" + "\n".join(map(line, on_it)) if on_it else "\n没有在审批的贷款业务。"
    buttons = (Button(label="看贷款明细", payload="/query_loan"),)
    cards = (progress_card(on_it[0]),) if on_it else ()
    return say(
        f"您的公积金贷款{state}。{more}", spoken=f"您的公积金贷款{state}。", cards=cards, buttons=buttons, private=True
    )


def line(application: Application) -> str:
    """Return one application in a line: what, how much, how far, under which number."""
    when = f"{application.submitted_at.astimezone(CHINA):%Y-%m-%d %H:%M}"
    reason = f"({application.reason})" if application.reason else ""
    return (
        f"{BUSINESS[application.business]} {money(application.amount)},{STATE[application.state]}{reason};"
        f"{when} 提交,编号 {application.number}。"
    )


def progress_card(application: Application) -> Card:
    """Return the steps of an application with their times."""
    steps = tuple(
        Row(label=step.name, value=f"{step.at.astimezone(CHINA):%Y-%m-%d %H:%M:%S}") for step in application.steps
    )
    head = (
        Row(label="业务", value=BUSINESS[application.business]),
        Row(label="金额", value=money(application.amount)),
        Row(label="银行卡", value=application.card),
        Row(label="现在", value=STATE[application.state]),
    )
    return Card(title=f"申请 {application.number}", rows=(*head, *steps), kind="table")
