"""The dated parameters the calculators read, for one day."""

from datetime import date

from bot.errors import KnowledgeUnavailable

VALUES = {
    "loan_rate_first_short": "2.10",
    "loan_rate_first_long": "2.60",
    "loan_rate_second_short": "2.525",
    "loan_rate_second_long": "3.075",
    "loan_rate_from": "2025 年 5 月 8 日",
    "loan_max_years": "30",
    "loan_cap_dual_first": "90",
    "loan_cap_second": "60",
    "deposit_rate": "1.50",
    "contribution_base_max": "31995",
    "contribution_base_min": "2080",
    "contribution_rate_min": "5",
    "contribution_rate_max": "12",
}


class FixedParameters:
    """Knows VALUES and nothing else."""

    def value(self, parameter: str, on: date) -> str:
        if parameter not in VALUES:
            raise KnowledgeUnavailable(parameter)
        return VALUES[parameter]
