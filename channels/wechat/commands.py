"""`python -m channels.wechat`: what an operator does by hand, told in Chinese, line by line."""

from collections.abc import Callable
from datetime import datetime
from typing import TextIO

from channels.wechat.api import PlatformApi
from channels.wechat.channel import Account
from channels.wechat.doctor import examine
from channels.wechat.menu import MenuFile, difference, to_platform


async def compare_menu(api: PlatformApi, menu: MenuFile, said: TextIO) -> int:
    """Show what a push would change; 1 when something would."""
    changes = difference(to_platform(menu.entries), await api.menu())
    print("\n".join(changes) or "✔ 菜单与配置一致", file=said)
    return 1 if changes else 0


async def push_menu(api: PlatformApi, menu: MenuFile, said: TextIO) -> int:
    """Show what changes, change it, and look whether it did."""
    wanted = to_platform(menu.entries)
    changes = difference(wanted, await api.menu())
    if not changes:
        print("✔ 菜单与配置一致,没有推送", file=said)
        return 0
    print("\n".join(changes), file=said)
    await api.push_menu(wanted)
    left = difference(wanted, await api.menu())
    print("✔ 已推送;手机上最迟 24 小时内更新(重新关注可立即看到)" if not left else "✘ 推送后仍不一致", file=said)
    return 1 if left else 0


async def diagnose(
    account: Account, api: PlatformApi, menu: MenuFile, *, public_url: str, now: Callable[[], datetime], said: TextIO
) -> int:
    """Print every check; 1 when one that the door needs has failed."""
    broken = 0
    async for finding in examine(account, menu, api, public_url=public_url, now=now):
        mark = "✔" if finding.ok else ("!" if finding.optional else "✘")
        print(f"{mark} {finding.name}" + ("" if finding.ok else f":{finding.fix}"), file=said)
        broken += not finding.ok and not finding.optional
    print("✔ 可以接通" if not broken else f"✘ 还有 {broken} 处要改", file=said)
    return 1 if broken else 0
