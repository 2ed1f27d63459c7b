"""Assembles one gateway process: the heart, the actions Rasa calls, and the citizens' doors."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from aiohttp import web

from actions.counter.certificate import GetCertificate
from actions.counter.registry import Counter, counter_wishes
from actions.plans.page import PlanPages
from actions.registry import assemble
from actions.server import ActionServer
from bot.assembly.certificates import certificate_desk, public_url
from bot.assembly.core_system import HOST, fund_system, stand_in
from bot.assembly.doors import doors_app, telephone
from bot.assembly.figures import parameters_of
from bot.assembly.heart import Heart, heart
from bot.assembly.serving import open_port
from bot.assembly.tidying import tidied
from bot.assembly.wechat_door import binding_page
from bot.clock import china_today, utc_now
from bot.fund.system import FundSystem
from bot.log import logger
from bot.messages import ChannelName
from bot.settings import Settings
from bot.sms import DemoSms
from bot.store.ratings import SqlRatings

GATEWAY_READY = "gateway.ready"
LARGEST_TRACKER_BYTES = 8 * 1024 * 1024


@asynccontextmanager
async def gateway(
    settings: Settings, *, rasa_url: str, rasa_line: str = "", serve: bool = True
) -> AsyncIterator[Heart]:
    """Run a gateway until the block ends; with `serve` false only the actions are served, no citizen's door.

    `rasa_line` is the address of the lasting line to a Rasa on this machine; without it Rasa is asked over HTTP.
    """
    async with AsyncExitStack() as stack:
        parts = await stack.enter_async_context(heart(settings, rasa_url=rasa_url, rasa_line=rasa_line))
        fund = await _core_system(stack, parts)
        desk = await stack.enter_async_context(certificate_desk(settings, fund))
        actions = actions_app(parts, fund, desk.wish if desk else None)
        if ChannelName.PHONE in settings.channels.enabled:
            telephone(parts).mount(actions, parts.conversation)
        await open_port(stack, actions, settings.actions.host, settings.actions.port)
        if serve:
            doors = doors_app(parts)
            PlanPages().mount(doors)
            if desk:
                desk.pages.mount(doors)
            await open_port(stack, doors, settings.gateway.host, settings.gateway.port)
        await stack.enter_async_context(tidied(parts))
        await parts.conversation.deliver_owed()
        logger().info(GATEWAY_READY, knowledge=parts.retriever.version)
        yield parts


async def _core_system(stack: AsyncExitStack, parts: Heart) -> FundSystem:
    """The centre's core system; the stand-in is served here when none is named."""
    settings = parts.settings
    if not settings.fund.url:
        outbox = parts.sms if isinstance(parts.sms, DemoSms) else DemoSms(utc_now)
        await open_port(stack, await stack.enter_async_context(stand_in(settings, outbox)), HOST, settings.fund.port)
    fund = fund_system(settings)
    stack.push_async_callback(fund.close)
    return fund


def actions_app(parts: Heart, fund: FundSystem, certificate: GetCertificate | None) -> web.Application:
    """Rasa's side, on its own loopback port."""
    app = web.Application(client_max_size=LARGEST_TRACKER_BYTES)
    counter = Counter(
        fund=fund,
        identities=parts.identities,
        vault=parts.vault,
        retriever=parts.retriever,
        now=utc_now,
        certificate=certificate,
        ratings=SqlRatings(parts.database, utc_now),
        binding_page=binding_page(parts.settings),
    )
    actions = assemble(
        retriever=parts.retriever,
        parameters=parameters_of(parts.settings),
        today=china_today(utc_now),
        wishes=counter_wishes(counter),
        public_url=public_url(parts.settings),
        vault=parts.vault,
    )
    server = ActionServer(actions)
    server.mount(app)
    if parts.line is not None:
        parts.line.serve(server.answer)
    return app
