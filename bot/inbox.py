"""Makes sure that a message is answered by one worker, in whichever process, even if that process dies."""

import asyncio
import os
from collections.abc import Callable
from datetime import datetime, timedelta

from bot.store import Claim, Claimed, SqlStore

FIRST_LOOK, LONGEST_PAUSE = 0.02, 0.5  # seconds between looks at a message in another process's hands


def process_name() -> str:
    """Return what no other process, and no later one with the same number, is called."""
    return f"{os.uname().nodename[:40]}-{os.getpid()}-{os.urandom(4).hex()}"


class Inbox:
    """Claims messages under a lease; `owner` is this process's own name."""

    def __init__(self, *, store: SqlStore, owner: str, lease: float, now: Callable[[], datetime]) -> None:
        self.owner = owner
        self._store = store
        self._lease = timedelta(seconds=lease)
        self._now = now

    async def take(self, conversation: str, message_id: str) -> Claimed:
        """Return once the message is ours to answer or answered; a dead owner's message becomes ours."""
        pause = FIRST_LOOK
        while True:
            now = self._now()
            claimed = await self._store.claim(conversation, message_id, self.owner, now, now + self._lease)
            if claimed.claim is not Claim.ELSEWHERE:
                return claimed
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
