"""How a call ends: a person takes over, a call back is noted, a rating, a farewell."""

from bot.errors import GatewayUnavailable
from bot.log import logger
from voice import prompts
from voice.asking import Asking
from voice.calls import CallOutcome, End
from voice.digits import digits_in
from voice.entry import confirmed, keyed
from voice.office import Office
from voice.slots import YES, YES_NO, Kind, digits
from voice.talk import Pressed, Said, Talk

RATING_LOST = "rating.lost"
_SHORTEST_NUMBER = 7
_MOST_TRIES = 3


class Endings:
    """The last words of one call."""

    def __init__(self, office: Office, talk: Talk, asking: Asking, caller: str) -> None:
        self._office = office
        self._talk = talk
        self._asking = asking
        self._caller = caller

    async def to_a_person(self, reason: str, *, words: str = prompts.TO_A_PERSON) -> CallOutcome | None:
        """Hand over; out of hours offer a call back, and return None when the caller wants to go on with us."""
        summary = self._asking.summary(reason)
        if self._office.hours.open():
            await self._talk.say_firmly(words)
            return CallOutcome(end=End.QUEUE, summary=summary)
        if not self._asking.abilities.call_backs:
            await self._talk.say(prompts.CLOSED_NOW)
            return None
        await self._talk.say(prompts.CLOSED, expects=YES_NO)
        if not await self._yes():
            await self._talk.say(prompts.NO_CALL)
            return None
        number = await self._number()
        if not number:
            await self._talk.say(prompts.NO_CALL)
            return None
        noted = await self._asking.call_back(number, summary)
        await self._talk.say(prompts.WILL_CALL if noted else prompts.NOT_NOTED)
        return await self.farewell()

    async def farewell(self) -> CallOutcome:
        """Ask for a rating once anything was answered, then say good-bye, once, to its end."""
        rating = await self._rating()
        await self._talk.say_firmly(prompts.FAREWELL)
        return CallOutcome(end=End.HANG_UP, rating=rating)

    async def _rating(self) -> int:
        if not any(turn.seq for turn in self._asking.turns):
            return 0
        self._talk.forget()
        await self._talk.say(prompts.RATE, expects=YES_NO)
        event = await self._talk.next(YES_NO, self._office.patience.rating)
        score = int(event.key) if isinstance(event, Pressed) and event.key in "12345" else 0
        if not score:
            return 0
        try:
            await self._asking.rate(score)
        except GatewayUnavailable as error:
            logger().error(RATING_LOST, code=error.code)
            return 0
        await self._talk.say(prompts.THANKS)
        return score

    async def _yes(self) -> bool:
        event = await self._talk.next(YES_NO, self._office.patience.answer)
        if isinstance(event, Said):
            return bool(event.guesses) and event.guesses[0] in YES
        return isinstance(event, Pressed) and event.key == "1"

    async def _number(self) -> str:
        if self._caller:
            await self._talk.say(prompts.WHICH_NUMBER, expects=YES_NO)
            if await self._yes():
                return self._caller
        for _ in range(_MOST_TRIES):
            number = await self._told()
            if len(number) < _SHORTEST_NUMBER:
                return ""
            if sure := await confirmed(self._talk, number, patience=self._office.patience.answer):
                return sure
        return ""

    async def _told(self) -> str:
        """Ask for a number; return the digits that were pressed or said."""
        slot = digits(Kind.DIGITS)
        await self._talk.say(prompts.NEW_NUMBER, expects=slot)
        event = await self._talk.next(slot, self._office.patience.answer)
        told = (
            await keyed(self._talk, slot, event.key, between=self._office.patience.keys)
            if isinstance(event, Pressed)
            else event
        )
        if isinstance(told, str):
            return told
        return digits_in(told.guesses[0]) if told and told.guesses else ""
