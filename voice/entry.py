"""Takes a number from the caller, by keys or by voice, and has it confirmed and corrected in part."""

from voice import commands, prompts
from voice.digits import KeyedNumber, corrected, digits_in
from voice.slots import CORRECTION, NO, YES, Slot
from voice.spoken import digits_aloud
from voice.talk import Pressed, Said, Talk

BETWEEN_KEYS = 5.0
MOST_CORRECTIONS = 4


async def keyed(talk: Talk, slot: Slot, first: str, *, between: float = BETWEEN_KEYS) -> str | Said:
    """Collect keys that follow `first` until `#`, the full length, or a long pause; speech breaks it off."""
    number = KeyedNumber(slot)
    number.press(first)
    while not number.over:
        event = await talk.next(slot, between)
        if event is None:
            break
        if isinstance(event, Said):
            if not event.guesses:
                continue
            return event
        number.press(event.key)
    return number.digits


async def confirmed(talk: Talk, number: str, *, patience: float) -> str:
    """Read a number back until the caller agrees; empty when the caller gives up. Never used for secrets."""
    for _ in range(MOST_CORRECTIONS):
        await talk.say(f"您说的是,{digits_aloud(number)}。{prompts.IS_IT_RIGHT}", expects=CORRECTION)
        event = await talk.next(CORRECTION, patience)
        if event is None or isinstance(event, Pressed):
            if event is not None and event.key == "1":
                return number
            return ""
        if event.guesses and event.guesses[0] in YES:
            return number
        better = next((fixed for guess in event.guesses if (fixed := corrected(number, guess))), None)
        if better is None:
            if commands.said(event.guesses) or (event.guesses and event.guesses[0] in NO):
                return ""
            again = digits_in(event.guesses[0]) if event.guesses else ""
            better = again if len(again) == len(number) else None
        number = better or number
    return ""
