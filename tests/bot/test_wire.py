"""What crosses a wire comes back the same, or is refused by name."""

import pytest

from bot.errors import FrameRefused
from bot.messages import Reply, Turn
from bot.wire import decode, encode, from_builtins, to_builtins
from tests.contracts.store import FULL, turn


def test_a_turn_comes_back_the_same():
    whole = turn(replies=(FULL,))

    assert decode(encode(whole), Turn) == whole
    assert from_builtins(to_builtins(whole), Turn) == whole


@pytest.mark.parametrize(
    "raw", ['{"text": 13800138000}', "{}", "[]", "13800138000", "{", "", '{"text":"a","buttons":[1]}']
)
def test_what_is_no_reply_is_refused_without_quoting_it(raw):
    with pytest.raises(FrameRefused) as raised:
        decode(raw, Reply)

    assert "13800138000" not in str(raised.value)


def test_the_wrong_field_is_named():
    with pytest.raises(FrameRefused, match="buttons"):
        from_builtins({"text": "a", "buttons": [{"label": 1, "payload": "/a"}]}, Reply)
