"""Reads from the turns' database what citizens asked and were not answered."""

import json
from dataclasses import dataclass

from sqlalchemy import column, select, table
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import create_async_engine

from bot.errors import StoreUnavailable
from bot.messages import Outcome

OPEN = (Outcome.DECLINED.value, Outcome.CLARIFIED.value)
_TURNS = table("turns", column("seq"), column("outcome"), column("body"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Unanswered:
    """A masked question that was declined, or that ended in a choice."""

    text: str
    outcome: str


async def unanswered(url: str, limit: int = 5000) -> tuple[Unanswered, ...]:
    """Return the latest unanswered questions, newest first; raises StoreUnavailable."""
    engine = create_async_engine(url)
    query = select(_TURNS.c.outcome, _TURNS.c.body).where(_TURNS.c.outcome.in_(OPEN))
    try:
        async with engine.connect() as connection:
            rows = (await connection.execute(query.order_by(_TURNS.c.seq.desc()).limit(limit))).all()
    except (SQLAlchemyError, OSError) as error:
        raise StoreUnavailable(f"the turns cannot be read: {type(error).__name__}") from None
    finally:
        await engine.dispose()
    found = (Unanswered(text=str(json.loads(body).get("text", "")), outcome=outcome) for outcome, body in rows)
    return tuple(one for one in found if one.text.strip())
