"""Checks a centre's connection to its account, step by step, and names the fix for each step that fails."""

import re
import secrets
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import aiohttp

from bot.errors import Misconfigured
from channels.wechat.api import PlatformApi
from channels.wechat.channel import PATH, Account
from channels.wechat.menu import MenuFile, difference, to_platform
from channels.wechat.refusals import NO_FOLLOWER, PlatformRefused, PlatformUnreachable
from channels.wechat.security import Mode, aes_bytes, sign

_FIXES = {
    40013: "AppID 不对:到公众平台“设置与开发 → 基本配置”复制 开发者ID,设 JIAJIA_WECHAT__APP_ID。",
    40125: "AppSecret 不对或已重置:在“基本配置”重置后设 JIAJIA_WECHAT_SECRET。",
    40164: "本机出口 IP 不在白名单:在“基本配置 → IP白名单”加上它。",
    40243: "AppSecret 已被冻结:在“基本配置”解冻。",
    48001: "账号没有这个接口的权限:服务号完成微信认证后才能发客服消息;未认证时迟到的答案会在用户下次开口时补给。",
    65400: "没有开通新版客服:在“功能 → 添加功能插件 → 客服”开通,断线后的补发才能查重。",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One check: `fix` says what to do when it failed; `optional` ones do not stop the door."""

    name: str
    ok: bool
    fix: str = ""
    optional: bool = False


async def examine(
    account: Account, menu: MenuFile, api: PlatformApi, *, public_url: str, now: Callable[[], datetime]
) -> AsyncIterator[Finding]:
    """Yield every check in the order in which they depend on each other."""
    yield Finding(
        name="AppID",
        ok=re.fullmatch(r"wx[0-9a-f]{16}", account.app_id) is not None,
        fix="AppID 是 wx 加 16 位字母数字:从“基本配置”复制到 JIAJIA_WECHAT__APP_ID。",
    )
    yield Finding(
        name="Token",
        ok=re.fullmatch(r"[0-9A-Za-z]{3,32}", account.token) is not None,
        fix="Token 是 3–32 位字母数字:与“服务器配置”里填的一致,设 JIAJIA_WECHAT_TOKEN。",
    )
    yield _aes_key(account)
    yield await _asked("取 access_token", api.tokens.current)
    yield await _reached(account, public_url, now)
    yield await _asked("微信回调地址段", api.callback_addresses)
    yield await _asked("发客服消息的权限", lambda: _permitted(api), optional=True)
    yield await _asked("客服消息记录", lambda: api.sent(now() - timedelta(minutes=1), now()), optional=True)
    if account.template:
        yield await _template(account.template, api)
    yield await _compared(menu, api)


def _aes_key(account: Account) -> Finding:
    if account.mode is Mode.PLAIN:
        return Finding(name="EncodingAESKey", ok=False, optional=True, fix="现在是明文模式:改成安全模式,消息才加密。")
    try:
        aes_bytes(account.aes_key)
    except Misconfigured:
        fix = "EncodingAESKey 是 43 位字母数字:从“服务器配置”复制到 JIAJIA_WECHAT_AES_KEY。"
        return Finding(name="EncodingAESKey", ok=False, fix=fix)
    return Finding(name="EncodingAESKey", ok=True)


async def _asked(name: str, call: Callable[[], object], *, optional: bool = False) -> Finding:
    try:
        await call()  # type: ignore[misc]  # each is a coroutine function of its own type
    except PlatformUnreachable:
        return Finding(name=name, ok=False, fix="连不上 api.weixin.qq.com:放开服务器出网 443 端口。", optional=optional)
    except PlatformRefused as error:
        fix = _FIXES.get(error.errcode, f"微信返回 {error.errcode}:查“全局返回码”说明。")
        return Finding(name=name, ok=False, fix=f"{fix}{error.detail}", optional=optional)
    return Finding(name=name, ok=True)


async def _permitted(api: PlatformApi) -> None:
    """Ask to show typing to nobody: an account with the permission is told that there is no such follower."""
    try:
        await api.typing("nobody")
    except PlatformRefused as error:
        if error.errcode not in NO_FOLLOWER:
            raise


async def _template(template: str, api: PlatformApi) -> Finding:
    found = ""
    finding = await _asked("模板消息", api.templates, optional=True)
    if finding.ok and template not in await api.templates():
        found = "账号里没有这个模板:在“广告与服务 → 模板消息 → 我的模板”复制模板 ID,设 JIAJIA_WECHAT__TEMPLATE。"
    return Finding(name=finding.name, ok=finding.ok and not found, fix=finding.fix or found, optional=True)


async def _reached(account: Account, public_url: str, now: Callable[[], datetime]) -> Finding:
    """Knock at our own public address as WeChat does when 服务器配置 is saved."""
    name = "服务器地址(URL)"
    if not public_url:
        return Finding(name=name, ok=False, fix="设 JIAJIA_WECHAT__PUBLIC_URL,如 https://12329.example.cn。")
    url = f"{public_url.rstrip('/')}{PATH}"
    stamp, nonce, echo = str(int(now().timestamp())), secrets.token_hex(6), str(secrets.randbelow(10**16))
    query = {"timestamp": stamp, "nonce": nonce, "signature": sign(account.token, stamp, nonce), "echostr": echo}
    try:
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5.0)) as session:
            async with session.get(url, params=query) as answer:
                heard = await answer.text()
    except (aiohttp.ClientError, OSError, UnicodeDecodeError):
        return Finding(name=name, ok=False, fix=f"打不开 {url}:检查域名、证书、代理到网关端口的转发(80/443)。")
    if heard != echo:
        fix = f"{url} 有回应但不对:代理要把 {PATH} 原样转给网关;网关和这里的 JIAJIA_WECHAT_TOKEN 要一样,时钟要准。"
        return Finding(name=name, ok=False, fix=fix)
    return Finding(name=name, ok=True)


async def _compared(menu: MenuFile, api: PlatformApi) -> Finding:
    try:
        changes = difference(to_platform(menu.entries), await api.menu())
    except PlatformRefused as error:
        fix = _FIXES.get(error.errcode, f"微信返回 {error.errcode}")
        return Finding(name="菜单", ok=False, fix=fix, optional=True)
    fix = "与配置不同:python -m channels.wechat menu --check 看差别,--push 推送。"
    return Finding(name="菜单", ok=not changes, fix=fix, optional=True)
