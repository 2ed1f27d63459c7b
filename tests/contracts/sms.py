"""What every way to send a text must do. Subclass and provide `sms` and `received(sms)`: (number, text), newest last.

Of the number a received text may keep its ends only.
"""

import logging

import pytest

from bot.errors import ValueRefused

PHONE = "13812345678"
MASKED = "138****5678"


class SmsContract:
    """A text goes out whole and once, or the caller is told."""

    @pytest.fixture
    async def sms(self):
        raise NotImplementedError

    def received(self, sms) -> list[tuple[str, str]]:
        raise NotImplementedError

    def shown(self, sms) -> list[tuple[str, str]]:
        """What was received, with numbers as a page may show them."""
        return [(MASKED if phone == PHONE else phone, text) for phone, text in self.received(sms)]

    async def test_a_text_arrives_whole_and_once(self, sms):
        text = "租房提取,每户每年最多 16800 元。\n<b>来源</b>:中心公告 '; DROP TABLE"

        await sms.send(PHONE, text)

        (got,) = self.shown(sms)
        assert got[0] == MASKED
        assert got[1].endswith(text)

    @pytest.mark.parametrize("written", ["+86 138 1234 5678", "8613812345678", "013812345678", "138-1234-5678"])
    async def test_a_number_is_understood_as_telephone_lines_write_it(self, sms, written):
        await sms.send(written, "好")

        assert [phone for phone, _ in self.shown(sms)] == [MASKED]

    @pytest.mark.parametrize(
        "written", ["", "09716123456", "12329", "1381234567", "anonymous", "138123456789", "+1 555"]
    )
    async def test_a_number_no_text_reaches_is_refused_and_nothing_is_sent(self, sms, written):
        with pytest.raises(ValueRefused) as refused:
            await sms.send(written, "好")

        assert refused.value.problem == "not-a-mobile"
        assert written not in refused.value.reason or not written
        assert self.received(sms) == []

    @pytest.mark.parametrize("text", ["", " \n", "长" * 501])
    async def test_a_text_of_no_or_too_many_words_is_refused_and_nothing_is_sent(self, sms, text):
        with pytest.raises(ValueRefused):
            await sms.send(PHONE, text)

        assert self.received(sms) == []

    async def test_the_number_is_in_no_log(self, sms, caplog):
        with caplog.at_level(logging.DEBUG):
            await sms.send(PHONE, "好")

        assert PHONE not in caplog.text
