"""Two people through everything the counter does, interleaved, on shared connections: neither sees the other."""

import asyncio

from bot.messages import Turn
from bot.wire import encode
from tests.actions.counter.visit import Visit

BORROWER, CLERK = "有公积金贷款", "单位经办人"
WHO = {"a": BORROWER, "b": CLERK}
WORDS = {"a": "城东大厅让我白跑了三趟没人管", "b": "网上大厅总是打不开办不了汇缴"}
STEPS = (
    ("验证身份", "bind_account"),
    ("查余额", "query_balance"),
    ("查缴存明细", "query_contribution"),
    ("有没有漏缴", "query_missing_months"),
    ("查贷款", "query_loan"),
    ("看还款计划", "query_repayment_plan"),
    ("我要提公积金", "withdraw"),
    ("不办了", "cancel"),
    ("我要租房提取", "withdraw_rent"),
    ("全部", "inform"),
    ("确认", "affirm"),
    ("提取还公积金贷款一万", "withdraw_repay_fund_loan"),
    ("确认", "affirm"),
    ("提取还商贷", "withdraw_repay_commercial_loan"),
    ("退休提取", "withdraw_retirement"),
    ("我要提前还款五万", "prepay"),
    ("减少月供", "inform"),
    ("确认", "affirm"),
    ("查进度", "query_progress"),
    ("开缴存证明", "get_certificate"),
    ("我要预约", "book_counter"),
    ("城西", "inform"),
    ("明天上午十点", "inform"),
    ("确认", "affirm"),
    ("大厅人多吗", "query_queue"),
    ("取消预约", "cancel_booking"),
    ("确认", "affirm"),
    ("取个号", "book_counter"),
    ("城西", "inform"),
    ("确认", "affirm"),
    ("前面还有几个人", "query_queue"),
    ("最近的网点", "find_outlet"),
    ("", "file_complaint"),
    ("确认", "affirm"),
    ("希望尽快给我答复", "inform"),
    ("查投诉", "query_complaint"),
    ("单位缴存情况", "employer_status"),
    ("单位想缓缴", "employer_deferral"),
    ("非常满意", "rate_service"),
    ("我要验证身份", "prove_identity"),
    ("不办了", "cancel"),
    ("解除绑定", "unbind_account"),
    ("删除我的数据", "erase_data"),
    ("确认删除", "affirm"),
)


async def secrets_of(here: Visit, who: str) -> set[str]:
    """Return what the core system knows of somebody, as it would be written in an answer."""
    number, password = here.town.numbers(WHO[who])
    system = here.town.system
    subject = (await system.prove_by_password(number, password)).subject
    account, loan = await system.account(subject), await system.loan(subject)
    found = {subject, account.employer, account.number, f"{account.balance:,.2f}", f"{account.carried_over:,.2f}"}
    found |= {f"{line.balance:,.2f}" for line in (await system.contributions(subject, "2026-01", "2026-11")).lines}
    found |= {loan.number, f"{loan.balance:,.2f}"} if loan else set()
    found |= {one.number for one in await system.applications(subject)}
    found |= {one.number for one in await system.complaints(subject)}
    found |= {one.number for one in await system.tickets(subject)}
    return found - {"0.00"}


async def test_neither_ever_sees_what_is_the_others(here: Visit) -> None:
    await asyncio.gather(*(here.prove(story, who=who) for who, story in WHO.items()))
    secrets = {who: {WORDS[who]} | await secrets_of(here, who) for who in WHO}
    heard: dict[str, list[Turn]] = {who: [] for who in WHO}

    for words, intent in STEPS:
        turns = await asyncio.gather(*(here.say(words or WORDS[who], intent, who=who) for who in WHO))
        for who, turn in zip(WHO, turns, strict=True):
            heard[who].append(turn)
            secrets[who] |= await secrets_of(here, who)

    everything = {who: encode([turn.replies for turn in heard[who]]).decode() for who in WHO}
    assert not secrets["a"] & secrets["b"]
    for who, other in (("a", "b"), ("b", "a")):
        assert [one for one in secrets[other] if one in everything[who]] == []
        assert len([one for one in secrets[who] if one in everything[who]]) > 10
    assert [turn.outcome for turn in heard["a"]].count("acted") >= 9


def test_the_way_leads_through_every_wish_of_the_counter(here: Visit) -> None:
    no_intent = {"change_booking"}  # follows a booking by its words alone

    assert {wish.name for wish in here.wishes} - {intent for _, intent in STEPS} == no_intent
