"""A turn after another is read in several ways, and its words tell which aspect is asked."""

from dataclasses import replace

import pytest

from actions.aspects import read_aspects
from actions.leaning import SURE, read_choice
from actions.readings import (
    ALONE,
    ASKED,
    BUSINESS,
    PUT,
    TITLE,
    WIDER,
    Candidate,
    before,
    leans,
    readings,
    speaks_of,
    turn,
)
from bot.knowledge import Served

ASPECTS = read_aspects()
RENT = Served(
    id="withdrawal-rent-can", topic="withdrawal", title="租房能提公积金吗?", screen="无自有住房就能提。", spoken=""
)
MORE_THAN_ENOUGH = 60
PAST = before("租房能提公积金吗", RENT)


def test_a_question_without_a_business_is_read_of_the_one_before() -> None:
    ways = readings(turn("那要带啥材料", PAST, ASPECTS), ASPECTS)

    assert ways[ALONE] == "那要带啥材料"
    assert ways[BUSINESS] == "租房提取要带啥材料"
    assert ways[TITLE] == "租房能提公积金吗 要带啥材料"
    assert ways[ASKED] == "租房提取需要什么材料"
    assert ways[WIDER] == "提取公积金需要什么材料"
    assert PUT not in ways


def test_a_case_is_put_into_the_question_before() -> None:
    assert readings(turn("没结婚的话", PAST, ASPECTS), ASPECTS)[PUT] == "没结婚租房能提公积金吗"


@pytest.mark.parametrize(
    ("words", "aspect"),
    [("得拿啥证件去", "material"), ("我媳妇的行不", "spouse"), ("几天能打卡上", "howlong"), ("不跑大厅行吗", "online")],
)
def test_wordings_nobody_listed_are_known_by_their_characters(words: str, aspect: str) -> None:
    read = ASPECTS.read(words)

    assert words not in ASPECTS.every[aspect].ways
    assert max(read, key=lambda name: read[name]) == aspect


def test_words_that_ask_for_nothing_known_name_no_aspect() -> None:
    assert ASPECTS.read("zzz") == {}


@pytest.mark.parametrize("text", ["今天天气怎么样", "你叫什么名字", "退休了以后公积金怎么才能取出来"])
def test_what_names_another_matter_does_not_lean(text: str) -> None:
    assert not leans(turn(text, PAST, ASPECTS))


def test_of_two_businesses_in_a_question_the_one_that_was_answered_is_talked_about() -> None:
    opening = replace(RENT, id="contribution-online-account", title="单位怎样在网上开户?")

    past = before("新公司怎么开户", opening)

    assert past.theme is not None
    assert past.theme.name == "单位公积金开户"


def test_a_case_that_the_answer_does_not_name_is_not_spoken_of() -> None:
    assert speaks_of(turn("无房呢", PAST, ASPECTS), RENT, "无自有住房")
    assert not speaks_of(turn("公寓呢", PAST, ASPECTS), RENT, "公寓")


def test_a_thing_the_answer_names_is_not_said_to_be_unknown() -> None:
    assert speaks_of(turn("自有住房算吗", PAST, ASPECTS), RENT, "")
    assert speaks_of(turn("要住房不", PAST, ASPECTS), RENT, "")
    assert not speaks_of(turn("尿毒症算吗", PAST, ASPECTS), RENT, "")


def test_what_no_reading_finds_has_a_small_chance() -> None:
    unseen = Candidate(entry=RENT, figures=(0.0,) * MORE_THAN_ENOUGH)

    assert read_choice().rank([unseen])[0].score < SURE
