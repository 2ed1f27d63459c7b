"""Assembles the citizens' doors that the settings open; a new channel is one line in DOORS."""

from collections.abc import Callable, Mapping

from aiohttp import web

from bot.assembly.heart import Heart
from bot.clock import utc_now
from bot.errors import Misconfigured
from bot.guard import Guard
from bot.messages import ChannelName
from bot.ports import Channel
from bot.store.call_backs import SqlCallBacks
from bot.store.ratings import SqlRatings
from channels.line.channel import LineChannel
from channels.web.channel import WebChannel
from channels.web.limits import Limits as WebLimits


def web_hall(heart: Heart) -> Channel:
    """The page, the widget and their socket."""
    asked = heart.settings.gateway
    per_second = asked.messages_per_minute / 60
    return WebChannel(
        seal=heart.seal,
        bus=heart.bus,
        ratings=SqlRatings(heart.database, utc_now),
        identities=heart.identities,
        origins=frozenset(asked.origins),
        proxies=frozenset(asked.proxies),
        limits=WebLimits(
            session_per_second=per_second,
            address_per_second=20 * per_second,
            largest_frame_bytes=asked.frame_bytes,
        ),
        demo=asked.demo,
    )


def official_account(heart: Heart) -> Channel:
    """The WeChat account, built with the heart, which sends late answers through it."""
    if heart.wechat is None:
        raise Misconfigured("channels.enabled: wechat was not open when the heart was built")
    return heart.wechat


def telephone(heart: Heart) -> Channel:
    """What the telephone's process asks; it stands on the inside port."""
    token = heart.settings.phone_token.get_secret_value()
    if not token:
        raise Misconfigured("JIAJIA_PHONE_TOKEN: the phone line needs it; the dialplan shows the same token")
    return LineChannel(
        Guard(token),
        identities=heart.identities,
        ratings=SqlRatings(heart.database, utc_now),
        sms=heart.sms,
        call_backs=SqlCallBacks(heart.database, heart.seal, utc_now),
    )


DOORS: Mapping[ChannelName, Callable[[Heart], Channel]] = {
    ChannelName.WEB: web_hall,
    ChannelName.WECHAT: official_account,
}


def doors_app(heart: Heart) -> web.Application:
    """One application with every enabled door; an unknown one stops the start, named."""
    app = web.Application()
    for name in heart.settings.channels.enabled:
        if name is ChannelName.PHONE:
            continue  # has a process of its own, which asks on the inside port: `telephone`
        if name not in DOORS:
            raise Misconfigured(f"channels.enabled: {name} is not available in this version")
        DOORS[name](heart).mount(app, heart.conversation)
    return app
