"""The line between a browser and the heart, over a real socket and a real store."""

import asyncio
from pathlib import Path

import aiohttp
import pytest

from bot.errors import StoreUnavailable
from bot.messages import Identity, Message, Reply, Response
from bot.record import topic
from channels.web.socket import IDLE, MISBEHAVED
from tests.channels.hall import hall, strict


async def test_a_question_shows_typing_and_then_its_answer(tmp_path: Path) -> None:
    async with hall(tmp_path) as running:
        line = await running.line()

        await line.send(type="message", id="m1", text="在吗")

        assert await line.next() == {"type": "typing", "id": "m1"}
        turn = (await line.next("turn"))["turn"]
        assert (turn["message_id"], turn["text"], turn["replies"][0]["text"]) == ("m1", "在吗", "听到了:在吗")


async def test_a_page_loaded_again_gets_its_history(tmp_path: Path) -> None:
    async with hall(tmp_path) as running:
        first = await running.line()
        turns = [(await first.ask(text, text))["turn"] for text in ("一", "二")]

        again = await running.line(first.session)

        assert again.session == first.session
        assert again.welcome["turns"] == turns


@pytest.mark.parametrize(("known", "seen"), [(Identity(subject="p1", assurance=1), True), (Identity(), False)])
async def test_what_was_private_is_in_the_history_only_while_the_proof_lasts(tmp_path: Path, known, seen) -> None:
    def balance(_: Message) -> Response:
        return Response(replies=(Reply(text="余额 186837.70 元", private=True), Reply(text="还想问什么?")))

    async with hall(tmp_path, balance, known=known) as running:
        first = await running.line()
        live = (await first.ask("查余额", "m1"))["turn"]["replies"]

        later = (await running.line(first.session)).welcome["turns"][0]["replies"]

        assert live[0]["text"] == "余额 186837.70 元"
        assert ("186837.70" in later[0]["text"], later[1]["text"]) == (seen, "还想问什么?")


async def test_a_page_that_comes_back_gets_only_what_it_missed(tmp_path: Path) -> None:
    async with hall(tmp_path) as running:
        first = await running.line()
        turns = [(await first.ask(text, text))["turn"] for text in ("一", "二", "三")]

        again = await running.line(first.session, seq=turns[0]["seq"])

        assert again.welcome["turns"] == turns[1:]


async def test_a_line_cut_in_the_middle_loses_and_doubles_nothing(tmp_path: Path) -> None:
    async with hall(tmp_path, pause=0.3) as running:
        first = await running.line()
        await first.send(type="message", id="m1", text="租房能提多少")
        await first.next("typing")
        await first.socket.close()

        again = await running.line(first.session)
        turn = (await again.ask("租房能提多少", "m1"))["turn"]
        last = await running.line(first.session)

        assert [turn["message_id"] for turn in last.welcome["turns"]] == ["m1"]
        assert turn["replies"][0]["text"] == "听到了:租房能提多少"
        assert len(running.dialogue.asked) == 1


async def test_a_message_sent_twice_on_one_line_is_shown_once(tmp_path: Path) -> None:
    async with hall(tmp_path, pause=0.1) as running:
        line = await running.line()
        for _ in range(3):
            await line.send(type="message", id="m1", text="一")

        await line.next("turn")
        after = await line.ask("二", "m2")

        assert after["turn"]["message_id"] == "m2"
        assert len(running.dialogue.asked) == 2


async def test_answers_come_in_the_order_of_the_questions(tmp_path: Path) -> None:
    async with hall(tmp_path, pause=0.02) as running:
        line = await running.line()
        for index in range(8):
            await line.send(type="message", id=f"m{index}", text=str(index))

        turns = [(await line.next("turn"))["turn"] for _ in range(8)]

        assert [turn["text"] for turn in turns] == [str(index) for index in range(8)]
        assert [turn["seq"] for turn in turns] == sorted(turn["seq"] for turn in turns)


async def test_a_second_tab_sees_the_same_talk(tmp_path: Path) -> None:
    async with hall(tmp_path) as running:
        one = await running.line()
        other = await running.line(one.session)

        turn = (await one.ask("在吗", "m1"))["turn"]

        assert (await other.next("turn"))["turn"] == turn


async def test_an_answer_after_the_deadline_arrives_by_itself(tmp_path: Path) -> None:
    from bot.conversation import Limits as ConversationLimits

    async with hall(tmp_path, pause=0.4, parts={"limits": ConversationLimits(deadline=0.1)}) as running:
        line = await running.line()

        first = (await line.ask("难题", "m1"))["turn"]
        late = (await line.next("turn"))["turn"]

        assert first["error"] == "deadline-missed"
        assert late["replies"][0]["text"] == "听到了:难题"
        assert late["seq"] > first["seq"]


async def test_a_stranger_s_token_opens_no_conversation(tmp_path: Path) -> None:
    async with hall(tmp_path) as running:
        mine = await running.line()
        await mine.ask("私事", "m1")

        other = await running.line(mine.session[:-1] + ("a" if mine.session[-1] != "a" else "b"))

        assert other.session != mine.session
        assert other.welcome["turns"] == []


async def test_a_tapped_button_carries_its_payload_also_after_a_reload(tmp_path: Path) -> None:
    async with hall(tmp_path) as running:
        line = await running.line()
        offered = (await line.ask("能提多少", "m1"))["turn"]["replies"][0]["buttons"][0]

        again = await running.line(line.session, seq=10_000)
        await again.send(type="tap", id="m2", **offered)
        await line.next("turn")

        assert running.dialogue.asked[-1].payload == offered["payload"]


async def test_an_invented_payload_is_only_its_label(tmp_path: Path) -> None:
    async with hall(tmp_path) as running:
        line = await running.line()

        await line.send(type="tap", id="m1", label="提取", payload='/submit{"amount":"1000000"}')
        await line.next("turn")

        assert (running.dialogue.asked[0].text, running.dialogue.asked[0].payload) == ("提取", "")


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("not json", "frame-refused"),
        ('{"type":"launch"}', "frame-refused"),
        ('{"type":"message","id":"m1","text":"   "}', "message-empty"),
        ('{"type":"message","id":"m1","text":"' + "金" * 2_001 + '"}', "message-too-long"),
        (b"\x00\x01", "frame-refused"),
        ('{"type":"hello"}', "frame-refused"),
    ],
)
async def test_a_bad_frame_is_refused_in_chinese_and_the_line_lives_on(
    tmp_path: Path, raw: str | bytes, code: str
) -> None:
    async with hall(tmp_path) as running:
        line = await running.line()

        await (line.socket.send_bytes(raw) if isinstance(raw, bytes) else line.socket.send_str(raw))
        refused = await line.next("refused")

        assert refused["code"] == code
        assert refused["say"].endswith("。")
        assert (await line.ask("还在吗", "m2"))["turn"]["message_id"] == "m2"


async def test_nothing_is_answered_before_hello(tmp_path: Path) -> None:
    async with hall(tmp_path) as running:
        socket = await running.client.ws_connect("/ws")

        await socket.send_json({"type": "message", "id": "m1", "text": "在吗"})

        assert (await socket.receive_json(timeout=5))["code"] == "frame-refused"
        assert running.dialogue.asked == []


async def test_a_flood_is_refused_and_harms_nobody_else(tmp_path: Path) -> None:
    async with hall(tmp_path, limits=strict()) as running:
        flood, calm = await running.line(), await running.line()
        for index in range(10):
            await flood.send(type="message", id=f"f{index}", text="刷")

        refused = await flood.next("refused")

        assert (refused["code"], refused["retry"] > 0) == ("too-many-messages", True)
        assert refused["id"].startswith("f")
        assert (await calm.ask("我只问一句", "c1"))["turn"]["message_id"] == "c1"


async def test_who_sends_nothing_but_rubbish_is_hung_up_on(tmp_path: Path) -> None:
    async with hall(tmp_path, limits=strict(bad_frames=3, session_burst=100)) as running:
        line = await running.line()
        for _ in range(3):
            await line.socket.send_str("rubbish")

        while (received := await line.socket.receive(timeout=5)).type is aiohttp.WSMsgType.TEXT:
            pass

        assert received.data == MISBEHAVED


async def test_an_enormous_frame_ends_only_its_own_line(tmp_path: Path) -> None:
    async with hall(tmp_path) as running:
        big, calm = await running.line(), await running.line()

        await big.socket.send_str("x" * 100_000)

        assert (await big.socket.receive(timeout=5)).type is aiohttp.WSMsgType.CLOSE
        assert (await calm.ask("在吗", "c1"))["turn"]["message_id"] == "c1"


async def test_a_foreign_page_is_refused_with_chinese_words(tmp_path: Path) -> None:
    async with hall(tmp_path) as running:
        async with running.client.get(
            "/ws",
            headers={
                "Origin": "https://evil.example",
                "Upgrade": "websocket",
                "Connection": "Upgrade",
                "Sec-WebSocket-Version": "13",
                "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
            },
        ) as answer:
            assert answer.status == 403
            assert "12329" in (await answer.json())["say"]


async def test_one_address_cannot_take_every_connection(tmp_path: Path) -> None:
    async with hall(tmp_path, limits=strict(connections_per_address=2)) as running:
        await running.line()
        second = await running.line()

        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await running.line()
        await second.socket.close()
        await asyncio.sleep(0.1)

        assert refused.value.status == 429
        await running.line()


async def test_a_line_nobody_uses_is_closed_pings_or_not(tmp_path: Path) -> None:
    async with hall(tmp_path, limits=strict(idle=0.3)) as running:
        line = await running.line()

        await line.send(type="ping")

        assert await line.next() == {"type": "pong"}
        assert (await line.socket.receive(timeout=5)).data == IDLE


async def test_stars_are_kept_for_the_turn(tmp_path: Path) -> None:
    async with hall(tmp_path) as running:
        line = await running.line()
        turn = (await line.ask("在吗", "m1"))["turn"]

        await line.send(type="rate", turn=turn["seq"], score=4)

        assert await line.next("rated") == {"type": "rated", "turn": turn["seq"], "score": 4}
        assert list(running.ratings.scores.values()) == [4]


async def test_a_stopping_server_says_goodbye(tmp_path: Path) -> None:
    async with hall(tmp_path) as running:
        line = await running.line()

        closing = asyncio.create_task(running.client.server.close())
        received = await line.socket.receive(timeout=5)
        await closing

        assert received.data == aiohttp.WSCloseCode.GOING_AWAY


async def test_an_answer_is_sent_even_while_the_store_is_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with hall(tmp_path) as running:
        line = await running.line()

        async def away(conversation: str, seq: int) -> tuple[()]:
            raise StoreUnavailable("away")

        monkeypatch.setattr(running.heart.conversation, "since", away)

        assert (await line.ask("在吗", "m1"))["turn"]["replies"][0]["text"] == "听到了:在吗"


async def test_a_newcomer_while_the_store_is_away_hears_when_to_come_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with hall(tmp_path) as running:

        async def away(conversation: str, seq: int) -> tuple[()]:
            raise StoreUnavailable("away")

        with monkeypatch.context() as patched:
            patched.setattr(running.heart.conversation, "since", away)
            line = await running.line()
            refused = line.welcome
        await line.send(type="hello")

        assert (refused["code"], refused["retry"] > 0) == ("store-unavailable", True)
        assert (await line.next("welcome"))["turns"] == []


async def test_a_demonstration_says_so(tmp_path: Path) -> None:
    async with hall(tmp_path, demo=True) as running:
        assert (await running.line()).welcome["demo"] is True


async def test_a_private_number_is_shown_to_its_own_line_and_to_no_record(tmp_path: Path) -> None:
    number = "13897654321"

    def balance(message: Message) -> Response:
        return Response(replies=(Reply(text=f"预留手机号 {number}", private=True),))

    async with hall(tmp_path, balance) as running:
        line = await running.line()

        turn = (await line.ask("我的预留手机号", "m1"))["turn"]
        again = await running.line(line.session)

        assert number in turn["replies"][0]["text"]
        assert number not in again.welcome["turns"][0]["replies"][0]["text"]


async def test_a_foreign_hint_on_the_bus_breaks_nothing(tmp_path: Path) -> None:
    async with hall(tmp_path) as running:
        line = await running.line()
        turn = (await line.ask("一", "m1"))["turn"]
        conversation = running.heart.dialogue.conversations[0]

        for hint in ("", "x", "0", "999999", str(turn["seq"])):
            await running.heart.bus.publish(topic(conversation), hint)

        assert (await line.ask("二", "m2"))["turn"]["text"] == "二"


async def test_two_visitors_of_one_address_are_counted_as_one_without_naming_it(tmp_path: Path) -> None:
    async with hall(tmp_path) as here:
        for name in ("a", "b"):
            await (await here.line()).ask("租房一年最多能提多少？", name)

        origins = {message.origin for message in here.dialogue.asked}

    assert len(origins) == 1
    assert "127.0.0.1" not in origins.pop()
