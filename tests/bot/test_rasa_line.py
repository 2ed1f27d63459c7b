"""The lasting line to a Rasa beside us, against the other end as Rasa's process has it."""

import asyncio
import json
import os
import secrets
import socket
import sys
from contextlib import asynccontextmanager
from datetime import date

import pytest
import uvloop

from bot.errors import DialogueUnavailable
from bot.messages import ChannelName, Message
from bot.rasa import RasaDialogue
from bot.rasa_line import RasaLine
from bot.rasa_parts import frames
from bot.rasa_parts.frames import ASK, FAILED, MOST_BYTES, RAN, RUN, SAID, CallFailed, Wire


class OtherEnd:
    """Answers what `say` makes of a question; keeps the connections so that a test can cut them."""

    def __init__(self, say):
        self.say, self.wires, self.tasks, self.asked = say, [], set(), []

    def received(self, wire, kind, number, frame):
        task = asyncio.ensure_future(self.answer(wire, kind, number, frame))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def answer(self, wire, kind, number, frame):
        assert kind == ASK
        self.wires.append(wire)
        self.asked.append(json.loads(frame))
        kind, said = await self.say(wire, json.loads(frame))
        if kind:
            wire.send(kind, number, json.dumps(said).encode())


@asynccontextmanager
async def serving(say, path):
    end = OtherEnd(say)
    server = await asyncio.get_running_loop().create_unix_server(lambda: Wire(end.received), path)
    yield end
    server.close()


@asynccontextmanager
async def line_to(say, tmp_path, deadline=2.0):
    path = str(tmp_path / "line")
    async with serving(say, path) as end:
        line = RasaLine(path)
        dialogue = RasaDialogue(url="http://nobody", deadline=deadline, today=lambda: date(2026, 11, 2), line=line)
        yield (
            end,
            line,
            lambda text: dialogue.respond("c1", Message(channel=ChannelName.WEB, sender="s", id="1", text=text)),
        )
        await dialogue.close()


async def echo(_wire, asked):
    return SAID, [{"text": asked["message"]}]


async def runs_an_action(wire, asked):
    try:
        return SAID, [{"text": (await wire.call(RUN, json.dumps({"next_action": asked["message"]}).encode())).decode()}]
    except CallFailed as error:
        return SAID, [{"text": error.reason.decode()}]


async def test_a_question_is_answered_and_asked_as_over_http(tmp_path):
    async with line_to(echo, tmp_path) as (end, _, ask):
        response = await ask("租房能提多少")

    assert [reply.text for reply in response.replies] == ["租房能提多少"]
    assert (end.asked[0]["sender"], end.asked[0]["metadata"]["channel"]) == ("c1", "web")


async def test_many_questions_at_once_share_one_line_and_get_their_own_answers(tmp_path):
    async def slower_first(wire, asked):
        await asyncio.sleep(0.2 / int(asked["message"]))
        return await echo(wire, asked)

    async with line_to(slower_first, tmp_path) as (end, _, ask):
        responses = await asyncio.gather(*(ask(str(number)) for number in range(1, 9)))

    assert [response.replies[0].text for response in responses] == [str(number) for number in range(1, 9)]
    assert len(set(end.wires)) == 1


async def test_an_action_runs_here_while_the_question_waits(tmp_path):
    async def run(raw):
        return 200, json.dumps({"ran": json.loads(raw)["next_action"]}).encode()

    async with line_to(runs_an_action, tmp_path) as (_, line, ask):
        line.serve(run)
        assert json.loads((await ask("action_chat")).replies[0].text) == {"ran": "action_chat"}


async def test_an_action_that_is_refused_or_breaks_is_told_and_nobody_waits(tmp_path):
    async def run(raw):
        if b"breaks" in raw:
            raise ZeroDivisionError
        return 400, b'{"action_name": "a"}'

    async with line_to(runs_an_action, tmp_path) as (_, line, ask):
        early = await ask("nobody runs actions yet")
        line.serve(run)
        refused, broken = await ask("refused"), await ask("breaks")

    assert [json.loads(said.replies[0].text)["status"] for said in (early, refused, broken)] == [503, 400, 500]


@pytest.mark.parametrize("how", ["failed", "hung up", "nothing", "silent", "nonsense"])
async def test_whatever_goes_wrong_is_dialogue_unavailable(tmp_path, how):
    async def say(wire, asked):
        if how == "hung up":
            wire.close()
        return {"failed": (FAILED, {}), "nothing": (SAID, []), "nonsense": (SAID, {"a": 1})}.get(how, (b"", None))

    async with line_to(say, tmp_path, deadline=0.2) as (_, _, ask):
        with pytest.raises(DialogueUnavailable) as raised:
            await ask("身份证 630102199003078515")

    assert "6301" not in str(raised.value)


async def test_a_line_is_made_again_after_the_other_end_was_restarted(tmp_path):
    async with line_to(echo, tmp_path) as (end, _, ask):
        await ask("一")
        end.wires[0].close()
        await asyncio.sleep(0.05)
        assert (await ask("二")).replies[0].text == "二"


async def test_a_rasa_that_is_not_there_is_dialogue_unavailable(tmp_path):
    line = RasaLine(str(tmp_path / "nobody"))
    dialogue = RasaDialogue(url="http://nobody", deadline=1, today=lambda: date(2026, 11, 2), line=line)

    with pytest.raises(DialogueUnavailable):
        await dialogue.respond("c", Message(channel=ChannelName.WEB, sender="s", id="1", text="在吗"))


@pytest.mark.parametrize("cut", [1, 4, 9, 10])
async def test_frames_are_whole_however_they_arrive(cut):
    taken = []
    wire = Wire(lambda _wire, kind, number, frame: taken.append((kind, number, frame)))
    sent = b"\x00\x00\x00\x02A\x00\x00\x00\x07{}" * 2

    for at in range(0, len(sent), cut):
        wire.data_received(sent[at : at + cut])
    await asyncio.sleep(0)
    await asyncio.sleep(0)

    assert taken == [(ASK, 7, b"{}")] * 2


async def test_requests_that_come_at_once_begin_one_a_round():
    begun = []
    wire = Wire(lambda _wire, _kind, number, _frame: begun.append(number))
    wire.data_received(b"".join(frames._HEAD.pack(2, RUN, number) + b"{}" for number in (1, 2)))
    assert begun == []

    await asyncio.sleep(0)
    assert begun == [1]
    await asyncio.sleep(0)
    assert begun == [1, 2]


def test_what_is_sent_is_under_way_before_the_loop_goes_on():
    """uvloop would keep it until all that is ready has run: both ends would take turns idling."""

    async def send() -> bytes:
        ours, theirs = socket.socketpair()
        theirs.settimeout(5)
        loop = asyncio.get_running_loop()
        transport, wire = await loop.create_unix_connection(lambda: Wire(lambda *_: None), sock=ours)
        wire.send(SAID, 1, b"{}")
        sent = theirs.recv(100)  # blocks the loop
        transport.close()
        theirs.close()
        return sent

    assert uvloop.run(send()).endswith(b"{}")


async def test_a_frame_beyond_all_measure_ends_the_line(tmp_path):
    async with serving(echo, str(tmp_path / "line")):
        reader, writer = await asyncio.open_unix_connection(str(tmp_path / "line"))
        writer.write((MOST_BYTES + 1).to_bytes(4, "big") + RAN + b"\x00\x00\x00\x01")
        async with asyncio.timeout(5):
            assert await reader.read() == b""
        writer.close()


STRANGER = """\
import os, socket, struct, sys
end = socket.socket(socket.AF_UNIX)
os.setgid(65534); os.setuid(65534)
end.connect("\\0" + sys.argv[1])
end.settimeout(5)
try:
    frame = b'{"sender": "c1", "message": "x"}'
    end.sendall(struct.pack(">IcI", len(frame), b"A", 1) + frame)
    print(end.recv(100))
except OSError as error:
    print(b"")
"""


@pytest.mark.skipif(os.getuid() != 0, reason="needs root, to become another user")
async def test_a_process_of_another_user_is_hung_up_on_unheard():
    name = f"jiajia-test-{secrets.token_hex(6)}"
    async with serving(echo, f"\0{name}") as end:
        stranger = await asyncio.create_subprocess_exec(
            sys.executable, "-c", STRANGER, name, stdout=asyncio.subprocess.PIPE
        )
        heard, _ = await asyncio.wait_for(stranger.communicate(), 20)

    assert (heard.strip(), stranger.returncode, end.asked) == (b"b''", 0, [])


async def test_a_rasa_of_another_user_is_not_asked(tmp_path, monkeypatch):
    monkeypatch.setattr(frames, "user_at", lambda _end: os.getuid() + 1)
    async with line_to(echo, tmp_path) as (end, _, ask):
        with pytest.raises(DialogueUnavailable):
            await ask("租房能提多少")
        await asyncio.sleep(0.05)  # both ends hang up

    assert end.asked == []
