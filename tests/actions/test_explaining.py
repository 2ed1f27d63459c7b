"""An answer that is doubted is stood by: its source, its certainty, the same in fewer words."""

from dataclasses import replace

from bot.knowledge import UNCONFIRMED
from bot.messages import Source
from tests.actions.rasa import ScriptedRasa
from tests.actions.shelf import ShelfRetriever

SOURCE = Source(
    title="租房提取办事指南", issuer="西宁住房公积金管理中心", doc_no="青〔2026〕1 号", date="2026-05", confidence="V1"
)


async def test_a_doubted_answer_names_its_source(rasa: ScriptedRasa, retriever: ShelfRetriever) -> None:
    first, *others = retriever.shelf
    sourced = replace(first, entry=replace(first.entry, sources=(SOURCE,), spoken="每年最多 16800 元。"))
    retriever.shelf = (sourced, *others)
    await rasa.say("租房一年能提多少", "policy_question", "answer_policy")

    heard = await rasa.say("你确定吗?有文件吗", "ask_basis")

    assert "· 租房提取办事指南(西宁住房公积金管理中心,青〔2026〕1 号,2026-05)" in heard.text
    assert "这是正式文件里写明的。" in heard.text
    assert heard.replies[-1].buttons[-1].payload == "/request_human"


async def test_a_doubted_answer_is_as_sure_as_its_weakest_source(rasa: ScriptedRasa, retriever: ShelfRetriever) -> None:
    first, *others = retriever.shelf
    second_hand = replace(SOURCE, title="中心官网", doc_no="", confidence="V2")
    retriever.shelf = (replace(first, entry=replace(first.entry, sources=(SOURCE, second_hand))), *others)
    await rasa.say("租房一年能提多少", "policy_question", "answer_policy")

    heard = await rasa.say("你确定吗?有文件吗", "ask_basis")

    assert "这是公开资料里的说法" in heard.text
    assert "这是正式文件里写明的" not in heard.text


async def test_an_unconfirmed_answer_is_not_vouched_for_by_the_source_beside_it(
    rasa: ScriptedRasa, retriever: ShelfRetriever
) -> None:
    first, *others = retriever.shelf
    unsure = replace(first.entry, screen=f"公积金租房提取最多多少,没有查到。\n{UNCONFIRMED}", sources=(SOURCE,))
    retriever.shelf = (replace(first, entry=unsure), *others)
    await rasa.say("租房一年能提多少", "policy_question", "answer_policy")

    heard = await rasa.say("你确定吗?有文件吗", "ask_basis")

    assert "这一点没有查到公布的规定" in heard.text


async def test_without_an_answer_before_it_says_how_it_knows(rasa: ScriptedRasa) -> None:
    heard = await rasa.say("你咋知道的", "ask_basis")

    assert heard.text.startswith("家家只按公布的文件和核定的答案回答")


async def test_what_was_not_understood_is_said_shorter(rasa: ScriptedRasa, retriever: ShelfRetriever) -> None:
    first, *others = retriever.shelf
    retriever.shelf = (replace(first, entry=replace(first.entry, spoken="每年最多 16800 元。")), *others)
    await rasa.say("租房一年能提多少", "policy_question", "answer_policy")

    heard = await rasa.say("听不懂,说简单点", "ask_simpler")

    assert heard.text.startswith("简单说:每年最多 16800 元。")


async def test_in_a_form_the_open_question_is_said_again(rasa: ScriptedRasa) -> None:
    await rasa.say("帮我算月供", "calculate_loan")

    heard = await rasa.say("啥意思", "ask_simpler")

    assert "贷款金额" in heard.text
    assert rasa.slots["wish"]["name"] == "calculate_loan"


async def test_to_go_on_puts_the_open_question_again(rasa: ScriptedRasa) -> None:
    asked = await rasa.say("帮我算月供", "calculate_loan")

    heard = await rasa.say("继续", "affirm")

    assert heard.text == asked.text


async def test_a_value_and_a_question_in_one_message_are_both_taken(rasa: ScriptedRasa) -> None:
    await rasa.say("帮我算月供", "calculate_loan")

    heard = await rasa.say("50万,租房能提多少?", "policy_question", "answer_policy")

    assert "16800" in heard.replies[0].text
    assert "50 万元" in heard.replies[-1].text


async def test_more_of_the_same_offers_what_is_asked_next(rasa: ScriptedRasa, retriever: ShelfRetriever) -> None:
    first, *others = retriever.shelf
    asked_next = (("withdrawal-rent-materials", "要什么材料?"),)
    retriever.shelf = (replace(first, entry=replace(first.entry, follow_ups=asked_next)), *others)
    await rasa.say("租房一年能提多少", "policy_question", "answer_policy")

    heard = await rasa.say("还有呢", "nlu_fallback", "answer_policy")

    assert [button.label for button in heard.replies[-1].buttons] == ["要什么材料?", "转人工"]


async def test_a_question_tapped_during_a_complaint_is_answered(rasa: ScriptedRasa) -> None:
    await rasa.say("我要投诉", "file_complaint")

    heard = await rasa.say('/choose_entry{"entry":"loan-limit"}', "choose_entry", "answer_entry", entry="loan-limit")

    assert heard.text.startswith("公积金贷款最高 90 万元。")


async def test_a_case_told_after_an_answer_is_put_into_its_question(
    rasa: ScriptedRasa, retriever: ShelfRetriever
) -> None:
    await rasa.say("租房一年能提多少", "policy_question", "answer_policy")

    await rasa.say("我没结婚", "nlu_fallback", "answer_policy")

    asked = [query.text for query in retriever.asked]
    assert [text for text in asked if text.startswith("我没结婚") and text.endswith("租房一年能提多少")]
