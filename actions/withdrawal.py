"""Withdrawal wishes: where each kind is applied for today and what to have ready."""

from actions.asking import OFFICIAL
from actions.guide import Guidance
from bot.messages import Button

_SAFE = "正规办理不收手续费,找中介用假材料“代提”属于骗提。"

_KINDS = (
    Button(label="租房提取", payload="/withdraw_rent"),
    Button(label="还公积金贷款", payload="/withdraw_repay_fund_loan"),
    Button(label="还商业贷款", payload="/withdraw_repay_commercial_loan"),
    Button(label="退休提取", payload="/withdraw_retirement"),
)

GUIDANCE = (
    Guidance(
        name="withdraw_rent",
        text=(
            "租房提取在手机 APP 或网上业务大厅就能申请,也可以到柜面。\n"
            "先看条件:在缴存地没有自有住房。一般备好身份证、本人银行卡;租公租房的再带租赁合同和租金票据。\n"
            f"受理之日起 3 日内作出决定。{_SAFE}\n{OFFICIAL}"
        ),
        spoken="租房提取在手机APP、网上业务大厅或柜面申请,一般备好身份证和本人银行卡,公租房再带租赁合同和租金票据。",
        question="租房提取 一年最多能提多少 条件",
    ),
    Guidance(
        name="withdraw_repay_fund_loan",
        text=(
            "用公积金还公积金贷款,在手机 APP 或网上业务大厅就能申请,一般不用另交材料,系统有您的贷款信息;"
            "也可以签约逐月提取还贷。\n"
            "条件是名下有没还清的公积金贷款,累计提取不超过贷款本息。" + OFFICIAL
        ),
        spoken="用公积金还公积金贷款,在手机APP或网上业务大厅申请就行,也可以签约逐月提取还贷。",
        question="逐月提取还贷 偿还公积金贷款提取",
    ),
    Guidance(
        name="withdraw_repay_commercial_loan",
        text=(
            "用公积金还商业住房贷款,在手机 APP、网上业务大厅或柜面申请。\n"
            "一般备好身份证、本人银行卡、借款合同和还款明细。受理之日起 3 日内作出决定,累计提取不超过贷款本息。"
            + OFFICIAL
        ),
        spoken="用公积金还商贷,在手机APP、网上业务大厅或柜面申请,一般备好身份证、银行卡、借款合同和还款明细。",
        question="偿还商业贷款提取 多久提一次 材料",
    ),
    Guidance(
        name="withdraw_retirement",
        text=(
            "退休了可以把账户里的钱连同利息一次提完,账户同时注销。\n"
            "在手机 APP 或网上业务大厅申请,也可以到柜面;一般备好身份证、本人银行卡和退休证明(能联网查到的可以不带)。\n"
            "一般要先由单位停缴或封存账户。受理之日起 3 日内作出决定。"
        ),
        spoken="退休提取在手机APP、网上业务大厅或柜面办,一般备好身份证、银行卡和退休证明,先由单位封存账户,本息一次提完。",
        question="退休提取 材料 多久到账",
    ),
    Guidance(
        name="withdraw",
        text=(
            "提取公积金先看是哪一种用途:租房、买房、还公积金贷款、还商业贷款、退休、大病、加装电梯等,条件和材料各不相同。\n"
            "告诉家家您的用途,我马上说条件;申请在手机 APP、网上业务大厅或柜面办,受理之日起 3 日内作出决定。\n" + _SAFE
        ),
        spoken="提取要看用途,比如租房、买房、还贷款、退休。您是哪一种?告诉我,我马上说条件和办法。",
        question="公积金提取 有哪些情形",
        buttons=_KINDS,
    ),
)
