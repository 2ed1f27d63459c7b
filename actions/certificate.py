"""Certificate wishes: where each proof is issued today."""

from actions.guide import Guidance

GUIDANCE = (
    Guidance(
        name="get_certificate",
        text=(
            "证明一般自己就能打,马上出:\n"
            "1. 缴存证明、异地贷款缴存使用证明:手机 APP、网上业务大厅、大厅自助终端、“全国住房公积金”小程序;\n"
            "2. 贷款结清证明、还款明细、对账单:手机 APP、网上业务大厅、大厅自助终端。\n"
            "电子证明带电子签章,不用再到柜面盖章。"
        ),
        spoken="缴存证明、异地贷款证明和结清证明,都可以在手机APP、网上业务大厅或大厅自助终端自己打印,马上就出。",
        question="缴存证明 结清证明 在哪里开",
    ),
)
