"""Repayment wishes: the plan and paying back early."""

import re
from dataclasses import replace
from decimal import Decimal

from actions.asking import ask, asked_field, choice, period, ten_thousands, told_rate
from actions.calculators.loan import Loan, Method, named_method
from actions.calculators.prepayment import Comparison, compare, sum_interest
from actions.call import Call
from actions.guide import Guidance
from actions.routing import waits
from actions.values import find_amounts, normalised, without_paid, yuan
from actions.wish import Result, say
from bot.messages import Button, Card, Row
from bot.ports import Parameters

GUIDANCE = (
    Guidance(
        name="query_repayment_plan",
        text=(
            "还款计划和下一期要还多少,登录手机 APP 或网上业务大厅的贷款页面查看;还款明细、对账单在自助终端也能打印。\n"
            "约定还款日前,请把钱存进还款账户。想先估一估,家家可以按金额、年限和利率算出每月还多少。"
        ),
        spoken="还款计划登录手机APP或网上业务大厅就能看。想先估一估每月还多少,告诉我金额和年限。",
        question="还款日 扣款 还款明细",
        buttons=(Button(label="算一算每月还多少", payload="/calculate_loan"),),
    ),
    Guidance(
        name="prepay",
        text=(
            "提前还公积金贷款,在手机 APP、网上业务大厅或柜面申请;没有逾期、还款账户里有足够的钱,一般就能办。\n"
            "提前还一部分的,一般可以选“月供不变、缩短年限”或“年限不变、减少月供”,具体以借款合同为准。"
            "哪种更省,家家现在就能替您算。"
        ),
        spoken="提前还款在手机APP、网上业务大厅或柜面申请。缩短年限和减少月供哪种省,告诉我还剩多少钱、多少年,我来算。",
        question="提前还款 违约金 次数 条件",
        buttons=(Button(label="算提前还款划不划算", payload="/calculate_prepayment"),),
    ),
)


_EARLY = re.compile(r"提前|先还|再还|还上|还掉|拿出?|一次(?:性)?还|还$")
_OWED = re.compile(r"欠|剩|余|本金|贷了?")
_BORROWED = re.compile(r"[贷借]了?(?:款|了|公积金)*$")
_BARE = re.compile(r"[\d.]+")


class CalculatePrepayment:
    """提前还一部分,缩短年限还是减少月供划算?"""

    name = "calculate_prepayment"

    def __init__(self, parameters: Parameters) -> None:
        self._parameters = parameters

    async def fulfil(self, call: Call) -> Result:
        """Ask what is owed, for how long, and what is paid back; compare both choices."""
        told = call.known(self.name)
        asked = asked_field(call, self.name)
        if _paid_already(call):  # a loan paid for years is another than the one just reckoned
            told = {name: value for name, value in told.items() if name not in ("owed", "months")}
        told |= _amounts(call, told, asked)
        told |= period(_of_the_rest(call), "months", asked=asked) | told_rate(call)
        if method := named_method(call.told):
            told["method"] = method.value
        if "owed" not in told:
            words = "贷款还剩多少本金没还?比如 40 万。"
            return ask(call, self.name, told, "owed", words, "money", "months", reminder="提前还款试算还差剩余本金")
        if "months" not in told:
            words = f"剩 {ten_thousands(Decimal(told['owed']))}本金,还要还多少年?"
            return ask(call, self.name, told, "months", words, "months", "money", reminder="提前还款试算还差剩余年限")
        if "prepaid" not in told:
            buttons = (choice("5 万元"), choice("10 万元"))
            words = "这次想提前还多少?"
            return ask(
                call,
                self.name,
                told,
                "prepaid",
                words,
                "money",
                reminder="提前还款试算还差提前还的金额",
                buttons=buttons,
            )
        return self._answer(call, told)

    def _answer(self, call: Call, told: dict[str, str]) -> Result:
        rate = Decimal(told.get("rate") or self._parameters.value("loan_rate_first_long", call.today))
        method = Method(told.get("method", Method.EQUAL_PAYMENT.value))
        loan = Loan(principal=Decimal(told["owed"]), rate=rate, months=int(told["months"]), method=method)
        prepaid = Decimal(told["prepaid"])
        memory = replace(
            call.memory, wish=waits(self.name, told | {"asking": ""}, "money", "months", "percent", "effect", "method")
        )
        note = f"按{method.value}、年利率 {rate}%估算,以借款合同和中心核定为准。"
        if prepaid >= loan.principal:
            text = (
                f"提前还 {ten_thousands(prepaid)}够把剩余本金 {ten_thousands(loan.principal)}全部结清,"
                f"以后的利息大约 {sum_interest(loan)} 元就不用付了,只需另付当期利息。\n{note}"
            )
            return say(text, memory=memory)
        compared = compare(loan, prepaid)
        spoken = (
            f"缩短年限大约省利息{compared.saved_shorter}元,减少月供大约省{compared.saved_lower}元。"
            "想少付利息选缩短年限。"
        )
        other = Method.EQUAL_PAYMENT if method is Method.EQUAL_PRINCIPAL else Method.EQUAL_PRINCIPAL
        buttons = (choice(f"{other.value}的呢", f"按{other.value}算"),)
        text = _text(prepaid, compared, note, falling=method is Method.EQUAL_PRINCIPAL)
        return say(text, spoken=spoken, cards=(_card(compared),), buttons=buttons, memory=memory)


def _text(prepaid: Decimal, compared: Comparison, note: str, *, falling: bool) -> str:
    before, shorter, lower = compared.before, compared.shorter, compared.lower
    if falling:
        return (
            f"提前还 {ten_thousands(prepaid)},按等额本金比一比:\n"
            f"现在:下个月还 {before.payment} 元,以后逐月减少,还要还 {before.months} 期。\n"
            f"每月本金不变、缩短年限:还剩 {shorter.months} 期(少还 {before.months - shorter.months} 期),"
            f"省利息约 {compared.saved_shorter} 元。\n"
            f"年限不变、减少月供:下个月还 {lower.payment} 元(少 {before.payment - lower.payment} 元),"
            f"省利息约 {compared.saved_lower} 元。\n"
            f"想少付利息,选缩短年限;想每月轻松些,选减少月供。{note}"
        )
    return (
        f"提前还 {ten_thousands(prepaid)},两种办法比一比:\n"
        f"现在:每月 {before.payment} 元,还要还 {before.months} 期。\n"
        f"月供不变、缩短年限:还剩 {shorter.months} 期(少还 {before.months - shorter.months} 期),"
        f"省利息约 {compared.saved_shorter} 元。\n"
        f"年限不变、减少月供:每月 {lower.payment} 元(少 {before.payment - lower.payment} 元),"
        f"省利息约 {compared.saved_lower} 元。\n"
        f"想少付利息,选缩短年限;想每月轻松些,选减少月供。{note}"
    )


def _card(compared: Comparison) -> Card:
    outlooks = (("现在", compared.before), ("缩短年限", compared.shorter), ("减少月供", compared.lower))
    rows = tuple(
        Row(label=label, value=f"每月 {look.payment} 元 · {look.months} 期 · 利息 {look.interest} 元")
        for label, look in outlooks
    )
    return Card(title="提前还款试算", rows=rows, kind="table")


def _of_the_rest(call: Call) -> Call:
    """Return the call without terms that are none of what is left: 还了3年, and of 贷了30年还了3年 the whole term."""
    if not _paid_already(call):
        return call
    left = without_paid(call.told)
    return replace(call, text=left if re.search(r"剩|余|还[有要差]", left) else "", entities=())


def _paid_already(call: Call) -> bool:
    """Say whether it is told how long the loan has been paid."""
    return without_paid(call.told) != normalised(call.told)


def _amounts(call: Call, told: dict[str, str], asked: str) -> dict[str, str]:
    """Tell what is owed from what is paid back by the words before each amount."""
    found: dict[str, str] = {}
    for amount in find_amounts(call.told):
        near = amount.before[-5:]
        if _paid_already(call) and _BORROWED.search(near):
            continue  # what was borrowed years ago is not what is owed now
        name = "prepaid" if _EARLY.search(near) else "owed" if _OWED.search(near) else ""
        free = [field for field in (asked, "owed", "prepaid") if field in {"owed", "prepaid"}]
        name = name or next((field for field in free if field not in told | found), "prepaid")
        found[name] = str(amount.yuan)
    bare = normalised(call.told)
    if not found and asked in {"owed", "prepaid"} and _BARE.fullmatch(bare):
        found[asked] = str(yuan(f"{bare}万") if Decimal(bare) < 1000 else yuan(bare))
    return found
