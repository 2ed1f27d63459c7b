"""A finding becomes an answer, a choice, or an honest no."""

from dataclasses import replace

from bot.knowledge import Decision
from bot.messages import Button, Candidate, Card, Evidence, Outcome, Reply
from bot.policy_reply import NONE_OF_THESE, TO_A_PERSON, entry_reply, entry_response, nearest_response, policy_response
from tests.fakes import found, served

ENTRY = served(
    card=Card(title="租房提取每年上限"),
    robot="最多 16800 元。",
    follow_ups=(("withdrawal-rent-frequency", "租房多久能提一次?"),),
)


def test_an_answer_is_the_entry_whole_with_its_sources_and_where_to_go_on():
    response = policy_response(found(ENTRY, served("loan-x")), intent="policy_question")

    assert response.replies == (
        Reply(
            text=ENTRY.screen,
            spoken=ENTRY.spoken,
            robot=ENTRY.robot,
            cards=(Card(title="租房提取每年上限"),),
            buttons=(Button(label="租房多久能提一次?", payload='/choose_entry{"entry":"withdrawal-rent-frequency"}'),),
            sources=ENTRY.sources,
        ),
    )
    assert response.outcome is Outcome.ANSWERED
    assert response.evidence == Evidence(
        intent="policy_question",
        decision="answer",
        candidates=(Candidate(entry=ENTRY.id, score=0.9), Candidate(entry="loan-x", score=0.9)),
        knowledge_version="v-test",
    )


def test_a_doubt_offers_at_most_three_and_none_of_these():
    entries = [served(f"loan-{n}", title=f"问题{n}?") for n in range(5)]
    response = policy_response(found(*entries, decision=Decision.CLARIFY))

    (reply,) = response.replies
    assert [button.label for button in reply.buttons] == ["问题0?", "问题1?", "问题2?", NONE_OF_THESE.label]
    assert reply.text == "您想问的是哪一个?"
    assert "一,问题0;二,问题1;三,问题2" in reply.spoken
    assert response.outcome is Outcome.CLARIFIED


def test_not_knowing_is_said_with_a_way_on():
    response = policy_response(found(decision=Decision.DECLINE))

    (reply,) = response.replies
    assert response.outcome is Outcome.DECLINED
    assert "12329" in reply.text
    assert reply.buttons == (TO_A_PERSON,)


def test_a_refusal_of_something_ours_names_what_comes_nearest():
    finding = found(ENTRY, served("loan-x", title="问题?"), decision=Decision.DECLINE)

    response = nearest_response(finding, policy_response(finding))

    (reply,) = response.replies
    assert response.outcome is Outcome.DECLINED
    assert [button.label for button in reply.buttons] == [ENTRY.title, "问题?", TO_A_PERSON.label]
    assert "没有听准" in reply.text


def test_a_refusal_with_nothing_near_stays_as_it_is():
    far = found(ENTRY, decision=Decision.DECLINE)
    far = replace(far, hits=tuple(replace(hit, score=0.2) for hit in far.hits))
    response = policy_response(far)

    assert nearest_response(far, response) is response


def test_a_decision_without_hits_is_a_no():
    assert policy_response(found(decision=Decision.ANSWER)).outcome is Outcome.DECLINED


def test_a_chosen_entry_is_an_answer():
    response = entry_response(ENTRY, "v2")

    assert response.replies == (entry_reply(ENTRY),)
    assert response.evidence.knowledge_version == "v2"
