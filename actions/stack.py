"""Keeps what was begun while something else is done: the open wish under the open wish, offered again afterwards."""

from collections.abc import Iterator
from dataclasses import replace

from actions.asking import choice
from actions.call import Call, Memory, OpenWish
from actions.consent import Stance, stance
from actions.routing import CERTAIN, GO_ON, goes_on, reads
from actions.titles import title
from actions.wish import Result
from bot.messages import Button, Reply

_AS_IT_IS = frozenset({"unbind_account", "erase_data", "turn_withdrawal"})  # close all, or change the open one
_CANCEL = "cancel"
_WHICH = "withdraw"
_BOOKING, _GIVES_BACK = "book_counter", "cancel_booking"
_DEEPEST = 3
_OFFER = (choice("继续", "继续办"), Button(label="不办了", payload="/cancel"))


def resumed(call: Call) -> Call:
    """Return the call with the wish on top that is meant: 继续 the one that waits, an ID number the proof of identity.

    A finished wish that is only open to a change steps aside for what lies under it and can read the answer.
    """
    pile = tuple(_pile(call.memory.wish))
    if not pile:
        return call
    going_on = goes_on(call)
    if going_on or call.intent == _CANCEL or stance(call.text) is Stance.LEAVE:
        meant = next((one for one in pile if one.reminder), None)
    else:
        meant = next((one for one in pile if _means(call, one)), None)
    if going_on:
        call = replace(call, text="", entities=(), intent=GO_ON)
    if meant is None or meant is pile[0]:
        return call
    skipped = tuple(one for one in pile if one.reminder and one is not meant)
    return replace(call, memory=replace(call.memory, wish=_built((meant, *skipped))))


def settled(call: Call, served: str, result: Result) -> Result:
    """Return the result with what was open before kept under it, or offered again when something ended.

    A wish that ends without being the open one leaves the open one open.
    """
    waiting, memory = call.memory.wish, result.memory
    if waiting is None or memory is None or served in _AS_IT_IS or memory.wish is waiting:
        return result
    new, mine = memory.wish, _names(waiting)
    if new is None:
        if served == _CANCEL:
            return _open(result, memory, _begun(waiting.under), offer=True)
        if served in mine:
            return _open(result, memory, waiting.under, offer=True)
        return _open(result, memory, waiting if waiting.reminder else waiting.under)
    if new.name == waiting.name:
        beneath = _later(waiting, new) if new.reminder else waiting.under
    else:
        over = new.name in mine or served in mine or not waiting.reminder  # done, or handed over to the new one
        beneath = waiting.under if over else waiting
    beneath = _without(beneath, _names(new))
    kept = _open(result, memory, beneath, offer=not new.reminder)
    return replace(kept, memory=replace(memory, wish=replace(new, under=beneath)))


def _open(result: Result, memory: Memory, wish: OpenWish | None, *, offer: bool = False) -> Result:
    """Leave `wish` open; with `offer` say so, so that nobody has to remember it."""
    result = replace(result, memory=replace(memory, wish=wish))
    if wish is None or not offer:
        return result
    replies = (*result.response.replies, Reply(text=wish.reminder, buttons=_OFFER))
    return replace(result, response=replace(result.response, replies=replies))


def _later(waiting: OpenWish, new: OpenWish) -> OpenWish | None:
    """Return what lies under the same wish; a proof that now serves another wish leaves the first one for later."""
    before = waiting.after
    if before is None or new.after is None or before.name == new.after.name:
        return waiting.under
    words = before.reminder or f"刚才您还要办{title(before.name)},说“继续”就接着办。"
    return replace(before, reminder=words, under=waiting.under)


def _begun(wish: OpenWish | None) -> OpenWish | None:
    """Return the first wish of the pile of which anything is known; one never begun ends with what it waited for."""
    return next((one for one in _pile(wish) if one.values), None)


def _means(call: Call, wish: OpenWish) -> bool:
    """Say whether the turn answers this wish, seen from the top: an open question keeps others from being reached."""
    kinds = wish.expects if wish is not call.memory.wish or wish.reminder else ()
    top = call.memory.wish
    if top is not None and top.reminder and wish is not top:
        kinds = tuple(CERTAIN.intersection(kinds))
    return any(reads(kind, call.told) for kind in kinds)


def _pile(wish: OpenWish | None) -> Iterator[OpenWish]:
    while wish is not None:
        yield wish
        wish = wish.under


def _built(wishes: tuple[OpenWish, ...]) -> OpenWish | None:
    under: OpenWish | None = None
    for wish in reversed(wishes):
        under = replace(wish, under=under)
    return under


def _names(wish: OpenWish) -> frozenset[str]:
    """Return what this wish stands for: itself, what goes on after it, and the question which withdrawal is meant."""
    names = frozenset({wish.name} | ({wish.after.name} if wish.after else set()))
    names |= {_GIVES_BACK} if _BOOKING in names else set()  # a place given back ends the form that would change it
    return names | {_WHICH} if any(name.startswith(f"{_WHICH}_") for name in names) else names


def _without(wish: OpenWish | None, names: frozenset[str]) -> OpenWish | None:
    """Return the pile without the wishes of these names, none twice, not deeper than people remember."""
    kept: list[OpenWish] = []
    for one in _pile(wish):
        if one.name not in names:
            kept.append(one)
            names |= {one.name}
    return _built(tuple(kept[:_DEEPEST]))
