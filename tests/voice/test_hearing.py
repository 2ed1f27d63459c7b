"""Where speech begins and ends, what it probably was, and numbers told over the phone."""

from datetime import UTC, datetime

import pytest

from bot.errors import SpeechUnavailable
from bot.messages import Button, Expects, Reply
from tests.voice.phone import ScriptedHearing, noise, speech
from voice.audio import FRAME_BYTES, FRAME_SECONDS, louder, loudness, of_wave
from voice.digits import KeyedNumber, corrected, digits_in
from voice.ears import Began, Ears, Utterance, Words
from voice.hours import Hours
from voice.slots import DIGITS, DISTRICT, OPEN, YES_NO, Kind, Slot, digits, expected
from voice.turn_end import silence_wanted
from voice.vocabulary import Vocabulary

VOCABULARY = Vocabulary(["公积金", "公鸡金", "提取", "租房提取", "贷款", "利率"])


async def events(ears, sound):
    """Feed a sound frame by frame; yield what happened with the second it happened at."""
    happened = []
    for at in range(0, len(sound) - FRAME_BYTES + 1, FRAME_BYTES):
        async for event in ears.feed(sound[at : at + FRAME_BYTES]):
            happened.append((at / FRAME_BYTES * FRAME_SECONDS, event))
    return happened


async def test_speech_is_noticed_within_two_tenths_of_a_second():
    happened = await events(Ears(ScriptedHearing([("租房",)]), VOCABULARY), noise(1.0) + speech(1.0) + noise(1.5))

    assert isinstance(happened[0][1], Began)
    assert 1.0 < happened[0][0] <= 1.2


async def test_a_turn_is_begun_understood_and_ended():
    happened = [
        event for _, event in await events(Ears(ScriptedHearing([("租房",)]), VOCABULARY), speech(1.0) + bytes(32_000))
    ]

    assert [type(event) for event in happened] == [Began, Words, Utterance]
    assert happened[-1].guesses == ("租房",)


@pytest.mark.parametrize("sound", [noise(5.0), noise(5.0, loud=800.0), bytes(80_000)], ids=["line", "loud", "nothing"])
async def test_noise_does_not_begin_a_turn(sound):
    assert await events(Ears(ScriptedHearing([]), VOCABULARY), sound) == []


async def test_a_click_does_not_begin_a_turn():
    click = bytes(8_000) + speech(0.06) + bytes(8_000)

    assert await events(Ears(ScriptedHearing([]), VOCABULARY), click * 4) == []


@pytest.mark.parametrize(("slot", "heard", "longest"), [(YES_NO, "对", 0.4), (OPEN, "", 0.7), (DIGITS, "八八", 1.5)])
async def test_a_turn_ends_after_the_silence_its_slot_allows(slot, heard, longest):
    ears = Ears(ScriptedHearing([(heard,)] if heard else [()]), VOCABULARY)
    ears.expect(slot)

    happened = await events(ears, speech(0.8) + bytes(64_000))

    ended = next(at for at, event in happened if isinstance(event, Utterance))
    assert ended - 0.8 <= longest + 0.15  # the detector itself lingers a little


async def test_a_turn_that_never_ends_is_ended():
    happened = await events(Ears(ScriptedHearing([("喂",)]), VOCABULARY), speech(32.0))

    assert [type(event) for _, event in happened].count(Utterance) == 1


async def test_an_ear_that_breaks_leaves_a_line_that_goes_by_keys():
    class Breaking(ScriptedHearing):
        async def feed(self, sound):
            raise SpeechUnavailable("scripted")

    ears = Ears(Breaking([]), VOCABULARY)

    happened = [event for _, event in await events(ears, speech(1.0))]

    assert happened[-1] == Utterance(guesses=(), seconds=0.0)
    assert ears.deaf


def test_a_complete_answer_needs_less_silence():
    assert silence_wanted(OPEN, "租房能提多少") < silence_wanted(OPEN, "租房能提")
    assert silence_wanted(YES_NO, "是") <= 0.4
    assert silence_wanted(digits(Kind.DIGITS, 4), "八八二") == 1.5


@pytest.mark.parametrize(
    ("heard", "meant"),
    [
        ("公鸡金怎么提取", "公积金怎么提取"),
        ("工基金利率", "公积金利率"),
        ("组房提取", "租房提取"),
        ("题曲", "题曲"),  # two characters must agree in tone
        ("今天天气怎么样", "今天天气怎么样"),
        ("", ""),
    ],
)
def test_what_sounds_like_our_words_becomes_them(heard, meant):
    assert VOCABULARY.repaired(heard) == meant


def test_every_guess_is_repaired_and_given_once():
    assert VOCABULARY.guesses(("公鸡金", "公积金", "工基金", "贷款")) == ("公积金", "贷款")


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("倒数第二位是八", "13809716581"),
        ("第三位是九", "13909716541"),
        ("后四位是八八二一", "13809718821"),
        ("最后一位应该是七", "13809716547"),
        ("前三位是幺五零", "15009716541"),
        ("不对", None),
        ("第二十位是八", None),
    ],
)
def test_a_number_is_corrected_in_part(said, number):
    assert corrected("13809716541", said) == number


def test_spoken_digits_are_digits():
    assert digits_in("幺三八零九七一六五四两") == "13809716542"


def test_a_star_is_the_x_of_an_identity_number_and_takes_back_elsewhere():
    identity, phone = KeyedNumber(digits(Kind.IDENTITY, 18)), KeyedNumber(digits(Kind.DIGITS, 11))

    for key in "63010519900101001*":
        identity.press(key)
    for key in "139*8#":
        phone.press(key)

    assert (identity.digits, identity.over) == ("63010519900101001X", True)
    assert (phone.digits, phone.over) == ("138", True)


def two(*labels):
    return tuple(Button(label=label, payload=f"/{label}") for label in labels)


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (Reply(text="您的身份证号?", expects=Expects.IDENTITY), Kind.IDENTITY),
        (Reply(text="六位密码?", expects=Expects.SECRET), Kind.SECRET),
        (Reply(text="六位密码?", expects=Expects.SECRET, buttons=two("短信验证码")), Kind.SECRET),
        (Reply(text="您在哪个区?", expects=Expects.DISTRICT), Kind.DISTRICT),
        (Reply(text="您想贷多少钱?", expects=Expects.AMOUNT), Kind.AMOUNT),
        (Reply(text="这次想提前还多少?", expects=Expects.AMOUNT, buttons=two("5 万元", "10 万元")), Kind.CHOICE),
        (Reply(text="哪天来?", expects=Expects.DATE), Kind.DATE),
        (Reply(text="确认吗?", expects=Expects.YES_NO, buttons=two("确认", "取消")), Kind.YES_NO),
        (Reply(text="确认吗?", expects=Expects.YES_NO, buttons=two("确认取号", "预约时间")), Kind.CHOICE),
        (Reply(text="哪一个?", buttons=two("租房")), Kind.CHOICE),
        (Reply(text="请输入 6 位密码,忘了可以到柜台重置。"), Kind.OPEN),
    ],
)
def test_what_comes_next_is_what_the_reply_asks_for(reply, kind):
    slot = expected(reply)

    assert slot.kind is kind
    assert slot.labels == tuple(button.label for button in reply.buttons)


def test_only_known_slots_are_kept_quiet():
    assert [slot.quiet for slot in (digits(Kind.IDENTITY), digits(Kind.SECRET), DIGITS, DISTRICT)] == [
        True,
        True,
        False,
        False,
    ]
    assert not Slot().by_digits


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        (datetime(2026, 11, 23, 1, 0, tzinfo=UTC), True),  # Monday, nine in Xining
        (datetime(2026, 11, 23, 5, 0, tzinfo=UTC), False),  # one in the afternoon
        (datetime(2026, 11, 22, 1, 0, tzinfo=UTC), False),  # Sunday
    ],
)
def test_people_answer_in_their_hours(moment, is_open):
    assert Hours("1-5 08:30-12:00, 1-5 14:00-17:30", lambda: moment).open() is is_open
    assert Hours("", lambda: moment).open()


@pytest.mark.parametrize("hours", ["always", "1-5", "1-9 08:00-12:00", "1-5 25:00-26:00"])
def test_hours_that_are_none_are_refused(hours):
    with pytest.raises(ValueError):
        Hours(hours, lambda: datetime.now(UTC))


def test_louder_never_wraps_around():
    assert loudness(louder(speech(0.2, loud=30_000), 4.0)) > loudness(speech(0.2, loud=30_000))


def test_what_is_no_wave_file_is_refused():
    with pytest.raises(ValueError):
        of_wave(b"RIFF")
