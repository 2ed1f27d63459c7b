"""One line per event, in JSON, without a personal number."""

import io
import json
import logging

import pytest

from bot import log
from bot.log import TURN_TAKEN, logger
from tests.bot.heart import heart, message


@pytest.fixture
def lines():
    stream = io.StringIO()
    log.configure(stream)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    log.configure()


def test_a_line_is_json_with_level_and_time(lines):
    logger().info("thing.done", count=3)

    (line,) = lines()
    assert (line["event"], line["level"], line["count"]) == ("thing.done", "info", 3)
    assert line["timestamp"].endswith("Z")


def test_numbers_are_scrubbed_from_every_value(lines):
    logger().info(
        "thing.done", a="手机13800138000", b={"c": ["11010519491231002X"]}, d=13800138000, e=ValueError("13800138000")
    )

    assert "13800138000" not in str(lines())
    assert "11010519491231002X" not in str(lines())


def test_an_exception_of_a_library_is_scrubbed_too(lines):
    try:
        raise ValueError("13800138000")
    except ValueError:
        logging.getLogger("library").exception("failed for %s", "13800138000")

    (line,) = lines()
    assert "13800138000" not in str(line)
    assert "ValueError" in str(line)


async def test_a_turn_is_one_line_with_its_seconds(tmp_path, lines):
    async with heart(tmp_path) as home:
        turn = await home.conversation.handle(message())

    (line,) = [line for line in lines() if line["event"] == TURN_TAKEN]
    assert (line["channel"], line["message_id"], line["outcome"], line["seq"]) == ("web", "m1", "answered", 1)
    assert line["conversation"] == turn.conversation
    assert set(line["seconds"]) == {"wait", "claim", "mask", "answer", "record"}
