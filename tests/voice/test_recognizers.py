"""Vosk hears recorded people; the scripted stand-in holds the same contract."""

from pathlib import Path

import pytest

from bot.errors import SpeechUnavailable
from tests.contracts.recognizer import RecognizerContract, heard
from tests.voice.phone import MODEL, NEEDS_AUDIO, NEEDS_MODEL, ScriptedHearing, recorded, speech, transcripts
from voice.slots import DISTRICT, YES_NO
from voice.vosk_model import checksum, located, verified
from voice.vosk_recognizer import VoskRecognizer


class Listening(ScriptedHearing):
    """Hears the script in every sound that is not silence."""

    async def finish(self):
        return self.results[0] if self.fed and self.loud else ()

    async def feed(self, sound):
        self.loud = self.loud or any(sound)
        await super().feed(sound)
        return self.results[0][0] if self.loud else ""

    async def begin(self, words=()):
        self.loud = False
        await super().begin(words)


class TestScripted(RecognizerContract):
    def recognizer(self):
        class Script:
            def hearing(self, rate_hz=8_000):
                return Listening([("您好",)])

        return Script()

    def sound(self):
        return speech(0.5)

    def words(self):
        return "您好"


@pytest.fixture(scope="module")
def vosk():
    found = VoskRecognizer.load(str(MODEL), folder=Path())
    yield found
    found.close()


@pytest.mark.model
@NEEDS_MODEL
@NEEDS_AUDIO
class TestVosk(RecognizerContract):
    @pytest.fixture(autouse=True)
    def _loaded(self, vosk):
        self._vosk = vosk

    def recognizer(self):
        return self._vosk

    def sound(self):
        return bytes(8_000) + recorded("cmn_test/12") + bytes(8_000)

    def words(self):
        return "公积金贷款怎么申请"

    async def test_a_grammar_binds_what_can_be_heard(self):
        hearing = self._vosk.hearing()

        assert (await heard(hearing, recorded("cmn_slot/3"), YES_NO.words))[0] == transcripts("cmn_slot")[3]
        assert (await heard(hearing, recorded("cmn_slot/30"), DISTRICT.words))[0] == transcripts("cmn_slot")[30]

    async def test_several_guesses_are_given(self):
        assert len(await heard(self._vosk.hearing(), recorded("cmn_test/4"))) > 1


@pytest.mark.model
@NEEDS_MODEL
def test_a_model_is_found_by_path_or_by_name():
    assert located(str(MODEL), Path()) == MODEL
    assert located(MODEL.name, MODEL.parent) == MODEL


@pytest.mark.model
@NEEDS_MODEL
def test_a_checksum_that_does_not_fit_stops_the_model():
    assert verified(MODEL, checksum(MODEL)) == MODEL
    with pytest.raises(SpeechUnavailable, match="MODEL_SHA256"):
        verified(MODEL, "0" * 64)


def test_a_missing_model_is_named_with_how_to_get_it(tmp_path):
    with pytest.raises(SpeechUnavailable, match=r"vosk-model-small-cn-0\.22"):
        located("vosk-model-small-cn-0.22", tmp_path)
    with pytest.raises(SpeechUnavailable, match="JIAJIA_PHONE__MODEL"):
        located("", tmp_path)
    with pytest.raises(SpeechUnavailable, match="不是完整"):
        located(str(tmp_path), tmp_path)


@pytest.mark.model
def test_a_broken_model_is_named(tmp_path):
    (tmp_path / "am").mkdir()
    (tmp_path / "am" / "final.mdl").write_bytes(b"not a model")

    with pytest.raises(SpeechUnavailable, match="不能载入"):
        VoskRecognizer.load(str(tmp_path), folder=Path())
