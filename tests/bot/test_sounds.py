"""A known word is heard in characters that sound like it, and in no others."""

import pytest

from bot.sounds import as_sounded


@pytest.mark.parametrize(
    ("text", "heard"),
    [("发短心", "发短信"), ("蜜码", "密码"), ("城冬", "城东"), ("短信吧", "短信吧"), ("三千", "三千"), ("", "")],
)
def test_what_sounds_like_a_known_word_is_that_word(text: str, heard: str) -> None:
    assert as_sounded(text, ("短信", "密码", "城东")) == heard
