"""Reads from the turns' database what citizens asked and were not answered."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, column, select, table

from bot.errors import InputRefused
from bot.messages import Candidate, Outcome
from bot.store.database import Database, file_of

OPEN = (Outcome.DECLINED.value, Outcome.CLARIFIED.value)
_TURNS = table("turns", column("seq"), column("outcome"), column("body"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Unanswered:
    """A masked question that was declined, or that ended in a choice, with what was considered then."""

    text: str
    outcome: str
    candidates: tuple[Candidate, ...] = ()


async def unanswered(url: str, limit: int = 5000) -> tuple[Unanswered, ...]:
    """Return the latest unanswered questions, newest first; raises InputRefused or StoreUnavailable."""
    file = file_of(url)
    if file is not None and not file.exists():
        raise InputRefused(f"there is no database {file}")
    latest = select(_TURNS.c.outcome, _TURNS.c.body).where(_TURNS.c.outcome.in_(OPEN))

    def work(connection: Connection) -> Sequence[Any]:
        return connection.execute(latest.order_by(_TURNS.c.seq.desc()).limit(limit)).all()

    database = await Database.open(url, prepare=_nothing)
    try:
        rows = await database.read(work)
    finally:
        await database.close()
    found = (_unanswered(str(outcome), json.loads(body)) for outcome, body in rows)
    return tuple(one for one in found if one.text.strip())


def _nothing(connection: Connection) -> None:
    """Leave the tables as they are: this is the service's database, and we only read."""


def _unanswered(outcome: str, turn: dict[str, Any]) -> Unanswered:
    considered = (turn.get("evidence") or {}).get("candidates") or ()
    candidates = tuple(Candidate(entry=str(one["entry"]), score=float(one["score"])) for one in considered)
    return Unanswered(text=str(turn.get("text", "")), outcome=outcome, candidates=candidates)
