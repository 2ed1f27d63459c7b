"""Assembles the commands of the WeChat official account, and reads it from the settings for them and the door."""

import argparse
import asyncio
import sys
from collections.abc import Sequence

from bot.assembly.sealing import seal_of
from bot.clock import utc_now
from bot.errors import JiajiaError, Misconfigured
from bot.log import configure
from bot.settings import Settings, load
from bot.store.database import Database
from channels.wechat.api import PlatformApi
from channels.wechat.channel import Account
from channels.wechat.commands import compare_menu, diagnose, push_menu
from channels.wechat.menu import MenuFile, read_menu
from channels.wechat.security import Mode
from channels.wechat.token_store import TokenStore


def account_of(settings: Settings) -> Account:
    """The account as the settings name it; raises Misconfigured for what is missing."""
    secret, token = settings.wechat_secret.get_secret_value(), settings.wechat_token.get_secret_value()
    mode, aes_key = Mode(settings.wechat.mode), settings.wechat_aes_key.get_secret_value()
    needed = {
        "JIAJIA_WECHAT__APP_ID": settings.wechat.app_id,
        "JIAJIA_WECHAT_SECRET": secret,
        "JIAJIA_WECHAT_TOKEN": token,
    }
    if mode is not Mode.PLAIN:
        needed["JIAJIA_WECHAT_AES_KEY"] = aes_key
    missing = [name for name, value in needed.items() if not value]
    if missing:
        raise Misconfigured(f"{', '.join(missing)}: the WeChat door needs it; see README.md")
    return Account(
        app_id=settings.wechat.app_id,
        secret=secret,
        token=token,
        aes_key=aes_key,
        mode=mode,
        template=settings.wechat.template,
        platform=settings.wechat.platform,
    )


def menu_of(settings: Settings) -> MenuFile:
    """The menu file; raises Misconfigured naming the line."""
    return read_menu(settings.wechat.menu, settings.wechat.public_url)


def main(arguments: Sequence[str]) -> int:
    """Run one command of `python -m channels.wechat`."""
    parser = argparse.ArgumentParser(prog="python -m channels.wechat", description="公众号:菜单与自检")
    verbs = parser.add_subparsers(dest="verb", required=True)
    menu = verbs.add_parser("menu", help="菜单:看差别或推送")
    way = menu.add_mutually_exclusive_group(required=True)
    way.add_argument("--check", action="store_true", help="只看差别,不改")
    way.add_argument("--push", action="store_true", help="推送配置里的菜单")
    verbs.add_parser("doctor", help="逐项检查接入,说出怎么改")
    options = parser.parse_args(arguments)
    try:
        configure(sys.stderr, level="WARNING")
        return asyncio.run(_command(options, load()))
    except JiajiaError as error:
        print(f"✘ {error}", file=sys.stderr)
        return 2


async def _command(options: argparse.Namespace, settings: Settings) -> int:
    account, menu = account_of(settings), menu_of(settings)
    database = await Database.open(settings.store.url, deadline=settings.store.deadline)
    tokens = TokenStore(database, app_id=account.app_id, seal=seal_of(settings), owner="command", now=utc_now)
    api = PlatformApi(app_id=account.app_id, secret=account.secret, store=tokens, now=utc_now, url=account.platform)
    try:
        if options.verb == "doctor":
            public = settings.wechat.public_url
            return await diagnose(account, api, menu, public_url=public, now=utc_now, said=sys.stdout)
        command = push_menu if options.push else compare_menu
        return await command(api, menu, sys.stdout)
    finally:
        await api.close()
        await database.close()
