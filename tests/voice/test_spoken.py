"""What is written is said the way a person at the counter would say it."""

import re
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.messages import Card, Reply, Row
from bot.policy_reply import entry_reply
from knowledge_base.content import load_content
from knowledge_base.entries import State
from knowledge_base.rendering import renderer_of
from voice import prompts
from voice.spoken import LONGEST, SpokenForms, choices_aloud, digits_aloud, portions, sentences

FORMS = SpokenForms()


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("每户每年最多 16800 元。", "每户每年最多一万六千八百元。"),
        ("余额 12,345.67 元", "余额一万二千三百四十五元六角七分"),
        ("利息 100.50 元", "利息一百元五角"),
        ("利息 100.05 元", "利息一百元零五分"),
        ("本金 30000.00 元", "本金三万元"),
        ("最高 100 万元", "最高一百万元"),
        ("年利率 2.6%", "年利率百分之二点六"),
        ("比例为 5%-12%", "比例为百分之五到百分之十二"),
        ("自 2025 年 5 月 8 日起", "自二零二五年五月八日起"),
        ("截至 2026-09-20", "截至二零二六年九月二十日"),
        ("截至 2026-09;", "截至二零二六年九月"),
        ("尾号 8821 的银行卡", "尾号八八二一的银行卡"),
        ("手机 138****1234", "手机尾号幺二三四"),
        ("请拨打 12329。", "请拨打幺二三二九。"),
        ("电话 0971-6112345", "电话零九七幺,六幺幺,二三四五"),
        ("手机号 13812345678", "手机号幺三八,幺二三四,五六七八"),
        ("请拨 13812345678", "请拨幺三八,幺二三四,五六七八"),
        ("《关于规范提取的通知》(建金〔2018〕45号)", "关于规范提取的通知建金二零一八年四十五号"),
        ("第 24 条", "第二十四条"),
        ("贷款最长 30 年", "贷款最长三十年"),
        ("连续缴存 6 个月", "连续缴存六个月"),
        ("营业时间 8:30-17:00", "营业时间八点半到十七点"),
        ("还差 2 个月", "还差两个月"),
        ("12 个月", "十二个月"),
        ("2 套房", "两套房"),
        ("共 20000 元", "共两万元"),
        ("首付 1/5", "首付五分之一"),
        ("详见 https://gjj.xining.gov.cn/a?b=1。", "详见中心官网。"),
        ("网址是三个w点xnzfgjj点com,打不开换一个", "网址是中心官网,打不开换一个"),
        ("1. 身份证\n2. 租房合同", "身份证。租房合同"),
        ("您填的〔身份证·1〕不对", "您填的您的身份证不对"),
        ("33,600元", "三万三千六百元"),
        ("33600元/年", "三万三千六百元每年"),
        ("2026年1月1日", "二零二六年一月一日"),
        ("2024 年以前", "二零二四年以前"),
        ("2026年内", "二零二六年内"),
        ("2025-2026年度", "二零二五到二零二六年度"),
        ("2025缴存年度", "二零二五缴存年度"),
        ("20年期", "二十年期"),
        ("3.1%", "百分之三点一"),
        ("2.6%-3.1%", "百分之二点六到百分之三点一"),
        ("0.5倍", "零点五倍"),
        ("3. 银行卡", "银行卡"),
        ("-5元", "负五元"),
        ("- 身份证", "身份证"),
        ("宁房金〔2024〕12号", "宁房金二零二四年十二号"),
        ("宁房金[2024]12号", "宁房金二零二四年十二号"),
        ("3-5个工作日", "三到五个工作日"),
        ("0971-12345", "零九七幺,幺二三四五"),
        ("银行 95533", "银行九五五三三"),
        ("400-123-4567", "四零零,幺二三,四五六七"),
        ("拨打110", "拨打幺幺零"),
        ("打9.5折", "打九点五折"),
        ("1:1", "一比一"),
        ("9:05", "九点零五分"),
        ("≥6个月,90㎡", "不少于六个月,九十平方米"),
        ("7×24小时", "七乘二十四小时"),
    ],
)
def test_a_text_is_said_as_people_say_it(written, said):
    assert FORMS.say(written) == said


def test_phone_numbers_are_read_digit_by_digit_in_groups():
    assert digits_aloud("13809716541") == "幺三八,零九七幺,六五四幺"
    assert digits_aloud("12329") == "幺二三二九"


def test_a_card_becomes_sentences():
    card = Card(
        title="租房提取每年上限",
        rows=(Row(label="普通家庭", value="16800 元"), Row(label="二孩家庭", value="21600 元")),
    )

    assert FORMS.card(card) == "租房提取每年上限:普通家庭,一万六千八百元;二孩家庭,两万一千六百元。"


def test_a_reply_without_a_spoken_form_is_said_with_its_card():
    reply = Reply(text="查到了。", cards=(Card(title="余额", rows=(Row(label="余额", value="500 元"),)),))

    assert FORMS.reply(reply) == "查到了。余额:余额,五百元。"


def test_a_card_that_the_text_tells_is_not_said_twice():
    reply = Reply(text="余额 500 元。", cards=(Card(title="余额", rows=(Row(label="余额", value="500 元"),)),))

    assert FORMS.reply(reply) == "余额五百元。"


def test_choices_name_their_keys():
    assert choices_aloud(("租房", "买房")) == "租房,请按一;买房,请按二。"


def test_long_answers_are_cut_at_sentences_and_nothing_is_lost():
    text = "租房提取每户每年最多一万六千八百元,夫妻合并计算。" * 12

    cut = portions(text)

    assert "".join(cut) == text
    assert all(len(part) <= LONGEST and part.endswith("。") for part in cut)


def test_sentences_end_where_a_speaker_breathes():
    assert sentences("您好。要办什么?请说;或者按键") == ("您好。", "要办什么?", "请说;", "或者按键")


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="0123456789.-~%元万年月日号〔〕第按请 http://www.cn*,。\n租房(:)", max_size=60))
def test_no_digit_address_or_bracket_is_ever_said(written):
    said = FORMS.say(written)

    assert not re.search(r"[0-9%]|https?:|www\.|[《》〔〕*\[\]]", said)


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="一二三,。;!?、", max_size=600))
def test_no_portion_is_longer_than_an_ear_can_hold(text):
    assert all(len(part) <= LONGEST for part in portions(text))


TODAY = date(2026, 11, 23)
UNSPEAKABLE = re.compile(r"[0-9%/+=~()\[\]〔〕《》{}<>*#|≥≤×㎡]|https?|[a-z]|三个[wW达]|点[Cc]")


def said_of_everything() -> dict[str, str]:
    """Every published answer and every fixed sentence, as the line says it today."""
    content = load_content(Path(__file__).parents[2] / "knowledge_base")
    renderer = renderer_of(content)
    served = (renderer.serve(entry, TODAY) for entry in content.entries if entry.state is State.PUBLISHED)
    answers = {entry.id: FORMS.reply(entry_reply(entry)) for entry in served if entry is not None}
    return answers | {f"prompt: {text[:12]}": FORMS.say(text) for text in prompts.ALL}


def test_every_answer_and_every_prompt_is_fit_for_an_old_callers_ear():
    said = said_of_everything()

    assert len(said) > 250
    assert {name: text for name, text in said.items() if len(text) > LONGEST} == {}
    assert {name: text for name, text in said.items() if UNSPEAKABLE.search(text)} == {}
    assert {
        name: text
        for name, text in said.items()
        if re.search(r"[两一二]千(?:零|[一二三四五六七八九]百).{0,4}年[度以内底前]", text)
    } == {}


def test_fixed_sentences_are_said_as_they_are_written():
    assert [text for text in prompts.ALL if FORMS.say(text) != text] == []
