"""Money, months and words as the contract writes them."""

import re
from decimal import Decimal

from actions.business.sandbox.problems import Problem

MONEY = re.compile(r"[0-9]{1,12}\.[0-9]{2}")


def yuan(fen: int) -> str:
    """Fen → `12.34`."""
    return str((Decimal(fen) / 100).quantize(Decimal("0.01")))


def month_number(month: str) -> int:
    """`2026-10` or `202610` as a running number of months."""
    digits = month.replace("-", "")
    return int(digits[:4]) * 12 + int(digits[4:6]) - 1


def month_text(number: int) -> str:
    """The running number as `YYYY-MM`."""
    return f"{number // 12:04d}-{number % 12 + 1:02d}"


def to_fen(text: object) -> int:
    """`12.34` → fen; Problem bad-request for anything else."""
    if not isinstance(text, str) or not MONEY.fullmatch(text):
        raise Problem("bad-request", "金额写法不对。")
    return int(text.replace(".", ""))
