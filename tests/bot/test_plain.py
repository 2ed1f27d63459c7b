"""Whatever script it was typed in, the question is understood in simplified Chinese."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.plain import plain_chinese


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("提取條件", "提取条件"),
        ("公積金貸款額度多少", "公积金贷款额度多少"),
        ("gjj zenme tiqu", "公积金怎么提取"),
        ("GJJ怎么提", "公积金怎么提"),
        ("tiqu", "提取"),
        ("gongjijin daikuan lilv", "公积金贷款利率"),
        ("zufang tiqu duoshao", "租房提取多少"),
        ("zufangtiquduoshao", "租房提取多少"),
        ("how to withdraw", "怎么提取"),
        ("loan rate?", "贷款利率?"),
        ("what is the interest rate", "利率"),
        ("Can I withdraw for rent", "能提取租房"),
        ("在APP上怎么办", "在APP上怎么办"),
        ("LPR是多少", "LPR是多少"),
        ("ok", "ok"),
        ("我的〔身份证·1〕", "我的〔身份证·1〕"),
        ("租房能提多少", "租房能提多少"),
    ],
)
def test_what_was_typed_becomes_plain_chinese(typed: str, plain: str) -> None:
    assert plain_chinese(typed) == plain


@given(text=st.text(alphabet="〔〕·0123456789身份证手机号,。", max_size=40))
def test_marks_of_masked_numbers_are_left_alone(text: str) -> None:
    assert plain_chinese(text) == text.replace(",", ",")


@given(text=st.text(max_size=80))
def test_no_text_whatever_breaks_it(text: str) -> None:
    plain_chinese(text)
