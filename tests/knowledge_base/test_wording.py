"""Questions are read the same whatever city, year, politeness, synonym or homophone they come in."""

import pytest

from knowledge_base.pronunciation import sounds, syllables
from knowledge_base.wording import Reading, read_like
from tests.knowledge_base.small import FOLDER


@pytest.fixture(scope="module")
def reading() -> Reading:
    return read_like(FOLDER)


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("北京住房公积金提取多久到账", "公积金提取多久到账"),
        ("2024年公积金怎么取?", "公积金怎么提取"),
        ("请问,离婚以后公积金咋取", "离婚以后公积金怎么提取"),
        ("辞职了公积金支取", "离职了公积金提取"),
        ("商业房贷", "商业贷款"),
        ("房款90万能全贷吗", "房款一百二十万能全贷吗"),
        ("交了8个月能贷吗", "交了十个月能贷吗"),
        ("我52岁能贷几年", "我四十七岁能贷几年"),
        ("丈母娘的公积金能用吗", "父母的公积金能用吗"),
        ("俺租人家的房子住着哩 公积金阿么取哩", "租人家的房子住 公积金怎么取"),
        ("额不想缴了 公积金啥子时候能取嘞", "不想缴了 公积金什么时候能取"),
        ("额度够不够", "限额够不够"),
        ("湟中能贷款吗", "西宁能贷款吗"),
        ("大通县哪里能办", "哪里能办"),
        ("单位少交了", "单位少缴了"),
    ],
)
def test_different_words_are_read_as_one(reading: Reading, asked: str, meant: str) -> None:
    assert reading.canonical(asked) == reading.canonical(meant)


@pytest.mark.parametrize("kept", ["取消", "二套", "交易", "提前"])
def test_words_that_only_contain_a_synonym_stay(reading: Reading, kept: str) -> None:
    assert kept in reading.canonical(f"{kept}手续")


def test_another_city_behind_a_preposition_stays_elsewhere(reading: Reading) -> None:
    assert "异地" in reading.canonical("在成都买房能提西宁的公积金吗")


def test_a_number_that_holds_a_year_is_one_number(reading: Reading) -> None:
    assert reading.canonical("31995是什么") == reading.canonical("28888是什么")


@pytest.mark.parametrize("kept", ["百分之五", "五年", "千万"])
def test_a_number_that_is_neither_money_nor_months_nor_age_stays(reading: Reading, kept: str) -> None:
    assert kept in reading.canonical(f"{kept}是什么")


def test_masked_numbers_do_not_count(reading: Reading) -> None:
    assert reading.canonical("我的〔身份证·1〕能查余额吗") == reading.canonical("我的能查余额吗")


def test_merged_sounds_hear_what_recognisers_confuse() -> None:
    assert syllables("十") == syllables("四") or syllables("是") == syllables("四")
    assert sounds("公积金") == sounds("公鸡金") == sounds("工积金")
    assert syllables("男") == syllables("蓝")
