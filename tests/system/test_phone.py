"""Real calls: SIP through Asterisk 22, recorded people speaking, and what the caller hears of it."""

import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.system.telephone import (
    RATE_HZ,
    Asterisk,
    Service,
    agent,
    baresip,
    needs_exchange,
    press_and_wait,
    recording,
    wait_for,
)
from tests.voice.phone import recorded

pytestmark = [pytest.mark.system, pytest.mark.model, needs_exchange]
GREETING = 12.0  # seconds the greeting may last


def after(seconds: float, *sounds: bytes) -> bytes:
    """Return a caller's side: silence, then what is said."""
    return bytes(int(seconds * RATE_HZ) * 2) + b"".join(sounds)


@pytest.fixture(scope="module")
def asterisk() -> Iterator[Asterisk]:
    running = Asterisk()
    running.start()
    yield running
    running.stop()


@pytest.fixture
def service(tmp_path: Path, asterisk: Asterisk) -> Iterator[Service]:
    running = Service(tmp_path)
    running.start()
    yield running
    running.kill()
    wait_for(lambda: asterisk.ask("core show channels").count("0 active calls") == 1, 10)


def test_a_policy_question_is_heard_and_its_answer_comes_back(service, tmp_path):
    said = recorded("cmn_test/4")
    ended = GREETING + len(said) / 2 / RATE_HZ

    with baresip(tmp_path / "a", after(GREETING, said), seconds=24):
        time.sleep(22)
    heard = recording(tmp_path / "a")

    assert service.heard[0].startswith("租房可以提取公积金")
    assert heard.loud(0.2, 5.0) > 0.5  # the greeting
    assert heard.loud(GREETING, ended) < 0.1  # we do not talk into the question
    assert heard.first_sound(ended + 0.1) - ended < 2.0
    assert heard.loud(ended + 1.5, ended + 4.5) > 0.5  # the answer


def test_speaking_into_the_greeting_silences_it(service, tmp_path):
    said = recorded("cmn_test/12")
    begins = 3.0

    with baresip(tmp_path / "a", after(begins, said), seconds=12):
        time.sleep(10)
    heard = recording(tmp_path / "a")

    assert heard.loud(1.0, begins) > 0.5
    assert heard.loud(begins + 0.7, begins + 3.5) < 0.1
    assert service.heard == ["公积金贷款怎么申请"]


def test_a_key_pressed_in_the_greeting_is_acted_on(service, tmp_path):
    press_and_wait(tmp_path / "k", "2", after_ms=2_000, hold_ms=3_000)

    assert service.heard == ["公积金怎么提取"]


def test_hanging_up_in_the_greeting_ends_the_call(service, asterisk, tmp_path):
    with baresip(tmp_path / "a", after(1.0), seconds=10):
        time.sleep(3)

    wait_for(lambda: "call.ended" in service.log, 3)
    assert asterisk.waiting == 0


def test_asking_for_a_person_lands_in_the_queue_with_the_summary(service, asterisk, tmp_path):
    with agent(tmp_path / "agent") as messages:
        press_and_wait(tmp_path / "k", "0", after_ms=2_000, hold_ms=9_000)
        sip = messages.read_text(encoding="utf-8")

    assert service.heard == ["/request_human"]
    assert "X-Jiajia-Summary: 市民:租房能提多少" in sip


def test_asking_for_a_person_by_voice_lands_in_the_queue(service, asterisk, tmp_path):
    with baresip(tmp_path / "a", after(GREETING, recorded("cmn_test/27")), seconds=28):
        wait_for(lambda: asterisk.waiting == 1, 26)

    assert service.heard == ["/request_human"]


def test_killing_the_service_in_a_call_leads_to_the_queue(service, asterisk, tmp_path):
    with baresip(tmp_path / "a", after(1.0), seconds=20):
        wait_for(lambda: "call.begun" in service.log, 10)
        time.sleep(2)
        service.kill()
        wait_for(lambda: asterisk.waiting == 1, 12)


def test_without_the_service_callers_go_to_the_queue(asterisk, tmp_path):
    with baresip(tmp_path / "a", after(1.0), seconds=20):
        wait_for(lambda: asterisk.waiting == 1, 12)


def test_five_calls_at_once_are_all_answered(service, tmp_path):
    calls = range(5)

    with ExitStack() as stack:
        for n in calls:
            sound = after(GREETING, recorded("cmn_test/4"))
            stack.enter_context(baresip(tmp_path / str(n), sound, seconds=26, port=5100 + 4 * n))
        threading.Event().wait(22)

    assert len(service.heard) == len(calls)
    for n in calls:
        heard = recording(tmp_path / str(n))
        assert heard.loud(0.2, 5.0) > 0.5
        assert heard.loud(GREETING + 4.0, GREETING + 7.0) > 0.3
