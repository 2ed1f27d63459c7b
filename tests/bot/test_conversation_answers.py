"""Who answers: dialogue, choices, desk, retrieval alone, or the answer that follows."""

import asyncio
from dataclasses import replace

import pytest

from bot.conversation import Limits
from bot.errors import BusinessRefused, DialogueUnavailable, FundSystemUnavailable, JiajiaError, StoreUnavailable
from bot.knowledge import Decision
from bot.messages import (
    Button,
    ChannelName,
    Event,
    Handoff,
    Identity,
    Image,
    Outcome,
    Reply,
    Response,
    Voice,
)
from bot.words import PAUSED
from tests.bot.heart import heart, message
from tests.fakes import (
    DeadDialogue,
    FixedIdentities,
    FixedRetriever,
    RecordingDesk,
    RecordingOutbox,
    ScriptedDialogue,
    found,
    served,
)

OFFER = Response(
    replies=(
        Reply(
            text="哪一个?",
            buttons=(Button(label="租房提取", payload="/rent"), Button(label="购房提取", payload="/buy")),
        ),
    ),
    outcome=Outcome.CLARIFIED,
)


async def answered(tmp_path, dialogue, *texts, **parts):
    async with heart(tmp_path, dialogue, **parts) as home:
        return [await home.conversation.handle(message(text, id=str(n))) for n, text in enumerate(texts)]


@pytest.mark.parametrize(
    ("said", "payload"), [("2", "/buy"), ("第一个", "/rent"), ("租房", "/rent"), ("购房提取", "/buy")]
)
async def test_a_choice_by_number_or_words_is_the_button(tmp_path, said, payload):
    dialogue = ScriptedDialogue({"提取": OFFER})
    await answered(tmp_path, dialogue, "提取", said)

    assert dialogue.asked[1].payload == payload


async def test_a_number_after_no_buttons_is_a_number(tmp_path):
    dialogue = ScriptedDialogue({"提取": OFFER})
    await answered(tmp_path, dialogue, "提取", "别的", "2")

    assert dialogue.asked[2].payload == ""


async def test_the_evidence_and_outcome_of_the_dialogue_are_on_the_turn(tmp_path):
    turn, _ = await answered(tmp_path, ScriptedDialogue({"提取": OFFER}), "提取", "2")

    assert (turn.outcome, turn.replies) == (Outcome.CLARIFIED, OFFER.replies)
    assert [stage.name for stage in turn.stages] == ["wait", "claim", "mask", "answer"]


async def test_without_rasa_policy_is_still_answered_and_business_said_to_be_paused(tmp_path):
    entry = served()
    (turn,) = await answered(
        tmp_path,
        DeadDialogue(),
        "租房一年最多能提多少?",
        retriever=FixedRetriever({"租房一年最多能提多少?": found(entry)}),
    )

    assert (turn.outcome, turn.error) == (Outcome.ANSWERED, "dialogue-unavailable")
    assert turn.replies[0].text == f"{entry.screen}\n\n{PAUSED}"
    assert turn.replies[0].sources == entry.sources
    assert turn.evidence.knowledge_version == "v-test"


async def test_without_rasa_choices_can_still_be_chosen(tmp_path):
    one, two = served("loan-one", title="甲?"), served("loan-two", title="乙?")
    retriever = FixedRetriever({"贷款": found(one, two, decision=Decision.CLARIFY)}, entries=(one, two))
    first, second = await answered(tmp_path, DeadDialogue(), "贷款", "第二个", retriever=retriever)

    assert [button.label for button in first.replies[0].buttons] == ["甲?", "乙?", "都不是"]
    assert second.evidence.candidates[0].entry == "loan-two"


async def test_without_rasa_a_wish_is_not_guessed(tmp_path):
    async with heart(tmp_path, DeadDialogue(), retriever=FixedRetriever(otherwise=found(served()))) as home:
        turn = await home.conversation.handle(message("", payload="/query_balance"))

    assert (turn.outcome, [reply.text for reply in turn.replies]) == (Outcome.FAILED, [PAUSED])


async def test_without_rasa_and_knowledge_the_citizen_hears_what_to_do(tmp_path):
    (turn,) = await answered(tmp_path, DeadDialogue(), "问", retriever=FixedRetriever(down=True))

    assert turn.outcome is Outcome.FAILED
    assert "12329" in turn.replies[0].text


async def test_rasa_is_asked_again_as_soon_as_it_is_back(tmp_path):
    dialogue = ScriptedDialogue({"一": DialogueUnavailable("late")})
    down, up = await answered(tmp_path, dialogue, "一", "二")

    assert (down.error, up.error) == ("dialogue-unavailable", "")


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (FundSystemUnavailable(), "fund-system-unavailable"),
        (BusinessRefused("您这个月已经提过一次。"), "business-refused"),
        (RuntimeError("13800138000"), "unexpected"),
    ],
)
async def test_whatever_breaks_the_citizen_is_answered_and_the_turn_recorded(tmp_path, error, code):
    async with heart(tmp_path, ScriptedDialogue({"问": error})) as home:
        turn = await home.conversation.handle(message("问"))

        assert (turn.error, turn.outcome, turn.seq) == (code, Outcome.FAILED, 1)
        said = getattr(error, "reason", None) or getattr(error, "say", JiajiaError.say)
        assert turn.replies[0].text == said
        assert await home.conversation.since(turn.conversation, 0) == (turn,)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"text": ""}, "message-empty"),
        ({"text": " \n\x00 "}, "message-empty"),
        ({"text": "长" * 2001}, "message-too-long"),
        ({"text": "", "attachments": (Image(media="x"),)}, "input-refused"),
        ({"text": "", "attachments": (Event(name="scan"),)}, "input-refused"),
        ({"text": "好", "payload": "no slash"}, "frame-refused"),
        ({"text": "好", "payload": "/x{" + "y" * 5000 + "}"}, "frame-refused"),
        ({"id": ""}, "frame-refused"),
        ({"id": "x" * 201}, "frame-refused"),
        ({"id": "a\x00b"}, "frame-refused"),
        ({"sender": ""}, "frame-refused"),
    ],
)
async def test_what_cannot_be_taken_is_refused_in_words(tmp_path, fields, code):
    async with heart(tmp_path) as home:
        turn = await home.conversation.handle(message(**{"text": "好"} | fields))

        assert (turn.error, turn.outcome) == (code, Outcome.FAILED)
        assert turn.replies[0].text
        assert home.dialogue.asked == []


async def test_half_characters_and_control_characters_harm_nobody(tmp_path):
    (turn,) = await answered(tmp_path, ScriptedDialogue(), "公积金\ud800\x00\x1b[31m怎么提")

    assert turn.text == "公积金[31m怎么提"


async def test_a_voice_message_is_its_best_reading(tmp_path):
    async with heart(tmp_path) as home:
        heard = Voice(media="x", heard=("租房能提多少", "租方能提多少"))
        turn = await home.conversation.handle(message("", attachments=(heard,)))

    assert turn.text == "租房能提多少"


async def test_a_person_at_the_desk_gets_the_message_and_the_bot_is_silent(tmp_path):
    desk = RecordingDesk()
    async with heart(tmp_path, desk=desk) as home:
        conversation = home.conversation.conversation(ChannelName.WEB, "s1")
        desk.taken.add(conversation)
        turn = await home.conversation.handle(message("在吗"))

        assert (turn.outcome, turn.replies, turn.seq) == (Outcome.HELD, (), 1)
        assert [(at, got.text) for at, got in desk.received] == [(conversation, "在吗")]
        assert home.dialogue.asked == []


async def test_a_wish_for_a_person_reaches_the_desk(tmp_path):
    reply = Reply(text="马上为您转接。", handoff=Handoff(reason="citizen-asked"))
    desk = RecordingDesk()
    (turn,) = await answered(tmp_path, ScriptedDialogue({"转人工": Response(replies=(reply,))}), "转人工", desk=desk)

    assert desk.requested == [(turn.conversation, reply)]


async def test_a_fresh_proof_reaches_the_dialogue(tmp_path):
    dialogue = ScriptedDialogue()
    proved = Identity(subject="p1", assurance=2)
    await answered(tmp_path, dialogue, "查余额", identities=FixedIdentities(proved))

    assert dialogue.asked[0].identity == proved


async def test_a_missed_deadline_says_so_and_the_answer_follows(tmp_path):
    outbox = RecordingOutbox()
    limits = Limits(deadline=60, channel_deadlines={ChannelName.WECHAT: 0.05})
    async with heart(tmp_path, ScriptedDialogue(pause=0.2), outbox=outbox, limits=limits) as home:
        listener = home.bus.subscribe(f"conversation.{home.conversation.conversation(ChannelName.WECHAT, 's1')}")
        first = await home.conversation.handle(message("问", channel=ChannelName.WECHAT))
        await asyncio.sleep(0.4)
        turns = await home.conversation.since(first.conversation, 0)

        assert (first.error, first.outcome) == ("deadline-missed", Outcome.FAILED)
        assert [turn.replies[0].text for turn in turns] == [first.replies[0].text, "听到了:问"]
        assert {turn.message_id for turn in turns} == {"m1"}
        assert outbox.delivered == [(first.conversation, ChannelName.WECHAT, "s1", turns[1].replies)]
        assert [await anext(listener), await anext(listener)] == ["1", "2"]
        assert len(home.dialogue.asked) == 1
        assert await home.conversation.handle(message("问", channel=ChannelName.WECHAT)) == first
        assert await home.store.owed(home.clock()) == ()


async def test_the_next_message_does_not_wait_for_a_late_answer(tmp_path):
    dialogue = ScriptedDialogue()
    async with heart(tmp_path, dialogue, limits=Limits(deadline=0.05)) as home:
        dialogue.pause = 0.5
        await home.conversation.handle(message("慢", id="1"))
        dialogue.pause = 0.0
        turn = await home.conversation.handle(message("快", id="2"))

        assert turn.replies[0].text == "听到了:快"


async def test_when_rasa_is_late_and_then_dead_retrieval_follows(tmp_path):
    class Dying(ScriptedDialogue):
        async def respond(self, conversation, message):
            await asyncio.sleep(0.1)
            raise DialogueUnavailable("late")

    async with heart(
        tmp_path, Dying(), retriever=FixedRetriever(otherwise=found(served())), limits=Limits(deadline=0.05)
    ) as home:
        first = await home.conversation.handle(message("问"))
        await asyncio.sleep(0.3)
        _, late = await home.conversation.since(first.conversation, 0)

        assert (late.outcome, late.error) == (Outcome.ANSWERED, "dialogue-unavailable")


@pytest.mark.parametrize("outbox", [RecordingOutbox(works=False), RecordingOutbox(error=FundSystemUnavailable())])
async def test_a_late_answer_that_could_not_be_delivered_is_still_in_the_transcript(tmp_path, outbox):
    async with heart(tmp_path, ScriptedDialogue(pause=0.1), outbox=outbox, limits=Limits(deadline=0.02)) as home:
        first = await home.conversation.handle(message("问"))
        await asyncio.sleep(0.3)

        assert len(await home.conversation.since(first.conversation, 0)) == 2


async def test_what_a_dead_process_still_owed_is_delivered_at_the_next_start(tmp_path):
    outbox = RecordingOutbox()
    async with heart(tmp_path, outbox=outbox) as home:
        turn = await home.conversation.handle(message("问"))
        seal = home.conversation._seal
        await home.store.append(replace(turn, message_id="m1"), recipient=seal.close("s1"))
        home.clock.forward(1)

        assert await home.conversation.deliver_owed() == 1
        assert [sender for _, _, sender, _ in outbox.delivered] == ["s1"]
        assert await home.conversation.deliver_owed() == 0


async def test_a_promise_that_kills_whoever_works_on_it_is_given_up_honestly_and_once(tmp_path):
    limits = Limits(deadline=0.05, lease=1.0)
    async with heart(tmp_path, ScriptedDialogue(pause=60), limits=limits) as home:
        first = await home.conversation.handle(message("问"))
        for _ in range(2):  # nobody renews by this clock: each time the one before counts as dead
            home.clock.forward(5)
            assert await home.conversation.keep_promises() == 1
        home.clock.forward(5)
        assert await home.conversation.keep_promises() == 1
        await asyncio.sleep(0.3)
        home.clock.forward(5)
        left = await home.conversation.keep_promises()
        turns = await home.conversation.since(first.conversation, 0)

    assert [turn.error for turn in turns] == ["deadline-missed", "unexpected"]
    assert left == 0


async def test_a_late_answer_whose_store_is_away_is_made_again_when_it_is_back(tmp_path):
    async with heart(tmp_path, ScriptedDialogue(pause=0.2), limits=Limits(deadline=0.05, lease=1.0)) as home:
        append = home.store.append
        home.store.append = away
        first = await home.conversation.handle(message("问"))
        await asyncio.sleep(0.5)
        home.store.append = append
        home.clock.forward(5)
        assert await home.conversation.keep_promises() == 1
        await asyncio.sleep(0.5)
        turns = await home.conversation.since(first.conversation, 0)

    assert [turn.error for turn in turns] == ["deadline-missed", ""]


async def away(*_args, **_named):
    raise StoreUnavailable("away")
