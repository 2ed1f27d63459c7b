"""Callers who cannot be understood, and a caller who puts a digit right by saying which."""

import pytest

from tests.system.phone.caller import wait_for
from tests.system.phone.conftest import LAST_WORDS
from tests.system.phone.telephone import needs_exchange, needs_speech
from tests.voice.nonsense import backwards
from tests.voice.splicing import spliced
from voice import prompts
from voice.spoken import digits_aloud

pytestmark = [pytest.mark.system, pytest.mark.model, needs_exchange, needs_speech, pytest.mark.timeout(900)]
NO_LANGUAGE = ("han_test/12", "han_test/22", "han_test/15", "han_test/13")


def test_who_is_not_understood_three_times_gets_the_keys_and_then_a_person(asterisk, caller, turns):
    moment = caller.hears(LAST_WORDS)
    for sound, answer in zip(
        NO_LANGUAGE, (prompts.PARDON, prompts.PARDON_SHORT, prompts.BY_KEYS, prompts.TO_A_PERSON), strict=True
    ):
        wait_for(lambda since=moment: caller.heard.seconds > since + 5.0, what="the line has finished speaking")
        caller.say(backwards(sound))
        moment = caller.hears(answer, after=moment + 1.0, within=60)

    wait_for(lambda: asterisk.waiting == 1, what="the caller waits for an agent")
    assert turns(0) == []  # nothing was asked in the caller's name


def test_a_digit_that_was_typed_wrong_is_put_right_by_saying_which(product, out_of_hours):
    with out_of_hours("13800001111") as calling:
        calling.press("2")
        calling.hears(prompts.NEW_NUMBER)
        calling.press("13970001214#")
        read_back = f"您说的是,{digits_aloud('13970001214')}。"
        first = calling.hears(read_back)
        wait_for(lambda: calling.heard.seconds > first + 5.0, what="the number was read to its end")
        calling.say(spliced("到数地二位是八"))
        calling.hears(read_back, after=first + 2.0)  # it begins alike
        calling.press("1")
        calling.hears(prompts.WILL_CALL)

    assert "13970001284" in product.command("call-backs")
    assert "13970001284" not in product.log
