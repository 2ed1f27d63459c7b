"""The boundary of every action Rasa calls: a Wish becomes messages and slots, an error becomes words."""

from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from datetime import date
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.afterwards import afterwards
from actions.ahead import told_ahead
from actions.asking import STOP
from actions.call import Call, Memory, read_call
from actions.context import in_context
from actions.digression import digressed
from actions.doubted import doubted
from actions.feelings import comforted
from actions.followup import talked_of
from actions.going_on import calls_person, going_on
from actions.in_line import next_in_line, split, without_line
from actions.letters import written
from actions.outweighed import Outweighed, outweighed
from actions.routing import continued, expected, in_danger, recall, upset
from actions.several import Several, several, told_wish
from actions.stack import resumed, settled
from actions.standing import decided, straightened, stuck
from actions.telling import as_told, told
from actions.turning import turned
from actions.unsealing import unclear, unsealed
from actions.wish import PERSON, Result, Wish, with_buttons
from bot.errors import InputRefused, JiajiaError
from bot.log import logger
from bot.messages import Expects, Outcome, Reply, Response
from bot.one_turn import one_turn
from bot.ports import Vault
from bot.wire import to_builtins
from bot.words import failed

ACTION_REFUSED = "action.refused"
ACTION_FAILED = "action.failed"
_MOST_IN_A_ROW = 4  # a wish, the proof it needs, the wish again, what was asked for along with it


class WishAction(Action):  # type: ignore[misc]  # rasa_sdk ships no types
    """Serves one wish to Rasa as `action_<name>`; nothing raised below leaves it."""

    def __init__(
        self, wish: Wish, wishes: Mapping[str, Wish], today: Callable[[], date], vault: Vault | None = None
    ) -> None:
        self._wish = wish
        self._wishes = wishes
        self._today = today
        self._vault = vault

    def name(self) -> str:
        """Return the name the domain knows."""
        return f"action_{self._wish.name}"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any] | None
    ) -> list[EventType]:
        """Fulfil the wish this turn is about: the one named, or the open one that it continues."""
        error = ""
        memory = None
        call = None
        try:
            call = read_call(tracker, self._today())
            memory = call.memory
            with one_turn():
                result = await self._answer(call)
        except JiajiaError as refused:
            error, result = refused.code, _apology(refused, call)
            logger().info(ACTION_REFUSED, action=self.name(), error=refused.code)
        except Exception as unexpected:  # noqa: BLE001 — the second boundary: nothing leaves an action unspoken
            error, result = JiajiaError.code, _apology(JiajiaError())
            logger().error(ACTION_FAILED, action=self.name(), error=_place(unexpected))
        asks_now = expected((result.memory or memory).wish) if memory else Expects.OPEN
        _utter(dispatcher, call, _asking(result.response, asks_now), error)
        return _remembered(memory, talked_of(call, result.memory) if call else result.memory)

    async def _answer(self, call: Call) -> Result:
        """Serve the turn; a message that was answered before and comes again gets the same words and does nothing."""
        if call.answered is not None:
            return Result(response=call.answered)
        call = await unsealed(call, self._vault)
        if (question := unclear(call)) is not None:
            return question
        heard = as_told(resumed(call))
        call = straightened(heard)
        first = split(call)
        named = self._wish if first.intent == heard.intent else self._wishes[first.intent]
        served = _served(first, self._wishes) or named
        call = first
        name = {Several.name: told_wish(call), Outweighed.name: call.intent}.get(served.name, served.name)
        result, call = await self._done(served, call)
        result = comforted(settled(call, name, result), call.text)
        reminder = recall(call, served, result)
        return replace(result, response=_with(result.response, reminder)) if reminder else result

    async def _done(self, served: Wish, call: Call) -> tuple[Result, Call]:
        """Fulfil a wish and those that go on after it, as one Result; never more than a few.

        The call comes back without what stood in line, once that has been done.
        """
        result, latest = await served.fulfil(call), call
        for _ in range(_MOST_IN_A_ROW):
            then = result.then
            if then is None and (then := next_in_line(call, latest, result)):
                call = without_line(call)
            if then is None:
                break
            latest = then.call
            try:
                further = await self._wishes[then.wish].fulfil(then.call)
            except JiajiaError as refused:  # what was said and done before stays said and done
                logger().info(ACTION_REFUSED, action=f"action_{then.wish}", error=refused.code)
                further = _apology(refused)
            memory = further.memory or then.call.memory
            said = (*result.response.replies, *further.response.replies)
            result = replace(further, response=replace(further.response, replies=said), memory=memory)
        return result, call


def _served(call: Call, wishes: Mapping[str, Wish]) -> Wish | None:
    """Return the wish a turn belongs to when it is not simply the one the intent names."""
    return (
        in_danger(call, wishes)
        or upset(call, wishes)
        or calls_person(call, wishes)
        or written(call, wishes)
        or afterwards(call, wishes)
        or told_ahead(call, wishes)
        or in_context(call, wishes)
        or going_on(call, wishes)
        or turned(call, wishes)
        or several(call, wishes)
        or decided(call, wishes)
        or continued(call, wishes)
        or stuck(call, wishes)
        or digressed(call, wishes)
        or told(call, wishes)
        or doubted(call, wishes)
        or outweighed(call, wishes)
    )


def _apology(error: JiajiaError, call: Call | None = None) -> Result:
    """Say what happened and what to do next; a refused value keeps the wish open for another try, and for a way out."""
    response = failed(error)
    if isinstance(error, InputRefused):
        before = {reply.text for reply in call.last} if call else set()
        again = any(reply.text in before for reply in response.replies)
        ways = (STOP, PERSON) if again else ()
        replies = tuple(with_buttons(reply, *ways) for reply in response.replies)
        return Result(response=replace(response, replies=replies, outcome=Outcome.ASKED))
    return Result(response=replace(response, replies=tuple(with_buttons(reply, PERSON) for reply in response.replies)))


def _utter(dispatcher: CollectingDispatcher, call: Call | None, response: Response, error: str) -> None:
    evidence = response.evidence
    if call is not None:
        evidence = replace(evidence, intent=call.intent, intent_confidence=call.confidence)
    for reply in response.replies:
        dispatcher.utter_message(
            json_message={
                "reply": to_builtins(reply),
                "outcome": response.outcome.value,
                "evidence": to_builtins(evidence),
                "error": error,
            }
        )


def _remembered(before: Memory | None, after: Memory | None) -> list[EventType]:
    """Return slot events for what changed."""
    if before is None or after is None:
        return []
    changed = [field.name for field in fields(Memory) if getattr(before, field.name) != getattr(after, field.name)]
    return [SlotSet(name, to_builtins(getattr(after, name)) or None) for name in changed]


def _with(response: Response, reminder: Reply) -> Response:
    return replace(response, replies=(*response.replies, reminder))


def _asking(response: Response, expects: Expects) -> Response:
    """Return the response whose last reply says which kind of answer it asks for."""
    if response.outcome is not Outcome.ASKED or not response.replies:
        return response
    *others, final = response.replies
    return replace(response, replies=(*others, replace(final, expects=expects)))


def _place(error: Exception) -> str:
    """Name the error and where it rose, never its text: that may quote a citizen."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else "?"
    return f"{type(error).__name__} at {where}"
