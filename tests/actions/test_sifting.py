"""The first look-up is enough for a question that stands by itself, and not for one that leans on the talk."""

from actions.aspects import read_aspects
from actions.readings import before, turn
from actions.sifting import Sift, read_sift, signs
from bot.knowledge import Decision, Finding, Hit, Served

ASPECTS, SIFT = read_aspects(), read_sift()
RENT = Served(
    id="withdrawal-rent-can", topic="withdrawal", title="租房能提公积金吗?", screen="无自有住房就能提。", spoken=""
)
SETTLE = Served(
    id="repayment-settle",
    topic="repayment",
    title="怎样一次结清公积金贷款?",
    screen="可以申请提前结清,本息一次还清。",
    spoken="",
)
TRANSFER = Served(
    id="account-transfer-in", topic="account", title="怎么把外地的公积金转进来?", screen="在网上申请转入。", spoken=""
)
PAST = before("租房能提公积金吗", RENT)


def found(decision: Decision, *hits: Hit) -> Finding:
    return Finding(decision=decision, hits=hits, version="1")


def figures(words: str, alone: Finding) -> tuple[float, ...]:
    return signs(turn(words, PAST, ASPECTS), alone, ASPECTS, ())


SURE = found(Decision.ANSWER, Hit(entry=SETTLE, score=0.97), Hit(entry=TRANSFER, score=0.02))
UNSURE = found(Decision.CLARIFY, Hit(entry=SETTLE, score=0.35), Hit(entry=TRANSFER, score=0.2))


def test_a_whole_question_that_is_surely_found_needs_no_other_reading() -> None:
    assert SIFT.enough(figures("剩的尾款想全部结清", SURE))


def test_a_turn_without_a_matter_of_its_own_is_read_in_every_way() -> None:
    assert not SIFT.enough(figures("那要多久", UNSURE))
    assert not SIFT.enough(figures("那要啥材料", UNSURE))


def test_a_turn_that_finds_nothing_has_as_many_signs_as_any() -> None:
    assert len(figures("那呢", found(Decision.DECLINE))) == len(figures("那要多久", UNSURE))


def test_without_trees_nothing_is_enough() -> None:
    assert not Sift(()).enough(figures("剩的尾款想全部结清", SURE))
