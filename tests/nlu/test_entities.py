"""Money, periods and dates are found where people write them, and nowhere else."""

import pytest

from tests.nlu.reading import ROOT, parsed, patterns, read

KINDS = ("money", "period", "date")
SENTENCES = [
    parsed(line.removeprefix("- "))
    for line in str(read(ROOT / "tests" / "nlu" / "entities_test.yml")["sentences"]).splitlines()
]
PATTERNS = patterns()


@pytest.mark.parametrize("kind", KINDS)
def test_f1_on_held_out_sentences_is_at_least_0_95(kind: str) -> None:
    hits = wrong = missed = 0
    for sentence in SENTENCES:
        true = {(span.start, span.end) for span in sentence.spans if span.entity == kind}
        found = {(match.start(), match.end()) for match in PATTERNS[kind].finditer(sentence.text)}
        hits, wrong, missed = hits + len(true & found), wrong + len(found - true), missed + len(true - found)

    assert 2 * hits / (2 * hits + wrong + missed) >= 0.95


def test_there_are_enough_sentences_to_mean_something() -> None:
    assert len(SENTENCES) >= 150


@pytest.mark.parametrize("sentence", ["和老婆一块去", "打12329没人接", "2025号文件是哪年的", "第二套房", "万一不批呢"])
def test_what_only_looks_like_money_is_not_money(sentence: str) -> None:
    assert PATTERNS["money"].findall(sentence) == []


@pytest.mark.parametrize(
    ("sentence", "entity", "value"),
    [
        ("我的〔身份证·1〕", "id_number", "〔身份证·1〕"),
        ("〔手机号·12〕发码", "phone_number", "〔手机号·12〕"),
        ("打到〔银行卡·1〕", "bank_card", "〔银行卡·1〕"),
        ("单位〔账号·2〕", "account_number", "〔账号·2〕"),
        ("我在城西区", "district", "城西区"),
        ("异地贷款缴存使用证明", "certificate_kind", "异地贷款缴存使用证明"),
        ("要等额本金", "repayment_method", "等额本金"),
        ("选缩短年限", "prepayment_effect", "缩短年限"),
        ("第二个", "ordinal", "第二个"),
        ("给5分", "rate_score", "5分"),
        ("我们两口子", "person_count", "两口子"),
        ("在兰州交的", "city", "兰州"),
    ],
)
def test_other_values_are_found_whole(sentence: str, entity: str, value: str) -> None:
    assert [match.group() for match in PATTERNS[entity].finditer(sentence)] == [value]
