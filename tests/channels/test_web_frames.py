"""What a browser may send and what it is sent."""

import contextlib
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import FrameRefused, InputRefused, MessageEmpty, MessageTooLong
from bot.messages import ChannelName, Evidence, Handoff, Location, Message, Outcome, Reply, Turn
from channels.web import frames, shown
from channels.web.frames import Hello, Placed, Rated, Said, Tapped

NOON = datetime(2026, 11, 2, 4, 0, tzinfo=UTC)


def test_every_kind_of_frame_is_read() -> None:
    assert frames.read('{"type":"hello","session":"a.b.c","seq":3}') == Hello(session="a.b.c", seq=3)
    assert frames.read('{"type":"message","id":"1","text":"在吗"}') == Said(id="1", text="在吗")
    assert frames.read('{"type":"tap","id":"1","label":"租房","payload":"/x"}') == Tapped(
        id="1", label="租房", payload="/x"
    )
    assert frames.read('{"type":"rate","turn":3,"score":5}') == Rated(turn=3, score=5)
    assert frames.read('{"type":"place","id":"1","latitude":36.6,"longitude":101.7}') == Placed(
        id="1", latitude=36.6, longitude=101.7
    )


def test_a_position_is_no_finer_than_a_hall_needs_and_asks_for_the_nearest() -> None:
    placed = Placed(id="1", latitude=36.620123, longitude=101.780987)

    message = frames.to_message(placed, "me", offered=False, received_at=NOON)

    assert message.payload == "/find_outlet"
    assert message.attachments == (Location(latitude=36.62, longitude=101.781),)


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "{",
        "[]",
        "null",
        '"message"',
        "{}",
        '{"type":7}',
        '{"type":"shutdown"}',
        '{"type":"message","id":"1"}',
        '{"type":"message","id":"","text":"x"}',
        '{"type":"message","id":"a b","text":"x"}',
        '{"type":"message","id":"1","text":["x"]}',
        '{"type":"hello","seq":-1}',
        '{"type":"rate","turn":0,"score":5}',
        '{"type":"rate","turn":1,"score":6}',
        '{"type":"rate","turn":1,"score":4.5}',
        '{"type":"tap","id":"1","label":""}',
        '{"type":"place","id":"1","latitude":91,"longitude":0}',
        '{"type":"place","id":"1","latitude":0,"longitude":-181}',
        '{"type":"place","id":"1","latitude":"36","longitude":101}',
        '{"type":"place","id":"1"}',
    ],
)
def test_a_malformed_frame_is_refused(raw: str) -> None:
    with pytest.raises(FrameRefused):
        frames.read(raw)


def test_two_thousand_characters_are_taken_and_one_more_is_not() -> None:
    def frame(length: int) -> str:
        return json.dumps({"type": "message", "id": "1", "text": "金" * length})

    assert frames.read(frame(2_000)) == Said(id="1", text="金" * 2_000)
    with pytest.raises(MessageTooLong):
        frames.read(frame(2_001))


def test_white_space_alone_is_no_message() -> None:
    with pytest.raises(MessageEmpty):
        frames.read('{"type":"message","id":"1","text":" \\n\\u3000"}')


@given(st.text())
def test_no_text_whatever_breaks_the_reader(raw: str) -> None:
    with pytest.raises(InputRefused):
        frames.read(raw)


@given(st.text(min_size=1, max_size=80), st.text(max_size=2_100))
def test_a_message_is_read_as_it_was_typed_or_refused(id: str, text: str) -> None:
    with contextlib.suppress(InputRefused):
        assert frames.read(json.dumps({"type": "message", "id": id, "text": text})) == Said(id=id, text=text)


def test_a_typed_payload_stays_text() -> None:
    message = frames.to_message(Said(id="1", text=" /choose{} "), "s", offered=False, received_at=NOON)

    assert message == Message(channel=ChannelName.WEB, sender="s", id="1", text="/choose{}", received_at=NOON)


def test_a_payload_counts_only_when_it_was_offered() -> None:
    tapped = Tapped(id="1", label="租房", payload="/rent")

    assert frames.to_message(tapped, "s", offered=True, received_at=NOON).payload == "/rent"
    assert frames.to_message(tapped, "s", offered=False, received_at=NOON).payload == ""
    assert frames.to_message(tapped, "s", offered=False, received_at=NOON).text == "租房"


def test_what_is_for_ears_agents_and_curators_stays_inside() -> None:
    turn = Turn(
        conversation="web-secret",
        channel=ChannelName.WEB,
        message_id="1",
        text="转人工",
        replies=(Reply(text="好的", spoken="念给您听", handoff=Handoff(reason="asked", summary="客户着急")),),
        outcome=Outcome.HANDED_OFF,
        evidence=Evidence(intent="handoff", intent_confidence=0.9),
        taken_at=NOON,
        seq=4,
    )

    sent = shown.turn(turn)

    assert json.loads(sent) == {
        "type": "turn",
        "turn": {
            "seq": 4,
            "message_id": "1",
            "text": "转人工",
            "replies": [{"text": "好的", "cards": [], "buttons": [], "sources": [], "private": False, "handoff": True}],
            "outcome": "handed-off",
            "error": "",
            "taken_at": "2026-11-02T04:00:00Z",
        },
    }


def test_a_refusal_says_what_to_do_and_when_to_come_back() -> None:
    assert json.loads(shown.refused(MessageTooLong(), "m7", retry=3.0)) == {
        "type": "refused",
        "id": "m7",
        "code": "message-too-long",
        "say": MessageTooLong.say,
        "retry": 3.0,
    }
