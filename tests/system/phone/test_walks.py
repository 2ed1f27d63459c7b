"""Whole calls of people in a hurry, hard of hearing, silent, too many, or out of hours."""

import socket
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from uuid import UUID

import pytest

from tests.system.phone.caller import Caller, wait_for
from tests.system.phone.conftest import GREETING, LAST_WORDS, credentials, said
from tests.system.phone.telephone import Asterisk, needs_exchange, needs_speech
from tests.voice.phone import recorded
from voice import audiosocket, prompts
from voice.audiosocket import Kind
from voice.mouth import SLOWER_STEP
from voice.spoken import SpokenForms, digits_aloud

pytestmark = [pytest.mark.system, pytest.mark.model, needs_exchange, pytest.mark.timeout(900)]
SAYS_REPEAT = "cmn_slot/7"


def test_everything_is_typed_ahead_and_what_was_not_understood_is_said_again_louder_and_slower(caller, product, turns):
    number, password = credentials(product, "租房、单身")
    caller.hears(GREETING)

    caller.press(f"1{number}2{password}")
    balance = SpokenForms().say(turns(4)[-1].replies[-1].spoken)
    first = caller.hears(balance)
    wait_for(lambda: caller.heard.seconds > first + 2.0, what="the balance is being said")
    caller.press("7")
    caller.hears(prompts.CLEARER, speed=SLOWER_STEP)
    again = caller.hears(balance, after=first + 2.0, speed=SLOWER_STEP)
    wait_for(lambda: caller.heard.seconds > again + 1.5, what="the balance is being said again")

    heard = caller.heard
    assert heard.find(LAST_WORDS) is None  # every prompt was cut by the next key
    assert heard.find(prompts.TYPE_ID) is None
    assert heard.find(prompts.TYPE_IT) is None
    assert heard.loudness(again, again + 1.0) > 1.3 * heard.loudness(first, first + 1.0)


@needs_speech
def test_the_answer_is_repeated_when_it_is_asked_for_by_voice(caller, turns):
    caller.hears(GREETING)
    caller.press("2")
    answer = said(turns(1)[0])
    first = caller.hears(answer)

    caller.asks(recorded(SAYS_REPEAT), lambda: caller.heard.find(answer, first + 2.0) is not None)

    assert len(turns(1)) == 1  # the line repeats by itself


def test_a_second_line_with_the_uuid_of_a_call_is_refused_and_the_call_goes_on(asterisk, product, caller, turns):
    caller.hears(GREETING)

    with socket.create_connection(("127.0.0.1", asterisk.audio), timeout=30) as second:
        call = UUID(product.live_call()).bytes
        second.sendall(audiosocket.HEADER.pack(Kind.UUID, len(call)) + call)
        heard = b"".join(iter(lambda: second.recv(4_096), b""))

    assert len(heard) < 100  # a hang-up and no sound
    caller.press("2")
    caller.hears(said(turns(1)[0]))


@needs_speech
def test_the_silent_and_those_who_are_too_many_come_to_a_person(asterisk, product, tmp_path):
    wait_for(lambda: asterisk.calls == 0, what="nobody is on the line")
    with product.another_telephone(CAPACITY=2) as (audio, http):
        asterisk.point_at(audio, http)
        try:
            with ThreadPoolExecutor(2) as both:
                walks: list[Future[None]] = []
                for on_the_line in (1, 2):
                    walks.append(both.submit(silent, asterisk, tmp_path / str(on_the_line)))
                    wait_for(lambda up=on_the_line: asterisk.calls == up or _ended(walks), what="they are on the line")
                with Caller(tmp_path / "third", exchange=asterisk.sip) as third:
                    third.hears(prompts.BUSY)
                    wait_for(lambda: asterisk.waiting == 1, what="the third waits for an agent")
                for walk in walks:
                    walk.result()
        finally:
            asterisk.point_at(asterisk.audio, asterisk.http)
    wait_for(lambda: asterisk.calls == 0, what="the calls are over")


def _ended(walks: list[Future[None]]) -> bool:
    """Say whether a walk is over already, and fail as it failed."""
    return any(walk.done() and walk.result() is None for walk in walks)


def silent(asterisk: Asterisk, folder: Path) -> None:
    """Say nothing: asked gently twice, then the menu, then a person."""
    with Caller(folder, exchange=asterisk.sip) as calling:
        moment = calling.hears(GREETING)
        for words in (prompts.STILL_THERE, prompts.NOT_HEARD, prompts.MENU, prompts.SILENT_TOO_LONG):
            moment = calling.hears(words, after=moment + 1.0)


def test_a_call_back_number_is_typed_wrong_put_right_and_confirmed(product, out_of_hours):
    with out_of_hours("13800001111") as calling:
        calling.press("2")
        calling.hears(prompts.NEW_NUMBER)
        calling.press("1397000123#")
        calling.hears(f"您说的是,{digits_aloud('1397000123')}。")
        calling.press("2")
        calling.press("139700019*234#")
        calling.hears(f"您说的是,{digits_aloud('13970001234')}。")
        calling.press("1")
        calling.hears(prompts.WILL_CALL)

    noted = product.command("call-backs")
    assert "13970001234" in noted
    assert "13970001234" not in product.log
