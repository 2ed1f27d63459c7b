"""The scripted day, small enough for every run; the full one is `python -m tests.system.wechat_day`."""

import asyncio

import pytest

from tests.system.wechat_day import day

pytestmark = pytest.mark.system


@pytest.mark.parametrize(
    ("users", "messages", "on_postgres"), [(40, 10, False), (20, 8, True)], ids=["sqlite", "postgres"]
)
async def test_gateways_are_killed_and_every_answer_arrives_once_at_the_right_person(users, messages, on_postgres):
    told = await asyncio.wait_for(day(users, messages, together=30, seed=3, on_postgres=on_postgres), 240)

    assert told.kills >= 1
    assert (told.lost, told.doubled, told.astray) == ((), (), 0), told
    assert told.messages == users * messages
    assert told.tokens_fetched <= 1  # three processes and their successors share one access token
