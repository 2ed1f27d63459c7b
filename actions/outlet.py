"""Outlet wishes: counters, queues and bookings, saying only what is published."""

from actions.guide import Guidance

_SITE = "中心官网 https://www.xnzfgjj.com"

GUIDANCE = (
    Guidance(
        name="find_outlet",
        text=(
            f"离您最近的网点地址和办公时间,请拨打 12329 或看{_SITE},家家手里没有核实过的清单,怕您白跑。\n"
            "多数业务不用出门:手机 APP、网上业务大厅就能办;需要本人到场的(如贷款签约、抵押)再去柜面。"
        ),
        spoken="最近的网点地址和办公时间,请拨打12329或看中心官网,免得您白跑。多数业务在手机APP和网上业务大厅就能办。",
        question="网点 地址 上班时间 去哪里办",
    ),
    Guidance(
        name="query_queue",
        text=(
            "大厅现在排多少人,家家这里看不到,请拨打 12329 问清再去。\n"
            "不想排队,先看看能不能在手机 APP 或网上业务大厅办:提取、提前还款、打证明都可以在线办。"
        ),
        spoken="大厅排队人数我这里看不到,请拨打12329问一下。提取、提前还款、打证明都可以在手机APP上办,不用排队。",
        question="哪些业务可以网上办 不用去大厅",
    ),
    Guidance(
        name="book_counter",
        text=(
            "能不能约、去哪个大厅合适,请先拨打 12329 问清楚,免得白跑。\n"
            "去之前一般备好本人身份证和银行卡;请人代办的,再带委托书和双方身份证。"
        ),
        spoken="能不能约、去哪个大厅,请先拨打12329问清楚。去的时候一般带好本人身份证和银行卡,代办还要委托书和双方身份证。",
        question="预约 办理 代办 需要什么",
    ),
    Guidance(
        name="cancel_booking",
        text="要取消或改约,请拨打 12329 告诉工作人员。家家这里没有替您保存预约,不用在这里再操作。",
        spoken="要取消或改约,请拨打12329告诉工作人员。",
        question="预约 取消",
    ),
)
