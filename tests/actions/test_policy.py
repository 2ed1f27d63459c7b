"""Policy answers in conversation."""

from dataclasses import replace
from datetime import date

import pytest

from actions.elsewhere import related
from bot.knowledge import Dated, Decision, Finding, Hit
from tests.actions.rasa import ScriptedRasa
from tests.actions.shelf import ShelfRetriever, shelved


async def test_a_policy_question_gets_the_approved_words_and_leaves_its_trace(rasa: ScriptedRasa) -> None:
    heard = await rasa.say("租房一年能提多少", "policy_question", "answer_policy")

    assert heard.text == "商品房租房提取,公积金每户每年最多 16800 元。"
    assert (heard.outcome, heard.error) == ("answered", "")
    assert heard.evidence["candidates"][0] == {"entry": "withdrawal-rent-limit", "score": 0.9}
    assert (heard.evidence["intent"], heard.evidence["knowledge_version"]) == ("policy_question", "v-test")
    assert rasa.slots == {
        "entry": "withdrawal-rent-limit",
        "topic": "withdrawal",
        "last_question": "租房一年能提多少",
    }


async def test_a_follow_up_without_subject_leans_on_the_answer_before(rasa: ScriptedRasa) -> None:
    await rasa.say("租房一年能提多少", "policy_question", "answer_policy")

    heard = await rasa.say("那要什么材料?", "policy_question", "answer_policy")

    assert heard.text == "带身份证和银行卡。"


async def test_a_question_with_its_own_subject_leans_on_nothing(rasa: ScriptedRasa, retriever: ShelfRetriever) -> None:
    await rasa.say("租房一年能提多少", "policy_question", "answer_policy")

    await rasa.say("贷款能贷多少", "policy_question", "answer_policy")

    assert retriever.asked[-1].entry == ""


async def test_two_sure_answers_part_questions_that_only_commas_part(rasa: ScriptedRasa) -> None:
    heard = await rasa.say("租房一年能提多少,公积金贷款最多能贷多少,商贷行不行呀", "policy_question", "answer_policy")

    assert "16800" in heard.text
    assert "90 万元" in heard.text


async def test_one_sure_answer_leaves_a_message_whole_that_names_no_other_matter(rasa: ScriptedRasa) -> None:
    heard = await rasa.say("租房一年能提多少,晚上行不行呀", "policy_question", "answer_policy")

    assert "先说" not in heard.text


async def test_a_second_matter_that_is_not_surely_known_gets_its_choices(rasa: ScriptedRasa) -> None:
    heard = await rasa.say("租房一年能提多少,我家那笔公积金贷款以后怎么弄", "policy_question", "answer_policy")

    assert "16800" in heard.text
    assert heard.replies[-1].text.startswith("再说“我家那笔公积金贷款以后怎么弄”")
    assert [button.label for button in heard.replies[-1].buttons[:2]] == [
        "公积金贷款最多能贷多少?",
        "公积金贷款怎么还?",
    ]


async def test_several_of_the_choices_offered_are_told_at_once(rasa: ScriptedRasa) -> None:
    await rasa.say("公积金贷款", "policy_question", "answer_policy")

    heard = await rasa.say("第二个和第一个都说一下", "policy_question", "answer_policy")

    assert [reply.text.partition(":")[0] for reply in heard.replies] == [
        "“公积金贷款怎么还?”",
        "“公积金贷款最多能贷多少?”",
    ]


async def test_a_district_of_xining_asks_the_last_question_again(rasa: ScriptedRasa) -> None:
    await rasa.say("租房一年能提多少", "policy_question", "answer_policy")

    heard = await rasa.say("那湟中呢", "policy_question", "answer_policy")

    assert heard.text.endswith("商品房租房提取,公积金每户每年最多 16800 元。")


async def test_two_questions_in_one_message_are_answered_in_order(rasa: ScriptedRasa) -> None:
    heard = await rasa.say("租房一年能提多少?公积金贷款最多能贷多少?", "policy_question", "answer_policy")

    assert heard.text == (
        "先说“租房一年能提多少”:\n商品房租房提取,公积金每户每年最多 16800 元。\n"
        "再说“公积金贷款最多能贷多少”:\n公积金贷款最高 90 万元。"
    )


async def test_a_remark_before_a_question_is_not_a_second_question(rasa: ScriptedRasa) -> None:
    heard = await rasa.say("我在西宁上班。租房一年能提多少?", "policy_question", "answer_policy")

    assert heard.text == "商品房租房提取,公积金每户每年最多 16800 元。"


async def test_a_correction_asks_the_last_question_again_with_what_was_meant(rasa: ScriptedRasa) -> None:
    await rasa.say("公积金贷款怎么还", "policy_question", "answer_policy")

    heard = await rasa.say("不是,我说的是商贷", "correct")

    assert heard.text == "明白,您问的是“商贷”。\n商贷可以提取公积金偿还。"


async def test_an_answer_refused_is_not_given_again(rasa: ScriptedRasa, retriever: ShelfRetriever) -> None:
    repaid = shelved("loan-payout", "贷款什么时候放款?", "签约、抵押以后放款。", "放款", "多久", "到账")
    taken = shelved("withdrawal-arrival", "提取多久到账?", "受理起 3 日内决定。", "到账", "多久")
    retriever.shelf = (taken, repaid)
    await rasa.say("提取多久到账", "policy_question", "answer_policy")

    heard = await rasa.say("不对,我说的是贷款放款", "correct")

    assert heard.text == "明白,您问的是“贷款放款”。\n签约、抵押以后放款。"


async def test_what_was_meant_is_said_to_be_the_banks_where_no_entry_speaks_of_it(
    rasa: ScriptedRasa, retriever: ShelfRetriever
) -> None:
    early = shelved("repayment-early", "能提前还贷款吗?", "可以提前还。", "提前还", "吗")
    booking = shelved("repayment-booking", "提前还要预约吗?", "没有公布。", "提前还", "可以")
    retriever.shelf = (early, booking)
    await rasa.say("贷款提前还行吗", "policy_question", "answer_policy")

    heard = await rasa.say("不是,我说的是商贷", "correct")

    assert heard.text.startswith("明白,您问的是“商贷”。\n商业贷款、银行卡的事,请直接问贷款或发卡的银行。")


async def test_what_is_known_of_a_day_is_said_where_its_rule_is_not_kept(
    rasa: ScriptedRasa, retriever: ShelfRetriever
) -> None:
    limit = shelved("loan-days", "贷款几天批?", "10 日内决定。", "贷款", "几天", since=date(2026, 9, 20))
    days = (
        Dated(label="贷款审批时限", value="15 日", since=date(2019, 3, 24), until=date(2026, 9, 19)),
        Dated(label="贷款审批时限", value="10 日", since=date(2026, 9, 20)),
    )
    retriever.shelf = (replace(limit, entry=replace(limit.entry, numbers=days)),)

    heard = await rasa.say("2026年8月贷款几天批", "policy_question", "answer_policy")

    assert heard.text.startswith("2026 年 8 月 31 日有效的是:贷款审批时限 15 日。\n当时的其他规定,家家没有单独存档")


async def test_a_day_to_come_is_not_promised_todays_rule(rasa: ScriptedRasa) -> None:
    heard = await rasa.say("2028年贷款最多能贷多少", "policy_question", "answer_policy")

    assert heard.text == "2028 年 12 月 31 日的规定还没有公布。现行规定如下:\n公积金贷款最高 90 万元。"


async def test_last_year_gets_last_years_rule_and_says_so(rasa: ScriptedRasa, retriever: ShelfRetriever) -> None:
    limit = retriever.shelf[0]
    old = replace(limit, entry=replace(limit.entry, screen="租房每年最多 14400 元。"), until=date(2025, 12, 31))
    retriever.shelf = (old, replace(limit, since=date(2026, 1, 1)), *retriever.shelf[1:])

    heard = await rasa.say("去年商品房租房最多提多少", "policy_question", "answer_policy")

    assert heard.text == "以下按 2025 年 12 月 31 日有效的规定回答,不是现在的规定。\n租房每年最多 14400 元。"
    assert str(retriever.asked[-1].on) == "2025-12-31"


async def test_a_rule_that_has_not_changed_is_said_to_be_the_same(rasa: ScriptedRasa) -> None:
    heard = await rasa.say("去年公积金贷款最多贷多少", "policy_question", "answer_policy")

    assert heard.text == "2025 年 12 月 31 日有效的规定和现在的是同一条:\n公积金贷款最高 90 万元。"


async def test_a_measure_that_has_lapsed_is_told_for_the_year_it_held(
    rasa: ScriptedRasa, retriever: ShelfRetriever
) -> None:
    fee = shelved("withdrawal-fee", "物业费能提多少?", "公积金物业费提取每人最多 3000 元。", "物业费", "多少")
    ended = shelved("withdrawal-fee-until", "物业费到什么时候?", "公积金物业费提取已到期。", "物业费", "多少")
    retriever.shelf = (replace(fee, until=date(2025, 12, 31)), replace(ended, since=date(2026, 1, 1)))

    heard = await rasa.say("去年物业费提取最多提多少", "policy_question", "answer_policy")

    assert heard.text.startswith("以下按 2025 年 12 月 31 日有效的规定回答,不是现在的规定。\n公积金物业费提取每人最多")


async def test_a_rule_that_is_not_kept_is_not_guessed(rasa: ScriptedRasa) -> None:
    heard = await rasa.say("2023年贷款最多能贷多少", "policy_question", "answer_policy")

    assert heard.text.startswith("2023 年 12 月 31 日当时的规定,家家没有单独存档")
    assert "以文中写明的为准:\n公积金贷款最高 90 万元。" in heard.text


async def test_the_day_something_happened_is_not_the_day_of_the_rule(
    rasa: ScriptedRasa, retriever: ShelfRetriever
) -> None:
    await rasa.say("我去年租的房现在租房能提多少", "policy_question", "answer_policy")

    assert {str(query.on) for query in retriever.asked} == {"2026-11-23"}


async def test_another_citys_question_is_sent_there_first(rasa: ScriptedRasa) -> None:
    heard = await rasa.say("兰州租房一年能提多少", "policy_question", "answer_policy")

    assert heard.text.startswith("兰州的公积金政策由兰州的公积金中心规定")
    assert "以下是西宁的规定,仅供参考:\n商品房租房提取" in heard.text


async def test_money_paid_elsewhere_and_used_here_is_our_question(rasa: ScriptedRasa) -> None:
    heard = await rasa.say("我在兰州交的,能在西宁贷款贷多少", "policy_question", "answer_policy")

    assert not heard.text.startswith("兰州的公积金政策")


async def test_a_long_letter_is_reduced_to_its_question(rasa: ScriptedRasa) -> None:
    letter = "我在单位工作十年了,家里情况比较复杂。" * 20 + "我就想知道租房一年能提多少?" + "麻烦了。"

    heard = await rasa.say(letter, "policy_question", "answer_policy")

    assert heard.text.startswith("您写得很清楚,家家理解您最想问的是:租房一年能提多少。")
    assert "16800" in heard.text
    assert heard.replies[-1].buttons[-1].payload == "/request_human"


async def test_what_a_letter_asks_beyond_three_questions_is_offered_and_not_lost(rasa: ScriptedRasa) -> None:
    letter = (
        "我在单位工作十年了,家里情况比较复杂。" * 20
        + "请问租房能提多少,租房提取要什么材料,公积金贷款能贷多少,商贷能不能拿公积金还,电梯能不能提。"
    )

    heard = await rasa.say(letter, "policy_question", "answer_policy")

    assert [reply.text.split("”")[0] for reply in heard.replies[1:3]] == [
        "再说“租房提取要什么材料",
        "最后说“公积金贷款能贷多少",
    ]
    assert [button.label for button in heard.replies[-1].buttons] == ["商贷能不能拿公积金还", "电梯能不能提", "转人工"]


async def test_a_letter_that_sounds_like_an_order_is_answered_and_orders_nothing(rasa: ScriptedRasa) -> None:
    letter = "我在外地工作,打算明年回来买房,手续都不懂。" * 20 + "其一,租房能提多少;其二,贷款要开具什么证明?"

    heard = await rasa.say(letter, "get_certificate")

    assert heard.text.startswith("您写得很清楚,家家理解您最想问的是:")
    assert "身份证号" not in heard.text


async def test_a_rule_that_ends_before_the_day_asked_about_is_no_yes_for_it(
    rasa: ScriptedRasa, retriever: ShelfRetriever
) -> None:
    fee = shelved("withdrawal-fee", "物业费能提吗?", "能,执行期到 2026 年 12 月 31 日。", "物业费", "提")
    retriever.shelf = (*retriever.shelf, replace(fee, until=date(2026, 12, 31)))

    today = await rasa.say("物业费能提吗", "policy_question", "answer_policy")
    then = await rasa.say("物业费2027年1月能提吗", "policy_question", "answer_policy")
    endless = await rasa.say("租房2027年1月能提多少", "policy_question", "answer_policy")

    assert today.text == "能,执行期到 2026 年 12 月 31 日。"
    assert then.text.startswith("2027 年 1 月 31 日的规定还没有公布。现行规定如下:\n能,")
    assert "16800" in endless.text


async def test_a_letter_without_a_question_is_asked_for_one(rasa: ScriptedRasa) -> None:
    heard = await rasa.say("今天天气不错,单位同事都很好。" * 30, "policy_question", "answer_policy")

    assert heard.outcome == "asked"


async def test_anger_is_met_calmly_with_a_person_and_the_answer(rasa: ScriptedRasa) -> None:
    heard = await rasa.say("气死我了,租房到底能提多少", "policy_question", "answer_policy")

    assert heard.text.startswith("让您着急了,家家很抱歉。")
    assert "16800" in heard.text
    assert "/request_human" in [button.payload for button in heard.replies[-1].buttons]


async def test_a_life_in_danger_gets_help_and_a_person_at_once(rasa: ScriptedRasa) -> None:
    heard = await rasa.say("提不出来我真的不想活了", "policy_question", "answer_policy")

    assert "120" in heard.text
    assert heard.replies[0].handoff is not None
    assert heard.outcome == "handed-off"


async def test_what_nobody_knows_is_declined_with_a_way_on(rasa: ScriptedRasa) -> None:
    heard = await rasa.say("明天下雨吗", "out_of_scope", "answer_policy")

    assert heard.outcome == "declined"
    assert heard.evidence["decision"] == "decline"


async def test_a_tapped_entry_is_answered_exactly(rasa: ScriptedRasa) -> None:
    heard = await rasa.say('/choose_entry{"entry":"loan-limit"}', "choose_entry", "answer_entry", entry="loan-limit")

    assert heard.text == "公积金贷款最高 90 万元。"
    assert rasa.slots["entry"] == "loan-limit"


async def test_a_tapped_entry_that_is_gone_offers_what_is_near(rasa: ScriptedRasa) -> None:
    await rasa.say("租房能提多少", "policy_question", "answer_policy")

    heard = await rasa.say('/choose_entry{"entry":"gone"}', "choose_entry", "answer_entry", entry="gone")

    assert heard.outcome == "clarified"


async def test_knowledge_that_is_down_is_said_and_a_person_offered(
    rasa: ScriptedRasa, retriever: ShelfRetriever
) -> None:
    retriever.closed = True

    heard = await rasa.say("租房能提多少", "policy_question", "answer_policy")

    assert (heard.outcome, heard.error) == ("failed", "knowledge-unavailable")
    assert "12329" in heard.text


async def test_a_question_said_with_a_wish_is_answered_first(rasa: ScriptedRasa) -> None:
    heard = await rasa.say("租房提取要什么材料", "withdraw_rent")

    assert heard.text == "带身份证和银行卡。"


@pytest.mark.parametrize(
    ("text", "number"), [("养老保险怎么查?", "12333"), ("医保卡丢了怎么办?", "12393"), ("发票怎么开?", "12366")]
)
async def test_what_is_not_the_funds_is_sent_to_who_answers_it(rasa: ScriptedRasa, text: str, number: str) -> None:
    heard = await rasa.say(text, "out_of_scope", "answer_policy")

    assert heard.outcome == "declined"
    assert number in heard.text


def test_what_is_not_the_funds_may_be_about_the_business_talked_about() -> None:
    payee = shelved("withdrawal-payee", "提取的钱能打到别人的卡上吗?", "一般不行。").entry
    loan = shelved("loan-fees", "贷款要交哪些费?", "没有。").entry
    hits = (Hit(entry=loan, score=0.4), Hit(entry=payee, score=0.2))
    finding = Finding(decision=Decision.DECLINE, hits=hits, version="v")

    assert [button.label for button in related(finding, "打到养老金卡上可以吗", "withdrawal")] == [payee.title]
    assert related(finding, "打到养老金卡上可以吗") == ()


async def test_and_last_year_asks_the_last_question_about_last_year(
    rasa: ScriptedRasa, retriever: ShelfRetriever
) -> None:
    await rasa.say("贷款最多能贷多少", "policy_question", "answer_policy")

    heard = await rasa.say("那去年呢?", "policy_question", "answer_policy")

    assert heard.text.startswith("2025 年 12 月 31 日有效的规定和现在的是同一条")
    assert retriever.asked[-1].text == "贷款最多能贷多少"


async def test_a_message_that_is_word_for_word_one_question_is_not_split(
    rasa: ScriptedRasa, retriever: ShelfRetriever
) -> None:
    both = "租房能提多少?贷款能贷多少?"
    retriever.shelf = (
        shelved("policy-both", both, "两样都在这里。", "租房能提多少?", "贷款能贷多少?", "多少"),
        *retriever.shelf,
    )

    heard = await rasa.say(both, "policy_question", "answer_policy")

    assert heard.text == "两样都在这里。"


async def test_a_question_about_the_law_is_answered_with_a_person_offered(rasa: ScriptedRasa) -> None:
    heard = await rasa.say("租房能提多少,不给提我能投诉吗", "policy_question", "answer_policy")

    assert heard.text.startswith("商品房租房提取")
    assert heard.replies[-1].buttons[-1].payload == "/request_human"


async def test_a_correction_in_the_same_breath_counts(rasa: ScriptedRasa) -> None:
    heard = await rasa.say("公积金贷款怎么还,不对,我问的是商贷", "policy_question", "answer_policy")

    assert heard.text == "明白,您问的是“商贷”。\n商贷可以提取公积金偿还。"


async def test_the_business_talked_about_completes_a_short_question(
    rasa: ScriptedRasa, retriever: ShelfRetriever
) -> None:
    await rasa.say("租房一年能提多少", "policy_question", "answer_policy")

    await rasa.say("多久到账", "policy_question", "answer_policy")

    assert "租房提取多久到账" in [query.text for query in retriever.asked]
    assert rasa.slots["last_question"] == "租房提取多久到账"


async def test_a_case_the_rule_does_not_name_is_told_so_and_what_lies_near_is_offered(rasa: ScriptedRasa) -> None:
    await rasa.say("租房一年能提多少", "policy_question", "answer_policy")

    heard = await rasa.say("要是没结婚呢", "policy_question", "answer_policy")

    assert heard.text.startswith("关于租房提取,“没结婚”家家没有查到。")
    assert any("租房" in button.label for button in heard.replies[-1].buttons)


async def test_a_wish_that_was_named_is_what_the_next_question_is_about(
    rasa: ScriptedRasa, retriever: ShelfRetriever
) -> None:
    await rasa.say("我要办租房提取", "withdraw_rent")

    await rasa.say("需要什么材料", "policy_question", "answer_policy")

    assert retriever.asked[-1].text == "租房提取需要什么材料"


async def test_a_question_and_a_wish_in_one_message_are_both_served(rasa: ScriptedRasa) -> None:
    heard = await rasa.say("租房能提多少?另外帮我转人工", "policy_question", "answer_policy")

    assert "16800" in heard.replies[0].text
    assert heard.replies[-1].handoff is not None
    assert heard.outcome == "handed-off"


@pytest.mark.parametrize("text", ["??????", "😀", "啊", "123"])
async def test_what_says_nothing_is_asked_back_not_answered(rasa: ScriptedRasa, text: str) -> None:
    await rasa.say("租房一年能提多少", "policy_question", "answer_policy")

    heard = await rasa.say(text, "nlu_fallback", "answer_policy")

    assert heard.outcome == "asked"
    assert heard.text.startswith("您想问什么?")


async def test_small_questions_of_no_business_are_not_sent_to_the_hotline(rasa: ScriptedRasa) -> None:
    heard = await rasa.say("明天下雨吗", "out_of_scope", "answer_policy")

    assert heard.text.startswith("这个家家帮不上忙,我只懂住房公积金。")


async def test_the_provincial_fund_is_named_as_another_one(rasa: ScriptedRasa) -> None:
    heard = await rasa.say("省直公积金租房能提多少", "policy_question", "answer_policy")

    assert heard.text.startswith("省直单位的公积金由省直分中心管")


async def test_paying_here_and_buying_elsewhere_needs_no_note(rasa: ScriptedRasa) -> None:
    heard = await rasa.say("公积金在西宁交的,在成都租房能提多少", "policy_question", "answer_policy")

    assert heard.text == "商品房租房提取,公积金每户每年最多 16800 元。"


async def test_whatever_is_answered_to_legal_words_a_person_is_offered(rasa: ScriptedRasa) -> None:
    heard = await rasa.say("帮我算月供,贷50万30年,不给算我就去信访", "calculate_loan")

    assert heard.text.startswith("您的诉求家家会认真对待")
    assert "/request_human" in [button.payload for button in heard.replies[-1].buttons]


async def test_anger_taken_for_a_cancel_still_brings_a_person(rasa: ScriptedRasa) -> None:
    heard = await rasa.say("再不办我就找媒体曝光", "cancel")

    assert heard.outcome == "handed-off"


async def test_a_rule_named_alone_is_no_wish(rasa: ScriptedRasa) -> None:
    heard = await rasa.say("租房提取材料", "withdraw_rent")

    assert heard.text == "带身份证和银行卡。"
