"""A number that comes in several messages is known again; amounts that follow one another are not joined."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.masking import CARD, ID, PHONE
from bot.pieces import KEPT, Pieces
from tests.bot.test_masking import grouped, ids, phones


def told(*texts: str, secret: bool = False) -> list[tuple[str, str, str]]:
    """Kind, digits and the covered part of every message that completed a number."""
    pieces = Pieces()
    ends = [(text, pieces.ended("c", text, secret=secret)) for text in texts]
    return [(end.kind, end.value, text[end.start : end.end]) for text, end in ends if end]


@given(phones, st.sampled_from([(3, 4), (3, 8), (4, 3), (3, 3)]))
def test_a_mobile_number_in_two_or_three_messages_never_arrives_whole(number, sizes):
    pieces = grouped(number, sizes, " ").split()
    ends = told(*pieces)

    assert [(kind, value, covered) for kind, value, covered in ends] == [(PHONE, number, pieces[-1])]


@given(ids, st.integers(6, 12))
def test_an_identity_number_in_two_messages_is_known_again(number, cut):
    first, second = number[:cut], number[cut:]

    assert told(first, f"后面是{second}") == [(ID, number, second)]


def test_words_around_the_pieces_do_not_matter():
    assert told("我手机号是138", "然后0013", "再8000吧") == [(PHONE, "13800138000", "8000")]
    assert told("卡号是 6222 0212", "3456 7890 128") == [(CARD, "6222021234567890128", "3456 7890 128")]
    assert told("一三八", "零零一三", "八零零零") == [(PHONE, "13800138000", "八零零零")]


@pytest.mark.parametrize(
    "texts",
    [
        ("150000", "20000"),
        ("1500000", "2600"),
        ("150000", "好的", "20000"),
        ("30000", "好的", "20261127", "3500"),
        ("138元", "0013", "8000"),
        ("30", "2", "2026"),
        ("2026", "11", "27"),
    ],
)
def test_amounts_and_what_is_interrupted_are_not_joined(texts):
    assert told(*texts) == []


def test_six_digits_that_are_a_code_are_no_piece():
    assert told("13812", "345678", secret=True) == []


def test_two_people_never_complete_each_others_number():
    pieces = Pieces()

    assert pieces.ended("a", "138", secret=False) is None
    assert pieces.ended("b", "00138000", secret=False) is None


@given(phones, st.sampled_from([("好的",), ("嗯", "稍等"), ("嗯", "稍等", "我找一下", "在卡上", "看不清")]))
def test_another_message_between_two_pieces_does_not_hide_the_number(number, between):
    assert told(number[:3], *between, number[3:]) == [(PHONE, number, number[3:])]


@given(ids, st.integers(6, 12))
def test_an_identity_number_is_known_again_across_another_message(number, cut):
    assert told(number[:cut], "稍等", number[cut:]) == [(ID, number, number[cut:])]


def test_a_piece_is_not_held_longer_than_minutes():
    clock = [0.0]
    pieces = Pieces(lambda: clock[0])
    pieces.ended("a", "138", secret=False)
    pieces.ended("b", "139", secret=False)
    clock[0] = KEPT + 1

    assert pieces.ended("a", "00138000", secret=False) is None
    assert [name for name, held in pieces._held.items() if held.at < clock[0]] == []
