"""Condolences are for those who lost somebody."""

from dataclasses import replace
from datetime import date

import pytest

from actions.bereaved import spared
from actions.call import Call, Memory, Said
from actions.found import Found
from bot.knowledge import Decision, Finding, Hit
from tests.actions.shelf import shelved

DEATH = shelved("withdrawal-leaving-death", "死亡后家人怎么提?", "请节哀。继承人可以提取。").entry
ABROAD = shelved("withdrawal-leaving-abroad", "出国定居能提吗?", "可以。").entry


def found(asked: str, score: float = 0.7) -> Found:
    hits = (Hit(entry=DEATH, score=score), Hit(entry=ABROAD, score=0.2))
    return Found(question=asked, asked=asked, finding=Finding(decision=Decision.ANSWER, hits=hits, version="v"))


def call(*said: str, last: str = "") -> Call:
    lines = tuple(Said(citizen=True, text=text) for text in said)
    memory = Memory(last_question=last)
    return Call(sender="a", text="", today=date(2026, 11, 27), said=lines, memory=memory)


@pytest.mark.parametrize("asked", ["账户就没了吧", "人不用去吧", "钱没了怎么办"])
def test_where_nobody_spoke_of_a_death_it_is_one_of_the_choices(asked: str) -> None:
    kept = spared(found(asked), call("我要出国定居了"))

    assert kept.finding.decision is Decision.CLARIFY
    assert [hit.entry.id for hit in kept.finding.hits] == [ABROAD.id, DEATH.id]


@pytest.mark.parametrize(
    "asked", ["我妈走了 她的公积金", "职工死亡后怎么提", "老头子没了 钱能取不", "我爸刚走,他那个公积金咋办"]
)
def test_who_lost_somebody_is_answered(asked: str) -> None:
    assert spared(found(asked), call()).entry == DEATH


def test_a_death_told_before_counts_and_so_does_an_approved_question() -> None:
    assert spared(found("那谁能取"), call("我妈上个月去世了")).entry == DEATH
    assert spared(found("那谁能取"), call(last="死亡后家人怎么提?")).entry == DEATH
    assert spared(found("老伴的公积金我一个人去取", 0.99), call()).entry == DEATH


def test_what_the_answer_alone_put_into_the_question_was_spoken_by_nobody() -> None:
    guessed = replace(found("取公积金要带啥证件"), question="去世职工公积金提取取公积金要带啥证件")

    kept = spared(guessed, call())

    assert (kept.finding.decision, kept.question) == (Decision.CLARIFY, "取公积金要带啥证件")
