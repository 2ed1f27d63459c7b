"""A form hears what an amount is of, whose account is meant, and by which way somebody now proves who they are."""

from tests.actions.counter.visit import Visit, text

RENTER, BORROWER = "租房、单身", "有公积金贷款"


async def test_what_is_still_owed_is_no_amount_to_pay(here: Visit) -> None:
    await here.prove(BORROWER)
    await here.say("我要提前还款", "prepay")

    owed = await here.say("我记得还有28万", "prepay")
    paid = await here.say("那先还五万", "prepay")

    assert "这次想还多少" in text(owed)
    assert "280,000" not in text(owed)
    assert "50,000.00 元" in text(paid)


async def test_what_is_on_the_card_leaves_the_summary_as_it_was(here: Visit) -> None:
    await here.prove(RENTER)
    await here.say("我要租房提取", "withdraw_rent")
    await here.say("三千")

    same = await here.say("我卡里还有两千", "inform")

    assert "请核对:租房提取 3,000.00 元" in text(same)
    assert same.outcome == "asked"


async def test_a_password_sent_by_name_counts_though_a_code_was_sent_before(here: Visit) -> None:
    number, password = here.town.numbers(RENTER)
    await here.say("查余额", "query_balance")
    await here.say(number)
    await here.say("短信验证码")

    proved = await here.say(f"那用密码 {password}", "prove_identity")

    assert "已确认是您本人" in text(proved)


async def test_nobody_looks_up_another_person_unless_that_person_proves_it(here: Visit) -> None:
    told = await here.say("帮我查查余额 我是给我爸查的", "query_balance")

    assert "验证的是他本人的身份" in text(told)
    assert "18 位身份证号" in text(told)


async def test_who_has_proved_is_not_shown_the_own_account_for_another(here: Visit) -> None:
    await here.prove(RENTER)

    told = await here.say("帮我查查余额 我是给我爸查的", "query_balance")

    assert "验证的是他本人的身份" in text(told)
    assert "账户余额" not in text(told)


async def test_an_amount_told_before_the_purpose_is_kept(here: Visit) -> None:
    await here.prove(RENTER)
    await here.say("我取点 两千", "withdraw")

    told = await here.say("房租", "inform")

    assert "租房提取 2,000.00 元" in text(told)


async def test_a_paper_that_is_not_wanted_is_not_made(here: Visit) -> None:
    await here.prove(RENTER)

    told = await here.say("先不开证明", "get_certificate")

    assert told.outcome == "chatted"


async def test_impatience_is_no_part_of_a_complaint(here: Visit) -> None:
    await here.say("我要投诉", "file_complaint")
    await here.say("我交了材料两个月没人理", "inform")

    told = await here.say("别磨叽了 交", "deny")

    assert "磨叽" not in text(told)
    assert told.outcome == "asked"
