"""A number that was read back is corrected in part by voice, really heard."""

from pathlib import Path

import pytest

from tests.contracts.recognizer import heard
from tests.voice.phone import MODEL, NEEDS_AUDIO, NEEDS_MODEL, recorded
from tests.voice.splicing import spliced
from voice.digits import corrected
from voice.slots import CORRECTION, NO, YES
from voice.vosk_recognizer import VoskRecognizer

pytestmark = [pytest.mark.model, NEEDS_MODEL, NEEDS_AUDIO]
BEFORE, BEHIND = bytes(6_400), bytes(9_600)


@pytest.fixture(scope="module")
def vosk():
    found = VoskRecognizer.load(str(MODEL), folder=Path())
    yield found
    found.close()


@pytest.mark.parametrize(
    ("syllables", "number"),
    [("到数地二位是八", "1397000183"), ("到数地三位是四", "1397000423"), ("地八位是二", "1397000223")],
)
async def test_one_digit_is_put_right_by_its_place(vosk, syllables, number):
    guesses = await heard(vosk.hearing(), BEFORE + spliced(syllables) + BEHIND, CORRECTION.words)

    assert next(fixed for guess in guesses if (fixed := corrected("1397000123", guess))) == number


@pytest.mark.parametrize("said", ["cmn_slot/2", "han_slot/2"])
async def test_a_yes_is_still_a_yes(vosk, said):
    assert (await heard(vosk.hearing(), recorded(said), CORRECTION.words))[0] in YES


@pytest.mark.parametrize("said", ["cmn_slot/3", "han_slot/3"])
async def test_a_no_is_still_a_no(vosk, said):
    assert (await heard(vosk.hearing(), recorded(said), CORRECTION.words))[0] in NO
