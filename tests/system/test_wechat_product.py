"""`python -m bot run` with the WeChat door open: real Rasa, real pages in Chromium, the platform's stand-in outside."""

import asyncio
import os
import re
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest
from playwright.async_api import Page, Route, expect

from bot.assembly.environments import RASA, ROOT
from bot.assembly.programs import free_port
from tests.channels.wechat.platform import AES_KEY, APP_ID, SECRET, TOKEN, Platform, openid
from tests.system.browser import chromium, complaints, new_page

pytestmark = [pytest.mark.system, pytest.mark.model]
WANG, LI = openid("王"), openid("李")
TYPING = 2.0  # seconds: the door asks whoever writes faster to slow down


class Town:
    """The running product, WeChat's platform, and the demo's people."""

    def __init__(self, platform: Platform, gateway: str, demo: str) -> None:
        self.platform, self.gateway, self.demo = platform, gateway, demo

    async def ask(self, who: str, *texts: str) -> str:
        """Say texts one after another; return what the phone shows to the last."""
        seen = self.platform.phones[who].seen
        for text in texts:
            await asyncio.sleep(TYPING)
            before = len(seen)
            await self.platform.say(who, text)
            async with asyncio.timeout(30):
                while len(seen) == before:  # noqa: ASYNC110 - a late answer comes when it comes
                    await asyncio.sleep(0.1)
        return "\n".join(text for _, text in seen[before:])

    async def person(self, story: str) -> tuple[str, str]:
        """The ID number and password of a demo person."""
        found = re.search(rf"<tr><td>{story}</td><td>(\w+)</td><td>(\d+)</td>", await self._page())
        assert found, story
        return found[1], found[2]

    async def code(self) -> str:
        """The code sent last."""
        codes = re.findall(r"验证码是 (\d{6})", await self._page())
        assert codes
        return codes[0]

    async def _page(self) -> str:
        async with aiohttp.ClientSession() as session, session.get(self.demo) as page:
            return await page.text()


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    if not (ROOT / RASA.folder).exists():
        pytest.skip("needs .venv-rasa: run `make env`")
    gateway, fund = free_port(), free_port()
    async with Platform(patience=5.0).running() as platform:
        platform.gateway = lambda: f"http://127.0.0.1:{gateway}/wechat"
        names = {
            "GATEWAY__PORT": gateway,
            "ACTIONS__PORT": free_port(),
            "RASA__PORT": free_port(),
            "FUND__PORT": fund,
            "FUND__STORE": f"sqlite:///{tmp_path}/sandbox.db",
            "RASA__TRACKER": f"sqlite:///{tmp_path}/tracker.db",
            "STORE__URL": f"sqlite:///{tmp_path}/jiajia.db",
            "CHANNELS__ENABLED": "web,wechat",
            "WECHAT__APP_ID": APP_ID,
            "WECHAT_SECRET": SECRET,
            "WECHAT_TOKEN": TOKEN,
            "WECHAT_AES_KEY": AES_KEY,
            "WECHAT__PUBLIC_URL": f"http://127.0.0.1:{gateway}",
            "WECHAT__PLATFORM": platform.url,
        }
        environment = {**os.environ, **{f"JIAJIA_{name}": str(value) for name, value in names.items()}}
        log = (tmp_path / "run.log").open("wb")
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", "run"), cwd=ROOT, env=environment, stdout=log, stderr=log
        )
        try:
            async with asyncio.timeout(420):
                while "✔ 家家准备好了" not in (tmp_path / "run.log").read_text():
                    assert child.returncode is None, (tmp_path / "run.log").read_text()[-2000:]
                    await asyncio.sleep(0.3)
            yield Town(platform, f"http://127.0.0.1:{gateway}", f"http://127.0.0.1:{fund}/demo")
        finally:
            if child.returncode is None:
                child.send_signal(signal.SIGINT)
                await child.wait()
            log.close()


async def bound_page(page: Page, town: Town) -> Page:
    """Open the binding page as WeChat's own browser does: its consent comes back at once with a code."""

    async def consent(route: Route) -> None:
        left = await route.fetch(max_redirects=0)
        asked = parse_qs(urlsplit(left.headers["location"]).query)
        assert asked["scope"] == ["snsapi_base"]
        town.platform.codes["c0de"] = WANG
        back = f"{asked['redirect_uri'][0]}?code=c0de&state={asked['state'][0]}"
        await route.fulfill(status=302, headers={**left.headers, "location": back})

    await page.context.route("**/wechat/bind", consent)
    await page.goto(f"{town.gateway}/wechat/bind")
    return page


async def test_a_day_at_the_official_account(town: Town) -> None:
    """Policy, a choice by number, a place, binding, balance, a step up, a certificate: on real Rasa."""
    await town.platform.happen(WANG, "subscribe")
    assert "我是家家" in town.platform.phones[WANG].texts[0]

    assert "16800" in await town.ask(WANG, "租房一年最多能提多少?")

    offered = await town.ask(WANG, "公积金")
    first = re.search(r"1\. (.+)", offered)
    assert first, offered
    chosen = await town.ask(WANG, "1")
    assert chosen
    assert "您想问的是哪一个" not in chosen

    await town.platform.send(WANG, "location", Location_X="36.62", Location_Y="101.77", Label="城西区")
    assert "离您最近的是" in town.platform.phones[WANG].texts[-1]

    asked = await town.ask(WANG, "查余额")
    assert f"{town.gateway}/wechat/bind" in asked
    number, password = await town.person("租房、单身、正常缴存")
    async with chromium() as browser:
        page = await bound_page(await new_page(browser, width=390, height=844, is_mobile=True), town)
        await page.get_by_label("身份证号").fill(number[:-1] + ("1" if number[-1] != "1" else "2"))
        await page.get_by_role("button", name="发验证码").click()
        await expect(page.get_by_role("alert")).to_contain_text("打错了一位")
        await page.get_by_label("身份证号").fill(number)
        await page.get_by_role("button", name="发验证码").click()
        await expect(page.locator("main")).to_contain_text("验证码已发到您的预留手机")
        await page.get_by_label("验证码").fill(await town.code())
        await page.get_by_role("button", name="绑定").click()
        await expect(page.locator("main")).to_contain_text("绑定好了")
        width = await page.evaluate("document.documentElement.scrollWidth")
        assert (width <= 390, complaints(page)) == (True, [])

    assert re.search(r"账户余额 [\d,]+\.\d\d 元", await town.ask(WANG, "取消", "查余额"))

    assert "身份证号" in await town.ask(WANG, "我要办租房提取")  # level 1 may look, not act
    assert "确认是您本人" in await town.ask(WANG, number, "查询密码", password)
    assert await town.ask(WANG, "解除绑定")
    assert "身份证号" in await town.ask(WANG, "取消", "查余额")


async def test_a_certificate_comes_after_a_texted_code_by_a_link_that_works_once(town: Town) -> None:
    number, _ = await town.person("二孩家庭租房")
    assert "验证码已发到" in await town.ask(LI, "开缴存证明", number, "短信验证码")
    told = await town.ask(LI, await town.code())
    if "✔ 缴存证明开好了" not in told:
        told = await town.ask(LI, "缴存证明")

    link = re.search(rf"{town.gateway}/files/\S+", told)
    assert link, told
    async with aiohttp.ClientSession() as phone:
        looks = [(await phone.get(link[0])).status for _ in range(2)]  # WeChat looks at links before people do
        async with phone.post(link[0]) as file:
            pdf = await file.read()
        again = await phone.post(link[0])

    assert (looks, pdf[:5], again.status) == ([200, 200], b"%PDF-", 410)
