"""Places to go to and how many are waiting there: nothing personal, so anybody may ask."""

import math
import re

from actions.call import Call
from actions.wish import Next, Result, say
from bot.fund.records import Outlet
from bot.fund.system import Outlets
from bot.messages import Button, Card, ChannelName, Response, Row

_DISTRICT = re.compile(r"(?P<city>城[东中西北])区?|(?P<county>湟中|湟源|大通)[区县]?|(?P<lake>海湖|市民中心|南川|多巴)")
_NEARBY = {"海湖": "城西", "市民中心": "城西", "南川": "城中", "多巴": "湟中"}
_QUIET = re.compile(r"人少|不用排|排队短|不挤|清闲|人不多|最快")
_GIVES_BACK = re.compile(r"取消|不排了|退号|不要号")
_SHOWN = 4
_NEAREST = Button(label="找离我最近的", payload='/find_outlet{"near":"me"}')  # a browser answers it with its position
_BOOK = Button(label="预约或取号", payload="/book_counter")


def district(text: str) -> str:
    """Return the district named in a sentence, or an empty string."""
    match = _DISTRICT.search(text)
    if match is None:
        return ""
    return match["city"] or match["county"] or _NEARBY[match["lake"]]


def quiet(text: str) -> bool:
    """Say whether the hall with the shortest queue is meant."""
    return bool(_QUIET.search(text))


def nearest(outlets: tuple[Outlet, ...], place: tuple[float, float] | None) -> tuple[Outlet, ...]:
    """Return the outlets, the nearest first when a position is known."""
    return tuple(sorted(outlets, key=lambda one: kilometres(one, place))) if place else outlets


def kilometres(outlet: Outlet, place: tuple[float, float]) -> float:
    """Return the distance on the plane, good enough within a city."""
    north = (outlet.latitude - place[0]) * 111.2
    east = (outlet.longitude - place[1]) * 111.2 * math.cos(math.radians(place[0]))
    return math.hypot(north, east)


def queue_words(outlet: Outlet) -> str:
    """Say how long the queue is now."""
    if not outlet.open_now:
        return "现在没有营业"
    return f"现在 {outlet.waiting} 人在等,大约要等 {outlet.wait_minutes} 分钟" if outlet.waiting else "现在不用排队"


def _demo(outlets: tuple[Outlet, ...]) -> str:
    return "\n(演示数据,不是真实网点;真实地址和电话请拨打 12329。)" if any(one.demo for one in outlets) else ""


def _card(outlets: tuple[Outlet, ...], place: tuple[float, float] | None) -> Card:
    rows = tuple(
        Row(
            label=one.name,
            value=f"{one.address};{one.hours};{queue_words(one)}"
            + (f";距您约 {kilometres(one, place):.1f} 公里" if place else ""),
        )
        for one in outlets
    )
    return Card(title="网点", rows=rows, kind="table")


class FindOutlet:
    """最近的网点在哪?"""

    name = "find_outlet"

    def __init__(self, fund: Outlets) -> None:
        self._fund = fund

    async def fulfil(self, call: Call) -> Result:
        wanted = district(call.told)
        outlets = nearest(await self._fund.outlets(wanted), call.place)
        if fewest := quiet(call.told):
            outlets = tuple(sorted(outlets, key=lambda one: (not one.open_now, one.wait_minutes)))
        outlets = outlets[:_SHOWN]
        if not outlets:
            return say("这个区县没有查到网点。可以换个区县再问,比如“城西区有哪些网点”,或拨打 12329。")
        first = outlets[0]
        lead = "现在等得最短的是" if fewest else "离您最近的是" if call.place else "您可以去"
        text = f"{lead}{first.name}:{first.address}。{first.hours},{queue_words(first)}。"
        if len(outlets) > 1:
            text += "\n还有:" + ";".join(f"{one.name}({queue_words(one)})" for one in outlets[1:]) + "。"
        browser = call.channel is ChannelName.WEB
        way = "点“找离我最近的”" if browser else "发个定位"
        more = "" if wanted or call.place else f"\n告诉我您在哪个区,或者{way},我找最近的。"
        spoken = f"{lead}{first.name},{first.address},{queue_words(first)}。"
        buttons = (_NEAREST, _BOOK) if more and browser else (_BOOK,)
        return say(text + more + _demo(outlets), spoken=spoken, cards=(_card(outlets, call.place),), buttons=buttons)


class QueryQueue:
    """大厅现在人多吗?"""

    name = "query_queue"

    def __init__(self, fund: Outlets) -> None:
        self._fund = fund

    async def fulfil(self, call: Call) -> Result:
        """Say each hall's queue, the shortest first; a citizen's own tickets come first if there are any."""
        if _GIVES_BACK.search(call.told):
            return Result(response=Response(replies=()), then=Next(wish="cancel_booking", call=call))
        mine = await self._fund.tickets(call.subject) if call.subject else ()
        waiting = [one for one in mine if one.state in ("waiting", "called")]
        outlets = sorted(await self._fund.outlets(district(call.told)), key=lambda one: (not one.open_now, one.waiting))
        shown = tuple(outlets[:_SHOWN])
        if not shown:
            return say("这个区县没有查到网点。可以换个区县再问,或拨打 12329。")
        own = "".join(
            f"您的号 {one.number}({one.outlet.name}):"
            f"{f'前面还有 {one.ahead} 人' if one.ahead else '该您了,请到窗口'}。\n"
            for one in waiting[:2]
        )
        halls = "\n".join(f"{one.name}:{queue_words(one)}" for one in shown)
        closed = "" if shown[0].open_now else f"\n大厅现在都没有营业({shown[0].hours}),可以先预约。"
        text = f"{own}{halls}{closed}{_demo(shown)}"
        spoken = f"{own}{shown[0].name},{queue_words(shown[0])}。"
        return say(text, spoken=spoken, cards=(_card(shown, call.place),), buttons=(_BOOK,))
