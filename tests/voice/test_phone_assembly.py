"""The line as the settings build it: what stops the start, and what only makes it deaf."""

import shutil
import socket
from types import SimpleNamespace

import aiohttp
import pytest

from bot.assembly.phone import phone, vocabulary_of
from bot.errors import Misconfigured
from bot.sections import Phone
from bot.settings import Settings
from tests.fakes import ScriptedAnswering

pytestmark = pytest.mark.skipif(
    shutil.which("espeak-ng") is None, reason="espeak-ng is not installed: apt install espeak-ng"
)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def heart(token: str = "secret", **asked: object) -> SimpleNamespace:
    settings = Settings(phone_token=token, phone=Phone(**({"port": free_port()} | asked)))
    return SimpleNamespace(
        settings=settings, conversation=ScriptedAnswering(), database=None, vault=None, identities=None
    )


async def test_without_a_token_the_line_does_not_open():
    with pytest.raises(Misconfigured, match="JIAJIA_PHONE_TOKEN"):
        async with phone(heart("")):
            pass


@pytest.mark.parametrize(
    ("asked", "named"),
    [({"hours": "always"}, "phone.hours"), ({"voice": "/nowhere.onnx"}, "phone.voice")],
)
async def test_what_is_set_wrong_is_named(asked, named):
    with pytest.raises(Misconfigured, match=named.replace(".", r"\.")):
        async with phone(heart(**asked)):
            pass


async def test_without_a_model_the_line_opens_and_goes_by_keys(aiohttp_client, capsys):
    parts = heart(model="vosk-model-small-cn-0.22")

    async with phone(parts) as app:
        client = await aiohttp_client(app)
        registered = await client.post(
            "/calls",
            json={"uuid": "6f8ad1f6-6a4b-4c2e-9a43-0a6f2b1c7d10"},
            headers={"Authorization": "Bearer secret"},
        )
        async with aiohttp.ClientSession() as other:
            assert (await other.get(client.make_url("/calls/x/outcome"))).status == 401

    assert registered.status == 201
    assert "phone.deaf" in capsys.readouterr().out


def test_the_vocabulary_is_the_knowledge_bases_own():
    words = vocabulary_of(Settings().knowledge.directory)

    assert words.repaired("公鸡金") == "公积金"
    assert words.repaired("住房公鸡金待款") == "住房公积金贷款"
