"""Assembles the WeChat door with its outbox, which the heart needs before the door is mounted."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from bot.assembly.core_system import fund_system
from bot.assembly.speech import transcribing
from bot.assembly.wechat import account_of, menu_of
from bot.fund.system import IdentityDesk
from bot.messages import ChannelName
from bot.ports import Identities
from bot.seal import Seal
from bot.settings import Settings
from bot.store.database import Database
from channels.wechat.binding import PATH, Binding
from channels.wechat.channel import WeChatChannel

LONGEST_ANSWER = 20.0  # seconds the heart may take on WeChat: what misses WeChat's five is sent as a message


@asynccontextmanager
async def official_account(
    settings: Settings, database: Database, seal: Seal, identities: Identities
) -> AsyncIterator[WeChatChannel | None]:
    """The door with its outbox, until the block ends; None while the settings do not open it."""
    if ChannelName.WECHAT not in settings.channels.enabled:
        yield None
        return
    async with AsyncExitStack() as stack:
        desk = fund_system(settings)
        stack.push_async_callback(desk.close)
        yield WeChatChannel(
            account=account_of(settings),
            database=database,
            seal=seal,
            questions=menu_of(settings).questions,
            transcriber=await stack.enter_async_context(transcribing(settings)),
            binding=_binding(settings, desk, identities),
        )


def binding_page(settings: Settings) -> str:
    """Where followers bind their account; empty while there is no such page."""
    public = settings.wechat.public_url if ChannelName.WECHAT in settings.channels.enabled else ""
    return f"{public.rstrip('/')}{PATH}" if public else ""


def _binding(settings: Settings, desk: IdentityDesk, identities: Identities) -> Binding | None:
    """What the page 绑定账户 needs; None without a public address: then binding is by words alone."""
    public = settings.wechat.public_url
    if not public:
        return None
    return Binding(desk=desk, identities=identities, public_url=public, proxies=frozenset(settings.gateway.proxies))
