"""Account wishes: balance, progress, identity, binding, erasing one's data."""

from dataclasses import replace
from decimal import Decimal

from actions.asking import ask, asked_field, money, ten_thousands
from actions.calculators.interest import interest, next_settlement
from actions.call import Call
from actions.guide import Guidance
from actions.routing import waits
from actions.values import find_months
from actions.wish import Result, say
from bot.ports import Parameters

GUIDANCE = (
    Guidance(
        name="query_balance",
        text=(
            "余额可以这样查,任选一种:\n"
            "1. 手机 APP 或网上业务大厅,登录后看账户信息;\n"
            "2. “全国住房公积金”小程序(微信、支付宝里都有);\n"
            "3. 大厅的自助终端,或带身份证到柜面;\n"
            "4. 拨打 12329。\n"
            "余额属于个人信息,要先核验身份,家家不会在没核验时显示。"
        ),
        spoken="查余额可以登录手机APP、网上业务大厅,或者用全国住房公积金小程序,也可以带身份证到柜面。余额要先核验身份才能告诉您。",
        question="公积金余额怎么查",
    ),
    Guidance(
        name="query_progress",
        text=(
            "办理进度可以登录手机 APP 或网上业务大厅查看,也可以拨打 12329 报受理信息查询。\n"
            "时限供您参考:提取自受理之日起 3 日内作出决定;贷款自受理之日起 10 日内作出决定"
            "(2026 年 9 月 19 日及以前受理的是 15 日)。超过时限没有结果,可以转人工催办。"
        ),
        spoken="进度可以在手机APP或网上业务大厅查。提取三日内决定,贷款十日内决定。超过时限可以转人工催办。",
        question="提取审批要几天 贷款审批要多久",
    ),
    Guidance(
        name="prove_identity",
        text=(
            "核验身份请在登录网上业务大厅或手机 APP 时进行,也可以带身份证原件到柜面。\n"
            "请不要在聊天里发身份证号、银行卡号、密码和验证码;家家和工作人员都不会向您要密码和验证码。"
        ),
        spoken="核验身份请登录网上业务大厅或手机APP,或者带身份证到柜面。请不要告诉任何人密码和验证码。",
        question="登录 密码 忘记了 怎么办",
    ),
    Guidance(
        name="bind_account",
        text=(
            "要在手机上看自己的公积金,请在手机 APP 或网上业务大厅用本人身份证号和预留手机号注册、登录。\n"
            "预留手机号已经停用的,请先改手机号:网上业务大厅、手机 APP 都能改,也可以带身份证到柜面改。"
        ),
        spoken="请在手机APP或网上业务大厅,用本人身份证和预留手机号注册登录。手机号停用了,带身份证到柜面就能改。",
        question="修改预留手机号 绑定手机",
    ),
    Guidance(
        name="unbind_account",
        text=(
            "家家这里没有保存您的绑定关系。要退出其他地方的绑定,"
            "请登录手机 APP 或网上业务大厅,在个人设置里退出或注销登录;"
            "手机丢了、登录不了的,请拨打 12329 或带身份证到柜面处理。"
        ),
        spoken="要解除绑定,请登录手机APP或网上业务大厅,在个人设置里退出。手机丢了请拨打12329,或带身份证到柜面。",
        question="修改手机号 登录",
    ),
    Guidance(
        name="erase_data",
        text=(
            "您在聊天里打出的身份证号、手机号、银行卡号,家家都先遮盖再处理,遮盖前的内容过期自动删除,聊天记录里不保存。\n"
            "要删除您的聊天记录,请转人工,由同事登记并办理;账户和业务档案按规定保存,不能删除。"
        ),
        spoken="您说的证件号和卡号,家家会先遮盖再处理,到期自动删除。要删除聊天记录,请说转人工,由同事登记办理。",
        question="个人信息 安全",
    ),
)


class CalculateInterest:
    """我的公积金一年有多少利息?"""

    name = "calculate_interest"

    def __init__(self, parameters: Parameters) -> None:
        self._parameters = parameters

    async def fulfil(self, call: Call) -> Result:
        """Ask for the balance; answer for the period said, a full year, and up to the settlement day."""
        told = call.known(self.name)
        told |= money(call, "balance", asked=asked_field(call, self.name))
        if period := find_months(call.told):
            told["months"] = str(period)
        if "balance" not in told:
            words = "账户里大约有多少钱?告诉我金额就能算利息,比如 5 万。"
            return ask(call, self.name, told, "balance", words, "money", reminder="利息试算还差账户金额")
        return self._answer(call, told)

    def _answer(self, call: Call, told: dict[str, str]) -> Result:
        rate = Decimal(self._parameters.value("deposit_rate", call.today))
        balance, months = Decimal(told["balance"]), int(told.get("months", "12"))
        days = round(months * 365 / 12)
        settled = next_settlement(call.today)
        left = (settled - call.today).days
        period = "一年" if months == 12 else f"{months} 个月"
        text = (
            f"{ten_thousands(balance)}存满{period}({days} 天),利息大约 {interest(balance, rate, days)} 元;"
            f"从今天到 {settled.year} 年 6 月 30 日结息({left} 天),大约 {interest(balance, rate, left)} 元。\n"
            f"算法:年利率 {rate}%,按每天的余额计息,每年 6 月 30 日结息并入本金。"
            "中间有存入或提取会不一样,以账户实际结息为准。"
        )
        spoken = f"存满{period},利息大约{interest(balance, rate, days)}元,每年六月三十号结息,以实际结息为准。"
        waiting = waits(self.name, told | {"asking": ""}, "money", "months")
        return say(text, spoken=spoken, memory=replace(call.memory, wish=waiting))
