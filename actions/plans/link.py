"""Writes a loan into an address, so that its plan can be shown without keeping anything."""

from urllib.parse import urlencode

from actions.calculators.loan import Loan, Method

METHODS = {"level": Method.EQUAL_PAYMENT, "falling": Method.EQUAL_PRINCIPAL}
_NAMES = {method: name for name, method in METHODS.items()}


def plan_link(public_url: str, loan: Loan) -> str:
    """Return the address of a plan's page."""
    return f"{public_url.rstrip('/')}/plan?{plan_query(loan)}"


def plan_query(loan: Loan) -> str:
    """Return the loan as a query."""
    return urlencode(
        {"principal": loan.principal, "rate": loan.rate, "months": loan.months, "method": _NAMES[loan.method]}
    )
