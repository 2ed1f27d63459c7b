"""The door is opened by settings alone; what is missing stops the start and is named; the commands run."""

import asyncio
import os
import sys
from pathlib import Path

import pytest

from bot.assembly.wechat import account_of
from bot.errors import Misconfigured
from bot.seal import Seal
from bot.settings import load
from bot.store.database import Database
from bot.store.identities import SqlIdentities
from channels.wechat.security import Mode
from tests.channels.wechat.platform import AES_KEY, APP_ID, SECRET, TOKEN, Platform
from tests.fakes import FakeClock

ROOT = Path(__file__).parents[3]
NEEDED = {
    "JIAJIA_CHANNELS__ENABLED": "web,wechat",
    "JIAJIA_WECHAT__APP_ID": APP_ID,
    "JIAJIA_WECHAT_SECRET": SECRET,
    "JIAJIA_WECHAT_TOKEN": TOKEN,
    "JIAJIA_WECHAT_AES_KEY": AES_KEY,
}


@pytest.fixture
def settings(monkeypatch, tmp_path):
    def read(**changes: str):
        for name, value in (NEEDED | changes).items():
            monkeypatch.setenv(name, value)
        return load(tmp_path / "none.toml")

    return read


@pytest.mark.parametrize("missing", [name for name in NEEDED if name != "JIAJIA_CHANNELS__ENABLED"])
def test_what_is_missing_is_named(settings, missing):
    with pytest.raises(Misconfigured, match=missing):
        account_of(settings(**{missing: ""}))


def test_plain_mode_needs_no_aes_key(settings):
    account = account_of(settings(JIAJIA_WECHAT_AES_KEY="", JIAJIA_WECHAT__MODE="plain"))

    assert account.mode is Mode.PLAIN


def test_secrets_do_not_show_in_the_settings(settings):
    shown = repr(settings())

    assert SECRET not in shown
    assert AES_KEY not in shown


@pytest.mark.slow
async def test_the_door_opens_with_its_outbox_or_not_at_all(settings, tmp_path):
    from bot.assembly.wechat_door import official_account  # brings the whole product along

    database = await Database.open(f"sqlite:///{tmp_path / 'jiajia.db'}")
    parts = (database, Seal("a secret for tests only"), SqlIdentities(database, FakeClock()))
    async with official_account(settings(), *parts) as door:
        assert door is not None
        assert door.outbox is not None
    async with official_account(settings(JIAJIA_CHANNELS__ENABLED="web"), *parts) as door:
        assert door is None
    await database.close()


async def command(platform: Platform, folder: Path, *words: str) -> tuple[int, str]:
    environment = NEEDED | {"JIAJIA_WECHAT__PLATFORM": platform.url, "JIAJIA_STORE__URL": f"sqlite:///{folder}/j.db"}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "channels.wechat", *words),
        cwd=ROOT,
        env=os.environ | environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    out, _ = await asyncio.wait_for(process.communicate(), 60)
    return process.returncode or 0, out.decode()


@pytest.mark.slow
async def test_the_commands_compare_push_and_examine(tmp_path):
    async with Platform().running() as platform:
        compared = await command(platform, tmp_path, "menu", "--check")
        pushed = await command(platform, tmp_path, "menu", "--push")
        same = await command(platform, tmp_path, "menu", "--check")
        examined = await command(platform, tmp_path, "doctor")

    assert compared[0] == 1
    assert "+ 办一办 › 租房提取 [click /withdraw_rent]" in compared[1]
    assert (pushed[0], "✔ 已推送" in pushed[1]) == (0, True)
    assert same == (0, "✔ 菜单与配置一致\n")
    assert examined[0] == 1
    assert "✘ 服务器地址(URL):设 JIAJIA_WECHAT__PUBLIC_URL" in examined[1]
