"""AudioSocket and WebSocket lines: what arrives, what does not, and how every bad line ends."""

import asyncio
from contextlib import asynccontextmanager
from uuid import UUID

import aiohttp
import pytest
from aiohttp import web
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import FrameRefused, Misconfigured
from bot.guard import Guard
from tests.voice.phone import CALL, Exchange, Pbx
from voice import audiosocket
from voice.audio import FRAME_BYTES, RATE_HZ
from voice.audiosocket import Frame, Kind
from voice.audiosocket_door import UNSENT_BYTES, AudioSocketDoor
from voice.calls import CallOutcome, Calls, End
from voice.flood import BURST, LEAST, Flood
from voice.line import Ended, Key, Sound
from voice.pbx import PbxDoor
from voice.websocket_door import WebSocketDoor

TOKEN = {"Authorization": "Bearer secret"}


@asynccontextmanager
async def door(answer, **options):
    opened = AudioSocketDoor(answer, **options)
    port = await opened.open("127.0.0.1", 0)
    try:
        yield port
    finally:
        await opened.close()


class Answered:
    """Notes what every line brought, until it ended."""

    def __init__(self):
        self.heard = []
        self.calls = []
        self.over = asyncio.Event()

    async def __call__(self, call, line):
        self.calls.append(call)
        while True:
            heard = await line.receive()
            self.heard.append(heard)
            if isinstance(heard, Ended):
                self.over.set()
                return


@pytest.mark.parametrize(
    ("frame", "meaning"),
    [
        (Frame(kind=0x10, payload=b"\1\2"), Sound(data=b"\1\2")),
        (Frame(kind=0x03, payload=b"5"), Key(key="5")),
        (Frame(kind=0x03, payload=b"A"), None),
        (Frame(kind=0x03, payload=b""), None),
        (Frame(kind=0x03, payload=b"12"), None),
        (Frame(kind=0x00), Ended()),
        (Frame(kind=0xFF, payload=b"\1"), Ended(why="pbx-error")),
    ],
)
def test_a_frame_means_what_asterisk_says_it_means(frame, meaning):
    assert audiosocket.heard(frame) == meaning


@pytest.mark.parametrize(
    "frame", [Frame(kind=0x10, payload=b"\1"), Frame(kind=0x42), Frame(kind=0x01, payload=b"x" * 16)]
)
def test_a_frame_that_makes_no_sense_is_refused(frame):
    with pytest.raises(FrameRefused):
        audiosocket.heard(frame)


@settings(max_examples=50, deadline=None)
@given(st.binary(max_size=400))
def test_rubbish_is_refused_or_the_line_ends_and_nothing_else(rubbish):
    async def read():
        reader = asyncio.StreamReader()
        reader.feed_data(rubbish)
        reader.feed_eof()
        while True:
            audiosocket.heard(await audiosocket.read_frame(reader))

    with pytest.raises((FrameRefused, asyncio.IncompleteReadError)):
        asyncio.run(read())


async def test_sound_and_keys_arrive_in_order_and_hanging_up_ends_the_line():
    answered = Answered()

    async with door(answered) as port:
        pbx = await Pbx.dial(port)
        pbx.send(Kind.SOUND, b"\1\0" * 160)
        pbx.send(Kind.KEY, b"7")
        pbx.send(Kind.HANG_UP)
        await answered.over.wait()
        await pbx.close()

    assert answered.calls == [CALL]
    assert answered.heard == [Sound(data=b"\1\0" * 160), Key(key="7"), Ended()]


async def test_a_dropped_socket_ends_the_line():
    answered = Answered()

    async with door(answered) as port:
        pbx = await Pbx.dial(port)
        await pbx.close()
        await asyncio.wait_for(answered.over.wait(), 2)

    assert answered.heard == [Ended(why="dropped")]


@pytest.mark.parametrize(
    "bytes_",
    [b"\x10\xff\xff" + b"x" * 100, b"\x99\x00\x00", b"\x10\x00\x01x"],
    ids=["too long", "unknown", "half a sample"],
)
async def test_a_malformed_frame_ends_the_call(bytes_):
    answered = Answered()

    async with door(answered) as port:
        pbx = await Pbx.dial(port)
        pbx.writer.write(bytes_)
        await asyncio.wait_for(answered.over.wait(), 2)
        await pbx.close()

    assert answered.heard == [Ended(why="malformed")]


async def test_a_line_that_brings_nothing_ends():
    answered = Answered()

    async with door(answered, idle=0.05) as port:
        pbx = await Pbx.dial(port)
        ending = await asyncio.wait_for(pbx.listen(), 2)
        await pbx.close()

    assert answered.heard == [Ended(why="idle")]
    assert ending == "hung-up"


@pytest.mark.parametrize("first", [b"\x10\x00\x02ab", b"\x01\x00\x03abc", b""], ids=["sound", "short uuid", "nothing"])
async def test_a_line_that_does_not_say_which_call_it_is_is_not_answered(first):
    answered = Answered()

    async with door(answered, patience=0.1) as port:
        pbx = await Pbx.dial(port, call=None)
        pbx.writer.write(first)
        await asyncio.wait_for(pbx.listen(), 2)
        await pbx.close()

    assert answered.calls == []


def test_sound_faster_than_life_is_dropped_and_in_the_end_refused():
    now = [0.0]
    flood = Flood(lambda: now[0])
    second = bytes(RATE_HZ * 2)

    passed = [flood.passes(second) for _ in range(100)]

    assert sum(passed) == 6
    assert flood.broken


def test_sound_at_the_pace_of_life_always_passes():
    now = [0.0]
    flood = Flood(lambda: now[0])

    for _ in range(2_000):
        now[0] += 0.02
        assert flood.passes(bytes(FRAME_BYTES))

    assert not flood.broken


@pytest.mark.parametrize("frame", [b"\x10\x00\x00", b"\x03\x00\x015", b"\x03\x00\x01A"], ids=["empty", "key", "no key"])
async def test_a_flood_of_tiny_frames_ends_the_call_and_holds_up_nobody(frame):
    answered, beats = Answered(), 0

    async def beat():
        nonlocal beats
        while True:
            beats += 1
            await asyncio.sleep(0)

    beating, now = asyncio.create_task(beat()), asyncio.get_running_loop().time
    began = now()
    async with door(answered) as port:
        pbx = await Pbx.dial(port)
        pbx.writer.write(frame * 20_000)
        await asyncio.wait_for(answered.over.wait(), 30)
        seconds = now() - began
        await pbx.close()
    beating.cancel()

    assert answered.heard[-1] == Ended(why="flood")
    assert len(answered.heard) <= (BURST + seconds) / LEAST + 2  # what a line may bring, and its end
    assert beats > 5_000  # every frame too many was a turn for the others


async def test_many_lines_that_never_say_which_call_they_are_are_closed():
    answered = Answered()

    async with door(answered, patience=0.2) as port:
        lines = [await Pbx.dial(port, None) for _ in range(50)]
        endings = await asyncio.wait_for(asyncio.gather(*(line.listen() for line in lines)), 10)
        await asyncio.gather(*(line.close() for line in lines))

    assert set(endings) == {"hung-up"}
    assert answered.heard == []


async def test_a_line_nobody_reads_is_not_filled_up():
    """The other side has stopped reading: what is said is dropped, not kept in memory."""
    held: list[int] = []

    async def talks_and_talks(_: str, line) -> None:
        for _ in range(20_000):
            await line.send(bytes(FRAME_BYTES))
        held.append(line._writer.transport.get_write_buffer_size())

    async with door(talks_and_talks) as port:
        pbx = await Pbx.dial(port)
        while not held:  # noqa: ASYNC110 - watched from outside
            await asyncio.sleep(0.01)
        await pbx.close()

    assert held[0] <= UNSENT_BYTES + 2 * FRAME_BYTES


async def test_a_taken_port_is_named():
    async with door(Answered()) as port:
        with pytest.raises(Misconfigured, match="JIAJIA_PHONE__PORT"):
            await AudioSocketDoor(Answered()).open("127.0.0.1", port)


async def test_a_call_over_audiosocket_is_greeted_paced_and_ended():
    exchange = Exchange()

    async with door(exchange.service.answer) as port:
        pbx = await Pbx.dial(port)
        listening = asyncio.create_task(pbx.listen())
        pbx.send(Kind.KEY, b"0")
        ending = await asyncio.wait_for(listening, 5)
        await pbx.close()

    assert ending == "hung-up"
    assert "转人工" in pbx.heard.decode("utf-16-le", errors="replace")
    assert exchange.calls.outcome(CALL).end is End.QUEUE


async def test_many_short_calls_leave_nothing_behind():
    exchange = Exchange()
    before = len(asyncio.all_tasks())

    async with door(exchange.service.answer) as port:
        for n in range(100):
            pbx = await Pbx.dial(port, str(UUID(int=n)))
            pbx.send(Kind.SOUND, bytes(FRAME_BYTES))
            pbx.send(Kind.HANG_UP)
            await asyncio.wait_for(pbx.listen(), 5)
            await pbx.close()

    assert exchange.service.live == 0
    assert len(asyncio.all_tasks()) == before


@pytest.fixture
async def service(aiohttp_client):
    answered, calls = Answered(), Calls(lambda: 0.0)
    app = web.Application()
    PbxDoor(calls, Guard("secret")).mount(app)
    WebSocketDoor(answered, Guard("secret")).mount(app)
    client = await aiohttp_client(app)
    client.answered, client.calls = answered, calls
    return client


async def test_a_websocket_brings_sound_keys_and_an_end(service):
    async with service.ws_connect(f"/calls/{CALL}/audio", headers=TOKEN) as socket:
        await socket.send_bytes(b"\1\0" * 160)
        await socket.send_json({"type": "key", "key": "#"})
        await socket.send_json({"type": "hang-up"})
        assert (await socket.receive_json())["type"] == "ended"

    assert service.answered.heard == [Sound(data=b"\1\0" * 160), Key(key="#"), Ended()]


@pytest.mark.parametrize("frame", ["not json", '{"key": 5}', b"\1"])
async def test_a_malformed_websocket_frame_ends_the_call(service, frame):
    async with service.ws_connect(f"/calls/{CALL}/audio", headers=TOKEN) as socket:
        await (socket.send_bytes(frame) if isinstance(frame, bytes) else socket.send_str(frame))
        assert (await socket.receive()).type in (aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.CLOSE)

    assert service.answered.heard == [Ended(why="malformed")]


async def test_a_websocket_frame_longer_than_anybody_sends_ends_the_call(service):
    async with service.ws_connect(f"/calls/{CALL}/audio", headers=TOKEN) as socket:
        await socket.send_bytes(bytes(1_000_000))
        closed = await socket.receive()

    assert closed.type in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.TEXT)
    assert [type(one) for one in service.answered.heard] == [Ended]


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": "Bearer \udcff家"}])
async def test_nobody_without_the_token_gets_in(service, headers):
    registered = await service.post("/calls", json={"uuid": CALL}, headers=headers)
    outcome = await service.get(f"/calls/{CALL}/outcome", headers=headers)
    audio = await service.get(f"/calls/{CALL}/audio", headers=headers)

    assert [registered.status, outcome.status, audio.status] == [401, 401, 401]


def test_an_empty_token_opens_nothing():
    class Request:
        headers = {"Authorization": "Bearer "}  # noqa: RUF012 - stands for a request

    with pytest.raises(web.HTTPUnauthorized):
        Guard("").check(Request())  # type: ignore[arg-type]


async def test_the_dialplan_registers_a_call_and_fetches_its_outcome(service):
    registered = await service.post("/calls", data={"uuid": CALL, "caller": "13800001111"}, headers=TOKEN)
    service.calls.finish(CALL, CallOutcome(end=End.QUEUE, summary="市民:租房,\n能提|多少 ${EVIL}"))
    line = await (await service.get(f"/calls/{CALL}/outcome?as=text", headers=TOKEN)).text()
    plain = await (await service.get(f"/calls/{CALL}/outcome", headers=TOKEN)).json()

    assert registered.status == 201
    assert service.calls.caller(CALL) == "13800001111"
    assert line == "queue|市民:租房 能提 多少 EVIL"
    assert plain["end"] == "queue"


async def test_an_unknown_call_has_no_outcome(service):
    assert (await service.get(f"/calls/{CALL}/outcome", headers=TOKEN)).status == 404


@pytest.mark.parametrize("body", [{"uuid": "x"}, {}, {"uuid": 5}])
async def test_a_registration_that_makes_no_sense_is_refused(service, body):
    assert (await service.post("/calls", json=body, headers=TOKEN)).status == 400


def test_calls_are_forgotten_after_hours():
    now = [0.0]
    calls = Calls(lambda: now[0])
    calls.register(CALL, "138")

    now[0] = 7 * 3_600.0
    calls.register("another", "")

    assert calls.caller(CALL) == ""
