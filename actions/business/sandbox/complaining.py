"""The register of complaints: each has one number, and what is added later goes under it."""

import secrets
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, RowMapping, select

from actions.business.sandbox.identity import aware
from actions.business.sandbox.persons import dossier
from actions.business.sandbox.problems import Problem
from actions.business.sandbox.schema import complaints, follow_ups
from bot.clock import CHINA

UNTOUCHED = timedelta(days=1)
MOST_FOLLOW_UPS = 20


def file(connection: Connection, subject: str, about: str, text: str, now: datetime) -> dict[str, Any]:
    """POST complaints, inside `once`."""
    dossier(connection, subject)
    number = f"TS{now.astimezone(CHINA):%Y%m%d}{secrets.token_hex(3).upper()}"
    row = {"number": number, "subject": subject, "about": about, "text": text, "filed_at": now}
    connection.execute(complaints.insert(), row)
    return _show(connection, row, now)


def follow_up(connection: Connection, subject: str, number: str, text: str, now: datetime) -> dict[str, Any]:
    """POST follow-ups, inside `once`; a number that is not mine does not exist."""
    mine = select(complaints).where(complaints.c.number == number, complaints.c.subject == subject)
    row = connection.execute(mine).mappings().first()
    if row is None:
        raise Problem("not-found", "没有查到这件投诉。")
    if len(_added(connection, number)) >= MOST_FOLLOW_UPS:
        raise Problem("bad-request", f"这件投诉已经补充过 {MOST_FOLLOW_UPS} 次,请等工作人员答复,或拨打 12329。")
    connection.execute(follow_ups.insert(), {"complaint": number, "text": text, "at": now})
    return _show(connection, row, now)


def show_all(connection: Connection, subject: str, now: datetime) -> list[dict[str, Any]]:
    """GET complaints, newest first."""
    mine = select(complaints).where(complaints.c.subject == subject).order_by(complaints.c.filed_at.desc()).limit(10)
    return [_show(connection, row, now) for row in connection.execute(mine).mappings().all()]


def _show(connection: Connection, row: RowMapping | dict[str, Any], now: datetime) -> dict[str, Any]:
    filed = aware(row["filed_at"])
    return {
        "number": row["number"],
        "about": row["about"],
        "state": "filed" if now - filed < UNTOUCHED else "working",
        "filed_at": filed.isoformat(),
        "reply": "",
        "follow_ups": _added(connection, row["number"]),
    }


def _added(connection: Connection, number: str) -> list[dict[str, Any]]:
    under = select(follow_ups).where(follow_ups.c.complaint == number).order_by(follow_ups.c.id)
    return [{"text": row["text"], "at": aware(row["at"]).isoformat()} for row in connection.execute(under).mappings()]
