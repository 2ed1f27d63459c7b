"""Loan wishes that need the citizen's own loan file."""

import re
from dataclasses import replace
from decimal import Decimal

from actions.asking import OFFICIAL, ask, asked_field, bare_of_sum, choice, money, period, ten_thousands, told_rate
from actions.calculators.loan import Loan, Method, cost, named_method, plan, yearly
from actions.call import Call
from actions.guide import Guidance
from actions.plans.link import plan_link
from actions.routing import READS, waits
from actions.wish import Result, say
from bot.errors import ValueRefused
from bot.messages import Button, Card, Row
from bot.ports import Parameters

_SHORT_MONTHS = 60
_BANK = "bank"
_LENDER = re.compile(r"(?P<fund>公积金)|商贷|商业(?:性)?(?:住房)?贷款?|商业的")
_WHICH_RATE = "商业贷款的利率各家银行不一样。您的年利率是百分之几?比如 3.1%。"

GUIDANCE = (
    Guidance(
        name="query_loan",
        text=(
            "贷款余额、利率、已还多少,登录手机 APP 或网上业务大厅的贷款页面就能看;大厅自助终端和柜面也能查。\n"
            "想先算算月供或利息,家家现在就能算。"
        ),
        spoken="贷款余额和利率,登录手机APP或网上业务大厅就能看。想算月供,告诉我金额和年限,我马上算。",
        question="公积金贷款余额怎么查",
        buttons=(Button(label="算一算贷款月供", payload="/calculate_loan"),),
    ),
)


class CalculateLoan:
    """算算贷款每个月还多少。"""

    name = "calculate_loan"

    def __init__(self, parameters: Parameters, *, public_url: str = "") -> None:
        self._parameters = parameters
        self._public_url = public_url

    async def fulfil(self, call: Call) -> Result:
        """Ask for the amount, then the years; answer with both methods."""
        told = _told(call, self.name)
        if "amount" not in told:
            return ask(
                call,
                self.name,
                told,
                "amount",
                "想贷多少钱?比如 50 万。",
                "money",
                "months",
                reminder="月供试算还差贷款金额",
            )
        if "months" not in told:
            buttons = tuple(choice(f"{years} 年") for years in (30, 20, 10))
            words = f"贷 {ten_thousands(Decimal(told['amount']))},想分多少年还?"
            return ask(
                call,
                self.name,
                told,
                "months",
                words,
                "months",
                "money",
                reminder="月供试算还差贷款年限",
                buttons=buttons,
            )
        if told.get("lender") == _BANK and "rate" not in told:
            return ask(call, self.name, told, "rate", _WHICH_RATE, "percent", reminder="月供试算还差年利率")
        loan = self._loan(call, told)
        if READS["plan"](call.told) and call.known(self.name):
            return _plan(call, loan, self._public_url)
        if READS["sum"](call.told) and call.known(self.name):
            return _in_all(call, loan)
        if call.known(self.name) and (method := named_method(call.told)):
            return _by(replace(loan, method=method), call)
        return self._answer(call, told, loan)

    def _loan(self, call: Call, told: dict[str, str]) -> Loan:
        most_years = int(self._parameters.value("loan_max_years", call.today))
        months = int(told["months"])
        if months > most_years * 12:
            raise ValueRefused(f"公积金贷款最长 {most_years} 年。请换一个年限,比如 {most_years} 年。{OFFICIAL}")
        term = "short" if months <= _SHORT_MONTHS else "long"
        published = self._parameters.value(f"loan_rate_{told.get('home', 'first')}_{term}", call.today)
        return Loan(principal=Decimal(told["amount"]), rate=Decimal(told.get("rate", published)), months=months)

    def _answer(self, call: Call, told: dict[str, str], level: Loan) -> Result:
        falling = replace(level, method=Method.EQUAL_PRINCIPAL)
        home = told.get("home", "first")
        waiting = waits(
            self.name, told | {"asking": ""}, "money", "months", "home", "method", "percent", "lender", "plan", "sum"
        )
        return say(
            _text(level, falling, self._rate_words(call, told)) + self._over_cap(call, level.principal, home),
            spoken=(
                f"等额本息每月大约还{cost(level).first}元;"
                f"等额本金首月还{cost(falling).first}元,以后逐月减少。以借款合同为准。"
            ),
            buttons=_variants(home, level.months),
            cards=(_card(level, falling),),
            memory=replace(call.memory, wish=waiting),
        )

    def _rate_words(self, call: Call, told: dict[str, str]) -> tuple[str, str]:
        """Return whose rate it is, and since when."""
        if "rate" in told:
            return "按您说的", "结果供参考,以借款合同为准。"
        since = self._parameters.value("loan_rate_from", call.today)
        kind = "二套(不低于此利率)" if told.get("home") == "second" else "首套"
        return kind, f"利率按 {since}起执行的标准,结果供参考,以中心审批和借款合同为准。"

    def _over_cap(self, call: Call, principal: Decimal, home: str) -> str:
        """Name the published ceiling when the amount is above it; what one may borrow is never computed (C-41)."""
        name = "loan_cap_dual_first" if home == "first" else "loan_cap_second"
        cap = self._parameters.value(name, call.today)
        if principal <= Decimal(cap) * 10_000:
            return ""
        who = "双缴存职工家庭首套" if home == "first" else "二套"
        return f"\n提醒:普通家庭{who}最高 {cap} 万元,多子女家庭和引进人才另有规定。{OFFICIAL}"


def _told(call: Call, name: str) -> dict[str, str]:
    """Return what is known of the loan with what this turn tells; a bank's rate is no rate of the fund's."""
    told, asked, lender = call.known(name), asked_field(call, name), _LENDER.search(call.told)
    if lender:
        told["lender"] = "fund" if lender["fund"] else _BANK
    if lender and lender["fund"]:
        told.pop("rate", None)  # 公积金的话呢, after a bank's
    told |= money(call, "amount", asked=asked, bare_ten_thousands=True)
    told |= period(call, "months", asked=asked) | told_rate(call, asked=asked == "rate")
    told |= bare_of_sum(call, "amount", "months") if not asked and "months" in told else {}
    if match := re.search(r"[首二]套|第[一二]套", call.told):
        told["home"] = "second" if "二" in match.group(0) else "first"
    return told


def _text(level: Loan, falling: Loan, rate_words: tuple[str, str]) -> str:
    kind, note = rate_words
    equal, less = cost(level), cost(falling)
    return (
        f"贷 {ten_thousands(level.principal)}、{_years(level.months)},{kind}年利率 {level.rate}%:\n"
        f"等额本息:每月还 {equal.first} 元,总利息 {equal.interest} 元。\n"
        f"等额本金:首月还 {less.first} 元,每月少还约 {less.step} 元,"
        f"末月 {less.last} 元,总利息 {less.interest} 元。\n{note}"
    )


def _by(loan: Loan, call: Call) -> Result:
    """Tell what the loan just calculated costs by one method."""
    what, costs = f"{ten_thousands(loan.principal)}、{_years(loan.months)}、年利率 {loan.rate}%", cost(loan)
    if loan.method is Method.EQUAL_PAYMENT:
        words = f"{what},按等额本息还:每月都还 {costs.first} 元,总利息 {costs.interest} 元。"
    else:
        words = (
            f"{what},按等额本金还:首月 {costs.first} 元,每月少还约 {costs.step} 元,末月 {costs.last} 元,"
            f"总利息 {costs.interest} 元。"
        )
    buttons = (choice(f"{loan.method.value}还款计划", "看逐年还款计划"),)
    return say(f"{words}\n结果供参考,以中心审批和借款合同为准。", buttons=buttons, memory=call.memory)


def _in_all(call: Call, level: Loan) -> Result:
    """Tell what is paid back in all, and each month, for the loan just calculated."""
    equal, less = cost(level), cost(replace(level, method=Method.EQUAL_PRINCIPAL))
    words = (
        f"按刚才的 {ten_thousands(level.principal)}、{_years(level.months)}、年利率 {level.rate}% 算:\n"
        f"等额本息:每月还 {equal.first} 元,连本带息一共还 {level.principal + equal.interest} 元。\n"
        f"等额本金:首月还 {less.first} 元,以后逐月减少,一共还 {level.principal + less.interest} 元。\n"
        "结果供参考,以中心审批和借款合同为准。"
    )
    return say(words, memory=call.memory)


def _plan(call: Call, loan: Loan, public_url: str) -> Result:
    """Show the plan year by year, by the method named (等额本息 when none is), and where to see every month."""
    loan = replace(loan, method=Method.EQUAL_PRINCIPAL if "本金" in call.told else Method.EQUAL_PAYMENT)
    years = yearly(plan(loan))
    rows = tuple(
        Row(
            label=f"第 {year.number} 年",
            value=f"还 {year.paid} 元(本金 {year.principal},利息 {year.interest}),剩 {year.left} 元",
        )
        for year in years
    )
    other = Method.EQUAL_PAYMENT if loan.method is Method.EQUAL_PRINCIPAL else Method.EQUAL_PRINCIPAL
    return say(
        f"这是 {ten_thousands(loan.principal)}、{_years(loan.months)}、年利率 {loan.rate}% 的{loan.method.value}"
        f"还款计划,每月四舍五入到分,最后一期结清尾差。第一年共还 {years[0].paid} 元。",
        cards=(
            Card(title=f"还款计划({loan.method.value})", rows=rows, kind="table"),
            *((Card(title="看图、下载每月明细", link=plan_link(public_url, loan), kind="link"),) if public_url else ()),
        ),
        buttons=(choice(f"{other.value}还款计划", f"看{other.value}的计划"),),
    )


def _variants(home: str, months: int) -> tuple[Button, ...]:
    other = choice("二套", "按二套算") if home == "first" else choice("首套", "按首套算")
    years = choice("20 年", "换成 20 年") if months != 240 else choice("30 年", "换成 30 年")
    return (other, years, choice("还款计划", "看逐年还款计划"))


def _card(level: Loan, falling: Loan) -> Card:
    equal, less = cost(level), cost(falling)
    rows = (
        Row(label="贷款金额", value=ten_thousands(level.principal)),
        Row(label="期数", value=f"{level.months} 期"),
        Row(label="年利率", value=f"{level.rate}%"),
        Row(label="等额本息月供", value=f"{equal.first} 元"),
        Row(label="等额本息总利息", value=f"{equal.interest} 元"),
        Row(label="等额本金首月", value=f"{less.first} 元"),
        Row(label="等额本金总利息", value=f"{less.interest} 元"),
    )
    return Card(title="贷款试算", rows=rows, kind="table")


def _years(months: int) -> str:
    years, rest = divmod(months, 12)
    return f"{f'{years} 年' if years else ''}{f'{rest} 个月' if rest else ''}({months} 期)"
