"""What a turn is to the wish that is open, read without a model."""

from datetime import date

import pytest

from actions.call import Call, Memory, OpenWish
from actions.consent import Stance, stance
from actions.routing import continued
from actions.standing import decided, straightened, stuck
from actions.wish import Wish
from tests.actions.named import Named, named

CONFIRM = OpenWish(
    name="withdraw_rent", values={"asking": "confirm"}, expects=("confirm", "money", "all"), reminder="等您确认"
)
AMOUNT = OpenWish(name="withdraw_rent", values={"asking": "amount"}, expects=("money", "all"), reminder="还没填完")
PROOF = OpenWish(
    name="prove_identity", values={"way": "code"}, expects=("secret", "id-number", "proof"), reminder="还没验证"
)
LOAN = OpenWish(name="calculate_loan", values={"amount": "400000", "months": "360"}, expects=("money", "months"))


WISHES: dict[str, Wish] = {
    name: Named(name) for name in ("withdraw_rent", "prove_identity", "cancel", "wait", "affirm")
}


def told(text: str, wish: OpenWish, *, intent: str = "affirm", confidence: float = 0.7) -> Call:
    memory = Memory(wish=wish)
    return Call(sender="a", text=text, intent=intent, confidence=confidence, memory=memory, today=date(2026, 11, 27))


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        (text, Stance.YES)
        for text in [
            "行吧",
            "嗯呐",
            "那就这样",
            "行了 交吧",
            "就按这个交",
            "确认提交",
            "确认取号",
            "没毛病",
            "成",
            "中",
            "得嘞",
            "妥",
        ]
    ]
    + [(text, Stance.NO) for text in ["不对", "不是", "不行", "没有", "不要", "不对 还是一万吧", "都不行"]]
    + [
        (text, Stance.HOLD)
        for text in ["别", "先别交", "别提交", "我再想想", "明天再说吧", "等会儿 我去拿身份证", "别 我明天没空"]
    ]
    + [(text, Stance.LEAVE) for text in ["算了", "算逑了", "先不弄了", "刚才那个不弄了", "取消吧 不去了"]]
    + [(text, Stance.RESUME) for text in ["继续", "上次那个接着来", "算了不用人工了 接着办", "我那个还没弄完"]]
    + [(text, Stance.HEARD) for text in ["知道了", "嗯呐 知道了", "明白"]],
)
def test_small_words_tell_how_somebody_stands_to_a_form(text: str, meant: Stance) -> None:
    assert stance(text) is meant


@pytest.mark.parametrize(
    "text",
    [
        "好贵啊",
        "没收到啊",
        "可以吗",
        "行不行",
        "嗯 我先问下",
        "预约",
        "我要提",
        "帮我约",
        "好 帮我约个号",
        "还商贷",
        "查",
        "对不起",
        "不要钱",
        "得了大病",
        "开证明",
    ],
)
def test_words_that_say_anything_else_are_no_yes_and_no_no(text: str) -> None:
    assert stance(text) is None


@pytest.mark.parametrize(
    "text", ["这个", "它", "我想", "想提取", "我要", "用这个", "对了", "要是", "那要是", "那这么", "你说的这个", "好想"]
)
def test_half_a_sentence_submits_nothing(text: str) -> None:
    assert stance(text, "withdraw_rent") is None


def test_a_want_before_a_doing_is_a_yes_and_before_a_no_it_is_none() -> None:
    assert stance("要提交", "withdraw_rent") is Stance.YES
    assert stance("就这样", "withdraw_rent") is Stance.YES
    assert stance("对了 提交吧", "withdraw_rent") is Stance.YES
    assert stance("不想", "withdraw_rent") is Stance.NO


def test_a_form_hears_a_yes_whatever_the_classifier_heard() -> None:
    for intent in ("affirm", "goodbye", "nlu_fallback", "repeat_answer"):
        assert named(decided(told("行了 交吧", CONFIRM, intent=intent), WISHES)) == "withdraw_rent"


def test_what_is_only_taken_note_of_confirms_nothing() -> None:
    assert named(decided(told("知道了", CONFIRM), WISHES)) == "affirm"


def test_a_form_is_left_held_and_taken_up_by_small_words() -> None:
    assert named(decided(told("算逑了", CONFIRM), WISHES)) == "cancel"
    assert named(decided(told("先别交", CONFIRM), WISHES)) == "wait"
    assert named(decided(told("上次那个接着来", CONFIRM), WISHES)) == "withdraw_rent"


@pytest.mark.parametrize(
    "text", ["先不弄了我问问我老公", "不提了太麻烦", "算了 太多了 留点", "不办了等我妈回来", "不约了 我直接去"]
)
def test_a_form_is_left_with_a_reason_whether_a_stop_comes_before_it_or_not(text: str) -> None:
    assert stance(text, "withdraw_rent") is Stance.LEAVE
    assert named(decided(told(text, CONFIRM, intent="inform"), WISHES)) == "cancel"


def test_a_leaving_that_names_another_value_changes_the_form_and_submits_nothing() -> None:
    assert named(decided(told("算了 还是提五千", CONFIRM, intent="inform"), WISHES)) == "withdraw_rent"
    assert stance("算了 还是提五千", "withdraw_rent") is not Stance.YES


@pytest.mark.parametrize("text", ["不知道啊 你说提多少合适", "记不清了", "随便", "你看着办吧"])
def test_who_cannot_tell_hears_what_the_form_wants(text: str) -> None:
    assert named(stuck(told(text, AMOUNT, intent="policy_question", confidence=0.9), WISHES)) == "withdraw_rent"


def test_no_helplessness_confirms() -> None:
    assert stance("随便 你看着办吧", "withdraw_rent") is None
    assert stance("还没想好", "withdraw_rent") is Stance.HOLD


def test_a_question_about_the_proof_is_answered_by_the_proof_and_one_about_a_password_by_knowledge() -> None:
    other = told("不想给密码 有别的法子没", PROOF, intent="policy_question", confidence=0.9)
    forgotten = told("查询密码在哪改", PROOF, intent="policy_question", confidence=0.9)

    assert named(stuck(other, WISHES)) == "prove_identity"
    assert stuck(forgotten, WISHES) is None


def test_a_value_that_only_sounds_like_one_is_heard_and_a_yes_never_is() -> None:
    way = OpenWish(name="prove_identity", values={}, expects=("proof",), reminder="还没验证")

    assert straightened(told("发短心", way)).text == "发短信"
    assert straightened(told("全不", AMOUNT)).text == "全部"
    assert straightened(told("却认", CONFIRM)).text == "却认"


def test_a_telephone_that_is_only_spoken_of_is_no_way_to_prove() -> None:
    assert named(decided(told("等会儿 手机在充电", PROOF, intent="out_of_scope"), WISHES)) == "wait"


def test_a_question_behind_a_word_to_the_form_is_answered_and_the_form_kept() -> None:
    assert straightened(told("算了 我问问周六开不开", PROOF, intent="correct")).text == "我问问周六开不开"
    assert straightened(told("等等 我先问下 要什么材料", CONFIRM)).text == "我先问下 要什么材料"
    assert straightened(told("确认 多久到账", CONFIRM)).text == "确认 多久到账"


def test_a_value_after_a_wait_is_a_value_unless_it_is_denied() -> None:
    time = OpenWish(name="withdraw_rent", values={}, expects=("moment",), reminder="还没填完")

    assert decided(told("等等 三千", AMOUNT), WISHES) is None
    assert named(decided(told("别 我明天没空", time, intent="deny"), WISHES)) == "wait"


def test_the_proof_takes_another_code_by_any_words_and_no_code_for_a_lost_telephone() -> None:
    assert named(decided(told("再发一个", PROOF, intent="repeat_answer"), WISHES)) == "prove_identity"
    assert decided(told("手机号早换了", PROOF, intent="policy_question"), WISHES) is None


def test_what_nobody_can_read_goes_back_to_the_form() -> None:
    assert named(stuck(told("没收到啊", PROOF, intent="deny", confidence=0.4), WISHES)) == "prove_identity"
    assert stuck(told("失业了在家待着", PROOF, intent="tell_situation", confidence=0.97), WISHES) is None
    assert stuck(told("离得近的是哪个", PROOF, intent="out_of_scope", confidence=0.86), WISHES) is None
    assert stuck(told("租房提取", PROOF, intent="withdraw_rent", confidence=0.97), WISHES) is None


def test_of_two_values_the_one_that_is_meant_counts() -> None:
    assert straightened(told("不是30年是20年", LOAN, intent="correct")).text == "20年"
    assert straightened(told("不对,是还商贷", CONFIRM, intent="correct")).text == "不对,是还商贷"


def test_what_a_form_is_about_is_a_yes_to_it_and_to_no_other_form() -> None:
    assert stance("可以了 提吧", "withdraw_rent") is Stance.YES
    assert stance("好的 约吧", "book_counter") is Stance.YES
    assert stance("好的 约吧", "withdraw_rent") is None


def test_a_leaving_hardly_heard_leaves_nothing_and_a_wish_behind_one_is_kept() -> None:
    behind = straightened(told("别查了 给我算算贷30万10年一个月多少", PROOF, intent="calculate_loan", confidence=0.8))

    assert named(decided(told("办好了吧", CONFIRM, intent="cancel", confidence=0.34), WISHES)) == "withdraw_rent"
    assert (behind.text, behind.intent) == ("给我算算贷30万10年一个月多少", "calculate_loan")
    assert stance("好的就这么办") is Stance.YES


def test_the_kind_of_form_that_is_open_is_no_other_form() -> None:
    assert named(continued(told("就提一半吧", AMOUNT, intent="withdraw"), WISHES)) == "withdraw_rent"
    assert continued(told("我要提退休的", AMOUNT, intent="withdraw"), WISHES) is None


def test_an_agreement_while_the_number_is_waited_for_is_no_goodbye() -> None:
    assert named(decided(told("就这样定了", PROOF, intent="goodbye"), WISHES)) == "prove_identity"


def test_a_question_heard_as_anger_is_no_part_of_a_complaint_unless_it_is_anger_for_sure() -> None:
    story = OpenWish(name="withdraw_rent", values={}, expects=("confirm", "story"), reminder="等您确认")

    assert continued(told("会不会让老板知道是我", story, intent="express_anger", confidence=0.4), WISHES) is None
    assert named(continued(told("你们到底什么时候才管", story, intent="express_anger", confidence=0.9), WISHES))


def test_a_change_that_begins_like_a_leaving_is_a_change() -> None:
    time = OpenWish(name="withdraw_rent", values={}, expects=("confirm", "moment"), reminder="等您确认")

    assert named(decided(told("算了改下午两点", time, intent="cancel"), WISHES)) == "withdraw_rent"


def test_trust_is_spoken_of_and_a_no_that_asks_is_told_the_ways() -> None:
    wishes: dict[str, Wish] = WISHES | {"ask_basis": Named("ask_basis")}

    assert named(stuck(told("安全不", PROOF, intent="nlu_fallback", confidence=0.3), wishes)) == "ask_basis"
    assert named(stuck(told("不给行不", PROOF, intent="deny", confidence=0.9), wishes)) == "prove_identity"


def test_another_value_behind_a_remark_changes_the_sum() -> None:
    assert straightened(told("太高了 二十年呢", LOAN, intent="nlu_fallback")).text == "二十年呢"


@pytest.mark.parametrize(
    "text",
    [
        "你好",
        "您好家家",
        "家家你好",
        "你好呀",
        "你们好",
        "好用",
        "你确定是这样",
        "您确认没错",
        "先这样",
        "那提取呢",
        "就是那个",
    ],
)
def test_a_greeting_a_doubt_or_half_a_word_submits_nothing(text: str) -> None:
    assert stance(text, "withdraw_rent") is not Stance.YES


@pytest.mark.parametrize(
    "text", ["好的呢", "是的", "对 是这个", "没错 就是这个", "你帮我办吧", "好 你提交吧", "是这样"]
)
def test_a_yes_said_to_us_stays_a_yes(text: str) -> None:
    assert stance(text, "withdraw_rent") is Stance.YES


@pytest.mark.parametrize("text", ["我再攒攒", "再说吧", "我再看看", "以后再说"])
def test_a_putting_off_holds_the_form(text: str) -> None:
    assert stance(text, "prepay") is Stance.HOLD


def test_a_doing_with_its_ending_is_a_yes() -> None:
    assert stance("好的约上", "book_counter") is Stance.YES
    assert stance("上午", "book_counter") is None
