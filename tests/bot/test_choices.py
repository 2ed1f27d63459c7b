"""What people write instead of tapping a button."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.choices import resolve, several
from bot.messages import Button

OFFERED = tuple(
    Button(label=label, payload=f"/{n}")
    for n, label in enumerate(["租房一年最多能提多少?", "买房能提几次?", "买房要什么材料?", "都不是"], start=1)
)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        *[
            (said, 2)
            for said in (
                "2",
                "2",
                "②",
                "二",
                "两",
                "第二个",
                "第2个",
                "第 2 项",
                "选2",
                "选第二个",
                "我要第2个",
                "第二条吧",
                "2。",
                "按2",
                "我选二",
                "第二个,谢谢",
                "就第二个那个",
                "我想问的是第二个",
                "那第二个呢",
                "还是第二个吧",
            )
        ],
        ("买房要什么材料?", 3),
        ("买房要什么材料", 3),
        ("材料", 3),
        ("租房", 1),
        ("都不是", 4),
        ("最后一个", 4),
        ("第一个", 1),
        ("最后那个", 4),
        ("租房的那个", 1),
        ("我说的是材料", 3),
        ("租房一年最多能题多少", 1),
        ("买防要什么材料", 3),
    ],
)
def test_a_choice_is_understood(text, number):
    assert resolve(text, OFFERED) == OFFERED[number - 1]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "?",
        "买房",
        "5",
        "第九个",
        "0",
        "20000",
        "2000元",
        "房",
        "怎么办理贷款",
        "2年",
        "二手房",
        "2026",
        "三个孩子",
        "贷款要什么材料",
        "卖房能提几回",
    ],
)
def test_what_is_no_choice_is_an_ordinary_message(text):
    assert resolve(text, OFFERED) is None


def test_nothing_offered_nothing_chosen():
    assert resolve("2", ()) is None


@given(st.text(max_size=30))
def test_any_text_is_read_without_harm(text):
    assert resolve(text, OFFERED) in (*OFFERED, None)


YEARS = tuple(Button(label=f"{years} 年", payload=f"/{years}") for years in (2, 3, 20))
EXITS = (Button(label="取消", payload="/cancel"), Button(label="转人工", payload="/request_human"))


@pytest.mark.parametrize(("text", "number"), [("2", 1), ("3", 2), ("20", 3), ("20年", 3), ("第二个", 2), ("1", None)])
def test_where_labels_are_numbers_a_number_is_the_label(text, number):
    assert resolve(text, YEARS) == (YEARS[number - 1] if number else None)


@pytest.mark.parametrize(("text", "number"), [("1", None), ("2", None), ("第二个", 2), ("取消", 1), ("人工", 2)])
def test_beside_mere_exits_a_number_is_a_value(text, number):
    assert resolve(text, EXITS) == (EXITS[number - 1] if number else None)


def test_the_last_one_is_the_last_choice_not_the_way_out():
    offered = (*OFFERED[:3], Button(label="都不是", payload="/deny"), Button(label="转人工", payload="/request_human"))

    assert resolve("最后一个", offered) == OFFERED[2]
    assert resolve("转人工", offered).payload == "/request_human"


def test_the_middle_one_is_so_only_among_an_odd_number():
    offered = (*OFFERED[:3], Button(label="都不是", payload="/deny"))

    assert resolve("中间那个", offered) == OFFERED[1]
    assert resolve("中间那个", (*OFFERED[:2], offered[-1])) is None


def test_times_that_begin_with_the_same_number_are_chosen_by_their_place() -> None:
    times = tuple(Button(label=f"11月{day}日 09:00", payload=f"/inform{day}") for day in (2, 3, 4))

    assert resolve("1", times) == times[0]
    assert resolve("第三个", times) == times[2]


@pytest.mark.parametrize(
    ("text", "number"),
    [("选项一", 1), ("选项2", 2), ("B", 2), ("选C", 3), ("倒数第二个", 2), ("前面那个", 1), ("后面那个吧", 3)],
)
def test_other_ways_to_name_a_place(text: str, number: int) -> None:
    offered = (*OFFERED[:3], Button(label="都不是", payload="/deny"))

    assert resolve(text, offered) == offered[number - 1]


@pytest.mark.parametrize("text", ["a", "d", "后面那个", "倒数第二个", "倒数第0个", "后面那个月", "b超"])
def test_a_letter_or_a_side_never_leads_out(text: str) -> None:
    ways_out = (Button(label="不办了", payload="/cancel"), Button(label="转人工", payload="/request_human"))

    assert resolve(text, ways_out) is None


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("第二个和第三个都说一下", (1, 2)),
        ("第3个还有第1个", (2, 0)),
        ("1、3", (0, 2)),
        ("一和二都想知道", (0, 1)),
        ("前两个讲讲", (0, 1)),
        ("后两个", (1, 2)),
        ("我想看第一个和第九个", (0,)),
        ("第二个", ()),
        ("前三个月的明细", ()),
        ("我和老婆都交了", ()),
        ("3000", ()),
    ],
)
def test_several_of_what_is_offered_can_be_named_at_once(text: str, places: tuple[int, ...]) -> None:
    assert several(text, 3) == places
