"""Answers the phone: takes a line from a door, holds its call, and leaves the outcome for the PBX."""

import asyncio
import contextlib
import time

from bot.errors import SpeechUnavailable
from bot.log import logger
from bot.ports import Hearing, Recognizer, Synthesizer
from voice import prompts
from voice.audio import FRAME_SECONDS
from voice.call import Call
from voice.calls import CallOutcome, Calls, End
from voice.ears import Ears
from voice.line import HUNG_UP, Line
from voice.mouth import Mouth
from voice.office import Office
from voice.phrasing import Phrasing
from voice.talk import CallerLeft, Talk
from voice.turn_end import NO_PHRASING
from voice.vocabulary import Vocabulary

CALL_BEGUN = "call.begun"
CALL_ENDED = "call.ended"
CALL_REFUSED = "call.refused"


class PhoneService:
    """The line's process: at most `capacity` calls at once, each with its own ears and mouth."""

    def __init__(
        self,
        *,
        office: Office,
        recognizer: Recognizer | None,
        synthesizer: Synthesizer,
        vocabulary: Vocabulary,
        phrasing: Phrasing = NO_PHRASING,
        calls: Calls,
        capacity: int,
        frame_seconds: float = FRAME_SECONDS,
    ) -> None:
        self._office = office
        self._recognizer = recognizer
        self._synthesizer = synthesizer
        self._vocabulary = vocabulary
        self._phrasing = phrasing
        self._calls = calls
        self._capacity = capacity
        self._frame_seconds = frame_seconds
        self._live: dict[str, Talk] = {}

    @property
    def live(self) -> int:
        """How many calls are on."""
        return len(self._live)

    async def answer(self, call: str, line: Line) -> None:
        """Hold a call until it ends; the door closes the line afterwards."""
        if call in self._live or self._calls.outcome(call) is not None:  # some PBXs connect again by themselves
            logger().warning(CALL_REFUSED, call=call, why="same-uuid")
            return
        mouth = Mouth(line, self._synthesizer, frame_seconds=self._frame_seconds)
        full = len(self._live) >= self._capacity
        ears = Ears(None if full else self._hearing(), self._vocabulary, self._phrasing)
        talk = Talk(line, ears, mouth)
        began = time.monotonic()
        self._live[call] = talk
        beside = (asyncio.create_task(talk.listen()), asyncio.create_task(mouth.breathe()))
        why = "finished"
        try:
            logger().info(CALL_BEGUN, call=call, live=len(self._live), deaf=ears.deaf)
            async with asyncio.timeout(self._office.patience.longest_call):
                outcome = await (self._busy(talk) if full else self._converse(call, talk, ears))
        except CallerLeft as left:
            outcome, why = _left(left.why), left.why
        except TimeoutError:
            outcome, why = CallOutcome(end=End.QUEUE, summary="通话时间过长,转人工。"), "too-long"
        finally:
            del self._live[call]
            for task in beside:
                task.cancel()
            await asyncio.gather(*beside, return_exceptions=True)
        self._calls.finish(call, outcome)
        logger().info(CALL_ENDED, call=call, why=why, end=outcome.end.value, seconds=round(time.monotonic() - began, 1))

    async def _converse(self, call: str, talk: Talk, ears: Ears) -> CallOutcome:
        caller = self._calls.caller(call)
        return await Call(call=call, caller=caller, office=self._office, talk=talk, deaf=ears.deaf).run()

    async def _busy(self, talk: Talk) -> CallOutcome:
        """Say that we cannot, instead of serving everybody badly."""
        is_open = self._office.hours.open()
        with contextlib.suppress(SpeechUnavailable):
            await talk.say_firmly(prompts.BUSY if is_open else prompts.BUSY_CLOSED)
        return CallOutcome(end=End.QUEUE if is_open else End.HANG_UP, summary="智能助手满线,直接转人工。")

    def _hearing(self) -> Hearing | None:
        try:
            return self._recognizer.hearing() if self._recognizer is not None else None
        except SpeechUnavailable:
            return None


def _left(why: str) -> CallOutcome:
    """A caller who hung up is gone; one whose line to us broke may still be there, and a person takes over."""
    if why == HUNG_UP:
        return CallOutcome(end=End.HANG_UP)
    return CallOutcome(end=End.QUEUE, summary="与智能助手的连接断了,请接着听市民说。")
