"""Turns that go on from what was just said, read without a model."""

from dataclasses import replace
from datetime import date

import pytest

from actions.ahead import told_ahead
from actions.call import Call, Memory, OpenWish
from actions.doubted import doubted
from actions.foreign import in_chinese
from actions.going_on import calls_person, going_on
from actions.in_line import split
from actions.pointing import pointed
from actions.wish import Wish
from bot.messages import Reply
from tests.actions.named import Named

FEE = "能。每人最多提 3000 元,自然年度内一次。\n柜面、网上都能办。\n(据公开资料,截至 2026-09;请以公布为准。)"


WISHES: dict[str, Wish] = {
    name: Named(name)
    for name in (
        "request_human",
        "withdraw_rent",
        "prepay",
        "doubted",
        "told_ahead",
        "calculate_interest",
        "of_the_form",
    )
}


def told(
    text: str, *, intent: str = "", confidence: float = 0.0, entry: str = "", wish: OpenWish | None = None
) -> Call:
    memory = Memory(entry=entry, wish=wish)
    return Call(sender="a", text=text, intent=intent, confidence=confidence, memory=memory, today=date(2026, 11, 27))


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ("多少", "每人最多提 3000 元,自然年度内一次。"),
        ("一年几次", "每人最多提 3000 元,自然年度内一次。"),
        ("必须去柜台吗", "柜面、网上都能办。"),
    ],
)
def test_the_sentence_that_was_asked_for_is_pointed_at_with_how_certain_it_is(asked: str, sentence: str) -> None:
    assert pointed(asked, FEE) == f"{sentence}\n(据公开资料,截至 2026-09;请以公布为准。)"


def test_nothing_is_pointed_at_when_the_answer_does_not_tell_it() -> None:
    assert pointed("打哪个电话", FEE) == ""


@pytest.mark.parametrize("text", ["算了我不查了你给我转人工", "转人工", "烦死了 叫个真人来"])
def test_a_person_asked_for_at_the_end_of_a_sentence_comes(text: str) -> None:
    assert calls_person(told(text), WISHES) is WISHES["request_human"]


@pytest.mark.parametrize("text", ["怎么转人工", "先不要转人工", "人工服务几点上班"])
def test_a_person_only_spoken_of_does_not_come(text: str) -> None:
    assert calls_person(told(text), WISHES) is None


@pytest.mark.parametrize("text", ["那就帮我办吧", "我这个月就想提", "帮我办一下"])
def test_do_it_goes_on_with_what_was_answered(text: str) -> None:
    assert going_on(told(text, entry="withdrawal-rent-limit"), WISHES) is WISHES["withdraw_rent"]


def test_do_it_after_what_is_not_done_here_is_no_wish() -> None:
    assert going_on(told("帮我办", entry="withdrawal-illness"), WISHES) is None


def test_two_orders_in_one_breath_stand_in_line() -> None:
    first = split(told("查余额再开个缴存证明", intent="get_certificate"))

    assert (first.intent, first.text) == ("query_balance", "查余额")
    assert first.memory.wish is not None
    assert (first.memory.wish.name, first.memory.wish.values) == ("get_certificate", {"in_line": "开个缴存证明"})


@pytest.mark.parametrize("text", ["查余额", "查余额要带什么,再开个证明", "我要开个缴存证明,买房用"])
def test_what_is_not_two_orders_is_left_whole(text: str) -> None:
    call = told(text)

    assert split(call) is call


@pytest.mark.parametrize(
    ("intent", "text"),
    [
        ("query_contribution", "公积金个人交多少单位交多少"),
        ("query_complaint", "能投诉吗"),
        ("cancel_booking", "我腿脚不好去不了"),
        ("ask_basis", "要公证吗"),
        ("erase_data", "不上班了 想把里头的钱全部清空"),
        ("calculate_contribution", "我交了20个月基数5800能贷多少"),
        ("query_repayment_plan", "利率降了零点二五,我每月能少还多少"),
        ("query_balance", "我的公积金缴在杭州,帮我看看余额"),
        ("query_contribution", "账户在兰州,能查到明细不"),
        ("employer_status", "我们单位这个月没交"),
        ("query_missing_months", "单位欠我三个月公积金没缴"),
        ("prove_identity", "那个验证码收不到"),
        ("query_contribution", "老板给我少缴了好多"),
        ("withdraw_repay_fund_loan", "打算申请一笔公积金贷款"),
    ],
)
def test_a_wish_that_no_word_tells_is_doubted(intent: str, text: str) -> None:
    assert doubted(told(text, intent=intent, confidence=0.9), WISHES) is WISHES["doubted"]


def test_a_wish_for_ones_own_data_hardly_heard_is_doubted_unless_it_is_what_one_talks_about() -> None:
    unsure = told("我就是缺钱", intent="query_missing_months", confidence=0.4)
    shown = replace(unsure, last=(Reply(text="您的余额", private=True),))

    assert doubted(unsure, WISHES) is WISHES["doubted"]
    assert doubted(replace(unsure, confidence=0.75), WISHES) is None
    assert doubted(shown, WISHES) is None


@pytest.mark.parametrize(
    ("intent", "text"),
    [
        ("employer_status", "查我们单位缴存"),
        ("cancel_booking", "号不要了"),
        ("query_progress", ""),
        ("erase_data", "把我刚才说的都删了"),
        ("erase_data", "别留我的记录"),
        ("erase_data", "清空我的对话"),
        ("calculate_contribution", "我工资5800每月交多少"),
        ("query_repayment_plan", "看看我以后每个月还多少"),
        ("query_balance", "我在兰州出差,帮我查下余额"),
        ("prepay", "提前还款"),
        ("query_progress", "我的贷款放款没"),
        ("query_missing_months", "查查哪个月没交"),
        ("prove_identity", "验证码没收到 再发一次"),
    ],
)
def test_a_wish_told_outright_is_not_doubted(intent: str, text: str) -> None:
    assert doubted(told(text, intent=intent, confidence=0.9), WISHES) is None


@pytest.mark.parametrize(
    ("text", "ahead"), [("五万", True), ("缩短年限", True), ("要多久", False), ("〔身份证·1〕", False)]
)
def test_an_amount_told_while_the_proof_waits_is_noted(text: str, ahead: bool) -> None:
    proof = OpenWish(name="prove_identity", expects=("id-number",), after=OpenWish(name="prepay"))

    assert (told_ahead(told(text, wish=proof), WISHES) is not None) is ahead


def test_english_words_among_chinese_are_put_into_chinese() -> None:
    assert in_chinese("down payment 要几成") == "首付要几成"
    assert in_chinese("how to withdraw") == "how to withdraw"


def test_a_question_that_speaks_of_nobody_must_be_well_heard_before_it_asks_for_a_proof() -> None:
    def heard(text: str, confidence: float, intent: str = "employer_status") -> Wish | None:
        return doubted(told(text, intent=intent, confidence=confidence), WISHES)

    assert heard("单位交多少", 0.51) is WISHES["doubted"]
    assert heard("我单位交多少", 0.55) is WISHES["doubted"]
    assert heard("我单位交多少", 0.75) is None
    assert heard("帮我查单位交多少", 0.55) is None
    assert heard("单位交多少", 0.8) is None
    assert heard("查我的余额", 0.4, "query_balance") is None
