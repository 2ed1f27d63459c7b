"""Asking for one missing value at a time, and reading the answer: what every calculator's conversation is made of."""

import re
from dataclasses import replace
from decimal import Decimal

from actions.call import Call
from actions.routing import waits
from actions.values import find_months, find_percents, find_yuan, months, normalised, number, yuan
from actions.wish import PERSON, Result, say
from bot.errors import ValueRefused
from bot.messages import Button, Outcome
from bot.wire import encode

STOP = Button(label="不算了", payload="/cancel")
OFFICIAL = "(据公开资料,截至 2026-09;请以西宁住房公积金管理中心最新公布为准。)"
_LEAST_BARE_YUAN = 1000
_PUT_RIGHT = re.compile(r"(?:改成|换成|改为|应该是|说错了?,?是)(\d{4,8})(?![年月日\d%.])")
_HIGHEST_RATE = 24
_BREATH = re.compile(r"^(?:那么?|就|要是|如果|是|改成|换成|大概|按|还是|算)+|(?:吧|啊|呢|呀|的|了|左右|好了|得了)+$")
_MOST_YEARS = 30  # a bare number above it can only be 万元
_BARE_NUMBER = re.compile(r"[\d.]+")


def ask(
    call: Call,
    wish: str,
    told: dict[str, str],
    field: str,
    words: str,
    *expects: str,
    reminder: str,
    buttons: tuple[Button, ...] = (),
) -> Result:
    """Ask for `field` in one question; `reminder` says later what is still missing."""
    recalled = f"刚才的{reminder},您告诉我,我接着算。"
    waiting = waits(wish, told | {"asking": field}, *expects, reminder=recalled)
    if any(reply.text == words for reply in call.last):
        buttons = (*buttons, STOP, PERSON)
    return say(words, outcome=Outcome.ASKED, buttons=buttons, memory=replace(call.memory, wish=waiting))


def asked_field(call: Call, wish: str) -> str:
    """Return the field this turn answers: the one asked for, unless the wish was only named again."""
    named_again = call.intent == wish and not re.fullmatch(
        r"[\d.,一二两三四五六七八九十百千万亿]+", normalised(call.told)
    )
    return "" if named_again or not call.told else call.known(wish).get("asking", "")


def choice(value: str, label: str = "") -> Button:
    """Return a button that answers the open question with `value`."""
    return Button(label=label or value, payload="/inform" + encode({"choice": value}).decode())


def money(call: Call, field: str, *, asked: str, bare_ten_thousands: bool = False) -> dict[str, str]:
    """Return the amount told, under `field`; a bare number answers only the question that asked for it.

    With `bare_ten_thousands` a small bare number is taken as 万元: nobody borrows 50 yuan.
    """
    if asked not in ("", field) and _BARE_NUMBER.fullmatch(normalised(call.told)):
        return {}  # it answers what was asked
    found = find_yuan(call.told) or put_right(call)
    if found is None and asked == field:
        plain = normalised(call.told)
        found = _bare(plain, bare_ten_thousands)
    return {} if found is None else {field: str(found)}


def bare_of_sum(call: Call, amount: str, term: str) -> dict[str, str]:
    """Return the bare number that changes a finished sum: so many 年, or, when nobody borrows for so long, 万元."""
    plain = _BREATH.sub("", normalised(call.told))
    if not call.told or not re.fullmatch(r"[\d.]+|[一二两三四五六七八九十百]+", plain):
        return {}
    value = number(plain)
    if value > _MOST_YEARS:
        return {amount: str(_bare(plain, as_ten_thousands=True))}
    return {term: str(months(plain))} if value == int(value) and value else {}


def put_right(call: Call) -> Decimal | None:
    """Return the bare amount that takes the place of one told before (改成9000), or None."""
    match = _PUT_RIGHT.search(normalised(call.told))
    return Decimal(match.group(1)) if match else None


def period(call: Call, field: str, *, asked: str) -> dict[str, str]:
    """Return the period told in months, under `field`; a bare number of years answers only its question."""
    found = find_months(call.told)
    if found == 1 and asked != field:
        found = None  # 要还多少一个月: the month it is counted by
    if found is None and asked == field and (find_yuan(call.told) is None or _BARE_NUMBER.fullmatch(call.told)):
        found = months(call.told)
    if found is not None and found < 1:
        raise ValueRefused("年限要大于 0。请写几年或几个月,比如 20 年、18 个月。")
    return {} if found is None else {field: str(found)}


def told_rate(call: Call, *, asked: bool = False) -> dict[str, str]:
    """Return a yearly rate told in percent, bare where it was asked; raises ValueRefused when no loan can have it."""
    plain = _BREATH.sub("", normalised(call.told))
    bare = asked and re.fullmatch(r"[\d.]+|[一二两三四五六七八九十点]+", plain)
    found = find_percents(call.told) or ((number(plain),) if bare else ())
    if found and not 0 < found[0] <= _HIGHEST_RATE:
        raise ValueRefused(f"年利率要在 0 到 {_HIGHEST_RATE}% 之间。请重新写一下,比如 2.6%。")
    return {"rate": str(found[0])} if found else {}


def ten_thousands(value: Decimal) -> str:
    """Write yuan as people say them: 50 万元, 3500 元."""
    if value >= 10_000 and value % 100 == 0:
        return f"{(value / 10_000).normalize():f} 万元"
    return f"{value.normalize():f} 元"


def _bare(plain: str, as_ten_thousands: bool) -> Decimal | None:
    value = yuan(plain)
    return value * 10_000 if as_ten_thousands and value < _LEAST_BARE_YUAN else value
