"""Keeps one score per answered turn; a later one replaces it, and only the turn's own conversation may give it."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, func, select

from bot.store.database import Database
from bot.store.schema import ratings, turns


class SqlRatings:
    """The Ratings port."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    async def rate(self, conversation: str, seq: int, score: int) -> None:
        await self._keep(conversation, turns.c.seq == seq, score)

    async def rate_latest(self, conversation: str, score: int) -> None:
        latest = select(func.max(turns.c.seq)).where(turns.c.conversation == conversation)
        await self._keep(conversation, turns.c.seq == latest.scalar_subquery(), score)

    async def _keep(self, conversation: str, which: ColumnElement[bool], score: int) -> None:
        mine = select(turns.c.seq).where(which, turns.c.conversation == conversation)
        now = self._now()

        def work(connection: Connection) -> None:
            seq = connection.execute(mine).scalar()
            if seq is None:
                return
            connection.execute(ratings.delete().where(ratings.c.turn == seq))
            row = {"turn": seq, "conversation": conversation, "score": score, "rated_at": now}
            connection.execute(ratings.insert(), row)

        await self._database.write(work)
