"""What people tell of their lives meets a warm word, the questions that may stand behind it, and a person."""

import pytest
import yaml

from actions.situation import read_situations
from knowledge_base.content import load_content
from tests.actions.rasa import ScriptedRasa
from tests.actions.shelf import ShelfRetriever, shelved
from tests.nlu.reading import ROOT

SITUATIONS = read_situations()
DEATH = (
    shelved("withdrawal-leaving-death", "死亡后家人怎么提?", "继承人可以提取。", "继承"),
    shelved("policy-inheritance", "公积金可以继承吗?", "可以继承。", "遗产"),
)


@pytest.mark.parametrize(
    ("told", "name"),
    [
        ("我再过两个月就满60岁了", "retiring"),
        ("我家老头子上个月去世了", "death"),
        ("我怀孕了 现在没上班", "maternity"),
        ("我们单位上周把我裁员了", "jobless"),
        ("我们厂子倒闭了", "employer_gone"),
        ("单位欠我们一年的公积金没交", "unpaid"),
        ("这几个月房贷实在还不上了", "overdue"),
        ("大字不识字的人", "frail"),
        ("我儿子考上大学啦", "school"),
    ],
)
def test_sentences_never_heard_name_what_happened(told: str, name: str) -> None:
    assert SITUATIONS.likely(told)[0][1].name == name


def test_what_is_like_nothing_known_is_no_situation() -> None:
    assert SITUATIONS.likely("xyz") == []


def test_every_situation_is_told_and_leads_to_entries_that_exist() -> None:
    words = yaml.safe_load((ROOT / "actions" / "situations.yml").read_text(encoding="utf-8"))
    entries = {entry.id for entry in load_content(ROOT / "knowledge_base").entries}

    assert all(one.told and one.words for one in SITUATIONS.known)
    assert {entry for one in words.values() for entry in one["entries"]} - entries == set()


async def test_a_loss_is_met_with_a_warm_word_choices_and_a_person(
    rasa: ScriptedRasa, retriever: ShelfRetriever
) -> None:
    retriever.shelf += DEATH

    heard = await rasa.say("我老公去世了", "goodbye", "chat")

    assert heard.outcome == "clarified"
    assert "请节哀" in heard.text
    labels = [button.label for button in heard.replies[0].buttons]
    assert labels == ["死亡后家人怎么提?", "公积金可以继承吗?", "转人工"]
    assert rasa.slots["entry"] == "withdrawal-leaving-death"


async def test_what_leads_to_several_matters_alike_is_not_answered_unasked(
    rasa: ScriptedRasa, retriever: ShelfRetriever
) -> None:
    retriever.shelf += (
        shelved("withdrawal-repay-not-spouse", "没领证能还我的贷吗?", "不在范围里。", "没领证", "对象"),
        shelved("withdrawal-rent-couple", "夫妻怎么算一户?", "夫妻算一户。", "夫妻"),
    )

    told = await rasa.say("我跟对象没领证", "chitchat", "chat")
    asked = await rasa.say("我跟对象没领证能一起还贷吗", "policy_question", "answer_policy")

    assert told.outcome == "clarified"
    assert [button.label for button in told.replies[0].buttons[:2]] == ["没领证能还我的贷吗?", "夫妻怎么算一户?"]
    assert "不在范围里" in asked.text


async def test_words_for_a_loss_are_kept_back_when_it_is_only_likely(
    rasa: ScriptedRasa, retriever: ShelfRetriever
) -> None:
    retriever.shelf += DEATH

    heard = await rasa.say("孩子不在我身边", "chitchat", "chat")

    assert "请节哀" not in heard.text
    assert heard.replies[0].buttons[-1].label == "转人工"
    assert not rasa.slots.get("entry"), "the talk does not go on from a guess"


async def test_talk_goes_on_from_the_first_question_that_is_answered_today(
    rasa: ScriptedRasa, retriever: ShelfRetriever
) -> None:
    retriever.shelf += DEATH[1:]  # the first has lapsed

    await rasa.say("我老公去世了", "goodbye", "chat")

    assert (rasa.slots["entry"], rasa.slots["last_question"]) == ("policy-inheritance", "公积金可以继承吗?")


async def test_what_is_like_nothing_is_listened_to(rasa: ScriptedRasa) -> None:
    heard = await rasa.say("你好 家里祖坟冒青烟", "greet", "chat")

    assert heard.outcome == "asked"
    assert "家家在听" in heard.text
    assert heard.replies[0].buttons[-1].label == "转人工"


async def test_knowledge_down_still_gives_the_warm_word_or_says_so(
    rasa: ScriptedRasa, retriever: ShelfRetriever
) -> None:
    retriever.closed = True

    heard = await rasa.say("我老公去世了", "goodbye", "chat")

    assert heard.error == "knowledge-unavailable"
    assert heard.replies[-1].buttons[-1].label == "转人工"
