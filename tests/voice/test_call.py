"""What a caller lives through, from greeting to farewell."""

import asyncio
from dataclasses import replace

import pytest

from bot.line import Abilities, Rated, Text
from bot.messages import Button, Expects, Handoff, Outcome, Reply, Response
from tests.voice.phone import CALL, CHOICES, CLOSED_HOURS, Exchange
from voice import prompts
from voice.calls import CallOutcome, End
from voice.menu import QUESTIONS
from voice.slots import CORRECTION

RENT = ("租房",)


async def test_the_line_greets_and_names_a_key():
    exchange = Exchange()

    async with exchange.call() as line:
        await line.hears("转人工请按零")

    assert line.spoken.startswith("您好,这里是住房公积金热线")


async def test_a_spoken_question_gets_a_spoken_answer():
    exchange = Exchange(("租房", "组房"))

    async with exchange.call() as line:
        await line.hears("转人工")
        line.speak()
        await line.hears("租房每年最多一万六千八百元。")

    assert exchange.asked == ["租房"]
    assert exchange.dialogue.asked[0].attachments[0].heard == ("租房", "组房")
    assert exchange.dialogue.asked[0].sender == CALL


async def test_a_key_during_a_prompt_wins():
    exchange = Exchange()
    exchange.voice.frames = 400

    async with exchange.call() as line:
        await line.hears("您好")
        line.press("2")
        await line.hears("公积金怎么提取", within=1.0)

    assert exchange.asked == ["公积金怎么提取"]
    assert "转人工请按零" not in line.spoken


async def test_keys_typed_ahead_are_not_lost():
    exchange = Exchange()

    async with exchange.call() as line:
        line.press("1")
        line.press("63010519900101001*")
        await line.hears("听到了")

    assert exchange.asked == ["查公积金余额", "63010519900101001X"]


async def test_an_identity_number_is_never_said():
    exchange = Exchange()

    async with exchange.call() as line:
        line.press("1")
        await line.hears("艾克斯")
        exchange.dialogue.script["630105199001010011"] = "收到。"
        line.press("630105199001010011")
        await line.hears("收到")

    assert "六三零一零五" not in line.spoken
    assert "幺九九零" not in line.spoken


async def test_a_password_ends_by_itself_and_goes_to_the_heart_alone():
    exchange = Exchange(("密码",))

    async with exchange.call() as line:
        await line.hears("转人工")
        line.speak()
        await line.hears("查询密码")
        exchange.dialogue.script["123456"] = "验证通过。"
        line.press("123456")
        await line.hears("验证通过")

    assert exchange.asked == ["密码", "123456"]


async def test_beside_a_password_a_single_key_chooses_the_other_way():
    exchange = Exchange(("验证",))
    other = Button(label="短信验证码", payload="/by_code")
    exchange.dialogue.script["验证"] = Response(
        replies=(Reply(text="请发 6 位查询密码。", buttons=(other,), expects=Expects.SECRET),), outcome=Outcome.ASKED
    )

    async with exchange.call() as line:
        await line.hears("转人工请按零")
        line.speak()
        await line.hears("查询密码")
        line.press("1#")
        await line.hears("听到了")

    assert exchange.asked == ["验证", "/by_code"]


async def test_a_wrong_length_is_said_and_asked_again():
    exchange = Exchange()

    async with exchange.call() as line:
        line.press("1")
        await line.hears("身份证号")
        line.press("6301#")
        await line.hears(prompts.WRONG_LENGTH)

    assert exchange.asked == ["查公积金余额"]


async def test_choices_can_be_pressed_or_said():
    pressed, said = Exchange(("选",)), Exchange(("选",), ("买房提取",))

    async with pressed.call() as line:
        await line.hears("转人工")
        line.speak()
        await line.hears("买房提取,请按二")
        line.press("2")
        await line.hears("听到了")
    async with said.call() as line:
        await line.hears("转人工")
        line.speak()
        await line.hears("请按二")
        line.speak()
        await line.hears("听到了")

    assert pressed.asked == said.asked == ["选", "/choose_entry{2}"]


async def test_what_a_screen_offers_next_is_no_keys_meaning():
    follow_up = Button(label="要租赁合同吗", payload="/choose_entry{3}")
    exchange = Exchange(RENT)
    exchange.dialogue.script["租房"] = Response(replies=(Reply(text="最多 16800 元。", buttons=(follow_up,)),))

    async with exchange.call() as line:
        await line.hears("转人工请按零")
        line.speak()
        await line.hears("一万六千八百元")
        line.press("2")
        await line.hears("公积金怎么提取")

    assert exchange.asked == ["租房", "公积金怎么提取"]
    assert "租赁合同" not in line.spoken


async def test_choices_that_are_told_in_words_are_pressed_too():
    exchange = Exchange(("选",))
    told = replace(CHOICES.replies[0], spoken="哪一个?一,租房;二,买房。")
    exchange.dialogue.script["选"] = replace(CHOICES, replies=(told,))

    async with exchange.call() as line:
        await line.hears("转人工请按零")
        line.speak()
        await line.hears(prompts.KEYS_TOO)
        line.press("2")
        await line.hears("听到了")

    assert exchange.asked == ["选", "/choose_entry{2}"]


async def test_a_person_is_a_key_away_and_gets_the_summary():
    exchange = Exchange()

    async with exchange.call() as line:
        line.press("0")
        outcome = await exchange.outcome()

    assert outcome == CallOutcome(end=End.QUEUE, summary="市民:租房能提多少")
    assert prompts.TO_A_PERSON[:5] in line.spoken


async def test_asking_for_a_person_by_voice_is_enough():
    exchange = Exchange(("我要转人工服务",))

    async with exchange.call() as line:
        await line.hears("您好")
        line.speak()
        outcome = await exchange.outcome()

    assert outcome.end is End.QUEUE


async def test_out_of_hours_a_call_back_is_noted_with_the_confirmed_number():
    exchange = Exchange(now=CLOSED_HOURS)

    async with exchange.call(caller="13800001111") as line:
        line.press("0")
        await line.hears("现在是下班时间")
        line.press("1")
        await line.hears("换一个号码")
        line.press("2")
        await line.hears("请输入回电号码")
        line.press("13809716541#")
        await line.hears("幺三八,零九七幺,六五四幺")
        line.press("1")
        outcome = await exchange.outcome()

    assert outcome.end is End.HANG_UP
    assert [(wish.call, wish.phone) for wish in exchange.gateway.wishes] == [(CALL, "13809716541")]


async def test_out_of_hours_without_anybody_to_note_a_call_back_the_caller_is_told_so():
    exchange = Exchange(now=CLOSED_HOURS, abilities=Abilities())

    async with exchange.call() as line:
        line.press("0")
        await line.hears(prompts.CLOSED_NOW[-8:])
        line.press("2")
        await line.hears("听到了:公积金怎么提取")


async def test_a_call_back_number_is_corrected_in_part():
    exchange = Exchange(("倒数第二位是八",), ("对",), now=CLOSED_HOURS)

    async with exchange.call() as line:
        line.press("0")
        await line.hears("请按一,不需要")
        line.press("1")
        await line.hears("请输入回电号码")
        line.press("13809716541#")
        await line.hears("六五四幺")
        line.speak()
        await line.hears("六五八幺")
        line.speak()
        await exchange.outcome()

    assert exchange.gateway.wishes[0].phone == "13809716581"


async def test_an_answer_into_the_question_is_heard_as_an_answer_to_it():
    exchange = Exchange(("倒数第二位是八",), now=CLOSED_HOURS)
    exchange.voice.frames = 60
    hearing = exchange.service._recognizer.hearing()
    exchange.service._recognizer.hearing = lambda: hearing

    async with exchange.call() as line:
        line.press("01")
        await line.hears("请输入回电号码")
        line.press("13809716541#")
        await line.hears("您说的是")
        line.speak()
        await line.hears("五八幺")
        line.press("1")
        await line.hears(prompts.WILL_CALL)

    assert hearing.begun == [CORRECTION.words]
    assert [wish.phone for wish in exchange.gateway.wishes] == ["13809716581"]


async def test_silence_is_met_gently_then_by_the_menu_then_by_a_person():
    exchange = Exchange()

    async with exchange.call() as line:
        outcome = await exchange.outcome(within=8)

    at = [line.spoken.index(words) for words in ("您还在吗", "没有听到您的声音", "查余额请按一", "我先为您转人工")]
    assert at == sorted(at)
    assert outcome.end is End.QUEUE


async def test_three_misunderstandings_lead_to_keys_and_two_more_to_a_person():
    exchange = Exchange(*[("不懂",)] * 3, *[()] * 2)

    async with exchange.call() as line:
        await line.hears("转人工请按零")
        for words in ("没有查到", "没有查到", prompts.BY_KEYS[:5]):
            line.speak()
            await line.hears(words)
        await line.hears("重听请按九")
        line.speak()
        outcome = await exchange.outcome()

    assert outcome.end is End.QUEUE


async def test_the_last_answer_is_repeated_slower_and_louder_on_demand():
    exchange = Exchange(RENT, ("再说一遍",), ("慢一点",), ("大声点",))

    async with exchange.call() as line:
        await line.hears("转人工请按零")
        for count in range(1, 4):
            line.speak()
            await line.hears("一万六千八百元", times=count)
        line.speak()
        async with asyncio.timeout(5):
            while prompts.LOUDER not in dict(exchange.voice.asked):  # noqa: ASYNC110 - watched from outside
                await asyncio.sleep(0.01)

    assert exchange.asked == ["租房"]
    assert ("租房每年最多一万六千八百元。", 0.8) in exchange.voice.asked


async def test_a_long_answer_is_offered_by_portions_or_as_a_text_message():
    exchange = Exchange(("长",))

    async with exchange.call(caller="13800001111") as line:
        await line.hears("转人工请按零")
        line.speak()
        await line.hears("要接着听,还是短信发给您?")
        line.press("2")
        await line.hears("短信已经发出")

    assert exchange.gateway.texts == [
        Text(call=CALL, phone="13800001111", text="第一句说得比较长,是为了凑够一段。" * 10)
    ]
    assert len(exchange.asked) == 1


@pytest.mark.parametrize("way", ["8", "短信发给我"])
async def test_the_whole_of_a_short_answer_comes_as_a_text_message_on_demand(way):
    exchange = Exchange(RENT, (way,))

    async with exchange.call(caller="13800001111") as line:
        await line.hears("转人工请按零")
        line.speak()
        await line.hears("一万六千八百元")
        line.press(way) if way == "8" else line.speak()
        await line.hears(prompts.SENT)

    assert [text.text for text in exchange.gateway.texts] == ["租房每年最多 16800 元。"]


async def test_where_a_text_message_is_one_of_the_choices_it_is_chosen():
    exchange = Exchange(("验证",), ("短信",))
    by_code = Button(label="短信验证码", payload="/by_code")
    exchange.dialogue.script["验证"] = Response(
        replies=(Reply(text="哪种?", buttons=(by_code,)),), outcome=Outcome.ASKED
    )

    async with exchange.call(caller="13800001111") as line:
        await line.hears("转人工请按零")
        line.speak()
        await line.hears("请按一")
        line.speak()
        await line.hears("听到了")

    assert exchange.asked == ["验证", "短信"]


async def test_own_data_goes_into_no_text_message():
    exchange = Exchange(("余额",), assurance=2)
    exchange.dialogue.script["余额"] = Response(replies=(Reply(text="余额 500 元。", private=True),))

    async with exchange.call(caller="13800001111") as line:
        await line.hears("转人工请按零")
        line.speak()
        await line.hears("余额五百元")
        line.press("8")
        await line.hears(prompts.NO_TEXT[:6])

    assert exchange.gateway.texts == []


async def test_another_key_of_the_menu_leaves_the_rest_unsaid():
    exchange = Exchange(("长",))

    async with exchange.call(caller="13800001111") as line:
        await line.hears("转人工请按零")
        line.speak()
        await line.hears("接着听请按一")
        line.press("6")
        async with asyncio.timeout(5):
            while exchange.asked[-1] != QUESTIONS["6"]:  # noqa: ASYNC110 - watched from outside
                await asyncio.sleep(0.01)


async def test_a_landline_is_promised_no_text_message():
    exchange = Exchange(("长",))

    async with exchange.call(caller="09716112345") as line:
        await line.hears("转人工请按零")
        line.speak()
        await line.hears(prompts.GO_ON_ONLY[:6])

    assert "短信" not in line.spoken


async def test_without_a_number_the_rest_is_only_offered_to_be_heard():
    exchange = Exchange(("长",))

    async with exchange.call() as line:
        await line.hears("转人工请按零")
        line.speak()
        await line.hears(prompts.GO_ON_ONLY[:6])
        line.press("1")
        await asyncio.sleep(0.4)

    assert "短信" not in line.spoken


async def test_own_data_is_spoken_only_after_a_fresh_proof():
    private = Response(replies=(Reply(text="余额 500 元。", private=True),))
    low = Exchange(("余额",), assurance=1)
    high = Exchange(("余额",), assurance=2)
    low.dialogue.script["余额"] = high.dialogue.script["余额"] = private

    async with low.call() as line:
        await line.hears("转人工请按零")
        line.speak()
        await line.hears("先验证身份")
    async with high.call() as other:
        await other.hears("转人工请按零")
        other.speak()
        await other.hears("余额五百元")

    assert "五百" not in line.spoken


async def test_the_call_is_rated_by_key_and_said_good_bye_once():
    exchange = Exchange(RENT, ("没有了",))

    async with exchange.call() as line:
        await line.hears("转人工请按零")
        line.speak()
        await line.hears("一万六千八百元")
        line.speak()
        await line.hears("一到五分")
        line.press("5")
        outcome = await exchange.outcome()

    assert outcome == CallOutcome(end=End.HANG_UP, rating=5)
    assert exchange.gateway.rated == [Rated(call=CALL, seq=1, score=5)]
    assert line.spoken.count("再见") == 1
    assert line.spoken.endswith(prompts.FAREWELL)


async def test_speech_during_the_farewell_does_not_cut_it():
    exchange = Exchange(("喂",))

    async with exchange.call() as line:
        line.press("#")
        line.speak()
        await exchange.outcome()

    assert prompts.FAREWELL in line.spoken


async def test_hanging_up_in_the_middle_of_a_prompt_ends_the_call():
    exchange = Exchange()
    exchange.voice.frames = 2_000

    async with exchange.call() as line:
        await line.hears("您好")
        line.hang_up()
        outcome = await exchange.outcome(within=1)

    assert outcome.end is End.HANG_UP
    assert exchange.service.live == 0


STATES = {
    "greeted": ("", "您好"),
    "asked for a number": ("1", "身份证号"),
    "in the middle of a number": ("163010", ""),
    "the menu": ("9", "查余额请按一"),
    "answered": ("2", "一万六千八百元"),
    "asked for a rating": ("2#", "请给这次服务打分"),
    "told good-bye": ("#", "再见"),
    "on the way to a person": ("0", "转人工"),
}


@pytest.mark.parametrize("state", STATES)
async def test_whenever_the_caller_hangs_up_nothing_stays_behind(state):
    keys, words = STATES[state]
    exchange = Exchange()
    exchange.dialogue.script["公积金怎么提取"] = "租房每年最多 16800 元。"
    exchange.voice.frames = 60
    before = asyncio.all_tasks()

    async with exchange.call(caller="13800001111") as line:
        line.press(keys)
        await line.hears(words)
        line.hang_up()
        await exchange.outcome()

    assert exchange.service.live == 0
    assert asyncio.all_tasks() == before


async def test_when_our_own_ears_fail_in_a_way_nobody_foresaw_a_person_takes_over():
    exchange = Exchange(("租房",))
    exchange.service._recognizer.hearing = lambda: Failing()

    async with exchange.call() as line:
        await line.hears("您好")
        line.speak()
        outcome = await exchange.outcome()

    assert outcome.end is End.QUEUE


class Failing:
    """A recogniser with a fault of its own."""

    sure = True

    async def begin(self, words=()):
        raise ValueError("scripted")


async def test_a_caller_whose_line_to_us_breaks_is_left_to_a_person():
    exchange = Exchange()

    async with exchange.call() as line:
        await line.hears("您好")
        line.hang_up("dropped")
        outcome = await exchange.outcome()

    assert outcome.end is End.QUEUE
    assert outcome.summary


async def test_a_call_that_is_over_does_not_begin_again():
    exchange = Exchange()

    async with exchange.call() as line:
        await line.hears("您好")
    async with exchange.call() as again:
        await asyncio.sleep(0.05)

    assert again.spoken == ""


async def test_noise_does_not_interrupt_and_the_prompt_goes_on_where_it_was():
    exchange = Exchange(())
    exchange.voice.frames = 300

    async with exchange.call() as line:
        await line.hears("您好")
        line.speak()
        await line.hears("转人工请按零", within=10)

    assert line.spoken.count("您好,这里是") == 1
    assert exchange.asked == []


async def test_a_few_words_that_come_to_nothing_are_asked_again():
    exchange = Exchange(fading=True)
    exchange.voice.frames = 300

    async with exchange.call() as line:
        await line.hears("您好")
        line.speak(0.3)
        await line.hears(prompts.PARDON[:6])


async def test_without_recognition_the_line_goes_by_keys():
    exchange = Exchange(deaf=True)

    async with exchange.call() as line:
        await line.hears("查余额请按一")
        line.press("6")
        await line.hears("办理网点在哪里")

    assert exchange.asked == ["办理网点在哪里"]


async def test_a_line_that_cannot_speak_hands_the_caller_to_a_person():
    exchange = Exchange()
    exchange.voice.broken = True

    async with exchange.call():
        outcome = await exchange.outcome()

    assert outcome.end is End.QUEUE


async def test_a_gateway_that_is_gone_is_said_and_the_caller_queued():
    exchange = Exchange(down=True)

    async with exchange.call() as line:
        outcome = await exchange.outcome()

    assert outcome.end is End.QUEUE
    assert prompts.TROUBLE in line.spoken
    assert "您好" not in line.spoken


async def test_who_is_handed_over_without_having_asked_hears_why():
    exchange = Exchange(("我不想活了",))
    calming = Reply(text="请别着急,有人陪您。", handoff=Handoff(reason="citizen-danger"))
    exchange.dialogue.script["我不想活了"] = Response(replies=(calming,), outcome=Outcome.HANDED_OFF)

    async with exchange.call() as line:
        await line.hears("转人工请按零")
        line.speak()
        outcome = await exchange.outcome()

    assert outcome.end is End.QUEUE
    assert "有人陪您" in line.spoken


async def test_a_slow_answer_is_bridged_by_words():
    exchange = Exchange(RENT)
    exchange.dialogue.pause = 0.4

    async with exchange.call() as line:
        await line.hears("转人工请按零")
        line.speak()
        await line.hears("一万六千八百元")

    assert prompts.LOOKING[:4] in line.spoken


async def test_beyond_capacity_the_caller_is_told_and_queued():
    exchange = Exchange()
    calls = [f"6f8ad1f6-6a4b-4c2e-9a43-0a6f2b1c7d1{n}" for n in range(4)]

    async with exchange.call(calls[0]), exchange.call(calls[1]), exchange.call(calls[2]):
        async with exchange.call(calls[3]) as line:
            outcome = await exchange.outcome(calls[3])

    assert outcome.end is End.QUEUE
    assert "打进来的人很多" in line.spoken


async def test_a_second_line_with_the_same_uuid_is_refused_and_the_first_goes_on():
    exchange = Exchange()

    async with exchange.call() as line:
        await line.hears("您好")
        async with exchange.call() as second:
            await asyncio.sleep(0.05)
        await line.hears("转人工请按零")

    assert second.spoken == ""


@pytest.mark.parametrize("word", ["再见", "没有了", "不用了谢谢"])
async def test_a_good_bye_in_any_words_ends_the_call(word):
    exchange = Exchange((word,))

    async with exchange.call() as line:
        await line.hears("您好")
        line.speak()
        outcome = await exchange.outcome()

    assert outcome.end is End.HANG_UP
