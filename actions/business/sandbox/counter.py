"""Outlets, queues that move, tickets and bookings."""

import secrets
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection, RowMapping, func, select
from sqlalchemy.exc import IntegrityError

from actions.business.sandbox.identity import aware
from actions.business.sandbox.locking import hold
from actions.business.sandbox.persons import dossier
from actions.business.sandbox.problems import Problem
from actions.business.sandbox.schema import outlets, tickets
from bot.clock import CHINA

OPENS, CLOSES = time(9), time(17)
FURTHEST = timedelta(days=30)
MINUTES_EACH = 6
SEATS = 3


def is_open(now: datetime) -> bool:
    """Demo hours: weekdays nine to five, China time."""
    local = now.astimezone(CHINA)
    return local.weekday() < 5 and OPENS <= local.time() < CLOSES


def crowd(outlet: RowMapping, now: datetime) -> int:
    """People in the demo hall: rises to late morning and mid-afternoon, never the same in two halls."""
    if not is_open(now):
        return 0
    local = now.astimezone(CHINA)
    minute = (local.hour - 9) * 60 + local.minute
    wave = abs(240 - minute) / 240
    return int((1 - abs(0.5 - wave) * 2) * 18 + (sum(map(ord, outlet["id"])) + minute // 10) % 7)


def show_outlet(connection: Connection, outlet: RowMapping, now: datetime) -> dict[str, Any]:
    """One outlet with today's queue."""
    held = (tickets.c.outlet == outlet["id"]) & ~tickets.c.booked & ~tickets.c.cancelled
    recent = held & (tickets.c.at > now - timedelta(minutes=30))
    ours = int(connection.execute(select(func.count()).select_from(tickets).where(recent)).scalar_one())
    waiting = crowd(outlet, now) + ours
    return {
        "id": outlet["id"],
        "name": outlet["name"],
        "district": outlet["district"],
        "address": outlet["address"],
        "hours": "演示时间:工作日 9:00–17:00",
        "latitude": float(outlet["latitude"]),
        "longitude": float(outlet["longitude"]),
        "waiting": waiting,
        "wait_minutes": waiting * MINUTES_EACH // outlet["counters"],
        "open_now": is_open(now),
        "demo": True,
    }


def show_outlets(connection: Connection, district: str, now: datetime) -> list[dict[str, Any]]:
    """GET outlets."""
    query = select(outlets).order_by(outlets.c.id)
    if district:
        query = query.where(
            outlets.c.district.contains(district.removesuffix("区").removesuffix("县"), autoescape=True)
        )
    return [show_outlet(connection, row, now) for row in connection.execute(query).mappings()]


def free_times(connection: Connection, outlet: str, on: date, now: datetime) -> list[str]:
    """GET times: half hours of a working day that still have a seat."""
    _outlet(connection, outlet)
    if on.weekday() > 4 or not now.date() - FURTHEST <= on <= now.date() + FURTHEST:
        return []
    slots = [datetime.combine(on, OPENS, CHINA) + timedelta(minutes=30 * n) for n in range(16)]
    return [
        slot.isoformat() for slot in slots if slot > now and _seat(connection, outlet, slot.astimezone(UTC)) is not None
    ]


def take(connection: Connection, subject: str, request: dict[str, Any], now: datetime) -> dict[str, Any]:
    """POST tickets, inside `once`: a booking when `at` is given, a ticket for now otherwise."""
    dossier(connection, subject)
    place = _outlet(connection, str(request["outlet"]))
    hold(connection, f"outlet:{place['id']}")
    at = _moment(request["at"]) if request.get("at") else now
    booked = bool(request.get("at"))
    local = at.astimezone(CHINA)
    if booked and local.isoformat() not in free_times(connection, place["id"], local.date(), now):
        raise Problem("no-such-time", "这个时间约不上了,请换一个时间。")
    if not booked and not is_open(now):
        raise Problem("no-such-time", "大厅现在没有营业,可以先预约一个时间。")
    seat = _seat(connection, place["id"], at) if booked else secrets.randbelow(10**6)
    number = ("Y" if booked else "A") + "".join(secrets.choice("0123456789") for _ in range(8))
    row = {
        "number": number,
        "subject": subject,
        "outlet": place["id"],
        "business": str(request["business"])[:40],
        "at": at,
        "booked": booked,
        "seat": seat,
        "ahead": 0 if booked else show_outlet(connection, place, now)["waiting"],
        "cancelled": False,
    }
    try:
        connection.execute(tickets.insert(), row)
    except IntegrityError:
        raise Problem("no-such-time", "这个时间刚被约走,请换一个时间。") from None
    return show_ticket(connection, subject, number, now)


def cancel(connection: Connection, subject: str, number: str, now: datetime) -> dict[str, Any]:
    """DELETE ticket: cancelling twice is the same as once; a number that is not mine does not exist."""
    mine = (tickets.c.number == number) & (tickets.c.subject == subject)
    freed = tickets.update().where(mine).values(cancelled=True, seat=1000 + secrets.randbelow(10**6))
    if not connection.execute(freed).rowcount:
        raise Problem("not-found", "没有查到这个号。")
    return show_ticket(connection, subject, number, now)


def show_ticket(connection: Connection, subject: str, number: str, now: datetime) -> dict[str, Any]:
    """One ticket of mine."""
    mine = (tickets.c.number == number) & (tickets.c.subject == subject)
    row = connection.execute(select(tickets).where(mine)).mappings().one()
    place = show_outlet(connection, _outlet(connection, row["outlet"]), now)
    counters = _outlet(connection, row["outlet"])["counters"]
    gone = int((now - aware(row["at"])).total_seconds() * counters // (60 * MINUTES_EACH))
    ahead = 0 if row["booked"] else max(0, row["ahead"] - gone)  # nobody overtakes: who comes later stands behind
    state = ("booked" if aware(row["at"]) > now else "missed") if row["booked"] else ("waiting" if ahead else "called")
    return {
        "number": number,
        "outlet": place,
        "business": row["business"],
        "at": aware(row["at"]).astimezone(CHINA).isoformat(),
        "ahead": ahead,
        "wait_minutes": ahead * MINUTES_EACH // counters,
        "state": "cancelled" if row["cancelled"] else state,
    }


def show_tickets(connection: Connection, subject: str, now: datetime) -> list[dict[str, Any]]:
    """GET tickets, newest first."""
    dossier(connection, subject)
    mine = select(tickets.c.number).where(tickets.c.subject == subject).order_by(tickets.c.at.desc()).limit(10)
    return [show_ticket(connection, subject, row.number, now) for row in connection.execute(mine)]


def _outlet(connection: Connection, outlet: str) -> RowMapping:
    row = connection.execute(select(outlets).where(outlets.c.id == outlet)).mappings().first()
    if row is None:
        raise Problem("not-found", "没有查到这个网点。")
    return row


def _seat(connection: Connection, outlet: str, at: datetime) -> int | None:
    same = (tickets.c.outlet == outlet) & (tickets.c.at == at) & ~tickets.c.cancelled & tickets.c.booked
    used = {row.seat for row in connection.execute(select(tickets.c.seat).where(same))}
    return next((seat for seat in range(SEATS) if seat not in used), None)


def _moment(text: object) -> datetime:
    try:
        moment = datetime.fromisoformat(str(text))
        if moment.tzinfo is None:
            raise Problem("bad-request", "时间要带时区。")
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise Problem("bad-request", "时间写法不对。") from None
