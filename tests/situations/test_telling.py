"""What only tells of a life is heard whatever Rasa read in it, and what asks or wants something is left alone."""

import pytest

from actions.situation import read_situations
from actions.telling import read_weights, tells
from tests.nlu.reading import DATA, examples
from tests.situations.learn import crossed

WEIGHTS = read_weights()
NEVER_LEARNED = (
    "再有俩月我就满六十了",
    "我家那口子上礼拜过世了",
    "我们厂被查封了 人都散了",
    "房贷压得我喘不过气",
    "我婆婆不认识字",
    "我怀二胎了 请长假在家",
)


def test_most_of_what_was_never_learned_is_heard() -> None:
    heard = [text for text in NEVER_LEARNED if tells(text, "out_of_scope", 0.5, WEIGHTS)]

    assert len(heard) >= 4, heard


def test_the_weights_are_those_of_the_sentences() -> None:
    told = [text for one in read_situations().known for text in one.told]

    assert sum(WEIGHTS.chance(text) >= 0.5 for text in told) >= 0.95 * len(told), "python -m tests.situations --learn"
    assert not {example.text for path in sorted((DATA / "nlu").glob("*.yml")) for example in examples(path)} & set(told)


@pytest.mark.parametrize(
    ("text", "intent", "confidence"),
    [
        ("我下岗了能取公积金吗", "policy_question", 0.9),
        ("我要提租房的公积金", "withdraw_rent", 0.98),
        ("查余额", "query_balance", 0.99),
        ("谢谢你啊", "thank", 0.9),
        ("对", "affirm", 0.9),
        ("三万", "inform", 0.9),
        ("", "choose_entry", 1.0),
        ("如果我", "nlu_fallback", 0.2),
        ("今天天气不错", "chitchat", 0.6),
        ("单位公积金缴存比例", "policy_question", 0.8),
    ],
)
def test_what_asks_or_wants_something_is_left_alone(text: str, intent: str, confidence: float) -> None:
    assert not tells(text, intent, confidence, WEIGHTS)


def test_a_wish_heard_well_is_never_taken_for_a_situation() -> None:
    assert tells("我到退休年龄了", "withdraw_retirement", 0.72, WEIGHTS)
    assert not tells("我到退休年龄了", "withdraw_retirement", 0.95, WEIGHTS)


@pytest.mark.slow
def test_situations_are_found_and_questions_are_not_stolen_by_cross_validation() -> None:
    shares = crossed()

    assert shares.found >= 0.68
    assert shares.wrong <= 0.025
    assert shares.questions <= 0.02
