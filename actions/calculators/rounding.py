"""Rounding to fen and to yuan, said once."""

from decimal import ROUND_HALF_UP, Context, Decimal

EXACT = Context(prec=40)
FEN = Decimal("0.01")
YUAN = Decimal("1")


def to_fen(value: Decimal) -> Decimal:
    """Return `value` rounded half up to the fen."""
    return value.quantize(FEN, rounding=ROUND_HALF_UP)
