"""Mistyped questions are mended in the fund's own language; what is written right is left alone."""

import pytest

from knowledge_base.building import asked_of
from knowledge_base.content import load_content
from knowledge_base.exam import Exam
from knowledge_base.finder import speller_for
from knowledge_base.pronunciation import readings
from knowledge_base.spelling import Speller
from knowledge_base.wording import Reading, read_like
from tests.knowledge_base.small import FOLDER

pytestmark = pytest.mark.slow  # learns the language of all questions, over PyTorch

PROBES_CHANGED, FOREIGN_CHANGED = 0.03, 0.015


@pytest.fixture(scope="module")
def reading() -> Reading:
    return read_like(FOLDER)


@pytest.fixture(scope="module")
def speller(reading: Reading) -> Speller:
    return speller_for(asked_of(load_content(FOLDER)), reading)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("公鸡金怎么题取", "公积金怎么提取"),
        ("提前换款要不要违约金", "提前还款要不要违约金"),
        ("房贷能不能掩期", "房贷能不能延期"),
        ("住公房积金贷款", "住房公积金贷款"),
        ("公积贷款利率是多少", "公积金贷款利率是多少"),
        ("利西多少", "利息多少"),
    ],
    ids=["homophones", "another reading", "a rare sign", "exchanged", "left out", "short"],
)
def test_what_was_mistyped_is_read_as_it_was_meant(speller: Speller, written: str, meant: str) -> None:
    assert speller.mend(written) == meant


@pytest.mark.parametrize("text", ["攻击", "今天天气", "etc怎么注销", "公积金excel", "", "a", "租", "12329"])
def test_what_is_written_right_or_is_none_of_ours_stays(speller: Speller, text: str) -> None:
    assert speller.mend(text) == text


def test_curated_questions_are_never_changed(speller: Speller, reading: Reading) -> None:
    questions = [reading.plain(q) for entry in asked_of(load_content(FOLDER)) for q in entry.questions[:3]]

    changed = [(text, speller.mend(text)) for text in questions if speller.mend(text) != " ".join(text.split())]

    assert len(changed) <= len(questions) * 0.02, changed


def test_unknown_wordings_are_nearly_never_changed(speller: Speller, reading: Reading) -> None:
    exam = Exam.load(FOLDER)
    for texts, share in (([text for _, text in exam.probes], PROBES_CHANGED), (exam.foreign, FOREIGN_CHANGED)):
        plain = [" ".join(reading.plain(text).split()) for text in texts]

        changed = [(text, speller.mend(text)) for text in plain if speller.mend(text) != text]

        assert len(changed) <= len(texts) * share, changed


def test_a_character_is_known_by_all_its_readings() -> None:
    assert {"hai", "huan"} <= set(readings("还"))
    assert readings("e") == ()
