"""The line as the settings build it: what stops the start, and what only makes it deaf."""

import shutil
import socket

import aiohttp
import pytest

from bot.assembly.phone import phone, vocabulary_of
from bot.errors import Misconfigured
from bot.messages import ChannelName
from bot.sections import Channels, Phone
from bot.settings import Settings

pytestmark = pytest.mark.skipif(
    shutil.which("espeak-ng") is None, reason="espeak-ng is not installed: apt install espeak-ng"
)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def settings(token: str = "secret", **asked: object) -> Settings:
    parts = {"port": free_port(), "http_port": free_port(), "gateway": "http://127.0.0.1:9"}
    channels = Channels(enabled=(ChannelName.PHONE,))
    return Settings(phone_token=token, phone=Phone(**(parts | asked)), channels=channels)


async def test_without_a_token_the_line_does_not_open():
    with pytest.raises(Misconfigured, match="JIAJIA_PHONE_TOKEN"):
        async with phone(settings("")):
            pass


@pytest.mark.parametrize(
    ("asked", "named"),
    [({"hours": "always"}, "phone.hours"), ({"voice": "/nowhere.onnx"}, "phone.voice")],
)
async def test_what_is_set_wrong_is_named(asked, named):
    with pytest.raises(Misconfigured, match=named.replace(".", r"\.")):
        async with phone(settings(**asked)):
            pass


async def test_without_a_model_the_line_opens_and_goes_by_keys():
    asked = settings(model="vosk-model-small-cn-0.22")
    url = f"http://127.0.0.1:{asked.phone.http_port}"

    async with phone(asked) as line, aiohttp.ClientSession() as client:
        new = {"uuid": "6f8ad1f6-6a4b-4c2e-9a43-0a6f2b1c7d10"}
        registered = await client.post(f"{url}/calls", json=new, headers={"Authorization": "Bearer secret"})
        refused = await client.get(f"{url}/calls/x/outcome")
        deaf = await client.post(f"{url}/speech", data=b"", headers={"Authorization": "Bearer secret"})

    assert "alphacephei.com" in line.deaf
    assert (registered.status, refused.status, deaf.status) == (201, 401, 503)


async def test_for_recorded_messages_alone_no_call_is_answered():
    asked = settings().model_copy(update={"channels": Channels()})

    async with phone(asked) as line, aiohttp.ClientSession() as client:
        answer = await client.post(f"http://127.0.0.1:{asked.phone.http_port}/calls")

    assert not line.calls
    assert answer.status == 404


def test_the_vocabulary_is_the_knowledge_bases_own():
    words = vocabulary_of(Settings().knowledge.directory)

    assert words.repaired("公鸡金") == "公积金"
    assert words.repaired("住房公鸡金待款") == "住房公积金贷款"
