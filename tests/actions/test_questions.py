"""Splitting, shortening and correcting what people write."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actions.feelings import Feeling, heard_in
from actions.followup import completed
from actions.parts import cut, mixed, valued
from actions.places import read_places
from actions.questions import (
    asked_again,
    asked_in,
    asks,
    asks_need,
    asks_rule,
    corrected,
    correction,
    plainly,
    says_nothing,
)


@pytest.mark.parametrize(
    ("text", "questions", "certain"),
    [
        ("租房能提多少?贷款利率是多少?", ("租房能提多少", "贷款利率是多少"), True),
        ("租房能提多少?另外,贷款利率是多少", ("租房能提多少", "贷款利率是多少"), True),
        ("我断缴了三个月。怎么补缴?还能贷款吗?", ("我断缴了三个月,怎么补缴", "还能贷款吗"), True),
        ("租房能提多少,还有贷款利率是多少", ("租房能提多少", "贷款利率是多少"), True),
        ("租房能提多少 贷款利率是多少", ("租房能提多少", "贷款利率是多少"), False),
        ("提取多久到账还有贷款要啥条件", ("提取多久到账", "贷款要啥条件"), True),
        ("几点上班 周末开门不 城西的在哪", ("几点上班", "周末开门不", "城西的在哪"), False),
        ("我想问两个问题,1.租房一年能提几次 2.需要什么材料", ("租房一年能提几次", "需要什么材料"), True),
        ("贷款利率多少,二套首付几成,能贷多少年", ("贷款利率多少", "二套首付几成", "能贷多少年"), False),
    ],
)
def test_two_questions(text: str, questions: tuple[str, ...], certain: bool) -> None:
    parts = cut(text)

    assert parts is not None
    assert (parts.questions, parts.certain) == (questions, certain)


@pytest.mark.parametrize(
    "text",
    [
        "租房能提多少?",
        "我在西宁上班。租房能提多少?",
        "谢谢你。",
        "您好,请问租房能提多少?",
        "在吗?租房能提多少",
        "能提吗?谢谢!",
        "还有几年退休能提吗",
    ],
)
def test_one_question(text: str) -> None:
    assert cut(text) is None


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("不是,我说的是商贷", "商贷"),
        ("不对,我问的是二套", "二套"),
        ("我说的是商贷", "商贷"),
        ("错了,是退休", "退休"),
        ("不是本地人能提吗", ""),
        ("租房能提多少", ""),
        ("我问的是提取不是贷款", "提取"),
        ("我说的不是退休是离职", "离职"),
        ("我是个人不是单位", "个人"),
        ("不是问利率 是问额度", "额度"),
        ("没问首付,问的是月供", "月供"),
        ("不是说3天吗怎么还是没到", ""),
        ("我不是西宁户口能贷款吗", ""),
    ],
)
def test_corrections(text: str, meant: str) -> None:
    assert correction(text) == meant


def test_a_question_is_asked_again_with_the_whole_of_what_was_meant() -> None:
    assert asked_again("利率多少", "额度", "利率")[0] == "额度多少"
    assert "贷款放款多久到账" in asked_again("提取多久到账", "贷款放款")
    assert "商贷可以提前还吗" in asked_again("贷款可以提前还吗", "商贷")
    assert asked_again("利率多少", "离职以后怎么提取公积金", "利率") == ("离职以后怎么提取公积金",)


def test_what_was_meant_replaces_what_it_contradicts() -> None:
    assert corrected("公积金贷款怎么提前还", "商贷") == "商贷怎么提前还"
    assert corrected("首套利率多少", "二套的") == "二套利率多少"
    assert corrected("能提多少", "物业费") == "物业费 能提多少"
    assert corrected("", "商贷") == "商贷"


@pytest.mark.parametrize(
    ("text", "wish", "words", "questions"),
    [
        ("帮我查余额,顺便问下租房能提多少", "query_balance", "帮我查余额", ("租房能提多少",)),
        ("租房能提多少?另外帮我转人工", "request_human", "帮我转人工", ("租房能提多少",)),
        ("我要办租房提取,需要什么材料?", "withdraw_rent", "我要办租房提取", ("需要什么材料",)),
    ],
)
def test_a_wish_and_a_question(text: str, wish: str, words: str, questions: tuple[str, ...]) -> None:
    parts = mixed(text)

    assert parts is not None
    assert (parts.wish, parts.words, parts.questions) == (wish, words, questions)


@pytest.mark.parametrize("text", ["怎么查余额,要带什么", "帮我查余额", "租房能提多少?贷款呢?", "证明怎么开,多久能开"])
def test_no_wish_beside_a_question(text: str) -> None:
    assert mixed(text) is None


def test_a_value_and_a_question() -> None:
    parts = valued("3000,顺便问下多久到账", str.isdecimal)

    assert parts is not None
    assert (parts.words, parts.questions) == ("3000", ("多久到账",))
    assert valued("多久到账,3000", str.isdecimal) is None


@pytest.mark.parametrize("text", ["?????", "。", "😀", "1", "123", "啊", "哦", "嗯。。", "hmm"])
def test_what_says_nothing(text: str) -> None:
    assert says_nothing(text)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("晚上好 想问下贷款利率", "贷款利率"),
        ("您好,请问一下租房能提多少", "租房能提多少"),
        ("个人贷款额度", "个人贷款额度"),
        ("问题件怎么处理", "问题件怎么处理"),
        ("领导不给交公积金", "领导不给交公积金"),
    ],
)
def test_politeness_is_left_out(text: str, plain: str) -> None:
    assert plainly(text) == plain


def test_a_letter_yields_the_sentences_that_ask_about_the_fund() -> None:
    letter = "你们好。我今年五十八了!单位改制停缴了公积金,能补缴吗?家里人都好吧?" + "情况就是这样。" * 40

    assert asked_in(letter) == ("单位改制停缴了公积金,能补缴吗?", "家里人都好吧?")


@pytest.mark.parametrize(
    ("text", "feeling"),
    [
        ("活不下去了", Feeling.DANGER),
        ("你们这帮傻逼", Feeling.ABUSE),
        ("我要去法院起诉你们", Feeling.LEGAL),
        ("跑了三趟都没办成", Feeling.UPSET),
        ("网上留言一个礼拜了没人回", Feeling.UPSET),
        ("再这样我上网曝你们了", Feeling.LEGAL),
        ("租房能提多少", Feeling.NONE),
        ("SBS是什么", Feeling.NONE),
    ],
)
def test_feelings(text: str, feeling: Feeling) -> None:
    assert heard_in(text) is feeling


@pytest.mark.parametrize(
    ("text", "city", "ruling"),
    [
        ("兰州公积金能提多少", "兰州", True),
        ("租房提取额度 深圳", "深圳", True),
        ("河南平顶山公积金贷款", "河南", True),
        ("我在兰州买房能提吗", "兰州", False),
        ("要是房子租在海东呢", "海东", False),
        ("租房兰州能提多少", "兰州", True),
        ("房子买在成都能提吗", "成都", False),
        ("我在兰州交的能在西宁贷吗", "兰州", False),
        ("公积金从成都转到这边怎么转移", "成都", False),
        ("青海省直公积金贷款额度", "省直", True),
    ],
)
def test_other_cities(text: str, city: str, ruling: bool) -> None:
    place = read_places().find(text)

    assert place is not None
    assert (place.city, place.ruling) == (city, ruling)


@pytest.mark.parametrize("text", ["西宁能提多少", "最大连续缴存几个月", "朝阳小区的房子", "中山路网点"])
def test_what_is_no_other_city(text: str) -> None:
    assert read_places().find(text) is None


@settings(max_examples=200)
@given(text=st.text(max_size=60))
def test_no_text_whatever_breaks_the_reading(text: str) -> None:
    cut(text)
    mixed(text)
    asked_in(text)
    correction(text)
    plainly(text)
    completed(text, "租房能提多少", "withdrawal")


@pytest.mark.parametrize(
    "text",
    [
        "爸妈的公积金能帮我还贷吗",
        "我和他妈的公积金能提吗",
        "单位不缴怎么投诉",
        "12329和12345是一个吗",
        "没人管的账户封存了吗",
    ],
)
def test_what_only_sounds_angry(text: str) -> None:
    assert heard_in(text) is Feeling.NONE


@pytest.mark.parametrize("text", ["要无房证明不", "能提不", "网上能办不?", "首付几成", "租房能提多少"])
def test_what_asks(text: str) -> None:
    assert asks(text)


@pytest.mark.parametrize("text", ["利息能低不少", "我不要了", "不能再等了", "没买房"])
def test_what_only_tells(text: str) -> None:
    assert not asks(text)


def test_what_am_i_to_do_is_a_question() -> None:
    assert asks("缓缴的日子到了接下来要干嘛")


@pytest.mark.parametrize("text", ["要预约不", "那需要查征信吗", "用提前预约不"])
def test_asking_for_a_need_orders_nothing(text: str) -> None:
    assert asks_need(text)


@pytest.mark.parametrize("text", ["我要预约", "帮我查余额行不", "要一份缴存证明"])
def test_an_order_is_no_need(text: str) -> None:
    assert not asks_need(text)


@pytest.mark.parametrize(
    "text",
    [
        "怎么让公积金自动替我还月供",
        "租房提取咋弄",
        "开个证明要钱不",
        "提前还款得本人去吗",
        "办结清证明收费不",
        "新单位下月给我交 中间咋整",
    ],
)
def test_asking_how_or_what_it_takes_orders_nothing(text: str) -> None:
    assert asks_rule(text)


@pytest.mark.parametrize(
    "text",
    [
        "帮我办租房提取 要怎么弄都行",
        "帮我开个缴存证明行不",
        "提取的钱怎么还没到",
        "余额怎么少了",
        "怎么查不到我的贷款",
        "我要提前还款",
        "给我开证明能不能行",
    ],
)
def test_an_order_asks_for_no_rule(text: str) -> None:
    assert not asks_rule(text)


@pytest.mark.parametrize(
    ("text", "told"), [("他原来在兰州交过", True), ("收钱不 我人在成都", True), ("在兰州咋提", False)]
)
def test_a_city_only_told(text: str, told: bool) -> None:
    place = read_places().find(text)

    assert place is not None
    assert place.told is told


@pytest.mark.parametrize("told", ["我这几天值夜班都睡不好觉", "前几天打电话过来说没有通过", "后来补了好几个月"])
def test_a_few_days_told_of_ask_nothing(told: str) -> None:
    assert not asks(told)
    assert asks("那几天批下来")
    assert asked_in(f"{told}。请问还能再申请一次吗?" + "麻烦了。" * 60) == ("请问还能再申请一次吗?",)
