"""What is told where nothing can be done yet keeps the same rules of truth as the knowledge base."""

import re

from actions import account, certificate, complaint, contribution, loan, outlet, repayment, withdrawal
from actions.asking import OFFICIAL
from actions.guide import Guidance
from tests.practice import unhedged

MODULES = (account, certificate, complaint, contribution, loan, outlet, repayment, withdrawal)
GUIDANCE: tuple[Guidance, ...] = tuple(one for module in MODULES for one in module.GUIDANCE)


def test_papers_to_bring_are_said_to_be_common_practice() -> None:
    practice = [one for one in GUIDANCE if OFFICIAL not in one.text]

    assert [one.name for one in practice if unhedged(one.text)] == []
    assert [one.name for one in GUIDANCE if unhedged(one.spoken)] == []


def test_a_rule_of_the_centre_carries_its_date() -> None:
    """No 自有住房, 贷款本息 and 工作日 are the centre's own; the days of the Regulation (日) may be stated."""
    rules = [one for one in GUIDANCE if re.search(r"自有住房|不超过贷款本息|\d+ 个工作日|\d 万?元", one.text)]

    assert [one.name for one in rules if OFFICIAL not in one.text] == []
    assert len(rules) >= 3
