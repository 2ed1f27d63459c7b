"""Repeat, cancel, hand-off, complaint, rating and small talk."""

import pytest

from tests.actions.rasa import ScriptedRasa
from tests.actions.shelf import ShelfRetriever


async def test_the_last_reply_is_repeated_whole(rasa: ScriptedRasa) -> None:
    first = await rasa.say("贷50万20年每月还多少", "calculate_loan")

    again = await rasa.say("再说一遍", "repeat_answer")

    assert again.replies == first.replies


async def test_there_is_something_to_say_when_nothing_was_said_yet(rasa: ScriptedRasa) -> None:
    heard = await rasa.say("再说一遍", "repeat_answer")

    assert heard.outcome == "asked"


async def test_a_person_gets_a_summary_of_what_was_said(rasa: ScriptedRasa) -> None:
    await rasa.say("租房一年能提多少", "policy_question", "answer_policy")
    await rasa.say("贷50万每月还多少", "calculate_loan")

    heard = await rasa.say("转人工", "request_human")

    handoff = heard.replies[0].handoff
    assert handoff is not None
    assert heard.outcome == "handed-off"
    for part in ("市民:租房一年能提多少", "家家:商品房租房提取", "还没办完:刚才的月供试算还差贷款年限", "渠道:web"):
        assert part in handoff.summary


async def test_anger_gets_calm_words_and_a_person(rasa: ScriptedRasa) -> None:
    heard = await rasa.say("你们太差了", "express_anger")

    assert heard.replies[0].handoff is not None
    assert "抱歉" in heard.text


async def test_a_complaint_is_asked_for_and_then_handed_over(rasa: ScriptedRasa) -> None:
    asked = await rasa.say("我要投诉", "file_complaint")

    taken = await rasa.say("昨天大厅窗口让我白跑一趟", "nlu_fallback", "answer_policy")

    assert asked.outcome == "asked"
    assert taken.outcome == "handed-off"
    assert taken.replies[0].handoff is not None
    assert rasa.slots["wish"] is None


async def test_a_complaint_that_says_what_is_wrong_is_taken_at_once(rasa: ScriptedRasa) -> None:
    heard = await rasa.say("我要投诉窗口办事太慢,态度差", "file_complaint")

    assert heard.outcome == "handed-off"


@pytest.mark.parametrize(
    ("text", "entities", "outcome", "handed"),
    [
        ("我来评价", {}, "asked", False),
        ("", {"rate_score": "5"}, "acted", False),
        ("非常满意", {}, "acted", False),
        ("给你打4分", {}, "acted", False),
        ("三星", {}, "acted", False),
        ("不满意", {}, "acted", True),
        ("非常不满意", {}, "acted", True),
        ("1分", {}, "acted", True),
    ],
)
async def test_a_rating_is_taken_and_a_bad_one_reaches_a_person(
    rasa: ScriptedRasa, text: str, entities: dict[str, str], outcome: str, handed: bool
) -> None:
    heard = await rasa.say(text, "rate_service", **entities)

    assert heard.outcome == outcome
    assert (heard.replies[0].handoff is not None) is handed


async def test_no_after_an_answer_asks_what_was_meant(rasa: ScriptedRasa) -> None:
    await rasa.say("租房一年能提多少", "policy_question", "answer_policy")

    heard = await rasa.say("不是", "deny")

    assert heard.outcome == "asked"


async def test_a_detail_given_after_an_answer_asks_the_question_again_with_it(
    rasa: ScriptedRasa, retriever: ShelfRetriever
) -> None:
    await rasa.say("公积金贷款怎么还", "policy_question", "answer_policy")

    await rasa.say("商贷", "inform")

    assert retriever.asked[-1].text == "商贷怎么还"


@pytest.mark.parametrize("intent", ["greet", "goodbye", "thank", "chitchat", "who_are_you"])
async def test_small_talk_is_short_and_kind(rasa: ScriptedRasa, intent: str) -> None:
    heard = await rasa.say("…", intent, "chat")

    assert heard.outcome == "chatted"
    assert 0 < len(heard.replies[0].spoken) <= 60


async def test_a_guided_wish_says_where_to_go_and_offers_policy(rasa: ScriptedRasa) -> None:
    heard = await rasa.say("我要提租房的钱", "withdraw_rent")

    assert "手机 APP" in heard.text
    assert heard.replies[0].buttons[0].payload.startswith('/choose_entry{"entry":"withdrawal-rent')


async def test_a_guided_wish_still_guides_while_knowledge_is_down(
    rasa: ScriptedRasa, retriever: ShelfRetriever
) -> None:
    retriever.closed = True

    heard = await rasa.say("我要提租房的钱", "withdraw_rent")

    assert (heard.outcome, heard.replies[0].buttons) == ("answered", ())


async def test_no_wish_is_put_off(rasa: ScriptedRasa) -> None:
    from tests.actions.test_server import ACTIONS

    for name in ACTIONS:
        heard = await rasa.say("", name.removeprefix("action_"))
        assert not any(word in heard.text for word in ("敬请期待", "即将上线", "暂未开放", "开发中")), name


async def test_abuse_without_a_question_is_met_calmly_not_with_a_shrug(rasa: ScriptedRasa) -> None:
    heard = await rasa.say("你们这帮傻逼", "out_of_scope", "answer_policy")

    assert heard.text.startswith("让您这么生气,家家很抱歉。")
    assert "没有查到" not in heard.text
    assert heard.replies[0].buttons[-1].payload == "/request_human"


async def test_a_life_in_danger_interrupts_whatever_is_open(rasa: ScriptedRasa) -> None:
    await rasa.say("帮我算算月供", "calculate_loan")

    heard = await rasa.say("还不起了,不想活了", "inform")

    assert heard.replies[0].handoff is not None
    assert "请立即接手" in heard.replies[0].handoff.summary
    assert "110" in heard.text
