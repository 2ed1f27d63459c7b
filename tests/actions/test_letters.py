"""What a long letter asks."""

import pytest

from actions.letters import asked

STORY = "我在厂里干了三十年,前几天整理东西发现了几张旧单子。单位的人也不知道该找谁,让我们自己去问,我都不知道带什么。"


@pytest.mark.parametrize(
    ("asking", "questions"),
    [
        ("我想请问租房能不能提,一年能提多少,多久到账。", ("租房能不能提", "一年能提多少", "多久到账")),
        (
            "现在我就想弄明白,我爱人也有公积金,能不能一起贷,另外利率是多少。谢谢!",
            ("我爱人也有公积金,能不能一起贷", "利率是多少"),
        ),
        ("请问开户要哪些材料。如果以后交不起了能不能停。请答复。", ("开户要哪些材料", "如果以后交不起了能不能停")),
        ("租房能提多少?要什么材料?", ("租房能提多少?", "要什么材料?")),
        ("退休提取的事想问一下要带什么。", ("退休提取的事,要带什么",)),
    ],
)
def test_what_is_asked_at_last_counts_and_not_what_is_told_before(asking: str, questions: tuple[str, ...]) -> None:
    assert asked(STORY * 3 + asking) == questions


def test_naming_the_matter_is_not_yet_asking() -> None:
    letter = "我想问一下公积金的事情。" + STORY * 3 + "请问断缴了怎么补,还能贷款吗。"

    assert asked(letter) == ("断缴了怎么补", "还能贷款吗")


def test_a_letter_without_stops_is_parted_by_its_spaces() -> None:
    letter = "我在工地上班 一个月七八千 上个月晚了五天才存 " * 8 + "我就想知道逾期了有什么后果 会不会影响贷款 谢谢了"

    assert asked(letter) == ("逾期了有什么后果", "会不会影响贷款")


def test_a_letter_that_never_turns_to_ask_is_read_for_the_sentences_that_ask_most() -> None:
    assert asked("家里情况就是这样。" * 30 + "公积金能不能拿出来装电梯用。") == ("公积金能不能拿出来装电梯用",)


def test_a_letter_written_in_one_breath_is_read_from_where_it_turns_to_ask() -> None:
    letter = (
        "你好我想咨询个事情我在物流公司开车"
        + "有时候交两个月停一个月去问老板老板就说周转不开" * 10
        + "我就想问问你公司会不会被罚款"
    )

    assert asked(letter) == ("公司会不会被罚款",)
