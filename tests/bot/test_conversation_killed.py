"""A real process dies in the middle of a turn."""

import asyncio
import sys
from pathlib import Path

from bot.clock import utc_now
from bot.conversation import Limits
from tests.bot.heart import heart, message

ROOT = Path(__file__).parents[2]


async def test_a_message_of_a_killed_process_is_answered_by_the_next_one(tmp_path):
    dying = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bot.dying_process", str(tmp_path), cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    assert await asyncio.wait_for(dying.stdout.readline(), 20) == b"asked\n"
    dying.kill()
    await dying.wait()

    async with heart(tmp_path, now=utc_now, limits=Limits(deadline=1.0, lease=2.0)) as home:
        turn = await asyncio.wait_for(home.conversation.handle(message("租房提取")), 10)
        again = await home.conversation.handle(message("租房提取"))

    assert (turn.seq, turn.replies[0].text, again) == (1, "听到了:租房提取", turn)
    assert len(home.dialogue.asked) == 1
