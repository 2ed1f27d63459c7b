"""A process that takes a message and is killed while the dialogue is working on it."""

import asyncio
import sys
from pathlib import Path

from bot.clock import utc_now
from bot.conversation import Limits
from tests.bot.heart import heart, message
from tests.fakes import ScriptedDialogue


class HangingDialogue(ScriptedDialogue):
    """Says that it was asked, then never answers."""

    async def respond(self, conversation, message):
        print("asked", flush=True)
        await asyncio.sleep(60)
        return await super().respond(conversation, message)


async def main(folder: Path, deadline: float) -> None:
    async with heart(folder, HangingDialogue(), now=utc_now, limits=Limits(deadline=deadline, lease=2.0)) as home:
        print((await home.conversation.handle(message("租房提取"))).error, flush=True)
        await asyncio.sleep(60)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), 0.1 if "promise" in sys.argv else 20.0))
