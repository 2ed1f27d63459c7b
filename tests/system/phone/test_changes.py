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
from tests.system.phone.telephone import needs_exchange, needs_speech
from tests.voice.phone import recorded
from voice import prompts
from voice.spoken import SpokenForms, digits_aloud, portions

pytestmark = [pytest.mark.system, pytest.mark.model, needs_exchange, pytest.mark.timeout(900)]
NEW = "".join(f"第{number}件事,出门前先打电话问清楚大厅的时间和要带的材料。" for number in "一二三四")
SAYS_YES = "cmn_slot/2"
CHOICE = prompts.GO_ON.partition("?")[2]


@needs_speech
def test_a_version_is_published_and_rasa_killed_in_a_call_that_goes_on_and_what_is_long_is_offered_both_ways(
    caller, product, turns, tmp_path
):
    caller.hears(GREETING)
    caller.press("2")
    before = turns(1)[0]
    caller.hears(said(before))

    with drafted(product.versions, tmp_path, "withdrawal-how", f"answer.spoken={NEW}") as publish:
        with ThreadPoolExecutor(1) as curator:
            publishing = curator.submit(publish)
            new = press_until(caller, turns, "2", lambda turn: NEW in turn.replies[0].spoken)
            publishing.result()
        began = caller.hears(said(new))

        product.rasa().kill()
        caller.press("2")
        alone = turns(len(turns(0)) + 1)[-1]
        first, second = portions(SpokenForms().reply(alone.replies[0]))
        moment = caller.hears(CHOICE, after=caller.hears(first, after=began + 1.0))
        caller.asks(recorded(SAYS_YES), lambda: caller.heard.find(second, moment) is not None)

        caller.press("2")
        again = turns(len(turns(0)) + 1)[-1]
        moment = caller.hears(CHOICE, after=caller.heard.seconds - 1.0)
        caller.press("2")
        caller.hears(prompts.SENT, after=moment)
        caller.hears(digits_aloud("1111"), after=moment)

    wait_for(product.rasa_answers, 240, what="Rasa is back")
    caller.press("6")
    halls = turns(len(turns(0)) + 1)[-1]
    caller.hears(said(halls))

    assert PAUSED in alone.replies[0].spoken
    assert again.replies[0].text.splitlines()[0] in product.demo_page()
    assert NEW not in before.replies[0].spoken
    assert {turn.conversation for turn in turns(0)} == {before.conversation}  # one call throughout
    assert "13800001111" not in product.log


def press_until(caller: Caller, turns: Turns, key: str, wanted: Callable[[Turn], bool]) -> Turn:
    """Press a key again and again until its answer is the one that is waited for."""
    for _ in range(40):
        caller.press(key)
        found = turns(len(turns(0)) + 1)[-1]
        if wanted(found):
            return found
        time.sleep(1.0)
    raise AssertionError("the new version was never answered from")
