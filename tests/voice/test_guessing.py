"""Which of the guesses was meant: how it sounds, how it is asked, and our own words beside what was heard."""

import pytest

from voice.nearness import near
from voice.phrasing import Phrasing
from voice.ranking import Ranking
from voice.slots import OPEN, YES_NO, choice
from voice.turn_end import AT_ONCE, silence_wanted
from voice.vocabulary import Vocabulary

QUESTIONS = ("租房能提多少", "租房能提取公积金吗", "公积金缴存基数怎么调整", "缴存基数是多少", "怎么转人工服务") * 3
PHRASING = Phrasing(QUESTIONS)


@pytest.mark.parametrize(("one", "other", "apart"), [("zi", "zhi", 0.4), ("ji", "ji", 0.0), ("jin", "jing", 0.4)])
def test_what_dialects_confuse_is_near(one, other, apart):
    assert near(one, other) == apart


def test_what_shares_nothing_is_far():
    assert near("gong", "mi") is None


def test_a_question_that_is_asked_is_likelier_than_one_that_sounds_the_same():
    assert PHRASING.likelihood("租房能提多少") > PHRASING.likelihood("组访能题多少")


def test_of_two_guesses_that_sound_alike_the_one_people_ask_is_first():
    ranking = Ranking(PHRASING, Vocabulary(()))

    assert ranking.ranked((("书房能提多少", -100.0), ("租房能提多少", -100.4)))[0] == "租房能提多少"


def test_a_guess_that_sounds_much_better_stays_first():
    ranking = Ranking(PHRASING, Vocabulary(()))

    assert ranking.ranked((("书房能提多少", -100.0), ("租房能提多少", -120.0)))[0] == "书房能提多少"


def test_our_word_takes_the_place_of_what_sounds_like_it():
    ranking = Ranking(PHRASING, Vocabulary(("缴存", "基数", "公积金")))

    ranked = ranking.ranked((("公积金缴存技术怎么调整", -100.0),))

    assert ranked[0] == "公积金缴存基数怎么调整"
    assert "公积金缴存技术怎么调整" in ranked


def test_without_questions_the_recognisers_order_stays():
    ranking = Ranking(Phrasing(()), Vocabulary(("租房",)))

    assert ranking.ranked((("书房", -1.0), ("租房", -2.0), ("", -3.0))) == ("书房", "租房")


def test_speech_about_something_else_is_left_alone():
    ranking = Ranking(PHRASING, Vocabulary(("缴存", "基数", "公积金", "租房")))

    assert ranking.ranked((("今天天气怎么样", -100.0),))[0] == "今天天气怎么样"


def test_a_whole_question_is_known_from_its_beginning():
    assert PHRASING.whole("租房能提多少") > 0.2 > PHRASING.whole("公积金缴存")
    assert Phrasing(()).whole("租房") == PHRASING.whole("") == 0.0


@pytest.mark.parametrize("slot", [OPEN, choice(("租房", "买房"))])
def test_a_whole_question_needs_the_least_silence(slot):
    assert silence_wanted(slot, "租房能提多少", PHRASING) == AT_ONCE < silence_wanted(slot, "公积金缴存", PHRASING)


def test_yes_and_no_are_ended_as_ever():
    assert silence_wanted(YES_NO, "是", PHRASING) == YES_NO.settled
