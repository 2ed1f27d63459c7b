"""A wish that was half heard gives way to an answer that knowledge is sure of, unless the answer is the wish's own."""

from dataclasses import replace
from datetime import date

import pytest

from actions.call import Call, Memory, OpenWish
from actions.outweighed import Outweighed, outweighed, read_kin
from actions.places import read_places
from actions.policy import PolicyAnswers
from actions.titles import title
from actions.wish import PERSON, Wish, with_buttons
from bot.assembly.environments import ROOT
from bot.knowledge import Decision, Finding, Query
from bot.messages import Button, Outcome, Reply, Source
from bot.policy_reply import NONE_OF_THESE
from knowledge_base.content import load_content
from tests.actions.named import Named, named
from tests.actions.shelf import ShelfRetriever, shelved

PASSWORD = shelved("account-password", "忘记密码怎么办?", "在登录页点“忘记密码”。", "登录", "密码")
BALANCE = shelved("account-balance", "怎样查余额?", "在手机 APP 里看。", "我", "余额")
WISHES: dict[str, Wish] = {name: Named(name) for name in ("outweighed", "erase_data", "query_balance", "chat")}


class AtCrossroads(ShelfRetriever):
    """Knows which broad question was asked, and leaves the choice."""

    async def search(self, query: Query) -> Finding:
        found = await super().search(query)
        hits = tuple(replace(hit, score=0.89) for hit in found.hits)
        return replace(found, hits=hits, decision=Decision.CLARIFY)


def told(text: str, intent: str, confidence: float) -> Call:
    return Call(sender="a", text=text, intent=intent, confidence=confidence, today=date(2026, 11, 27))


@pytest.fixture
def wish() -> Outweighed:
    return Outweighed(PolicyAnswers(ShelfRetriever(shelf=(PASSWORD, BALANCE)), read_places()))


@pytest.mark.parametrize(
    ("text", "intent", "confidence", "gives_way"),
    [
        ("登录密码想不起来", "erase_data", 0.4, True),
        ("登录密码想不起来", "erase_data", 0.95, False),
        ("不对", "deny", 0.4, False),
        ("中途没钱了能停吗", "cancel", 0.45, True),
        ("能停吗", "cancel", 0.8, False),
        ("给我找个真人", "request_human", 0.6, False),
        ("查我的余额", "query_balance", 0.7, False),
        ("帮我把登录密码改了", "erase_data", 0.4, False),
        ("有人说能帮我把登录密码改了,靠谱吗", "erase_data", 0.7, True),
        ("单位给我录错了身份证号", "prove_identity", 0.6, True),  # 给我 orders nothing here
        ("给我验证身份", "prove_identity", 0.6, False),
        ("名字里有个字弄错了", "deny", 0.85, True),
        ("不不不", "deny", 0.85, False),
        ("登不上", "deny", 0.4, True),
        ("不要", "deny", 0.4, False),
        ("弄到一半手机没电了", "chitchat", 0.8, True),
        ("要拿啥东西去", "express_anger", 0.7, True),
        ("气死我了要拿啥东西去", "express_anger", 0.7, False),
        ("", "query_balance", 0.6, False),
    ],
)
def test_only_what_was_half_heard_is_weighed(text: str, intent: str, confidence: float, gives_way: bool) -> None:
    assert (named(outweighed(told(text, intent, confidence), WISHES)) == "outweighed") is gives_way


def test_an_open_form_and_ones_own_data_are_never_weighed() -> None:
    asked = told("登录密码想不起来", "erase_data", 0.4)
    form = Memory(wish=OpenWish(name="prepay", reminder="还没填完"))

    assert outweighed(replace(asked, memory=form), WISHES) is None
    assert outweighed(replace(asked, last=(Reply(text="余额 3 万元", private=True),)), WISHES) is None


async def test_an_entry_that_is_none_of_the_wishs_answers_and_the_wish_stays_one_tap_away(wish: Outweighed) -> None:
    result = await wish.fulfil(told("登录密码想不起来", "query_balance", 0.6))

    assert result.response.outcome is Outcome.ANSWERED
    assert "忘记密码" in result.response.replies[0].text
    assert result.response.replies[-1].buttons[-1].payload == "/query_balance"
    assert result.response.replies[-1].buttons[-1].label == title("query_balance")


@pytest.mark.parametrize(
    ("text", "intent", "goes_on"),
    [
        ("我余额有几个", "query_balance", "query_balance"),  # its own sentences find this entry
        ("今天天气不错", "query_balance", "query_balance"),  # nothing known
        ("今天天气不错", "goodbye", "chat"),
        ("今天天气好不", "thank", "chat"),
        ("今天天气好不", "chitchat", "chat"),
        ("今天天气好不", "express_anger", "express_anger"),
    ],
)
async def test_otherwise_the_wish_goes_on(wish: Outweighed, text: str, intent: str, goes_on: str) -> None:
    result = await wish.fulfil(told(text, intent, 0.6))

    assert result.then is not None
    assert result.then.wish == goes_on
    assert not result.response.replies


def test_what_was_learned_names_entries_that_are_served() -> None:
    served = {entry.id for entry in load_content(ROOT / "knowledge_base").entries}
    kin = read_kin().entries

    assert {entry for entries in kin.values() for entry in entries} <= served, "python -m tests.kin --learn"
    assert "account-balance" in kin["query_balance"]


@pytest.mark.parametrize(("intent", "chosen"), [("deny", True), ("express_anger", True), ("erase_data", False)])
async def test_what_a_crossroads_meets_word_for_word_is_no_feeling(intent: str, chosen: bool) -> None:
    choices = tuple(replace(one, words=(*one.words, "登不上")) for one in (PASSWORD, BALANCE))
    shelf = AtCrossroads(shelf=choices)

    result = await Outweighed(PolicyAnswers(shelf, read_places())).fulfil(told("登不上", intent, 0.45))

    assert (result.response.outcome is Outcome.CLARIFIED and bool(result.response.replies)) is chosen


async def test_a_question_after_an_answer_hardly_heard_as_a_wish_is_asked_of_knowledge(wish: Outweighed) -> None:
    after = Memory(entry="account-password", topic="account", last_question="忘记密码怎么办?")
    source = Source(title="中心", issuer="西宁住房公积金管理中心")
    asked = replace(told("余额会变吗", "erase_data", 0.45), memory=after, last=(Reply(text="…", sources=(source,)),))

    unsure, heard = await wish.fulfil(asked), await wish.fulfil(replace(asked, confidence=0.8))

    assert unsure.response.outcome in (Outcome.ANSWERED, Outcome.CLARIFIED)
    assert heard.then is not None
    assert heard.then.wish == "erase_data"


async def test_a_question_after_an_answer_is_no_order_to_stop(wish: Outweighed) -> None:
    after = Memory(entry="account-password", topic="account", last_question="忘记密码怎么办?")
    source = Source(title="中心", issuer="西宁住房公积金管理中心")
    asked = replace(told("停了密码怎么登录", "cancel", 0.85), memory=after, last=(Reply(text="…", sources=(source,)),))

    assert named(outweighed(asked, WISHES)) == "outweighed"
    assert (await wish.fulfil(asked)).response.outcome is Outcome.ANSWERED
    unknown = await wish.fulfil(replace(asked, text="今天天气好不"))
    assert (unknown.then, unknown.response.outcome) == (None, Outcome.DECLINED)
    assert outweighed(replace(asked, text="不办了"), WISHES) is None


def test_an_offered_wish_stands_before_none_of_these() -> None:
    first, wish = (
        Button(label="忘记密码怎么办?", payload="/choose_entry"),
        Button(label="余额查询", payload="/query_balance"),
    )
    asked = Reply(text="您想问的是哪一个?", buttons=(first, NONE_OF_THESE))

    assert with_buttons(asked, wish).buttons == (first, wish, NONE_OF_THESE)
    assert with_buttons(asked, PERSON).buttons == (first, NONE_OF_THESE, PERSON)
    assert with_buttons(asked, first).buttons == asked.buttons
