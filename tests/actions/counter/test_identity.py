"""Proof of identity as a citizen lives it."""

from bot import numbers
from bot.messages import ChannelName, Expects
from tests.actions.counter.visit import Visit, text

RENTER, BORROWER = "租房、单身", "有公积金贷款"


async def test_a_balance_question_asks_for_the_proof_and_then_answers_by_itself(here: Visit) -> None:
    number, _ = here.town.numbers(RENTER)

    first = await here.say("我要查余额", "query_balance")
    second = await here.say(number)
    third = await here.say("短信验证码", "prove_identity")
    last = await here.say(here.town.last_code())

    assert "18 位身份证号" in text(first)
    assert second.text == "〔身份证·1〕"
    assert "139****" in text(third)
    assert last.text == "〔验证码·1〕"
    assert last.replies[0].text.startswith("✔ 已确认是您本人")
    assert "公积金账户余额" in last.replies[1].text
    assert last.replies[1].private


async def test_a_slip_of_before_is_not_held_against_a_new_wish(here: Visit) -> None:
    await here.say("查余额", "query_balance")
    await here.say("630102940414901")
    await here.say("取消", "cancel")

    asked = await here.say("查余额", "query_balance")

    assert "请发您的 18 位身份证号" in text(asked)


async def test_each_question_says_which_kind_of_answer_it_asks_for(here: Visit) -> None:
    number, password = here.town.numbers(RENTER)
    mistyped = number[:-1] + ("0" if number[-1] != "0" else "1")

    turns = [
        await here.say("我要查余额", "query_balance"),
        await here.say(mistyped),
        await here.say(number),
        await here.say("查询密码", "prove_identity"),
        await here.say("123", "prove_identity"),
        await here.say(password),
    ]

    assert [turn.replies[-1].expects for turn in turns] == [
        Expects.IDENTITY,
        Expects.IDENTITY,
        Expects.OPEN,
        Expects.SECRET,
        Expects.SECRET,
        Expects.OPEN,
    ]


async def test_a_mistyped_identity_number_is_told_and_sends_nothing(here: Visit) -> None:
    number, _ = here.town.numbers(RENTER)
    wrong = number[:-1] + ("0" if number[-1] != "0" else "1")

    await here.say("我要查余额", "query_balance")
    turn = await here.say(wrong)

    assert "校验码对不上" in text(turn)
    assert not here.town.sandbox.outbox.texts


async def test_full_width_digits_are_the_same_number(here: Visit) -> None:
    number, _ = here.town.numbers(RENTER)
    wide = number.translate(str.maketrans("0123456789X", "０１２３４５６７８９Ｘ"))

    await here.say("我要查余额", "query_balance")
    turn = await here.say(wide)

    assert "用哪种方式" in text(turn)


async def test_a_wrong_code_may_be_tried_again_and_five_lock(here: Visit) -> None:
    number, _ = here.town.numbers(RENTER)
    await here.say("我要查余额", "query_balance")
    await here.say(number)
    await here.say("查询密码", "prove_identity")

    tries = [await here.say(f"00000{digit}") for digit in range(5)]

    assert "还可以试 4 次" in text(tries[0])
    assert "锁定" in text(tries[4])
    assert "锁定" in text(await here.prove(RENTER))


async def test_an_expired_code_says_so_and_a_new_one_works(here: Visit) -> None:
    number, _ = here.town.numbers(RENTER)
    await here.say("我要查余额", "query_balance")
    await here.say(number)
    await here.say("短信验证码", "prove_identity")
    old = here.town.last_code()
    here.clock.forward(400)

    expired = await here.say(old)
    await here.say("重发验证码", "prove_identity")
    done = await here.say(here.town.last_code())

    assert "过期" in text(expired)
    assert "公积金账户余额" in text(done)


async def test_a_proof_is_fresh_for_ten_minutes_and_bound_afterwards(here: Visit) -> None:
    await here.prove(RENTER)
    here.clock.forward(11 * 60)

    balance = await here.say("查余额", "query_balance")
    withdrawal = await here.say("我要租房提取", "withdraw_rent")

    assert "公积金账户余额" in text(balance)
    assert "用哪种方式确认" in text(withdrawal)


async def test_a_phone_line_forgets_after_ten_minutes(here: Visit) -> None:
    await here.prove(RENTER, channel=ChannelName.PHONE)
    fresh = await here.say("查余额", "query_balance", channel=ChannelName.PHONE)
    here.clock.forward(11 * 60)
    old = await here.say("查余额", "query_balance", channel=ChannelName.PHONE)

    assert "余额是" in fresh.replies[0].spoken
    assert "余额" not in text(old)


async def test_the_robot_shows_and_asks_nothing_personal(here: Visit) -> None:
    balance = await here.say("查余额", "query_balance", channel=ChannelName.ROBOT)
    proof = await here.say("验证身份", "prove_identity", channel=ChannelName.ROBOT)

    assert "不在这块屏幕上显示" in text(balance)
    assert "读卡区" in text(proof)


async def test_unbinding_hides_everything_again(here: Visit) -> None:
    await here.prove(RENTER)

    await here.say("解除绑定", "unbind_account")
    turn = await here.say("查余额", "query_balance")

    assert "18 位身份证号" in text(turn)


async def test_six_digits_are_an_amount_unless_a_code_is_waited_for(here: Visit) -> None:
    await here.say("帮我算月供", "calculate_loan")

    turn = await here.say("300000")

    assert turn.text == "300000"
    assert "30 万元" in text(turn)


async def test_a_password_typed_before_it_is_asked_for_is_hidden_and_used(here: Visit) -> None:
    number, password = here.town.numbers(RENTER)
    await here.say("我要查余额", "query_balance")

    early = await here.say(password)
    proved = await here.say(number)

    assert early.text == "〔验证码·1〕"
    assert "18 位身份证号" in text(early)
    assert "公积金账户余额" in text(proved)


async def test_number_and_password_in_one_message_are_enough(here: Visit) -> None:
    number, password = here.town.numbers(RENTER)
    await here.say("我要查余额", "query_balance")

    proved = await here.say(f"{number} {password}")

    assert proved.text == "〔身份证·1〕 〔验证码·1〕"
    assert "公积金账户余额" in text(proved)


async def test_what_is_typed_after_the_lock_stays_hidden(here: Visit) -> None:
    number, _ = here.town.numbers(RENTER)
    await here.say("我要查余额", "query_balance")
    await here.say(number)
    for digit in range(5):
        locked = await here.say(f"00000{digit}")

    turn = await here.say("222222")

    assert "锁定 30 分钟" in text(locked)
    assert turn.text.startswith("〔验证码·")


async def test_an_amount_reaches_the_calculator_while_a_code_is_waited_for(here: Visit) -> None:
    number, password = here.town.numbers(RENTER)
    await here.say("我要查余额", "query_balance")
    await here.say(number)
    await here.say("帮我算月供", "calculate_loan")

    amount = await here.say("300000")
    result = await here.say("20年")
    proved = await here.say(password)

    assert "贷 30 万元" in text(amount)
    assert "30 万元、20 年" in text(result)
    assert "公积金账户余额" in text(proved)


async def test_the_way_may_be_changed_and_a_card_number_is_no_identity_number(here: Visit) -> None:
    number, password = here.town.numbers(RENTER)
    await here.say("我要查余额", "query_balance")

    card = await here.say("6222021001116245702")
    await here.say(number)
    await here.say("短信验证码", "prove_identity")
    await here.say("换查询密码", "prove_identity")
    proved = await here.say(password)

    assert "这不是身份证号" in text(card)
    assert "公积金账户余额" in text(proved)


async def test_an_identity_number_alone_begins_the_proof(here: Visit) -> None:
    number, password = here.town.numbers(RENTER)

    asked = await here.say(number)
    proved = await here.say(password)

    assert "用哪种方式确认" in text(asked)
    assert "10 分钟内可以办理业务" in text(proved)


async def test_a_card_at_the_robot_takes_the_ticket_that_waited_for_it(here: Visit) -> None:
    number, _ = here.town.numbers(RENTER)
    asked = await here.say("取个号", "book_counter", channel=ChannelName.ROBOT)

    proved = await here.card(number)
    await here.say("城西", channel=ChannelName.ROBOT)
    taken = await here.say("确认", "affirm", channel=ChannelName.ROBOT)
    balance = await here.say("查余额", "query_balance", channel=ChannelName.ROBOT)
    clerk = await here.say("单位缓缴", "employer_deferral", channel=ChannelName.ROBOT)
    here.clock.forward(11 * 60)
    later = await here.say("取消预约", "cancel_booking", channel=ChannelName.ROBOT)

    assert "读卡区" in text(asked)
    assert "已确认是您本人" in proved.replies[0].text
    assert "哪个大厅" in proved.replies[1].text
    assert "排队号" in text(taken)
    assert "不在这块屏幕上显示" in text(balance)
    assert "欠" not in text(clerk)
    assert "读卡区" in text(later)


async def test_a_card_nobody_has_an_account_under_says_so(here: Visit) -> None:
    turn = await here.card("11010519491231002X")

    assert "没有查到这张身份证名下的公积金账户" in text(turn)


async def test_nobody_reads_the_codes_and_numbers_afterwards(here: Visit) -> None:
    number, password = here.town.numbers(RENTER)
    await here.say("我要查余额", "query_balance")
    await here.say(number)
    await here.say("短信验证码", "prove_identity")
    code = here.town.last_code()
    await here.say(f"验证码是 {code[:3]} {code[3:]}")
    await here.say(f"我的查询密码{password}别告诉别人")

    kept = repr(here.rasa.events) + repr(here.rasa.slots) + repr(await here.home.conversation.since(_id(here), 0))
    disk = here.home.path.read_bytes() + here.home.path.with_name("jiajia.db-wal").read_bytes()
    for secret in (number, code, password):
        assert secret not in kept
        assert secret.encode() not in disk


async def test_erasing_leaves_nothing_but_its_own_confirmation(here: Visit) -> None:
    await here.prove(RENTER)
    await here.say("查余额", "query_balance")

    asked = await here.say("删除我的数据", "erase_data")
    done = await here.say("确认删除", "affirm")
    kept = await here.home.conversation.since(done.conversation, 0)
    after = await here.say("查余额", "query_balance")

    assert "不能恢复" in text(asked)
    assert done.outcome == "erased"
    assert [turn.seq for turn in kept] == [done.seq]
    assert await here.home.vault.get(done.conversation, "〔身份证·1〕") is None
    assert "身份证号" in text(after)


def _id(here: Visit) -> str:
    return here.home.conversation.conversation(ChannelName.WEB, "a")


def _others() -> list[str]:
    """ID numbers nobody here has, each with its check digit."""
    starts = (f"63010219800101{n:03}" for n in range(100, 190))
    return [next(start + last for last in "0123456789X" if numbers.identity(start + last)) for start in starts]


async def _ask_code(here: Visit, number: str, **whence: str) -> str:
    await here.say("我要验证身份", "prove_identity", **whence)
    await here.say(number, **whence)
    return text(await here.say("短信验证码", "prove_identity", **whence))


async def test_one_person_has_codes_sent_to_a_few_numbers_and_no_more(here: Visit) -> None:
    own, _ = here.town.numbers(RENTER)

    answers = [await _ask_code(here, number) for number in _others()[:5]]
    refused = await _ask_code(here, own)
    here.clock.forward(11 * 60)
    later = await _ask_code(here, own)

    assert all("验证码已发到" in answer for answer in answers)
    assert "这次没有发" in refused
    assert "139****" in later
    assert len(here.town.sandbox.outbox.texts) == 1


async def test_one_address_cannot_start_over_for_ever_and_leaves_others_alone(here: Visit) -> None:
    number = here.town.numbers(RENTER)[0]

    answers = [await _ask_code(here, one, who=f"v{at}", origin="cafe") for at, one in enumerate(_others()[:61])]
    elsewhere = await _ask_code(here, number, who="b", origin="home")

    assert ["这次没有发" in answer for answer in answers] == [False] * 60 + [True]
    assert "验证码已发到" in elsewhere


async def test_one_person_tries_passwords_of_a_few_numbers_and_no_more(here: Visit) -> None:
    told = []
    for number in _others()[:16]:
        await here.say("我要验证身份", "prove_identity")
        told.append(text(await here.say(f"{number} 123456", "prove_identity")))

    assert ["这次没有提交" in words for words in told] == [False] * 15 + [True]
