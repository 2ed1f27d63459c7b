"""A hum, a television, another language: what a recogniser makes of them is no question."""

from pathlib import Path

import pytest

from bot.assembly.phone import phrasing_of, vocabulary_of
from tests.bench.hearing import through_ears
from tests.voice.nonsense import backwards, song
from tests.voice.phone import MODEL, NEEDS_AUDIO, NEEDS_MODEL, ScriptedHearing, recorded, speech, transcripts
from tests.voice.test_hearing import VOCABULARY, events
from voice.ears import Ears, Utterance
from voice.phrasing import Phrasing
from voice.ranking import Ranking
from voice.slots import OPEN, YES_NO, choice, digits
from voice.slots import Kind as SlotKind
from voice.sureness import Alternative, Sureness, bound
from voice.vosk_recognizer import VoskRecognizer

SURENESS = Sureness(Phrasing(("租房能提多少", "租房能提取公积金吗", "公积金缴存比例是多少") * 3))
KNOWLEDGE = Path(__file__).parents[2] / "knowledge_base"


def segment(*guesses: tuple[str, float]) -> tuple[Alternative, ...]:
    return tuple(Alternative(words=tuple(words.split()), score=score) for words, score in guesses)


def test_a_question_whose_guesses_agree_is_sure():
    assert SURENESS.sure([segment(("租房 能 提 多少", -900.0), ("租房 能 题 多少", -908.0))], "租房能提多少")


def test_syllables_nobody_asks_and_no_two_guesses_share_are_not():
    heard = segment(("八 十 二", -400.0), ("我 是 上", -400.1), ("零 天", -400.2))

    assert not SURENESS.sure([heard], "八十二")


def test_without_questions_to_compare_with_everything_is_sure():
    assert Sureness(Phrasing(())).sure([segment(("八", -1.0), ("我", -1.0))], "八")


@pytest.mark.parametrize(
    ("guesses", "heard"),
    [
        ((("是", -206.5), ("[unk]", -209.4)), ("是",)),
        ((("[unk]", -422.0), ("五", -422.3)), ("五",)),
        ((("[unk]", -532.9), ("是 [unk]", -534.3)), ()),
        ((("[unk]", -478.2), ("再见", -483.1)), ()),
        ((("[unk] 是", -1394.3), ("[unk]", -1394.4)), ()),
        ((("[unk] 八 八 二 一", -500.0), ("八 二 一", -504.0)), ("八八二一", "八二一")),
        ((), ()),
    ],
    ids=["said", "nearly", "a stray word", "far from it", "among other words", "a number among words", "nothing"],
)
def test_what_a_grammar_hears_among_other_sounds_is_nothing(guesses, heard):
    assert bound(segment(*guesses)) == heard


class Doubting(ScriptedHearing):
    def __init__(self, heard: str) -> None:
        super().__init__([(heard,)])
        self.sure = False


async def ended(heard: str, slot, *, lasts: float = 1.0) -> tuple[str, ...]:
    ears = Ears(Doubting(heard), VOCABULARY)
    ears.expect(slot)
    happened = [event for _, event in await events(ears, speech(lasts) + bytes(64_000))]
    return next(event.guesses for event in happened if isinstance(event, Utterance))


async def test_what_is_not_sure_is_not_understood():
    assert await ended("八零一二一", OPEN) == ()


@pytest.mark.parametrize(
    ("heard", "slot"),
    [
        ("转人工", OPEN),
        ("好的", OPEN),
        ("买房提取", choice(("买房提取", "租房提取"))),
        ("是", YES_NO),
        ("八八二", digits(SlotKind.DIGITS, 3)),
    ],
)
async def test_what_steers_or_answers_is_taken_all_the_same(heard, slot):
    assert await ended(heard, slot) == (heard,)


async def test_nobody_says_one_syllable_for_three_seconds():
    assert await ended("嗯", OPEN, lasts=3.0) == ()
    assert await ended("好的", OPEN, lasts=3.0) == ()


@pytest.mark.model
@NEEDS_MODEL
@NEEDS_AUDIO
async def test_songs_and_foreign_tongues_are_not_answered_and_questions_are_not_lost():
    vocabulary, phrasing = vocabulary_of(KNOWLEDGE), phrasing_of(KNOWLEDGE)
    recognizer = VoskRecognizer.load(str(MODEL), folder=Path(), ranking=Ranking(phrasing, vocabulary))
    sounds = [*(song(seed) for seed in range(8)), *(backwards(f"han_test/{n}") for n in range(0, 36, 2))]
    asked = transcripts("cmn_test")

    taken = [(await through_ears(recognizer, vocabulary, sound, OPEN))[0] for sound in sounds]
    heard = {n: (await through_ears(recognizer, vocabulary, recorded(f"cmn_test/{n}"), OPEN))[0] for n in asked}
    recognizer.close()

    assert len([words for words in taken if words]) <= len(sounds) // 5
    assert sum(not words for words in heard.values()) <= 2
