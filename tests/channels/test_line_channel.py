"""The telephone's door into the gateway, asked as the telephone's process asks it."""

from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiohttp import web

from bot.errors import GatewayUnavailable, SmsUnavailable, StoreUnavailable
from bot.guard import Guard
from bot.line import Abilities, Asked, CallBack, Rated, Text
from bot.messages import ChannelName, Handoff, Identity, Reply, Response, Voice
from channels.line.channel import LineChannel
from tests.contracts.channel import ChannelContract, Heard
from tests.fakes import FixedIdentities, ScriptedAnswering, ScriptedDialogue
from voice.gateway import HttpGateway

CALL = "6f8ad1f6-6a4b-4c2e-9a43-0a6f2b1c7d10"


class RecordingSms:
    def __init__(self, error=None):
        self.error, self.sent = error, []

    async def send(self, phone, text):
        if self.error:
            raise self.error
        self.sent.append((phone, text))


class RecordingRatings:
    def __init__(self):
        self.rated = []

    async def rate(self, conversation, seq, score):
        self.rated.append((conversation, seq, score))


class RecordingCallBacks:
    def __init__(self, error=None):
        self.error, self.noted = error, []

    async def note(self, conversation, phone, summary):
        if self.error:
            raise self.error
        self.noted.append((conversation, phone, summary))


@asynccontextmanager
async def served(answering, *, port=0, **parts):
    app = web.Application()
    LineChannel(Guard("secret"), **parts).mount(app, answering)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", port)
    await site.start()
    try:
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


@asynccontextmanager
async def gateway(answering=None, *, token="secret", **parts):
    async with served(answering or ScriptedAnswering(), **parts) as port:
        asking = HttpGateway(f"http://127.0.0.1:{port}", token)
        try:
            yield asking
        finally:
            await asking.close()


class Caller:
    def __init__(self, asking, call):
        self.asking, self.call = asking, call

    async def say(self, text, *, id):
        answered = await self.asking.ask(Asked(call=self.call, id=f"{self.call}-{id}", text=text))
        replies = answered.turn.replies
        return Heard(
            text="".join(reply.text for reply in replies),
            labels=tuple(button.label for reply in replies for button in reply.buttons),
        )


class TestLine(ChannelContract):
    @asynccontextmanager
    async def run(self, answering):
        class Door:
            @asynccontextmanager
            async def arrive(self, name):
                yield Caller(asking, name)

        async with gateway(answering) as asking:
            yield Door()


async def test_every_guess_reaches_the_heart_with_the_call_as_its_sender():
    dialogue = ScriptedDialogue()

    async with gateway(ScriptedAnswering(dialogue)) as asking:
        await asking.ask(Asked(call=CALL, id="1", text="租房", heard=("租房", "组房")))

    asked = dialogue.asked[0]
    assert (asked.channel, asked.sender, asked.attachments) == (
        ChannelName.PHONE,
        CALL,
        (Voice(heard=("租房", "组房")),),
    )


@pytest.mark.parametrize(("assurance", "text"), [(0, ""), (1, ""), (2, "余额 500 元。")])
async def test_own_data_leaves_the_gateway_only_after_a_fresh_proof(assurance, text):
    dialogue = ScriptedDialogue(lambda _: Response(replies=(Reply(text="余额 500 元。", spoken="", private=True),)))
    identities = FixedIdentities(Identity(subject="p", assurance=assurance))

    async with gateway(ScriptedAnswering(dialogue), identities=identities) as asking:
        answered = await asking.ask(Asked(call=CALL, id="1", text="余额"))

    assert answered.turn.replies == (Reply(text=text, private=True),)
    assert answered.assurance == assurance


async def test_a_handoff_comes_with_its_summary():
    handoff = Handoff(reason="citizen-asked", summary="市民:租房")
    dialogue = ScriptedDialogue(lambda _: Response(replies=(Reply(text="好的", handoff=handoff),)))

    async with gateway(ScriptedAnswering(dialogue)) as asking:
        answered = await asking.ask(Asked(call=CALL, id="1", payload="/request_human"))

    assert answered.turn.replies[0].handoff == handoff


async def test_what_is_not_there_is_told_and_what_is_there_is_done():
    sms, ratings, call_backs = RecordingSms(), RecordingRatings(), RecordingCallBacks()

    async with gateway() as bare:
        assert await bare.abilities() == Abilities()
        assert not await bare.text(Text(call=CALL, phone="13800001111", text="租房"))
        assert not await bare.call_back(CallBack(call=CALL, phone="13800001111", summary="租房"))
    async with gateway(sms=sms, ratings=ratings, call_backs=call_backs) as asking:
        assert await asking.abilities() == Abilities(texts=True, call_backs=True)
        assert await asking.text(Text(call=CALL, phone="13800001111", text="租房"))
        assert await asking.call_back(CallBack(call=CALL, phone="13800001111", summary="租房"))
        await asking.rate(Rated(call=CALL, seq=3, score=5))

    assert sms.sent == [("13800001111", "租房")]
    assert call_backs.noted == [(f"phone-{CALL}", "13800001111", "租房")]
    assert ratings.rated == [(f"phone-{CALL}", 3, 5)]


async def test_what_fails_in_the_gateway_is_said_to_have_failed():
    parts = {"sms": RecordingSms(SmsUnavailable()), "call_backs": RecordingCallBacks(StoreUnavailable())}

    async with gateway(**parts) as asking:
        assert not await asking.text(Text(call=CALL, phone="13800001111", text="租房"))
        assert not await asking.call_back(CallBack(call=CALL, phone="13800001111", summary="租房"))


async def test_without_the_token_nothing_is_answered():
    dialogue = ScriptedDialogue()

    async with gateway(ScriptedAnswering(dialogue), token="guessed") as asking:
        with pytest.raises(GatewayUnavailable, match="401"):
            await asking.ask(Asked(call=CALL, id="1", text="租房"))

    assert dialogue.asked == []


@pytest.mark.parametrize("body", [b"", b"{}", b'{"call":1}', b"\xff"])
async def test_a_malformed_frame_is_refused(body):
    async with served(ScriptedAnswering()) as port, aiohttp.ClientSession() as session:
        headers = {"Authorization": "Bearer secret"}
        async with session.post(f"http://127.0.0.1:{port}/line/turns", data=body, headers=headers) as answer:
            assert answer.status == 400


async def test_a_gateway_that_is_restarted_meanwhile_answers_the_question_once():
    dialogue = ScriptedDialogue()
    answering = ScriptedAnswering(dialogue)
    async with served(answering) as port:
        asking = HttpGateway(f"http://127.0.0.1:{port}", "secret")
        await asking.ask(Asked(call=CALL, id="1", text="租房"))
    with pytest.raises(GatewayUnavailable):
        await asking.abilities()

    async with served(answering, port=port):
        again = await asking.ask(Asked(call=CALL, id="1", text="租房"))
    await asking.close()

    assert again.turn.text == "租房"
    assert len(dialogue.asked) == 1


async def test_a_gateway_that_stays_away_is_given_up():
    asking = HttpGateway("http://127.0.0.1:9", "secret", deadline=0.6)

    with pytest.raises(GatewayUnavailable):
        await asking.ask(Asked(call=CALL, id="1", text="租房"))
    await asking.close()
