"""The gateway is killed between the core system's acceptance and its answer: delivered again, one application."""

import asyncio
from pathlib import Path

import pytest
from aiohttp import web

from bot.assembly.programs import free_port
from bot.clock import china_today, utc_now
from tests.actions.business.town import SECRET
from tests.system.held import core
from tests.system.product import citizen, product

pytestmark = [pytest.mark.system, pytest.mark.model]
LEASE = 9  # seconds until another process may take the killed one's message; longer than the deadline of a turn


def submits(request: web.Request) -> bool:
    return request.method == "POST" and request.path.endswith("/applications")


async def test_the_same_message_delivered_again_brings_the_result_of_the_one_application(tmp_path: Path) -> None:
    async with core(tmp_path, submits) as core_system:
        settings = {
            "FUND__URL": core_system.address,
            "FUND_KEY": SECRET.decode(),
            "GATEWAY__PORT": free_port(),
            "CONVERSATION__LEASE": LEASE,
        }
        renter = next(one for one in core_system.sandbox.town(china_today(utc_now)()).personas() if "租房" in one.story)
        before = await core_system.count()
        async with product(tmp_path, **settings) as first, citizen(first.address) as person:
            session = person.session
            await person.say("我要租房提取三千")
            await person.say(renter.id_number)
            summary = await person.say(f"查询密码{renter.password}")
            assert "请核对:租房提取 3,000.00 元" in summary
            confirmed = await person.send("确认", id="the-yes")
            async with asyncio.timeout(20):
                await core_system.accepted.wait()
            await first.killed()
        core_system.released.set()

        async with product(tmp_path, **settings) as second, citizen(second.address, session) as person:
            result = await person.say("确认", id=confirmed)
            again = await person.say("确认提交")
            progress = await person.say("查进度")

        assert person.session == session
        assert "✔ 已提交:租房提取 3,000.00 元" in result
        assert "刚才已经提交好了" in again
        assert progress.count("编号") == 1
        assert await core_system.count() == before + 1
