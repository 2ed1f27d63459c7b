"""Follow-ups are completed from what was talked about, and nothing else is."""

import pytest

from actions.followup import completed, kept_whole

RENT = "租房能提多少"
LOAN = "公积金贷款最高能贷多少"


@pytest.mark.parametrize(
    ("before", "text", "question"),
    [
        (RENT, "那需要什么材料?", "租房提取需要什么材料"),
        (RENT, "我爱人能一起提吗", "租房提取我爱人能一起提吗"),
        (RENT, "多久到账", "租房提取多久到账"),
        (RENT, "材料", "租房提取材料"),
        (RENT, "怎么办理", "租房提取怎么办理"),
        (RENT, "要是没结婚呢", "没结婚租房能提多少"),
        (RENT, "那贷款呢", "公积金贷款能多少"),
        (RENT, "那退休的呢", "退休能提多少"),
        (RENT, "那去年呢", "去年租房能提多少"),
        (LOAN, "那二手房呢", "二手房公积金贷款最高能贷多少"),
        (LOAN, "利率是多少", "公积金贷款利率是多少"),
        (LOAN, "还有首付呢", "公积金贷款首付"),
        (LOAN, "能贷几年", "公积金贷款能贷几年"),
        ("首套公积金贷款利率多少", "二套呢", "二套公积金贷款利率多少"),
        ("买房提取公积金咋弄", "几天能到", "买房提取几天能到"),
        ("怎么查余额", "忘了密码呢", "忘了密码怎么办"),
        ("公积金封存是啥意思", "对我有啥影响", "公积金账户封存对我有啥影响"),
        ("我想提前还款", "有违约金吗", "提前还公积金贷款有违约金吗"),
    ],
)
def test_a_follow_up_becomes_a_whole_question(before: str, text: str, question: str) -> None:
    follow = completed(text, before, "")

    assert follow is not None
    assert follow.question == question


@pytest.mark.parametrize(
    "text",
    [
        "今天天气怎么样",
        "你叫什么名字",
        "谢谢",
        "嗯",
        "1",
        "贷款要什么条件",
        "社保怎么查",
        "退休了公积金怎么取",
        "什么破系统,天天登不上",
        "你会唱歌吗",
    ],
)
def test_what_is_no_follow_up_is_left_alone(text: str) -> None:
    assert completed(text, RENT, "withdrawal") is None


def test_what_could_stand_alone_is_only_weakly_a_follow_up() -> None:
    follow = completed("公积金怎么提取", RENT, "withdrawal")

    assert follow is not None
    assert follow.weak


def test_without_talk_before_nothing_is_completed() -> None:
    assert completed("要什么材料", "", "") is None


def test_the_topic_helps_when_the_words_name_no_business() -> None:
    follow = completed("要什么材料", "按月还是按年?", "withdrawal")

    assert follow is not None
    assert follow.question == "提取公积金要什么材料"


def test_a_title_without_its_business_is_kept_with_it() -> None:
    assert kept_whole("按月、按季还是按年提?", RENT, "withdrawal") == "租房提取按月、按季还是按年提?"
    assert kept_whole("贷款能贷几年?", RENT, "loan") == "贷款能贷几年?"
