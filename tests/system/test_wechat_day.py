"""The scripted day, small enough for every run; the full one is `python -m tests.system.wechat_day`."""

import asyncio

import pytest

from tests.system.wechat_day import day

pytestmark = pytest.mark.system


async def test_gateways_are_killed_and_every_answer_arrives_once_at_the_right_person():
    told = await asyncio.wait_for(day(30, 8, together=30, seed=3), 120)

    assert told.kills >= 1
    assert (told.lost, told.doubled, told.astray) == ((), (), 0), told
    assert told.messages == 240
