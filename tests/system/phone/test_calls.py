"""Real calls: SIP through Asterisk 22 to the whole product; recorded people, keys, and what the caller hears."""

import threading
from concurrent.futures import ThreadPoolExecutor

import psutil
import pytest

from bot.messages import Outcome
from tests.system.phone.caller import Caller, wait_for
from tests.system.phone.conftest import GREETING, LAST_WORDS, identify, said
from tests.system.phone.telephone import Product, agent, needs_exchange, needs_speech
from tests.voice.phone import MODEL, recorded
from voice import prompts
from voice.pbx_sounds import SOUNDS
from voice.spoken import SpokenForms

pytestmark = [pytest.mark.system, pytest.mark.model, needs_exchange, pytest.mark.timeout(900)]
ASKS_RENT, ASKS_LOAN, ASKS_PERSON = "cmn_test/4", "cmn_test/12", "cmn_test/27"


@needs_speech
def test_a_policy_question_is_heard_and_its_answer_comes_back(caller, turns):
    greeted = caller.hears(GREETING)
    ended = caller.hears(LAST_WORDS) + 3.5
    wait_for(lambda: caller.heard.seconds > ended, what="the greeting is over")

    caller.say(recorded(ASKS_RENT))
    [turn] = turns(1)
    answered = caller.hears(said(turn))

    spoken = caller.said.last_sound(caller.said.seconds)
    heard = caller.heard
    assert turn.outcome is Outcome.ANSWERED
    assert "16800" in turn.replies[0].text
    assert heard.longest_silence(greeted, greeted + 7.0) < 1.5  # no gap in the greeting
    assert heard.last_sound(spoken) < spoken  # we do not talk into the question
    assert answered > spoken - 0.5


@needs_speech
def test_speaking_into_the_greeting_silences_it_and_is_answered(caller, turns):
    caller.hears(GREETING)

    caller.say(recorded(ASKS_LOAN))
    [turn] = turns(1)
    answered = caller.hears(said(turn))

    spoken = caller.said.last_sound(caller.said.seconds)
    assert turn.outcome in (Outcome.ANSWERED, Outcome.CLARIFIED)
    assert caller.heard.find(LAST_WORDS) is None
    assert caller.heard.last_sound(spoken) < spoken
    assert answered > spoken - 0.5


def test_a_key_pressed_in_the_greeting_is_acted_on(caller, turns):
    caller.hears(GREETING)

    caller.press("2")

    assert caller.hears(said(turns(1)[0])) > 0
    assert caller.heard.find(LAST_WORDS) is None


def test_a_caller_proves_who_they_are_by_keys_and_hears_their_balance(caller, product, turns):
    taken = identify(caller, product, turns, "租房、单身")

    balance = taken[-1].replies[-1]
    assert balance.private
    assert "余额" in balance.spoken
    caller.hears(SpokenForms().say(balance.spoken))
    caller.press("#")
    caller.hears(prompts.RATE)
    caller.press("5")
    caller.hears(prompts.FAREWELL)
    wait_for(lambda: caller.hung_up, what="the line hangs up after the farewell")


def test_digits_of_a_proof_are_in_no_log(product):
    _, number, password = product.personas()[0]

    assert number not in product.log
    assert password not in product.log


def test_asking_for_a_person_lands_in_the_queue_with_the_summary(asterisk, caller, turns, tmp_path):
    with agent(tmp_path / "agent", asterisk) as messages:
        caller.hears(GREETING)
        caller.press("2")
        asked = turns(1)[0]
        caller.press("0")
        wait_for(lambda: "X-Jiajia-Summary" in messages.read_text(encoding="utf-8"), what="the agent is called")
        sip = messages.read_text(encoding="utf-8")
        caller.hang_up()

    assert turns(2)[-1].outcome is Outcome.HANDED_OFF
    assert asked.text in sip.partition("X-Jiajia-Summary:")[2].splitlines()[0]
    assert caller.heard.find(prompts.TO_A_PERSON) is not None


@needs_speech
def test_asking_for_a_person_by_voice_lands_in_the_queue(asterisk, caller, turns):
    caller.hears(GREETING)

    caller.say(recorded(ASKS_PERSON))

    wait_for(lambda: asterisk.waiting == 1, 90, what="the caller waits for an agent")
    assert turns(1)[0].outcome is Outcome.HANDED_OFF


def test_hanging_up_in_the_middle_of_a_prompt_frees_the_line(asterisk, product, caller):
    caller.hears(GREETING)

    caller.hang_up()

    wait_for(lambda: asterisk.calls == 0, what="the exchange is free")
    wait_for(lambda: product.lines() == 0, what="the telephone's process has closed the line")
    assert asterisk.waiting == 0


def test_killing_the_telephones_process_in_a_call_leads_to_the_queue_and_it_comes_back(
    asterisk, product, caller, tmp_path
):
    caller.hears(GREETING)

    killed = product.telephone()
    killed.kill()

    wait_for(lambda: asterisk.waiting == 1, what="the caller waits for an agent")
    wait_for(lambda: _another(product, killed), 120, what="the process is started again")
    caller.hang_up()
    wait_for(product.answers, 120, what="the line answers again")
    with Caller(tmp_path / "next", exchange=asterisk.sip) as following:
        following.hears(GREETING)


def _another(product: Product, killed: psutil.Process) -> bool:
    found = product.telephones()
    return bool(found) and found[0].pid != killed.pid


def test_without_the_telephones_process_callers_go_to_the_queue(asterisk, product, tmp_path):
    asterisk.point_at(9, 9)
    try:
        with Caller(tmp_path / "a", exchange=asterisk.sip):
            wait_for(lambda: asterisk.waiting == 1, what="the caller waits for an agent")
    finally:
        asterisk.point_at(asterisk.audio, asterisk.http)
    wait_for(lambda: asterisk.calls == 0, what="the call is over")


def test_killing_rasa_in_a_call_costs_no_policy_answer(product, caller, turns):
    caller.hears(GREETING)
    caller.press("2")
    caller.hears(said(turns(1)[0]))

    product.rasa().kill()
    for taken, key in enumerate("3456", start=2):  # the whole menu, less what is the caller's own
        caller.press(key)
        answered = turns(taken)[-1]
        assert answered.outcome is Outcome.ANSWERED, answered.replies[0].text
    caller.hears(said(answered))
    wait_for(product.rasa_answers, 240, what="Rasa is back")


def test_ten_calls_at_once_are_all_answered(asterisk, product, turns, tmp_path):
    at_once = 10
    everybody_was_answered = threading.Barrier(at_once)
    before = len(product.turns())

    def call(number: int) -> None:
        with Caller(tmp_path / str(number), exchange=asterisk.sip) as calling:

            def answered() -> bool:
                return any(calling.heard.find(said(turn)) is not None for turn in product.turns()[before:])

            try:
                calling.hears(GREETING)
                if MODEL.is_dir():
                    calling.asks(recorded(ASKS_RENT), answered)
                else:
                    calling.press("2")
                    wait_for(answered, 120, what="the key is answered")
            except AssertionError:
                everybody_was_answered.abort()
                raise
            everybody_was_answered.wait(300)

    with ThreadPoolExecutor(at_once) as threads:
        list(threads.map(call, range(at_once)))

    assert len({turn.conversation for turn in turns(at_once)}) == at_once
    wait_for(lambda: asterisk.calls == 0, what="the calls are over")
    wait_for(lambda: product.lines() == 0, what="the telephone's process has closed the lines")


def test_out_of_hours_a_call_back_is_noted(product, out_of_hours):
    with out_of_hours("13800001111") as calling:
        calling.press("1")
        calling.hears(prompts.WILL_CALL)
        calling.hears(prompts.FAREWELL)
        wait_for(lambda: calling.hung_up, what="the line hangs up after the farewell")

    assert "13800001111" in product.command("call-backs")
    assert "13800001111" not in product.log


def test_the_whole_answer_is_sent_as_a_text_message(caller, product, turns):
    caller.hears(GREETING)
    caller.press("6")
    [halls] = turns(1)
    caller.hears(said(halls))
    caller.press("8")
    caller.hears(prompts.SENT)

    assert halls.replies[0].text.splitlines()[0] in product.demo_page()


def test_who_waits_for_an_agent_hears_their_place_in_the_queue(caller):
    caller.hears(GREETING)

    caller.press("0")

    caller.hears(SOUNDS["queue-youarenext"])
