"""How wishes are called when they are spoken of: 租房提取, 预约取号."""

_TITLES = {
    "calculate_loan": "贷款试算",
    "calculate_prepayment": "提前还款试算",
    "calculate_interest": "账户利息试算",
    "calculate_contribution": "月缴存额试算",
    "file_complaint": "投诉建议",
    "withdraw": "提取公积金",
    "withdraw_rent": "租房提取",
    "withdraw_repay_fund_loan": "偿还公积金贷款提取",
    "withdraw_repay_commercial_loan": "偿还商业贷款提取",
    "withdraw_retirement": "离退休提取",
    "prepay": "提前还款",
    "book_counter": "预约取号",
    "cancel_booking": "取消预约",
    "get_certificate": "开证明",
    "prove_identity": "身份验证",
    "erase_data": "删除资料",
    "rate_service": "服务评价",
    "query_balance": "余额查询",
    "query_contribution": "缴存明细查询",
    "query_missing_months": "漏缴查询",
    "query_loan": "贷款查询",
    "query_repayment_plan": "还款计划查询",
    "query_progress": "进度查询",
    "query_complaint": "投诉进展查询",
    "employer_status": "单位缴存查询",
}


def title(wish: str) -> str:
    """Return the name people use for a wish."""
    return _TITLES.get(wish, "那件事")


def titled(wish: str) -> bool:
    """Say whether a wish has a name that people use."""
    return wish in _TITLES
