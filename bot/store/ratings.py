"""Keeps one score per answered turn; a later one replaces it, and only the turn's own conversation may give it."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Connection, select

from bot.store.database import Database
from bot.store.schema import ratings, turns


class SqlRatings:
    """The Ratings port."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    async def rate(self, conversation: str, seq: int, score: int) -> None:
        row = {"turn": seq, "conversation": conversation, "score": score, "rated_at": self._now()}
        mine = select(turns.c.seq).where(turns.c.seq == seq, turns.c.conversation == conversation)

        def work(connection: Connection) -> None:
            if connection.execute(mine).first() is None:
                return
            connection.execute(ratings.delete().where(ratings.c.turn == seq))
            connection.execute(ratings.insert(), row)

        await self._database.write(work)
