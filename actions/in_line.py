"""Does two things asked for in one breath, in order: 查余额再开个缴存证明."""

import re
from collections.abc import Iterator
from dataclasses import replace

from actions.call import Call, OpenWish
from actions.parts import wish_in
from actions.questions import asks
from actions.titles import title
from actions.wish import Next, Result
from bot.messages import Outcome

_SAID = "in_line"  # the value that marks a wish told along with another: its own words
_BETWEEN = re.compile(
    r"[,,。;;、\s]+(?:然后|再|顺便|另外|还有|并且|同时|也)?|(?:然后|顺便|并且|另外)再?"
    r"|再(?=[给帮替]?我?(?:查|看|开|打|出|算|约|预约|取|办|转))|(?:和|还有)(?=[查看开打算约])"
)
_FEWEST = 2
_DONE = frozenset({Outcome.ANSWERED, Outcome.ACTED, Outcome.CHATTED})


def split(call: Call) -> Call:
    """Return the call as its first order, with the second open under it; unchanged unless it holds two orders."""
    told = [part for part in _BETWEEN.split(call.text) if len(part) >= _FEWEST]
    orders = [(wish, part) for part in told if (wish := wish_in(part))]
    if len(orders) != _FEWEST or len(told) != _FEWEST or orders[0][0] == orders[1][0] or asks(call.text):
        return call
    (first, words), (second, later) = orders
    reminder = f"您还要{title(second)},说“继续”接着办。"
    line = OpenWish(name=second, values={_SAID: later}, reminder=reminder, under=call.memory.wish)
    entities = tuple(entity for entity in call.entities if entity.value in words)
    return replace(call, text=words, intent=first, entities=entities, memory=replace(call.memory, wish=line))


def next_in_line(call: Call, latest: Call, result: Result) -> Next | None:
    """Return what was told along with the wish that has just ended, or None while it still waits for something."""
    line = next((one for one in _pile(call.memory.wish) if _SAID in one.values), None)
    memory = result.memory or latest.memory
    open_now = memory.wish is not None and bool(memory.wish.reminder) and memory.wish.name != (line and line.name)
    if line is None or open_now or result.response.outcome not in _DONE:
        return None
    further = replace(latest, text=line.values[_SAID], intent=line.name, entities=(), memory=replace(memory, wish=None))
    return Next(wish=line.name, call=further)


def without_line(call: Call) -> Call:
    """Return the call without what stood in line: it is being done."""
    kept: OpenWish | None = None
    for one in reversed([one for one in _pile(call.memory.wish) if _SAID not in one.values]):
        kept = replace(one, under=kept)
    return replace(call, memory=replace(call.memory, wish=kept))


def _pile(wish: OpenWish | None) -> Iterator[OpenWish]:
    while wish is not None:
        yield wish
        wish = wish.under
