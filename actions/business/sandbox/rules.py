"""Who may withdraw or prepay how much today, clause by clause, each with the rule it rests on."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from sqlalchemy import Connection, RowMapping, func, select

from actions.business.sandbox.instalments import METHODS
from actions.business.sandbox.interest import earned
from actions.business.sandbox.ledger import FUND, REMITTANCE, fund
from actions.business.sandbox.persons import COMMERCIAL, Dossier, retires_on
from actions.business.sandbox.remitting import deferred, employer_of
from actions.business.sandbox.renting import rent_cap
from actions.business.sandbox.schema import applications, employers, entries
from actions.business.sandbox.wire import month_number
from actions.calculators.loan import Loan, cost
from bot.clock import CHINA
from bot.fund.records import Business
from bot.ports import Parameters

ACTIVE = ("accepted", "approved", "posted")
RENT_RULE = "西宁租房提取办法(官网 kstb/3573,截至 2026-09)"
REPAY_RULE = "《住房公积金管理条例》第二十四条(2026 年修订);中心 2025-12-19 通知"
COMMERCIAL_RULE = "《住房公积金管理条例》第二十四条(2026 年修订);中心 2026-05 口径"
RETIRE_RULE = "《住房公积金管理条例》第二十四条(2026 年修订)"
ACCOUNT_RULE = "账户状态(JGJ/T 320)"
MIN_MONTHS = 3  # policy_facts A-31


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One clause: the condition, the rule, whether it holds, and what can be done otherwise."""

    text: str
    basis: str
    met: bool
    advice: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """All clauses, the most that may be taken in fen, and each material with the registry that waives it."""

    checks: tuple[Check, ...]
    limit: int
    materials: tuple[tuple[str, str | None], ...]

    @property
    def allowed(self) -> bool:
        """Every clause holds and there is something to take."""
        return all(check.met for check in self.checks) and self.limit > 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rulebook:
    """The fund's rules on one day, over the same dated parameters the answers use."""

    parameters: Parameters
    on: date

    def verdict(self, connection: Connection, file: Dossier, business: Business) -> Verdict:
        """Judge one business for one person."""
        judge: dict[Business, Callable[[Connection, Dossier], Verdict]] = {
            Business.RENT: self._rent,
            Business.REPAY_FUND_LOAN: self._repay_fund_loan,
            Business.REPAY_COMMERCIAL_LOAN: self._repay_commercial_loan,
            Business.RETIREMENT: self._retirement,
            Business.PREPAYMENT: self._prepayment,
        }
        return judge[business](connection, file)

    def _fen(self, parameter: str) -> int:
        return int(Decimal(self.parameters.value(parameter, self.on)) * 100)

    def _rent(self, connection: Connection, file: Dossier) -> Verdict:
        cap = rent_cap(file, self._fen)
        used = taken(connection, file.household, Business.RENT, since=date(self.on.year, 1, 1))
        months = months_in_a_row(connection, file)
        checks = (
            _unfrozen(file),
            Check(
                text="本人及配偶在缴存地没有自有住房",
                basis=RENT_RULE,
                met=not file.owns_home,
                advice="名下有房不能按租房提取;有住房贷款的可以看还贷提取。",
            ),
            Check(
                text=f"连续足额缴存满 {MIN_MONTHS} 个月",
                basis="建金〔2015〕19号",
                met=months >= MIN_MONTHS,
                advice="缴满 3 个月后再来办。",
            ),
            Check(
                text=f"今年家庭还没提满 {Decimal(cap.fen) / 100:,.2f} 元{f'({cap.why})' if cap.why else ''}",
                basis=RENT_RULE,
                met=used < cap.fen,
                advice="今年的额度用完了,明年 1 月起可以再提。",
            ),
        )
        return Verdict(
            checks=checks,
            limit=max(0, min(cap.fen - used, file.account["balance"])),
            materials=(
                ("身份证", "公安"),
                ("无房证明", "房产"),
                ("结婚证或单身声明", "民政"),
                *((("子女户口簿或出生证明", "民政"),) if file.children > 1 else ()),
                *((("高层次人才认定证明", None),) if file.talent else ()),
                *((("公租房租赁合同", "房产"), ("租金票据", "税务")) if file.public_rent else ()),
                ("本人银行卡", None),
            ),
        )

    def _repay_fund_loan(self, connection: Connection, file: Dossier) -> Verdict:
        loan = file.owed(FUND)
        paid = taken(connection, file.household, Business.REPAY_FUND_LOAN)
        checks = (
            _unfrozen(file),
            Check(
                text="有未结清的公积金贷款",
                basis=REPAY_RULE,
                met=loan is not None,
                advice="没有在还的公积金贷款;商业贷款请选“偿还商业贷款提取”。",
            ),
            _not_overdue(loan, REPAY_RULE),
            Check(
                text="累计提取没有超过贷款本息",
                basis=REPAY_RULE,
                met=loan is None or paid < _principal_and_interest(loan),
                advice="这笔贷款的本息已经提满了。",
            ),
        )
        room = max(0, min(loan["balance"], _principal_and_interest(loan) - paid)) if loan else 0
        return Verdict(checks=checks, limit=min(room, file.account["balance"]), materials=(("身份证", "公安"),))

    def _repay_commercial_loan(self, connection: Connection, file: Dossier) -> Verdict:
        loan = file.owed(COMMERCIAL)
        since = date(self.on.year, 1, 1)
        paid = taken(connection, (file.person["subject"],), Business.REPAY_COMMERCIAL_LOAN, since=since)
        repaid = _monthly(loan) * min(12, loan["months_paid"]) if loan else 0
        checks = (
            _unfrozen(file),
            Check(
                text="有未结清的商业住房贷款(人行征信核验)",
                basis=COMMERCIAL_RULE,
                met=loan is not None,
                advice="征信里没有查到在还的商业住房贷款,可带借款合同到柜台核实。",
            ),
            _not_overdue(loan, COMMERCIAL_RULE),
            Check(
                text="今年还有没提过的还款额",
                basis=COMMERCIAL_RULE,
                met=loan is None or paid < repaid,
                advice="已还的部分今年都提过了,继续还款后可以再提。",
            ),
        )
        return Verdict(
            checks=checks,
            limit=max(0, min(repaid - paid, file.account["balance"])),
            materials=(("身份证", "公安"), ("借款合同与还款明细", "人行"), ("不动产权证或购房合同", "房产")),
        )

    def _retirement(self, connection: Connection, file: Dossier) -> Verdict:
        former = file.person["former_age"]
        due = retires_on(file.person["born"], former)
        retired = file.person["retired_on"] is not None or due <= self.on
        loan = file.owed(FUND)
        interest = earned(connection, self.parameters, file.person["subject"], self.on - timedelta(days=1))
        checks = (
            _unfrozen(file),
            Check(
                text="已经离休、退休,或到了法定退休年龄",
                basis=RETIRE_RULE,
                met=retired,
                advice=(
                    f"按出生年月和登记的原法定退休年龄 {former} 周岁推算,法定退休时间大约是 {due:%Y 年 %m 月},"
                    "以社保部门核定为准;办好退休再来。"
                ),
            ),
            Check(
                text="没有未结清的公积金贷款",
                basis="销户提取前须先结清贷款(演示规则)",
                met=loan is None,
                advice="可以先用余额还清贷款,再办退休提取。",
            ),
        )
        return Verdict(
            checks=checks,
            limit=file.account["balance"] + interest,  # 销户提取时利息随清 (policy_facts D-14)
            materials=(("身份证", "公安"), ("退休证明", "公安")),
        )

    def _prepayment(self, connection: Connection, file: Dossier) -> Verdict:
        loan = file.owed(FUND)
        checks = (
            Check(
                text="有未结清的公积金贷款",
                basis="借款合同",
                met=loan is not None,
                advice="没有在还的公积金贷款。商业贷款请找放款银行办。",
            ),
            _not_overdue(loan, "借款合同"),
        )
        return Verdict(checks=checks, limit=loan["balance"] if loan else 0, materials=(("身份证", "公安"),))


def taken(connection: Connection, subjects: tuple[str, ...], business: Business, since: date = date.min) -> int:
    """Fen already taken or in flight by these people for this business since a day."""
    amount = select(func.coalesce(func.sum(applications.c.amount), 0)).where(
        applications.c.subject.in_(subjects),
        applications.c.business == business.value,
        applications.c.state.in_(ACTIVE),
    )
    if since > date.min:
        midnight = datetime.combine(since, time(), CHINA).astimezone(UTC)  # SQLite compares what is written, in UTC
        amount = amount.where(applications.c.submitted_at >= midnight)
    return int(connection.execute(amount).scalar_one())


def _unfrozen(file: Dossier) -> Check:
    return Check(
        text="账户没有冻结或销户",
        basis=ACCOUNT_RULE,
        met=file.account["status"] in ("01", "02"),
        advice="账户被冻结或已销户,请带身份证到柜台查询原因。",
    )


def _not_overdue(loan: RowMapping | None, basis: str) -> Check:
    overdue = loan["overdue"] if loan is not None else 0
    return Check(text="贷款没有逾期", basis=basis, met=overdue == 0, advice="请先还清逾期的部分,再来办理。")


def _contract(loan: RowMapping) -> Loan:
    return Loan(
        principal=Decimal(loan["principal"]) / 100,
        rate=loan["rate"],
        months=max(1, loan["months"]),
        method=METHODS[loan["method"]],
    )


def _principal_and_interest(loan: RowMapping) -> int:
    contract = _contract(loan)
    return int((contract.principal + cost(contract).interest) * 100)


def _monthly(loan: RowMapping) -> int:
    """What is paid a month: the equal payment, or the average of falling ones."""
    return _principal_and_interest(loan) // max(1, int(loan["months"]))


def months_in_a_row(connection: Connection, file: Dossier) -> int:
    """Months paid, or deferred, without a gap up to the latest that is due; none when that one is not (E-21, C-14)."""
    mine = select(entries.c.month).where(
        entries.c.account == fund(file.person["subject"]), entries.c.kind == REMITTANCE
    )
    paid = {month_number(row.month) for row in connection.execute(mine)}
    latest = month_number(str(connection.execute(select(func.max(employers.c.paid_to))).scalar_one()))
    months, employer = 0, employer_of(connection, file.person["employer"])
    while latest - months in paid or deferred(employer, latest - months):
        months += 1
    return months
