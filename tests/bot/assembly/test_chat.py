"""A line in is a message, a Turn is a line out, and nothing is lost on the plainest channel."""

import pytest

from bot.assembly.chat import Line, as_text, read_line, to_message
from bot.errors import FrameRefused
from bot.messages import Button, Card, ChannelName, Reply, Row, Source
from bot.wire import decode


def test_a_line_becomes_a_message_of_its_channel() -> None:
    message = to_message(decode('{"conversation":"c1","channel":"phone","text":"查余额","id":"m1"}', Line))

    assert (message.channel, message.sender, message.id, message.text) == (ChannelName.PHONE, "c1", "m1", "查余额")


@pytest.mark.parametrize(
    "raw", ['{"conversation":"c1"}', "[]", "hello", '{"conversation":"c1","text":"好","channel":"fax"}']
)
def test_a_line_of_another_shape_is_refused(raw: str) -> None:
    with pytest.raises(FrameRefused):
        read_line(raw)


def test_an_empty_text_is_a_message_too() -> None:
    assert to_message(read_line('{"conversation":"c1","text":""}')).text == ""


def test_lines_without_an_id_are_different_messages() -> None:
    line = Line(conversation="c1", text="好")

    assert to_message(line).id != to_message(line).id


def test_a_terminal_shows_cards_buttons_and_sources() -> None:
    reply = Reply(
        text="能提。",
        cards=(Card(title="上限", rows=(Row(label="普通家庭", value="16800 元"),)),),
        buttons=(Button(label="要什么材料", payload="/x"),),
        sources=(Source(title="办事指南", date="2025-09"),),
    )

    shown = as_text(reply)

    assert [part in shown for part in ("能提。", "普通家庭", "16800 元", "1. 要什么材料", "办事指南 · 2025-09")] == [
        True
    ] * 5
