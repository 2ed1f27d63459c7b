"""A score is the chance that the answer serves: kin of the right entry count for calibration, never as right."""

import pytest

from bot.knowledge import Decision, Finding, Hit, Served
from knowledge_base.examining import Judged, figures, lost_matters
from knowledge_base.labelled import Question

pytestmark = pytest.mark.slow  # over PyTorch


def _judged(found: str, *, right: str, kin: tuple[str, ...] = (), score: float = 0.9) -> Judged:
    served = Served(id=found, topic="loan", title=found, screen="。", spoken="。")
    finding = Finding(decision=Decision.ANSWER, hits=(Hit(entry=served, score=score),), version="v")
    question = Question(text="问", right=frozenset({right}), kin=frozenset(kin))
    return Judged(question=question, finding=finding, milliseconds=1.0)


def test_kin_serve_but_are_not_right() -> None:
    kin, stranger = (
        _judged("loan-b", right="loan-a", kin=("loan-b",)),
        _judged("loan-c", right="loan-a", kin=("loan-b",)),
    )

    assert (kin.serves, kin.fits(1)) == (True, False)
    assert not stranger.serves


def test_calibration_counts_what_serves_and_says_the_strict_figure_beside_it() -> None:
    table = figures([_judged("loan-b", right="loan-a", kin=("loan-b",), score=1.0)] * 10)

    assert table["top1"] == 0.0
    assert (table["calibration_error"], table["calibration_strict"]) == (0.0, 1.0)
    assert "calibration_strict" not in figures([_judged("loan-a", right="loan-a")])


def test_an_entry_that_answers_none_of_its_questions_any_more_is_named() -> None:
    robbed = [_judged("loan-c", right="loan-a")] * 3
    thinned = [_judged("loan-c", right="loan-b")] * 2 + [_judged("loan-b", right="loan-b")]
    never = [_judged("loan-c", right="loan-d")] * 3
    old = [*[_judged("loan-a", right="loan-a")] * 3, *[_judged("loan-b", right="loan-b")] * 3, *never]

    assert lost_matters(old, [*robbed, *thinned, *never]) == {"loan-a": robbed}


def test_one_question_lost_is_a_chance() -> None:
    old = [_judged("loan-a", right="loan-a"), _judged("loan-c", right="loan-a")]

    assert not lost_matters(old, [_judged("loan-c", right="loan-a")] * 2)
