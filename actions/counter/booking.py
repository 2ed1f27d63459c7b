"""A place in the queue: a time booked ahead or a ticket for now, once, and given back when it is not needed."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta

from actions.afterwards import cancels_again
from actions.asking import choice
from actions.call import Call
from actions.consent import Stance, stance
from actions.counter.form import (
    CANCEL,
    CONFIRM,
    already,
    asked,
    begun,
    closed,
    confirmed,
    finished,
    fresh,
    key,
    refused,
    unsure,
)
from actions.counter.outlet import district, nearest, queue_words, quiet
from actions.counter.times import NAMES_A_DAY, day_words, in_half, moment_words, wanted_day, wanted_time
from actions.routing import GO_ON, waits
from actions.values import normalised
from actions.wish import PERSON, Next, Result
from bot.clock import CHINA
from bot.errors import BusinessRefused, FundSystemUnavailable, ValueRefused
from bot.fund.records import Outlet, Ticket
from bot.fund.system import Outlets
from bot.messages import Button, Card, Outcome, Response, Row

_NOW = re.compile(r"取号|取个号|拿号|排号|叫号|现在|马上|立刻")
_MINE = re.compile(
    r"我的(?:预约|排队)|(?:查|看).{0,4}预约|预约(?:记录|情况|到哪|几点|什么时候)|我(?:预?约|排)了?(?:的?是?几点|没|吗)"
)
_ONLY = re.compile(r"^(?:1|第?一个?|就?这个(?:吧|时间)?)$")  # one time offered alone is not numbered
_SLOTS, _LOOK_AHEAD = 6, 10
_BUSINESS = "公积金业务"


class BookCounter:
    """我要预约、取号。"""

    name = "book_counter"

    def __init__(self, fund: Outlets, now: Callable[[], datetime]) -> None:
        self._fund = fund
        self._now = now

    async def fulfil(self, call: Call) -> Result:
        """Ask for the hall, then take a ticket or ask for a free time; confirm; take it once."""
        if done := already(call, self.name):
            return done
        new = fresh(call, self.name)
        told = begun(call, self.name)
        if confirmed(call, told):
            return await self._take(call, told)
        asks_mine = bool(_MINE.search(call.told))
        held = await self._held(call) if new or asks_mine else []
        if held:
            lead = "您的号:" if asks_mine else "您已经有号了,没有重复取:"
            return closed(call, f"{lead}\n{ticket_words(held[0])}", cards=(ticket_card(held[0]),), buttons=_KEEP)
        if asks_mine:
            return closed(
                call, "现在没有有效的预约或排队号。", buttons=(Button(label="预约", payload="/book_counter"),)
            )
        if new or not told.get("way"):
            told["way"] = "ticket" if _NOW.search(call.told) and not NAMES_A_DAY.search(call.told) else "booking"
        if call.told in ("现在取号", "预约时间"):
            told["way"] = "ticket" if call.told == "现在取号" else "booking"
        if refused(call, told):
            told.pop("on", None)
            return await self._no(call, told)
        outlets = nearest(await self._fund.outlets(), call.place)
        self._read_hall(call, told, outlets)
        wrong = _read_day(call, told)
        hall = next((one for one in outlets if one.id == told.get("outlet")), None)
        if hall is None:
            return self._ask_hall(call, told, outlets)
        if told["way"] == "ticket" and not hall.open_now:
            told["way"] = "booking"
            words = f"{hall.name}现在没有营业({hall.hours}),现在取不了号,可以预约一个时间。"
            return await self._ask_time(call, told, hall, words)
        if told["way"] == "ticket":
            return self._ask_ticket(call, told, hall)
        return await (self._ask_time(call, told, hall, wrong) if wrong else self._booked(call, told, hall))

    async def _no(self, call: Call, told: dict[str, str]) -> Result:
        """Ask for another time after a no to the summary; what the no is about (我明天没空) names no time."""
        plain = replace(call, text="")
        hall = next((one for one in await self._fund.outlets() if one.id == told.get("outlet")), None)
        if hall is None or told["way"] == "ticket":
            return closed(call, "好的,没有取号。想换个大厅或时间,直接说。")
        return await self._ask_time(plain, told, hall, "好的,先不约这个。")

    async def _held(self, call: Call) -> list[Ticket]:
        return [one for one in await self._fund.tickets(call.subject) if _alive(one)]

    def _read_hall(self, call: Call, told: dict[str, str], outlets: tuple[Outlet, ...]) -> None:
        wanted = district(call.told)
        named = next(
            (one for one in outlets if one.name.split("(")[0] in call.told or (wanted and wanted in one.district)), None
        )
        if named is None and quiet(call.told):
            named = min(outlets, key=lambda one: (not one.open_now, one.wait_minutes))
        if named:
            told["outlet"] = named.id

    def _ask_hall(self, call: Call, told: dict[str, str], outlets: tuple[Outlet, ...]) -> Result:
        words = "想去哪个大厅?\n" + "\n".join(f"{one.name}:{queue_words(one)}" for one in outlets[:4])
        buttons = (*(choice(one.name) for one in outlets[:4]), CANCEL)
        quiet = min(outlets, key=lambda one: (not one.open_now, one.wait_minutes))
        spoken = f"想去哪个区的大厅?{quiet.name}{queue_words(quiet)}。"
        return asked(
            call, self.name, told, "outlet", words, "district", title="预约取号", buttons=buttons, spoken=spoken
        )

    def _ask_ticket(self, call: Call, told: dict[str, str], hall: Outlet) -> Result:
        words = f"{hall.name}{queue_words(hall)}。现在取号,确认吗?取了号请按时到大厅。"
        return asked(
            call, self.name, told, CONFIRM, words, "confirm", "district", "moment",
            title="取号", buttons=(choice("确认", "确认取号"), choice("预约时间"), CANCEL),
        )  # fmt: skip

    async def _booked(self, call: Call, told: dict[str, str], hall: Outlet) -> Result:
        free = await self._free(call, hall, date.fromisoformat(told["on"]) if told.get("on") else None)
        wanted = wanted_time(normalised(call.told))
        same = next((one for one in free if wanted and (one.hour, one.minute) == wanted), None)
        if len(free) == 1 and told.get("asking") == "at" and _ONLY.match(call.told):
            same = free[0]
        if stance(call.told) in (Stance.YES, Stance.RESUME) or call.intent == GO_ON:
            same = next((one for one in free if one.isoformat() == told.get("at")), None)  # it was read out before
        if same is None:
            taken = f"{wanted[0]}:{wanted[1]:02d} 约不上。" if wanted and free else ""
            return await self._ask_time(call, told, hall, taken)
        told["at"] = same.isoformat()
        instead = f"原来的号 {told['instead']} 会退掉。" if told.get("instead") else ""
        words = f"请核对:预约 {hall.name},{moment_words(same)}。{instead}对的话请回“确认”。"
        return asked(
            call, self.name, told, CONFIRM, words, "confirm", "moment", "district",
            title="预约", buttons=(choice("确认", "确认预约"), CANCEL),
        )  # fmt: skip

    async def _ask_time(self, call: Call, told: dict[str, str], hall: Outlet, lead: str = "") -> Result:
        on = date.fromisoformat(told["on"]) if told.get("on") else None
        free = await self._free(call, hall, on)
        if not free:
            told.pop("on", None)
            free = await self._free(call, hall, None)
            lead = lead or f"{day_words(on)}约满了或者不上班。" if on else lead
        buttons = (*(choice(moment_words(one)) for one in free[:_SLOTS]), CANCEL)
        if not free:
            return closed(call, f"{lead}{hall.name}最近 {_LOOK_AHEAD} 天都约满了。可以换个大厅,或过两天再来约。")
        words = f"{lead}{hall.name}{day_words(free[0])}可以约这些时间,也可以直接说“明天上午十点”:\n" + "、".join(
            f"{one:%H:%M}" for one in free[:_SLOTS]
        )
        spoken = f"{lead}可以约{'、'.join(moment_words(one) for one in free[:2])},想约哪一天几点?"
        return asked(
            call, self.name, told, "at", words, "moment", "district", title="预约", buttons=buttons, spoken=spoken
        )

    async def _free(self, call: Call, hall: Outlet, on: date | None) -> tuple[datetime, ...]:
        """Return the free times of a day, or of the next day that has any; of the half of the day that is named."""
        days = (on,) if on else tuple(call.today + timedelta(days=ahead) for ahead in range(_LOOK_AHEAD))
        for one in days:
            moments = [moment.astimezone(CHINA) for moment in await self._fund.free_times(hall.id, one)]
            if free := tuple(moment for moment in moments if in_half(call.told, moment)):
                return free
        return ()

    async def _take(self, call: Call, told: dict[str, str]) -> Result:
        once = key(call, self.name, told)
        try:
            if told["way"] == "ticket":
                ticket = await self._fund.take_ticket(call.subject, told["outlet"], _BUSINESS, key=once)
            else:
                at = datetime.fromisoformat(told["at"])
                ticket = await self._fund.book(call.subject, told["outlet"], _BUSINESS, at, key=once)
        except FundSystemUnavailable:
            return unsure(call, self.name, told)
        except BusinessRefused as refusal:
            return closed(call, f"没有约上:{refusal.reason}再说一次“预约”就能换个时间。", outcome=Outcome.FAILED)
        left = await self._given_back(call, told)
        words = f"✔ {ticket_words(ticket)}\n{left}不去了请说“取消预约”,把位置让给别人。"
        return finished(call, self.name, words, cards=(ticket_card(ticket),), buttons=_KEEP)

    async def _given_back(self, call: Call, told: dict[str, str]) -> str:
        """Give back the place held before; return what to say when it may still stand: the new one does."""
        old = told.get("instead", "")
        try:
            if old:
                await self._fund.cancel_ticket(call.subject, old, key=key(call, CancelBooking.name, told))
        except (FundSystemUnavailable, BusinessRefused):
            return f"原来的号 {old} 可能还没有退掉,请说“取消预约 {old}”再退一次。\n"
        return ""


class CancelBooking:
    """预约不去了,取消。"""

    name = "cancel_booking"

    def __init__(self, fund: Outlets) -> None:
        self._fund = fund

    async def fulfil(self, call: Call) -> Result:
        if over := already(call, self.name):
            return over
        told = begun(call, self.name)
        held = [one for one in await self._fund.tickets(call.subject) if _alive(one)]
        if confirmed(call, told) or (told.get("asking") == CONFIRM and cancels_again(call)):
            try:
                done = await self._fund.cancel_ticket(call.subject, told["number"], key=key(call, self.name, told))
            except FundSystemUnavailable:
                return unsure(call, self.name, told)
            when = moment_words(done.at.astimezone(CHINA))
            return finished(call, self.name, f"✔ 已取消 {done.number}:{done.outlet.name},{when}。")
        if not held:
            return closed(
                call, "没有查到还有效的预约或排队号,不用取消。要撤回交上去的申请,请转人工。", buttons=(PERSON,)
            )
        named = next((one for one in held if one.number.lower() in call.told.lower()), held[0])
        told["number"] = named.number
        words = f"要取消这个吗?\n{ticket_words(named)}"
        return asked(
            call, self.name, told, CONFIRM, words, "confirm",
            title="取消预约", buttons=(choice("确认", "确认取消"), Button(label="不取消", payload="/cancel")),
            cards=(ticket_card(named),),
        )  # fmt: skip


class ChangeBooking:
    """改到下午行吗?"""

    name = "change_booking"

    def __init__(self, fund: Outlets) -> None:
        self._fund = fund

    async def fulfil(self, call: Call) -> Result:
        """Book another time of the same hall; the booking held is given back once the new one stands."""
        held = next((one for one in await self._fund.tickets(call.subject) if _alive(one)), None)
        memory = replace(call.memory, wish=None)
        if held is not None:
            told = begun(call, self.name) | {"way": "booking", "outlet": held.outlet.id, "instead": held.number}
            told |= {"on": held.at.astimezone(CHINA).date().isoformat(), "asking": "at"}
            memory = replace(memory, wish=waits(BookCounter.name, told, "moment", "district"))
        return Result(
            response=Response(replies=()), then=Next(wish=BookCounter.name, call=replace(call, memory=memory))
        )


def _read_day(call: Call, told: dict[str, str]) -> str:
    """Note the day that is named, also before a hall is chosen; return why it cannot be, or an empty string."""
    try:
        on = wanted_day(normalised(call.told), call.today)
    except ValueRefused as refused:
        return refused.reason
    if on is None:
        return ""
    if on < call.today:
        return "这一天已经过去了。请选今天以后的工作日。"
    told["on"] = on.isoformat()
    return ""


_BOOK = Button(label="预约或取号", payload="/book_counter")
_KEEP = (Button(label="取消预约", payload="/cancel_booking"), Button(label="看排队", payload="/query_queue"))


def _alive(ticket: Ticket) -> bool:
    return ticket.state in ("waiting", "booked")


def ticket_words(ticket: Ticket) -> str:
    """Say a ticket in a sentence."""
    if ticket.state == "booked":
        when = moment_words(ticket.at.astimezone(CHINA))
        return f"预约号 {ticket.number}:{ticket.outlet.name},{when}。请带身份证,提前十分钟到。"
    ahead = f"前面还有 {ticket.ahead} 人,大约等 {ticket.wait_minutes} 分钟" if ticket.ahead else "马上就到您"
    return f"排队号 {ticket.number}:{ticket.outlet.name},{ahead}。"


def ticket_card(ticket: Ticket) -> Card:
    """Return a ticket to show at the counter."""
    rows = (
        ("号码", ticket.number),
        ("大厅", ticket.outlet.name),
        ("地址", ticket.outlet.address),
        ("时间", moment_words(ticket.at.astimezone(CHINA))),
        *((("前面", f"{ticket.ahead} 人"),) if ticket.state == "waiting" else ()),
    )
    return Card(title="预约/取号", rows=tuple(Row(label=label, value=value) for label, value in rows))
