"""The other door as FreeSWITCH's mod_audio_stream uses it (deploy/freeswitch.md), on the running product."""

import array
import asyncio
from uuid import uuid4

import aiohttp
import numpy as np
import pytest

from tests.system.phone.caller import Recording
from tests.system.phone.conftest import GREETING
from tests.system.phone.telephone import TOKEN, needs_exchange
from voice import prompts

pytestmark = [pytest.mark.system, pytest.mark.model, needs_exchange, pytest.mark.timeout(300)]
HEADERS = {"Authorization": f"Bearer {TOKEN}"}
CHUNK = bytes(1_600)  # 100 ms: STREAM_BUFFER_SIZE
PACE = 0.1


class Module:
    """One channel's stream: the caller's silence goes out at the pace of life, what comes back is kept."""

    def __init__(self, session: aiohttp.ClientSession, address: str) -> None:
        self._session, self._address = session, address
        self.samples = array.array("h")
        self.texts: list[str] = []

    async def stream(self, keys: str, *, seconds: float) -> None:
        """Stream until the other side closes; press the keys one by one once the greeting sounds."""
        async with self._session.ws_connect(f"ws://{self._address}/audio") as socket:
            sending = asyncio.create_task(self._send(socket, keys))
            async with asyncio.timeout(seconds):
                async for frame in socket:
                    if frame.type is aiohttp.WSMsgType.BINARY:
                        self.samples.frombytes(frame.data)
                    else:
                        self.texts.append(str(frame.data))
            sending.cancel()

    async def _send(self, socket: aiohttp.ClientWebSocketResponse, keys: str) -> None:
        for beat in range(10_000):
            await socket.send_bytes(CHUNK)
            if beat % 40 == 39 and keys:
                await socket.send_json({"type": "key", "key": keys[0]})
                keys = keys[1:]
            await asyncio.sleep(PACE)

    @property
    def heard(self) -> Recording:
        return Recording(samples=np.asarray(self.samples, dtype=np.float64))


async def streamed(port: int, call: str) -> tuple[Module, str, Module]:
    """Register, ask, hang up by key, fetch the outcome; then connect again, as some releases do by themselves."""
    address = f"127.0.0.1:{port}/calls/{call}"
    async with aiohttp.ClientSession(headers=HEADERS, raise_for_status=True) as session:
        await session.post(f"http://127.0.0.1:{port}/calls", data={"uuid": call, "caller": "13800001111"})
        module, again = Module(session, address), Module(session, address)
        await module.stream("2#", seconds=120)
        outcome = await session.get(f"http://{address}/outcome?as=text")
        await again.stream("", seconds=30)
        return module, await outcome.text(), again


def test_a_call_streamed_over_a_websocket_is_greeted_answered_and_ended(product, asterisk):
    module, outcome, again = asyncio.run(streamed(asterisk.http, str(uuid4())))

    assert module.heard.find(GREETING) is not None
    assert module.heard.find(prompts.FAREWELL) is not None
    assert module.texts == ['{"type":"ended"}']
    assert outcome == "hangup|"
    assert (len(again.samples), again.texts) == (0, ['{"type":"ended"}'])
