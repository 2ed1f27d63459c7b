"""Rasa's REST channel, spoken to over a real socket."""

import asyncio
import json
from datetime import date

import pytest
from aiohttp import web

from bot.errors import DialogueUnavailable
from bot.messages import Button, Candidate, Evidence, Handoff, Identity, Outcome, Reply, Response, Voice
from bot.rasa import RasaDialogue
from bot.wire import to_builtins
from tests.bot.heart import message


class FakeRasa:
    """Answers what it is told, and keeps what it was asked."""

    def __init__(self, answer=None, *, status: int = 200, body: bytes | None = None, pause: float = 0.0) -> None:
        self.answer = answer
        self.status = status
        self.body = body
        self.pause = pause
        self.asked: list[dict] = []

    async def webhook(self, request: web.Request) -> web.Response:
        self.asked.append(await request.json())
        await asyncio.sleep(self.pause)
        body = self.body if self.body is not None else json.dumps(self.answer).encode()
        return web.Response(status=self.status, body=body, content_type="application/json")


@pytest.fixture
async def ask(aiohttp_server):
    open_ones = []

    async def ask(rasa: FakeRasa, said=None, deadline: float = 2.0) -> Response:
        app = web.Application()
        app.router.add_post("/webhooks/rest/webhook", rasa.webhook)
        server = await aiohttp_server(app)
        dialogue = RasaDialogue(url=str(server.make_url("/")), deadline=deadline, today=lambda: date(2026, 11, 2))
        open_ones.append(dialogue)
        return await dialogue.respond("web-a", said or message("问"))

    yield ask
    for dialogue in open_ones:
        await dialogue.close()


async def test_rasa_is_asked_in_its_own_words(ask):
    rasa = FakeRasa([{"recipient_id": "web-a", "text": "答"}])
    heard = (Voice(heard=("问", "闻")),)
    await ask(rasa, message("问", attachments=heard, identity=Identity(subject="p1", assurance=1)))

    assert rasa.asked == [
        {
            "sender": "web-a",
            "message": "问",
            "metadata": {
                "channel": "web",
                "message_id": "m1",
                "today": "2026-11-02",
                "assurance": 1,
                "subject": "p1",
                "heard": ["问", "闻"],
                "place": None,
                "card": "",
                "origin": "",
            },
        }
    ]


@pytest.mark.parametrize(
    ("text", "payload", "sent"),
    [("2", "/rent", "/rent"), ("/restart", "", "／restart"), (" /restart", "", "／restart"), ("a/b", "", "a/b")],
)
async def test_only_a_tapped_button_is_an_intent(ask, text, payload, sent):
    rasa = FakeRasa([{"text": "答"}])
    await ask(rasa, message(text, payload=payload))

    assert rasa.asked[0]["message"] == sent


async def test_what_our_actions_send_comes_back_whole(ask):
    reply = Reply(text="答", private=True, buttons=(Button(label="一", payload="/a"),))
    evidence = Evidence(intent="policy_question", candidates=(Candidate(entry="e", score=0.9),), knowledge_version="v1")
    custom = {"reply": to_builtins(reply), "outcome": "acted", "evidence": to_builtins(evidence)}

    response = await ask(FakeRasa([{"recipient_id": "web-a", "custom": custom}]))

    assert response == Response(replies=(reply,), outcome=Outcome.ACTED, evidence=evidence)


async def test_a_plain_domain_response_is_a_reply_and_its_custom_part_completes_it(ask):
    said = [
        {"text": "您好", "buttons": [{"title": "查余额", "payload": "/query_balance"}]},
        {"custom": {"spoken": "您好呀", "outcome": "asked", "handoff": {"reason": "r"}}},
        {"text": "再见"},
        {"image": "https://example.org/a.png"},
    ]

    response = await ask(FakeRasa(said))

    first = Reply(
        text="您好",
        spoken="您好呀",
        buttons=(Button(label="查余额", payload="/query_balance"),),
        handoff=Handoff(reason="r"),
    )
    assert response == Response(replies=(first, Reply(text="再见")), outcome=Outcome.ASKED)


async def test_of_several_actions_the_last_outcome_wins(ask):
    said = [
        {"custom": {"reply": {"text": "一"}, "outcome": "answered"}},
        {"custom": {"reply": {"text": "二"}, "outcome": "asked"}},
    ]

    response = await ask(FakeRasa(said))

    assert (response.outcome, [reply.text for reply in response.replies]) == (Outcome.ASKED, ["一", "二"])


@pytest.mark.parametrize(
    "rasa",
    [
        FakeRasa([]),
        FakeRasa([{"custom": {"outcome": "acted"}}]),
        FakeRasa({"status": "failure"}),
        FakeRasa([{"custom": {"reply": {"text": 13800138000}}}]),
        FakeRasa(body=b"<html>"),
        FakeRasa(body=b"\xff\xfe"),
        FakeRasa([], status=500),
        FakeRasa([], status=404),
        FakeRasa([{"text": "答"}], pause=1.0),
    ],
    ids=["silent", "wordless", "not-a-list", "wrong-type", "html", "not-text", "500", "404", "late"],
)
async def test_whatever_goes_wrong_is_dialogue_unavailable_and_quotes_nothing(ask, rasa):
    with pytest.raises(DialogueUnavailable) as raised:
        await ask(rasa, deadline=0.3)

    assert "13800138000" not in str(raised.value)


async def test_a_server_that_is_not_there_or_hangs_up_is_dialogue_unavailable():
    async def hang_up(_reader, writer) -> None:
        writer.close()

    server = await asyncio.start_server(hang_up, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    for address in (f"http://127.0.0.1:{port}", "http://127.0.0.1:1"):
        dialogue = RasaDialogue(url=address, deadline=1, today=lambda: date(2026, 11, 2))
        with pytest.raises(DialogueUnavailable):
            await dialogue.respond("web-a", message())
        await dialogue.close()
    server.close()
    await server.wait_closed()
