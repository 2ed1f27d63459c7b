"""The calculators in conversation: one missing value at a time, interrupted and resumed."""

import pytest

from bot.messages import Expects
from tests.actions.rasa import ScriptedRasa


async def test_a_complete_question_is_calculated_at_once(rasa: ScriptedRasa) -> None:
    heard = await rasa.say("贷50万20年每月还多少", "calculate_loan")

    assert "每月还 2673.94 元,总利息 141745.66 元" in heard.text
    assert "首月还 3166.67 元" in heard.text
    assert heard.outcome == "answered"


async def test_missing_values_are_asked_one_by_one(rasa: ScriptedRasa) -> None:
    first = await rasa.say("帮我算算月供", "calculate_loan")
    second = await rasa.say("五十万", "inform")
    refused = await rasa.say("0年", "inform")
    third = await rasa.say("20", "inform")

    asked = [heard.replies[-1].expects for heard in (first, second, refused, third)]
    assert asked == [Expects.AMOUNT, Expects.AMOUNT, Expects.AMOUNT, Expects.OPEN]
    assert (first.outcome, first.text) == ("asked", "想贷多少钱?比如 50 万。")
    assert second.text == "贷 50 万元,想分多少年还?"
    assert "2673.94" in third.text


async def test_a_bare_small_number_is_taken_as_ten_thousands(rasa: ScriptedRasa) -> None:
    await rasa.say("帮我算算月供", "calculate_loan")

    heard = await rasa.say("50", "inform")

    assert heard.text.startswith("贷 50 万元")


async def test_another_question_is_answered_and_the_open_wish_recalled(rasa: ScriptedRasa) -> None:
    await rasa.say("贷50万每月还多少", "calculate_loan")

    heard = await rasa.say("租房一年能提多少", "policy_question", "answer_policy")
    resumed = await rasa.say("20年", "nlu_fallback", "answer_policy")

    assert heard.replies[0].text.startswith("商品房租房提取")
    assert heard.replies[1].text == "刚才的月供试算还差贷款年限,您告诉我,我接着算。"
    assert "2673.94" in resumed.text


async def test_a_finished_calculation_can_be_changed_but_is_not_recalled(rasa: ScriptedRasa) -> None:
    await rasa.say("贷50万20年每月还多少", "calculate_loan")

    changed = await rasa.say("那二套呢", "policy_question", "answer_policy")
    after = await rasa.say("租房一年能提多少", "policy_question", "answer_policy")

    assert "二套(不低于此利率)年利率 3.075%" in changed.text
    assert len(after.replies) == 1


async def test_a_tapped_variant_continues(rasa: ScriptedRasa) -> None:
    first = await rasa.say("贷50万20年每月还多少", "calculate_loan")
    button = first.replies[0].buttons[1]

    heard = await rasa.say(button.payload, "inform", choice="30 年")

    assert button.payload == '/inform{"choice":"30 年"}'
    assert "30 年(360 期)" in heard.text


async def test_a_short_term_uses_the_short_rate(rasa: ScriptedRasa) -> None:
    heard = await rasa.say("贷10万5年月供", "calculate_loan")

    assert "年利率 2.10%" in heard.text
    assert "1757.15" in heard.text


async def test_too_long_a_term_is_refused_with_the_rule(rasa: ScriptedRasa) -> None:
    heard = await rasa.say("贷50万40年月供", "calculate_loan")

    assert (heard.outcome, heard.error) == ("asked", "value-refused")
    assert "最长 30 年" in heard.text


async def test_above_the_published_ceiling_is_said_never_computed(rasa: ScriptedRasa) -> None:
    heard = await rasa.say("贷120万20年月供", "calculate_loan")

    assert "最高 90 万元" in heard.text
    assert "据公开资料,截至 2026-09" in heard.text


async def test_nonsense_for_a_value_is_refused_clearly_and_the_wish_stays_open(rasa: ScriptedRasa) -> None:
    await rasa.say("帮我算算月供", "calculate_loan")

    refused = await rasa.say("-300元", "inform")
    resumed = await rasa.say("50万", "inform")

    assert refused.text == "金额要大于 0。请重新写一下金额,比如 5 万。"
    assert resumed.text.startswith("贷 50 万元")


async def test_an_open_wish_can_be_cancelled(rasa: ScriptedRasa) -> None:
    await rasa.say("帮我算算月供", "calculate_loan")

    heard = await rasa.say("算了", "cancel")

    assert heard.text.startswith("好的,贷款试算已经停下")
    assert rasa.slots["wish"] is None


async def test_prepayment_tells_what_is_owed_from_what_is_paid(rasa: ScriptedRasa) -> None:
    heard = await rasa.say("还欠40万剩20年,想提前还10万划算吗", "calculate_prepayment")

    assert heard.text.startswith("提前还 10 万元,两种办法比一比:")
    assert "还要还 240 期" in heard.text


@pytest.mark.parametrize("loan", ["我贷了90万已经还了3年", "贷款90万30年期,还了3年"])
async def test_what_was_borrowed_and_how_long_it_was_paid_are_not_what_is_left(rasa: ScriptedRasa, loan: str) -> None:
    heard = await rasa.say(f"{loan},现在提前还10万", "calculate_prepayment")

    assert heard.text == "贷款还剩多少本金没还?比如 40 万。"
    await rasa.say("85万", "inform")
    assert "还要还 324 期" in (await rasa.say("27年", "inform")).text


async def test_a_loan_paid_for_years_is_not_the_one_just_reckoned(rasa: ScriptedRasa) -> None:
    await rasa.say("贷40万20年每月多少", "calculate_loan")

    heard = await rasa.say("我贷了90万已经还了3年,现在提前还10万", "calculate_prepayment")

    assert heard.text == "贷款还剩多少本金没还?比如 40 万。"


async def test_what_is_left_counts_beside_what_was_paid(rasa: ScriptedRasa) -> None:
    heard = await rasa.say("还了3年,还欠40万剩20年,想提前还10万", "calculate_prepayment")

    assert "还要还 240 期" in heard.text


async def test_prepayment_asks_for_each_missing_value(rasa: ScriptedRasa) -> None:
    await rasa.say("提前还款划算吗", "calculate_prepayment")
    await rasa.say("40万", "inform")
    await rasa.say("20年", "inform")

    heard = await rasa.say("10", "inform")

    assert heard.text.startswith("提前还 10 万元")


async def test_paying_everything_back_is_a_settlement(rasa: ScriptedRasa) -> None:
    heard = await rasa.say("还欠10万剩10年,想提前还10万", "calculate_prepayment")

    assert "全部结清" in heard.text


async def test_account_interest_for_a_year_and_until_settlement(rasa: ScriptedRasa) -> None:
    heard = await rasa.say("账户里有10万,一年多少利息", "calculate_interest")

    assert "利息大约 1520.83 元" in heard.text
    assert "2027 年 6 月 30 日结息" in heard.text


async def test_contribution_of_both_sides(rasa: ScriptedRasa) -> None:
    await rasa.say("我每月交多少公积金,工资8000", "calculate_contribution")

    heard = await rasa.say("12%", "inform")

    assert "个人(12%)每月 960.00 元,单位(12%)每月 960.00 元,合计 1920.00 元" in heard.text


async def test_a_wage_above_the_limit_is_clamped_and_said(rasa: ScriptedRasa) -> None:
    heard = await rasa.say("工资五万,比例12%,每月交多少", "calculate_contribution")

    assert "按缴存基数 31995 元" in heard.text
    assert "高于上限 31995 元" in heard.text


async def test_a_ratio_outside_the_rule_is_refused(rasa: ScriptedRasa) -> None:
    heard = await rasa.say("工资8000比例20%", "calculate_contribution")

    assert heard.text == "缴存比例在 5% 到 12% 之间。请重新写一下,比如 8%。"


async def test_the_plan_is_shown_year_by_year_by_either_method(rasa: ScriptedRasa) -> None:
    first = await rasa.say("贷10万5年月供", "calculate_loan")

    shown = await rasa.say(first.replies[0].buttons[2].payload, "inform", choice="还款计划")
    other = await rasa.say(shown.replies[0].buttons[0].payload, "inform", choice="等额本金还款计划")

    card = shown.replies[0].cards[0]
    assert [row.label for row in card.rows] == [f"第 {year} 年" for year in range(1, 6)]
    assert card.rows[-1].value.endswith("剩 0.00 元")
    assert other.replies[0].cards[0].title == "还款计划(等额本金)"


async def test_a_rate_the_citizen_names_is_used_and_said(rasa: ScriptedRasa) -> None:
    heard = await rasa.say("贷80万30年,利率3.5%,月供", "calculate_loan")

    assert "按您说的年利率 3.5%" in heard.text
    assert "3592.36" in heard.text


async def test_an_impossible_rate_is_refused(rasa: ScriptedRasa) -> None:
    heard = await rasa.say("贷80万30年,利率300%", "calculate_loan")

    assert heard.error == "value-refused"


async def test_a_correction_after_a_finished_calculation_is_about_the_last_question(rasa: ScriptedRasa) -> None:
    await rasa.say("公积金贷款怎么还", "policy_question", "answer_policy")
    await rasa.say("贷50万20年每月还多少", "calculate_loan")

    heard = await rasa.say("不是，我说的是商贷", "correct")
    changed = await rasa.say("不对，是30年", "correct")

    assert "商贷可以提取公积金偿还。" in heard.text
    assert "30 年(360 期)" in changed.text


async def test_a_bare_number_after_a_sum_changes_what_it_can_only_be(rasa: ScriptedRasa) -> None:
    await rasa.say("贷50万20年每月还多少", "calculate_loan")

    more = await rasa.say("五十五吧", "inform")
    shorter = await rasa.say("年限短点 十五", "ask_simpler")

    assert more.text.startswith("贷 55 万元、20 年")
    assert shorter.text.startswith("贷 55 万元、15 年")


async def test_a_bank_loan_is_never_reckoned_at_the_rate_of_the_fund(rasa: ScriptedRasa) -> None:
    asked = await rasa.say("商贷八十万 30年月供", "calculate_loan")
    told = await rasa.say("利率三点一", "policy_question", "answer_policy")
    fund = await rasa.say("公积金的呢", "inform")

    assert asked.text.startswith("商业贷款的利率")
    assert "按您说的年利率 3.1%" in told.text
    assert "年利率 2.60%" in fund.text


async def test_a_question_that_tells_the_whole_sum_is_reckoned_whatever_was_heard(rasa: ScriptedRasa) -> None:
    heard = await rasa.say("公积金贷四十万十年 一个月还几个钱", "policy_question", "answer_policy")

    assert heard.text.startswith("贷 40 万元、10 年")


async def test_a_long_story_that_names_a_loan_is_not_reckoned(rasa: ScriptedRasa) -> None:
    story = "我家 2018 年贷了商业贷款 60 万,20 年的,每个月还四千多,压力有点大,想问问能不能转成公积金贷款,利息能低多少"

    heard = await rasa.say(story, "policy_question", "answer_policy")

    assert not heard.text.startswith("贷 60 万元")


async def test_what_is_owed_after_a_sum_is_told_of_that_loan(rasa: ScriptedRasa) -> None:
    await rasa.say("贷50万20年每月还多少", "calculate_loan")

    heard = await rasa.say("那我一共要还多少", "nlu_fallback", "answer_policy")

    assert "一共还 641745.66 元" in heard.text
    assert "一共还 630541.67 元" in heard.text


async def test_what_is_owed_may_break_off_before_the_figure(rasa: ScriptedRasa) -> None:
    await rasa.say("贷50万20年每月还多少", "calculate_loan")

    heard = await rasa.say("那我要还", "prepay")

    assert "一共还 641745.66 元" in heard.text


async def test_what_is_owed_without_a_sum_is_a_question_of_policy(rasa: ScriptedRasa) -> None:
    heard = await rasa.say("那我一共要还多少", "nlu_fallback", "answer_policy")

    assert "一共还" not in heard.text
