"""No personal number passes; nothing else is touched."""

import re
import time
from datetime import date

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot import numbers
from bot.masking import ACCOUNT, CARD, ID, PHONE, find, mask, scrub

SPOKEN = str.maketrans("0123456789", "零幺二三四五六七八九")
FULL = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")


def with_check_digit(seventeen: str) -> str:
    return next(seventeen + last for last in "0123456789X" if numbers.identity(seventeen + last))


def with_luhn(start: str) -> str:
    return next(start + last for last in "0123456789" if numbers.card(start + last))


regions = st.sampled_from(["110105", "630102", "630121", "440106", "810000", "652301"])
birthdays = st.dates(min_value=date(1930, 1, 1), max_value=date(2020, 12, 31))
ids = st.builds(
    lambda region, day, n: with_check_digit(f"{region}{day:%Y%m%d}{n:03}"), regions, birthdays, st.integers(0, 999)
)
phones = st.builds(lambda second, rest: f"1{second}{rest:09}", st.integers(3, 9), st.integers(0, 999_999_999))
cards = st.builds(
    lambda head, tail: with_luhn(head + tail),
    st.sampled_from(["622202", "621700", "436742", "552245"]),
    st.from_regex(r"[0-9]{9,12}", fullmatch=True),
)
groups = st.sampled_from(["", " ", "-", "  ", "\u3000", "－"])


def grouped(number: str, sizes: tuple[int, ...], gap: str) -> str:
    pieces, at = [], 0
    for size in sizes:
        pieces.append(number[at : at + size])
        at += size
    return gap.join([*pieces, number[at:]] if at < len(number) else pieces)


def kinds(text: str) -> list[tuple[str, str]]:
    return [(number.kind, number.value) for number in find(text)]


@given(ids, groups, st.sampled_from([str, str.lower, lambda text: text.translate(FULL), lambda t: t.translate(SPOKEN)]))
def test_identity_numbers_are_found_however_they_are_written(number, gap, written):
    text = f"我的身份证是{written(grouped(number, (6, 8), gap))},帮我查一下"

    assert kinds(text) == [(ID, number)]


@given(ids, st.integers(0, 16))
def test_a_mistyped_identity_number_never_leaks(number, place):
    typo = number[:place] + str((int(number[place]) + 1) % 10) + number[place + 1 :]

    assert typo not in scrub(f"身份证{typo}")
    assert find(f"身份证{typo}")


@given(ids)
def test_an_identity_number_with_a_digit_missing_never_leaks(number):
    assert number[:17] not in scrub(f"身份证{number[:17]},查余额")


@given(phones, groups, st.sampled_from([(3, 4), (11,), (4, 3)]))
def test_mobile_numbers_are_found_in_their_usual_groups(number, gap, sizes):
    assert kinds(f"电话 {grouped(number, sizes, gap)} 谢谢") == [(PHONE, number)]


@given(phones, st.sampled_from(["", " ", ",", "、"]))
def test_spoken_mobile_numbers_are_found(number, pause):
    assert kinds(f"我手机号{grouped(number.translate(SPOKEN), (3, 4), pause)}") == [(PHONE, number)]


@given(cards, groups)
def test_bank_cards_are_found(number, gap):
    found = kinds(f"打到{grouped(number, (4, 4, 4), gap)}这张卡")

    assert [value for _, value in found] == [number]


@given(ids, phones, cards)
def test_several_numbers_in_one_message_are_all_found(number, phone, card):
    text = f"身份证{number},手机{phone},卡{card}"

    assert [value for _, value in kinds(text)] == [number, phone, card]


@settings(max_examples=200)
@given(
    st.text(alphabet="我的号码是查0123456789 -一二三幺两零年月元,。\n", max_size=60),
    phones,
    st.text(alphabet="我是,的号", max_size=3),
)
@example("2025 ", "13800138000", "")
def test_no_mobile_number_survives_any_surroundings(before, number, after):
    text = f"{before.rstrip('0123456789 -')}手机{number}{after}"

    assert number not in scrub(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("账号12345678", "12345678"),
        ("我的个人账号是:630100012345", "630100012345"),
        ("公积金帐号 6301-0001-2345", "630100012345"),
        ("卡号A1234567B", "A1234567B"),
        ("账号六三零幺零零零幺", "63010001"),
        ("630100012345", "630100012345"),
        ("1234567890123456", "1234567890123456"),
    ],
)
def test_account_numbers_are_found(text, value):
    assert kinds(text) == [(ACCOUNT, value)]


@pytest.mark.parametrize(
    "text",
    [
        "租房一年最多能提16800元吗",
        "2025年5月8日之前的利率",
        "2026-05-01至2026-12-31",
        "建金〔2018〕45号第十二条",
        "拨打12329,或0971-6328888",
        "贷款90万元,30年,月供3000.50元",
        "统一社会信用代码91630100MA757ABC1X",
        "91350100M000100Y43",
        "1998-05-01 300元",
        "提取13000-200000元",
        "2024 2025 2026 2027年",
        "二〇二六年一月一日",
        "一百二十万三千四百五十六",
        "13800138000元",
        "一二三四五六七",
        "账号怎么查",
        "31995、2080、7678、208",
        "20260101到20261231",
    ],
)
def test_amounts_dates_and_public_numbers_stay(text):
    assert scrub(text) == text


def test_a_scrubbed_number_shows_its_first_three_and_last_four():
    assert scrub("手机13800138000,身份证11010519491231002x") == "手机138****8000,身份证110***********002X"


def test_the_two_standard_examples_hold():
    assert numbers.identity("11010519491231002X")
    assert numbers.card("4111111111111111")
    assert numbers.credit_code("91350100M000100Y43")


@given(st.text(max_size=300))
def test_scrubbing_twice_changes_nothing_and_harms_no_other_text(text):
    once = scrub(text)

    assert scrub(once) == once
    assert re.sub(r"[^一-鿿]", "", scrub("前文" + "abc" + "后文")) == "前文后文"


async def test_masking_puts_each_number_where_it_is_told():
    kept = []

    async def put(kind: str, value: str) -> str:
        kept.append((kind, value))
        return f"〔{kind}·{len(kept)}〕"

    masked = await mask("身份证11010519491231002x,手机138 0013 8000。", put)

    assert masked == "身份证〔身份证·1〕,手机〔手机号·2〕。"
    assert kept == [(ID, "11010519491231002X"), (PHONE, "13800138000")]


def test_a_card_is_told_from_an_account():
    assert kinds("卡4111 1111 1111 1111") == [(CARD, "4111111111111111")]


@pytest.mark.parametrize(
    "text",
    [
        "1 " * 5000,
        "一" * 10000,
        "1" * 10000,
        "账号" * 3000 + "1",
        "1-1111111111 " * 800,
        "1再" * 5000,
        "再加" * 5000,
        "2个0" * 2500,
    ],
)
def test_hostile_text_is_read_in_time(text):
    started = time.perf_counter()
    find(text)

    assert time.perf_counter() - started < 2


APART = [".", "/", " / ", "~", "*", "+", "|", "'", "      ", "…"]


@pytest.mark.parametrize("between", APART)
@given(ids, phones, cards)
def test_numbers_written_apart_by_whatever_are_found(between, number, phone, card):
    pieces = (grouped(number, (6, 8), between), grouped(phone, (3, 4), between), grouped(card, (4,) * 4, between))

    assert [kinds(f"我的号码是{piece},查一下") for piece in pieces] == [
        [(ID, number)],
        [(PHONE, phone)],
        [(CARD, card)],
    ]


@pytest.mark.parametrize("digits", ["⓪①②③④⑤⑥⑦⑧⑨", "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗", "٠١٢٣٤٥٦٧٨٩", "₀₁₂₃₄₅₆₇₈₉"])
def test_every_sign_that_is_a_digit_counts_as_one(digits):
    odd = "13812345678".translate(str.maketrans("0123456789", digits))
    keycaps = "".join(f"{digit}\ufe0f\u20e3" for digit in "13812345678")

    assert kinds(f"手机{odd}") == kinds(f"手机{keycaps}") == [(PHONE, "13812345678")]


@pytest.mark.parametrize(
    "text",
    [
        "2020.01.02-2021.03.04交了24个月",
        "1500、2000、3000元,还有150,2000,3000",
        "月供1,381,234.56元,本金1.381.234",
        "8:00-12:00/14:30-17:30,电话0971-12329",
        "青政〔2025〕12号/2025.10.12/3.25%/2.60%",
        "房价 1380000/首付 414000/贷款 966000",
    ],
)
def test_rows_of_amounts_times_and_dates_stay(text):
    assert kinds(text) == []


SPELT = {
    "洞拐勾": lambda number: number.translate(str.maketrans("0123456789", "洞幺两三四五六拐八勾")),
    "one by one": lambda number: "、".join(number),
    "commas": lambda number: ",".join((number[:3], number[3:7], number[7:])),
    "told in pieces": lambda number: f"{number[:3]}然后{number[3:7]}再{number[7:]}",
    "told with places": lambda number: f"前三位{number[:3]},中间四位是{number[3:7]},最后四位{number[7:]}",
    "spoken in pieces": lambda number: "嗯".join(grouped(number.translate(SPOKEN), (3, 4), " ").split()),
    "mixed": lambda number: number[:3] + number[3:5].translate(SPOKEN) + number[5:],
    "in an address": lambda number: f"https://x.example/?tel={number}&from=1",
    "as a mail name": lambda number: f"x{number}x@mail.example",
    "as a file name": lambda number: f"IMG_{number}.jpg",
    "with a country": lambda number: f"（+86）{grouped(number, (3, 4), ' ')}",
}


@pytest.mark.parametrize("shape", SPELT)
@given(phones, st.sampled_from(["我的手机号是", "电话:", "号码 "]), st.sampled_from(["", "谢谢", ",帮我查", "。"]))
def test_no_mobile_number_survives_in_any_of_the_shapes_people_give_it(shape, number, before, after):
    assert kinds(f"{before}{SPELT[shape](number)}{after}") == [(PHONE, number)]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("一三八双零一三八三个零", "13800138000"),
        ("138两个零138三个0", "13800138000"),
        ("138,0013,8000", "13800138000"),
        ("转138,0013,8000这个", "13800138000"),
        ("1,3,8,1,2,3,4,5,6,7,8", "13812345678"),
    ],
)
def test_counted_digits_and_bare_pieces_are_a_number_too(text, number):
    assert kinds(text) == [(PHONE, number)]


amounts = st.integers(1, 99_999_999)
AMOUNTS = {
    "thousands": lambda a, b, c: f"贷款{a:,}元,还了{b:,},剩{c:,}",
    "plain": lambda a, b, c: f"月供{a},利息{b}元,本金{c}块",
    "decimals": lambda a, b, c: f"{a}.35元、{b}.5万、{c}%",
    "sums": lambda a, b, c: f"{a}元然后{b}元再{c}元",
    "times": lambda a, b, c: f"{1990 + a % 40}年{b % 12 + 1}月{c % 28 + 1}日",
    "days": lambda a, b, c: (
        f"{1990 + a % 40}-{b % 12 + 1:02}-{c % 28 + 1:02}到{1990 + c % 40}/{a % 12 + 1}/{b % 28 + 1}"
    ),
    "case": lambda a, b, c: f"办件号 GJJ-{2020 + a % 9}{b % 12 + 1:02}{c % 28 + 1:02}-{a % 10_000:04}",
    "document": lambda a, b, c: f"青政〔{2000 + a % 30}〕{b % 999}号第{c % 99}条",
}


@pytest.mark.parametrize("shape", AMOUNTS)
@given(amounts, amounts, amounts)
def test_no_amount_date_or_case_number_is_taken_for_a_person(shape, a, b, c):
    assert kinds(AMOUNTS[shape](a, b, c)) == []


@pytest.mark.parametrize(
    "text",
    [
        "贷款13,800,138,000",
        "分别是138、1013、8000元",
        "工资是138然后交了1200再1300",
        "有150,2000,3000三笔",
        "第1、3、5、7项",
    ],
)
def test_amounts_in_a_row_are_no_telephone(text):
    assert kinds(text) == []


def test_half_a_number_that_stands_alone_is_hidden_too():
    halves = ("110105194912", "231002X", "110105194", "9491231002x")

    assert [[value for _, value in kinds(half)] for half in halves] == [[half.upper()] for half in halves]
    assert kinds("200000") == kinds("20261126") == []


LOOKALIKES = st.sampled_from(["Ol", "oI", "ОＩ"])


@given(ids, LOOKALIKES)
def test_letters_that_look_like_digits_hide_no_identity_number(number, letters):
    written = number.replace("0", letters[0]).replace("1", letters[1], 3)

    assert [value for _, value in kinds(f"我身份证{written},帮我查")] == [number]
    assert written not in scrub(f"身份证 {written}")


@given(phones)
def test_letters_that_look_like_digits_hide_no_mobile_number(number):
    assert kinds(f"电话{number.replace('1', 'l').replace('0', 'O')}") == [(PHONE, number)]


@given(phones, st.sampled_from("OoＯ"))
def test_letters_among_spoken_digits_hide_no_mobile_number(number, letter):
    spoken = number.translate(str.maketrans("123456789", "幺二三四五六七八九")).replace("0", letter)

    assert kinds(f"我手机{spoken}") == [(PHONE, number)]


@pytest.mark.parametrize(
    ("text", "number", "left"),
    [
        ("一三八零零一三八千", "13800138000", ""),
        ("我的手机是一三八,零零一三,八千", "13800138000", "我的手机是"),
        ("1380013八千,帮我查", "13800138000", ",帮我查"),
        ("幺五九 七一零九 六六百", "15971096600", ""),
        ("一三八八千零一二三", "13880000123", ""),
        ("我电话一三八八千一二三四,帮我查", "13880001234", "我电话,帮我查"),
        ("幺五九 六百七幺零九 六", "15960071096", ""),
        ("一三八,八千,一二三四", "13880001234", ""),
    ],
)
def test_thousands_told_in_a_number_belong_to_it(text, number, left):
    (found,) = find(text)

    assert (found.kind, found.value) == (PHONE, number)
    assert text[: found.start] + text[found.end :] == left


@pytest.mark.parametrize(
    "text",
    [
        "三千、四千、五千、六千",
        "一千三百八十,二千五百,八千",
        "一三五七,二四六八千元",
        "一三八,八千一二三四元",
        "一三八号,五千,六千",
        "一五零,三千五百六十",
        "一五零,五千,三千",
        "一三八五千五百一十二平",
        "工资八千,交了三年,取一万两千",
        "IllOOlOOlIOOlO",
        "GJJ-2020IO01-0001",
        "91630100MA757ABC1X",
        "O2O平台交公积金吗",
        "1OOOOO元和2OOOOO元",
    ],
)
def test_amounts_in_words_and_codes_with_letters_stay(text):
    assert kinds(text) == []
