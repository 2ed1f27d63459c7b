"""What is behind the line changes while a caller is on it: a version is published, Rasa is killed and comes back."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from bot.messages import Turn
from bot.words import PAUSED
from tests.system.phone.caller import Caller, wait_for
from tests.system.phone.conftest import GREETING, Turns, said
from tests.system.phone.curators import drafted
from tests.system.phone.telephone import Product, needs_exchange, needs_speech
from tests.voice.phone import recorded
from voice import prompts
from voice.spoken import SpokenForms, digits_aloud, portions

pytestmark = [pytest.mark.system, pytest.mark.model, needs_exchange, pytest.mark.timeout(900)]
NEW = "".join(f"第{number}件事,出门前先打电话问清楚大厅的时间和要带的材料。" for number in "一二三四")
SAYS_YES = "cmn_slot/2"
CHOICE = prompts.GO_ON.partition("?")[2]


@needs_speech
def test_a_version_is_published_and_rasa_killed_in_a_call_that_goes_on_and_what_is_long_is_offered_both_ways(
    asterisk, product, turns, tmp_path
):
    with drafted(product.versions, tmp_path, "withdrawal-how", f"answer.spoken={NEW}") as publish:
        with Caller(tmp_path / "caller", exchange=asterisk.sip, number="13800001111") as caller:
            old, new = published_meanwhile(caller, turns, publish)
            alone = rasa_killed_meanwhile(caller, product, turns, caller.hears(said(new)))
            caller.hears(said(press_until(caller, turns, "6", lambda turn: not _alone(turn))))  # Rasa is back
    wait_for(lambda: asterisk.calls == 0, what="the call is over")

    assert NEW not in old.replies[0].spoken
    assert _alone(alone)
    assert alone.replies[0].text.splitlines()[0] in product.demo_page()
    assert {turn.conversation for turn in turns(0)} == {old.conversation}  # one call throughout
    assert "13800001111" not in product.log


def published_meanwhile(caller: Caller, turns: Turns, publish: Callable[[], None]) -> tuple[Turn, Turn]:
    """Ask again and again while a curator publishes; return the first answer and the new one."""
    caller.hears(GREETING)
    old = pressed(caller, turns, "2")
    caller.hears(said(old))
    with ThreadPoolExecutor(1) as curator:
        publishing = curator.submit(publish)
        new = press_until(caller, turns, "2", lambda turn: NEW in turn.replies[0].spoken)
        publishing.result()
    return old, new


def rasa_killed_meanwhile(caller: Caller, product: Product, turns: Turns, since: float) -> Turn:
    """Twice hear the long answer of the line without Rasa: told to its end by voice, then sent by key."""
    first, second, moment = offered(caller, product, turns, since)
    caller.asks(recorded(SAYS_YES), lambda: caller.heard.find(second, moment) is not None)

    press_until(caller, turns, "3", lambda turn: not _alone(turn))  # Rasa is back
    *_, moment = offered(caller, product, turns, moment + 3.0)
    caller.press("2")
    caller.hears(prompts.SENT, after=moment)
    caller.hears(f"收短信的手机尾号是{digits_aloud('1111')}。", after=moment)
    return next(turn for turn in turns(0) if first in SpokenForms().reply(turn.replies[0]) and _alone(turn))


def offered(caller: Caller, product: Product, turns: Turns, since: float) -> tuple[str, str, float]:
    """Kill Rasa and ask; return the two portions of the answer, and when the choice after the first was offered."""
    product.rasa().kill()
    alone = pressed(caller, turns, "2")
    assert _alone(alone)
    first, second = portions(SpokenForms().reply(alone.replies[0]))
    return first, second, caller.hears(CHOICE, after=caller.hears(first, after=since + 1.0))


def _alone(turn: Turn) -> bool:
    return PAUSED in turn.replies[0].spoken


def pressed(caller: Caller, turns: Turns, key: str) -> Turn:
    """Press a key and return the turn it brings."""
    before = len(turns(0))
    caller.press(key)
    return turns(before + 1)[-1]


def press_until(caller: Caller, turns: Turns, key: str, wanted: Callable[[Turn], bool]) -> Turn:
    """Press a key again and again until its answer is the one that is waited for."""
    for _ in range(200):
        found = pressed(caller, turns, key)
        if wanted(found):
            return found
        time.sleep(1.5)
    raise AssertionError("the new version was never answered from")
