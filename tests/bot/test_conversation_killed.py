"""A real process dies in the middle of a turn."""

import asyncio
import sys
from pathlib import Path

import pytest

from bot.clock import utc_now
from bot.conversation import Limits
from bot.messages import ChannelName
from tests.bot.heart import heart, message

pytestmark = pytest.mark.slow  # starts and kills processes

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


async def test_an_answer_promised_by_a_killed_process_is_given_once_by_the_living(tmp_path):
    dying = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.bot.dying_process", str(tmp_path), "promise"),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(30):
        while await dying.stdout.readline() != b"deadline-missed\n":
            pass
    dying.kill()
    await dying.wait()

    limits = Limits(deadline=1.0, lease=2.0)
    async with heart(tmp_path, now=utc_now, limits=limits) as one, heart(tmp_path, now=utc_now, limits=limits) as two:
        own = one.conversation.conversation(ChannelName.WEB, "s1")
        async with asyncio.timeout(20):
            while not sum([await home.conversation.keep_promises() for home in (one, two)]):  # noqa: ASYNC110
                await asyncio.sleep(0.1)
            while len(turns := await two.conversation.since(own, 0)) < 2:  # noqa: ASYNC110 - the database tells nobody
                await asyncio.sleep(0.05)
        await asyncio.sleep(2.2)  # a lease later nothing is left to inherit
        left = sum([await home.conversation.keep_promises() for home in (one, two)])

    assert [(turn.error, turn.message_id) for turn in turns] == [("deadline-missed", "m1"), ("", "m1")]
    assert turns[1].replies[0].text == "听到了:租房提取"
    assert (left, len(one.dialogue.asked) + len(two.dialogue.asked)) == (0, 1)
