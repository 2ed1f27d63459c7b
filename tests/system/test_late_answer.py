"""A gateway is killed after "please wait" and before the answer: the next one gives it, once, in the same conversation.

Real Rasa, action and core system, which is what is slow; on SQLite and on PostgreSQL.
"""

import asyncio
from pathlib import Path

import pytest
from aiohttp import web

from bot.assembly.programs import free_port
from bot.late import LEASE
from tests.actions.business.town import SECRET
from tests.channels.wechat.databases import database
from tests.system.held import core
from tests.system.product import citizen, product

pytestmark = [pytest.mark.system, pytest.mark.model]


@pytest.fixture(params=["sqlite", "postgresql"])
async def database_url(request, tmp_path):
    async with database(request.param, tmp_path) as url:
        yield url


def looks_at_outlets(request: web.Request) -> bool:
    return request.method == "GET" and "/outlets" in request.path


async def test_a_promised_answer_outlives_the_gateway_that_promised_it(tmp_path: Path, database_url: str) -> None:
    async with core(tmp_path, looks_at_outlets) as core_system:
        settings = {
            "FUND__URL": core_system.address,
            "FUND__DEADLINE": 60,
            "FUND_KEY": SECRET.decode(),
            "SECRET_KEY": "a secret for tests only, thirty-two letters",
            "STORE__URL": database_url,
            "GATEWAY__PORT": free_port(),
            "CONVERSATION__DEADLINE": 1,
            "RASA__DEADLINE": 60,
        }
        async with product(tmp_path, **settings) as first, citizen(first.address) as person:
            session = person.session
            asked = await person.send("哪个大厅人少")
            told = await person.answer(asked)
            await asyncio.wait_for(core_system.accepted.wait(), 20)
            await first.killed()
        core_system.released.set()

        async with product(tmp_path, **settings) as second, citizen(second.address, session) as person:
            shown = [text for id, text in person.before if id == asked]
            while len(shown) < 2:
                shown.append(await person.answer(asked))
            following = await person.say("你好")
            await asyncio.sleep(LEASE + 1)  # as long again, and nothing more comes
            last = await person.say("谢谢")

        assert person.session == session
        assert shown == [told, shown[1]]
        assert "马上发给您" in told
        assert "大厅" in shown[1]
        assert shown[1] not in (following, last)
        assert person.heard.count(shown[1].splitlines()[0]) == 1
