"""What is shown is true on the day asked about and says how far it may be trusted."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from knowledge_base.content import load_content
from knowledge_base.entries import Content, State
from knowledge_base.rendering import Renderer, renderer_of
from tests.knowledge_base.small import small_sources

TODAY = date(2026, 11, 23)


@pytest.fixture
def content(tmp_path: Path) -> Content:
    return load_content(small_sources(tmp_path / "kb"))


@pytest.fixture
def renderer(content: Content) -> Renderer:
    return renderer_of(content)


def test_a_question_about_an_earlier_day_gets_that_days_number(content: Content, renderer: Renderer) -> None:
    rent = content.entries[1]

    before, now = renderer.serve(rent, date(2024, 5, 1)), renderer.serve(rent, TODAY)

    assert before is not None
    assert "14400" in before.screen
    assert now is not None
    assert "16800" in now.screen


def test_the_numbers_it_quotes_are_told_with_their_days(content: Content, renderer: Renderer) -> None:
    served = renderer.serve(content.entries[1], TODAY)

    assert served is not None
    assert [number.value for number in served.numbers if number.covers(date(2024, 5, 1))] == ["14400 元"]


def test_a_day_without_a_known_number_gets_no_answer(content: Content, renderer: Renderer) -> None:
    assert renderer.serve(content.entries[1], date(2020, 1, 1)) is None


def test_second_hand_answers_say_as_of_when_and_where_to_confirm(content: Content, renderer: Renderer) -> None:
    served = renderer.serve(content.entries[1], TODAY)

    assert served is not None
    assert served.screen.endswith("(据公开资料,截至 2026-09;请以西宁住房公积金管理中心最新公布为准。)")
    assert served.spoken.endswith("以上截至2026年9月,以中心公布为准。")


def test_unconfirmed_answers_send_to_the_hotline(content: Content, renderer: Renderer) -> None:
    served = renderer.serve(content.entries[2], TODAY)

    assert served is not None
    assert "请拨打 12329" in served.screen
    assert "12329" in served.spoken


def test_sources_come_from_the_facts_with_title_number_and_date(content: Content, renderer: Renderer) -> None:
    (source,) = renderer.sources(content.entries[0])

    assert (source.title, source.doc_no, source.date) == ("住房公积金管理条例", "国务院令第 844 号", "2026-08-18")


@pytest.mark.parametrize(
    "change",
    [
        {"valid_until": date(2026, 11, 22)},
        {"valid_from": date(2026, 11, 24)},
        {"state": State.RETIRED},
        {"state": State.DRAFT},
    ],
)
def test_what_is_not_valid_today_is_not_served(content: Content, renderer: Renderer, change: dict[str, object]) -> None:
    assert renderer.serve(replace(content.entries[0], **change), TODAY) is None  # type: ignore[arg-type]


def test_the_last_day_of_validity_still_counts(content: Content, renderer: Renderer) -> None:
    assert renderer.serve(replace(content.entries[0], valid_until=TODAY), TODAY) is not None
