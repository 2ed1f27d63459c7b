import pytest

from bot.knowledge import Decision
from knowledge_base.thresholds import SURE, Thresholds

pytestmark = pytest.mark.slow  # over PyTorch

LIMITS = Thresholds(ours=0.5, answer=0.6)


def test_what_is_not_ours_is_declined_however_near_an_entry_seems():
    assert LIMITS.decide(0.2, SURE - 0.01) is Decision.DECLINE


def test_a_surely_right_answer_is_said_in_words_the_gatekeeper_does_not_know():
    assert LIMITS.decide(0.2, SURE) is Decision.ANSWER


def test_between_the_limits_a_choice_is_offered():
    assert LIMITS.decide(0.9, 0.5) is Decision.CLARIFY
    assert LIMITS.decide(0.9, 0.6) is Decision.ANSWER


def test_a_broad_question_is_met_with_a_choice_unless_its_answer_is_sure():
    limits = Thresholds(ours=0.8, answer=0.6)

    assert limits.decide(0.1, 0.5, broad=True) is Decision.CLARIFY
    assert limits.decide(0.9, 0.9, broad=True) is Decision.CLARIFY
    assert limits.decide(0.1, 0.95, broad=True) is Decision.ANSWER
