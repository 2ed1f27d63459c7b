"""Contribution wishes of employees and of employers' clerks."""

import re
from dataclasses import replace
from decimal import Decimal

from actions.asking import OFFICIAL, ask, asked_field, choice, money, put_right
from actions.calculators.contribution import Limits, Monthly, Rounding, contribution
from actions.call import Call
from actions.guide import Guidance
from actions.routing import waits
from actions.values import find_months, find_percents, find_yuan, number
from actions.wish import Result, say
from bot.errors import ValueRefused
from bot.messages import Card, Row
from bot.ports import Parameters

GUIDANCE = (
    Guidance(
        name="query_contribution",
        text=(
            "每个月的缴存明细,登录手机 APP 或网上业务大厅就能看;“全国住房公积金”小程序和大厅自助终端也能查。\n"
            "看明细时注意三处:缴至年月、个人和单位各缴多少、账户状态(正常还是封存)。"
            "数目和工资条对不上,先问单位经办人,还不清楚就拨打 12329。"
        ),
        spoken="缴存明细可以在手机APP、网上业务大厅或全国住房公积金小程序里查。数目对不上,先问单位,再拨打12329。",
        question="缴存明细 怎么查 单位每月交多少",
    ),
    Guidance(
        name="query_missing_months",
        text=(
            "有没有漏缴,看缴存明细里的“缴至年月”和每个月的到账记录:登录手机 APP 或网上业务大厅即可。\n"
            "发现漏缴,先请单位经办人补缴;单位不补的,可以拨打 12329 反映,中心会督促单位限期缴存。"
        ),
        spoken="登录手机APP或网上业务大厅看缴存明细,就知道哪个月没到账。漏缴先请单位补,单位不补可以拨打12329反映。",
        question="单位漏缴 断缴 补缴 怎么办",
    ),
    Guidance(
        name="employer_status",
        text=(
            "单位的缴存情况、欠缴月份,请经办人登录网上业务大厅的单位端查看;没有开通的,一般带单位证照和经办人身份证到柜面开通。\n"
            "两个时限请留意:发工资后 5 日内汇缴;新录用职工 30 日内办理登记和账户设立或转移。"
        ),
        spoken="单位缴存情况请经办人登录网上业务大厅单位端查看。发工资后五日内要汇缴,新录用职工三十日内要办登记。",
        question="单位汇缴 委托收款 办理",
    ),
    Guidance(
        name="employer_deferral",
        text=(
            "单位缴存确有困难,可以申请降低比例或缓缴,步骤是:\n"
            "1. 职工代表大会或工会讨论通过,形成决议;\n"
            "2. 准备困难证明等材料,到柜面或网上业务大厅“单位缓缴/解除”提交;\n"
            "3. 中心审核,报管委会批准后办理。\n"
            "手续齐全的 15 个工作日办结。(据公开资料,截至 2026-09;请以西宁住房公积金管理中心最新公布为准。)"
        ),
        spoken="单位困难可以申请降比例或缓缴:先由职代会或工会通过,再到网上业务大厅或柜面提交,中心审核、管委会批准。",
        question="单位缓缴 降低缴存比例 条件 材料",
    ),
)


_HIGHEST = re.compile(r"最高|顶格|上限|封顶")


class CalculateContribution:
    """算算我每个月要交多少公积金。"""

    name = "calculate_contribution"

    def __init__(self, parameters: Parameters, rounding: Rounding = Rounding.HALF_UP_TO_YUAN) -> None:
        self._parameters = parameters
        self._rounding = rounding

    async def fulfil(self, call: Call) -> Result:
        """Ask for the wage, then the ratio; answer with both sides' payments."""
        told = call.known(self.name)
        told |= money(call, "wage", asked=asked_field(call, self.name))
        told |= self._ratios(call, asked_field(call, self.name))
        if "personal" in call.known(self.name) and (span := find_months(call.told)):
            return self._over(call, told, span)
        if "wage" not in told:
            return ask(
                call,
                self.name,
                told,
                "wage",
                "您上一年度的月平均工资是多少元?",
                "money",
                reminder="月缴存额试算还差月平均工资",
            )
        if "personal" not in told:
            buttons = tuple(choice(f"{ratio}%") for ratio in (12, 8, 5))
            lowest, highest = self._between(call)
            words = f"缴存比例是多少?{lowest}% 到 {highest}% 之间;单位和个人不一样的,两个都告诉我。"
            return ask(
                call, self.name, told, "ratio", words, "percent", reminder="月缴存额试算还差缴存比例", buttons=buttons
            )
        return self._answer(call, told)

    def _between(self, call: Call) -> tuple[Decimal, Decimal]:
        """Return the lowest and the highest ratio of today, in percent."""
        lowest, highest = (f"contribution_rate_{end}" for end in ("min", "max"))
        return Decimal(self._parameters.value(lowest, call.today)), Decimal(self._parameters.value(highest, call.today))

    def _ratios(self, call: Call, asked: str) -> dict[str, str]:
        found = find_percents(call.told) or self._furthest(call, asked)
        if not found and asked == "ratio" and find_yuan(call.told) is None and not put_right(call):
            found = (number(call.told),)
        if not found:
            return {}
        lowest, highest = self._between(call)
        if not all(lowest <= ratio <= highest for ratio in found[:2]):
            raise ValueRefused(f"缴存比例在 {lowest}% 到 {highest}% 之间。请重新写一下,比如 8%。")
        employer_first = (
            "单位" in call.text and "个人" in call.text and call.text.index("单位") < call.text.index("个人")
        )
        first, last = found[0], found[1] if len(found) > 1 else found[0]
        personal, employer = (last, first) if employer_first else (first, last)
        return {"personal": str(personal), "employer": str(employer)}

    def _furthest(self, call: Call, asked: str) -> tuple[Decimal, ...]:
        """Return the ratio meant by 最高 or 最低 when the ratio is what was asked for."""
        lowest, highest = self._between(call)
        if asked != "ratio":
            return ()
        return (highest,) if _HIGHEST.search(call.told) else (lowest,) if "最低" in call.told else ()

    def _answer(self, call: Call, told: dict[str, str]) -> Result:
        wage, personal, employer = Decimal(told["wage"]), Decimal(told["personal"]), Decimal(told["employer"])
        limits, monthly = self._monthly(call, told)
        text = (
            f"按缴存基数 {monthly.base:f} 元:个人({personal}%)每月 {monthly.personal} 元,"
            f"单位({employer}%)每月 {monthly.employer} 元,合计 {monthly.total} 元,都归您个人所有。"
            f"{_clamped(wage, monthly, limits)}\n这里按四舍五入到元估算,以中心核定为准。"
        )
        rows = (
            Row(label="缴存基数", value=f"{monthly.base:f} 元"),
            Row(label=f"个人 {personal}%", value=f"{monthly.personal} 元"),
            Row(label=f"单位 {employer}%", value=f"{monthly.employer} 元"),
            Row(label="每月合计", value=f"{monthly.total} 元"),
        )
        memory = replace(call.memory, wish=waits(self.name, told | {"asking": ""}, "money", "percent", "months"))
        spoken = (
            f"个人每月大约{monthly.personal.normalize():f}元,单位{monthly.employer.normalize():f}元,以中心核定为准。"
        )
        return say(text, spoken=spoken, cards=(Card(title="月缴存额试算", rows=rows),), memory=memory)

    def _monthly(self, call: Call, told: dict[str, str]) -> tuple[Limits, Monthly]:
        limits = Limits(
            lowest=Decimal(self._parameters.value("contribution_base_min", call.today)),
            highest=Decimal(self._parameters.value("contribution_base_max", call.today)),
        )
        ratios = {"personal": Decimal(told["personal"]), "employer": Decimal(told["employer"])}
        return limits, contribution(Decimal(told["wage"]), **ratios, limits=limits, rounding=self._rounding)

    def _over(self, call: Call, told: dict[str, str], span: int) -> Result:
        """Tell the sum of several months: 那一年呢."""
        _, monthly = self._monthly(call, told)
        text = (
            f"照这样缴,{span} 个月合计 {monthly.total * span} 元:个人 {monthly.personal * span} 元,"
            f"单位 {monthly.employer * span} 元(没算利息,基数和比例不变)。"
        )
        return say(text, memory=call.memory)


def _clamped(wage: Decimal, monthly: Monthly, limits: Limits) -> str:
    if wage == monthly.base:
        return ""
    side = f"高于上限 {limits.highest} 元" if wage > limits.highest else f"低于下限 {limits.lowest} 元"
    return f"\n您的工资{side},基数按{'上限' if wage > limits.highest else '下限'}算。{OFFICIAL}"
