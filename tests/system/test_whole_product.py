"""The whole product as `make run` starts it: real Rasa, encoder and page; Rasa killed in mid-conversation."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import psutil
import pytest
from playwright.async_api import Page, expect

from bot.assembly.environments import RASA, ROOT
from bot.assembly.programs import free_port
from tests.system.browser import chromium, new_page

pytestmark = [pytest.mark.system, pytest.mark.model]
READY = "✔".encode()


class Running:
    """`python -m bot run` in its own process."""

    def __init__(self, child: asyncio.subprocess.Process, address: str) -> None:
        self.child, self.address = child, address

    def rasa(self) -> psutil.Process:
        return next(p for p in psutil.Process(self.child.pid).children() if "rasa" in " ".join(p.cmdline()))


@pytest.fixture
async def product(tmp_path: Path) -> AsyncIterator[Running]:
    if not (ROOT / RASA.folder).exists():
        pytest.skip("needs .venv-rasa: run `make env`")
    port = free_port()
    names = {
        "GATEWAY__PORT": port,
        "GATEWAY__MESSAGES_PER_MINUTE": 6_000,  # nobody types like a test
        "ACTIONS__PORT": free_port(),
        "RASA__PORT": free_port(),
        "FUND__PORT": free_port(),
        "FUND__STORE": f"sqlite:///{tmp_path}/sandbox.db",
        "RASA__TRACKER": f"sqlite:///{tmp_path}/tracker.db",
        "STORE__URL": f"sqlite:///{tmp_path}/jiajia.db",
    }
    environment = {**os.environ, **{f"JIAJIA_{name}": str(value) for name, value in names.items()}}
    log = (tmp_path / "run.log").open("wb")
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "run", cwd=ROOT, env=environment, stdout=log, stderr=log
    )
    async with asyncio.timeout(420):
        while READY not in (tmp_path / "run.log").read_bytes():
            assert child.returncode is None, (tmp_path / "run.log").read_text()[-2000:]
            await asyncio.sleep(0.3)
    yield Running(child, f"http://127.0.0.1:{port}/")
    if child.returncode is None:
        child.send_signal(signal.SIGINT)
        await child.wait()
    log.close()


async def ask(page: Page, text: str) -> None:
    await page.get_by_role("textbox").fill(text)
    await page.get_by_role("textbox").press("Enter")


async def test_a_citizen_gets_a_sourced_dated_answer_and_still_does_when_rasa_is_killed(product: Running) -> None:
    async with chromium() as browser:
        page = await new_page(browser)
        await page.goto(product.address)

        await ask(page, "租房一年最多能提多少?")
        log = page.get_by_role("log")
        await expect(log).to_contain_text("16800", timeout=30_000)
        await expect(log).to_contain_text("截至 2026-09")

        product.rasa().kill()
        await ask(page, "公积金贷款利率是多少?")
        await expect(log).to_contain_text("2.60%", timeout=30_000)
        await expect(log).to_contain_text("业务", timeout=5_000)


SEEDED = {
    "身份证": "11010519491231002X",
    "手机": "13812345678",
    "银行卡": "6222021001116245702",
    "账号": "630198765432101",
}


SPELT = (  # the same telephone, as people also write it
    "幺三八幺两三四五六拐八",
    "138,1234,5678",
    "138然后1234再5678",
    "1.3.8.1.2.3.4.5.6.7.8",
    "前三位138,中间四位1234,最后四位5678",
)


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


async def said(address: str, texts: list[str]) -> str:
    """Say texts one after another over the page's own socket; return everything the server sent."""
    heard = ""
    async with aiohttp.ClientSession() as session, session.ws_connect(f"{address}ws") as socket:
        await socket.send_json({"type": "hello", "session": "", "seq": 0})
        await socket.receive()
        for number, text in enumerate(texts):
            await socket.send_json({"type": "message", "id": f"leak-{number}", "text": text})
            while '"turn"' not in (frame := (await socket.receive(timeout=30)).data):
                heard += frame
            heard += frame
    return heard


async def test_personal_numbers_are_found_nowhere(product: Running, tmp_path: Path) -> None:
    heard = await said(
        product.address,
        [
            f"我身份证{SEEDED['身份证']},手机{SEEDED['手机']},查余额",
            f"银行卡 {' '.join(SEEDED['银行卡'][n : n + 4] for n in range(0, 19, 4))} 收款",
            f"个人账号是{SEEDED['账号']}",
            *(f"我的电话是{spelt},打不通" for spelt in SPELT),
            f"截图在 IMG_{SEEDED['手机']}.jpg,链接 https://x.example/?tel={SEEDED['手机']}",
            f"x{SEEDED['手机']}x@mail.example 是什么稀奇东西",
            f"我要投诉,{SPELT[2]}这个号码的工作人员态度差",
            "我要预约取号",
            f"我叫王{SPELT[0]}",
        ],
    )

    product.child.send_signal(signal.SIGINT)
    await product.child.wait()
    sinks = {**files(tmp_path), "answers": heard.encode()}
    assert {"run.log", "jiajia.db", "tracker.db", "sandbox.db"} <= set(sinks)
    seeds = {**SEEDED, **{spelt: spelt for spelt in SPELT}}
    leaks = [(kind, sink) for kind, number in seeds.items() for sink, raw in sinks.items() if number.encode() in raw]
    assert leaks == []


async def test_ctrl_c_leaves_no_process_behind(product: Running) -> None:
    family = psutil.Process(product.child.pid).children(recursive=True)
    assert family

    product.child.send_signal(signal.SIGINT)
    async with asyncio.timeout(40):
        assert await product.child.wait() == 0

    gone, alive = psutil.wait_procs(family, timeout=5)
    assert not alive
    assert gone
