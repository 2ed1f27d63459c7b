"""One call from greeting to end: what the caller says or presses goes to the heart, what it replies is spoken."""

from contextlib import suppress
from dataclasses import replace

from bot.errors import JiajiaError, SpeechUnavailable
from bot.log import logger
from bot.messages import Button, Outcome, Reply, Turn
from voice import commands, menu, prompts
from voice.asking import Asking
from voice.calls import CallOutcome, End
from voice.commands import Command
from voice.digits import mobile
from voice.endings import Endings
from voice.entry import keyed
from voice.office import Office
from voice.slots import OPEN, Kind, choice, expected
from voice.spoken import choices_aloud, digits_aloud, portions
from voice.talk import Pressed, Said, Talk

CALL_TROUBLED = "call.troubled"
MENU_SILENCES, MOST_SILENCES = 2, 3
MENU_MISSES, MOST_MISSES = 3, 5
_CHOOSING = frozenset({Outcome.CLARIFIED, Outcome.ASKED})
_HINTS = {
    Command.LOUDER: prompts.LOUDER,
    Command.SLOWER: prompts.SLOWER,
    Command.CLEARER: prompts.CLEARER,
}
_GO_ON = ("接着听", "继续", "接着", "要", "听", "好", "是", "对", "往下")


class Call:
    """The conversation of one call. `run` returns what the PBX is to do; it raises CallerLeft when the line is gone."""

    def __init__(self, *, call: str, caller: str, office: Office, talk: Talk, deaf: bool) -> None:
        self._office = office
        self._talk = talk
        self._mobile = mobile(caller)
        self._deaf = deaf
        self._asking = Asking(call, caller, office, talk)
        self._endings = Endings(office, talk, self._asking, caller)
        self._slot = OPEN
        self._said = ""
        self._reply: Reply | None = None
        self._offered: tuple[Button, ...] = ()
        self._rest: tuple[str, ...] = ()
        self._silences = self._misses = 0
        self._menu_told = deaf

    async def run(self) -> CallOutcome:
        """Hold the conversation. Raises CallerLeft."""
        try:
            await self._asking.begin()
            await self._say(f"{prompts.GREETING_KEYS}{prompts.MENU}" if self._deaf else prompts.GREETING)
            while True:
                outcome = await self._step()
                if outcome is not None:
                    return outcome
        except SpeechUnavailable:
            logger().error(CALL_TROUBLED, code=SpeechUnavailable.code)
            return CallOutcome(end=End.QUEUE, summary=self._asking.summary("智能语音暂时不可用"))
        except JiajiaError as error:
            logger().error(CALL_TROUBLED, code=error.code)
            with suppress(SpeechUnavailable):
                await self._talk.say_firmly(prompts.TROUBLE)
            return CallOutcome(end=End.QUEUE, summary=self._asking.summary("智能助手出了问题"))

    async def _step(self) -> CallOutcome | None:
        event = await self._talk.next(self._slot, self._office.patience.answer)
        if event is None:
            return await self._silence()
        self._silences = 0
        if isinstance(event, Pressed):
            return await self._key(event.key)
        if not event.guesses:
            return await self._missed()
        return await self._words(event.guesses)

    async def _silence(self) -> CallOutcome | None:
        self._silences += 1
        if self._silences > MOST_SILENCES:
            outcome = await self._endings.to_a_person("一直没有声音", words=prompts.SILENT_TOO_LONG)
            return outcome or await self._endings.farewell()
        if self._silences > MENU_SILENCES:
            return await self._menu()
        await self._talk.say(prompts.STILL_THERE if self._silences == 1 else prompts.NOT_HEARD)
        return None

    async def _missed(self) -> CallOutcome | None:
        self._misses += 1
        if self._misses >= MOST_MISSES or (self._misses >= MENU_MISSES and self._menu_told):
            self._misses = 0
            return await self._endings.to_a_person("多次没有听懂")
        if self._misses >= MENU_MISSES:
            await self._talk.say(prompts.BY_KEYS)
            return await self._menu()
        await self._talk.say(prompts.PARDON if self._misses == 1 else prompts.PARDON_SHORT)
        return None

    async def _menu(self) -> CallOutcome | None:
        self._menu_told = True
        self._slot, self._rest, self._reply, self._offered = OPEN, (), None, ()
        await self._say(prompts.MENU)
        return None

    async def _key(self, key: str) -> CallOutcome | None:
        if self._slot.by_digits:
            return await self._number(key)
        command = commands.pressed(key, self._slot)
        if command is not None:
            return await self._command(command)
        if self._rest and key in "12":
            return await self._after_portion(key == "1", key == "2")
        self._rest = ()
        if key.isdigit() and 1 <= int(key) <= len(self._offered):
            button = self._offered[int(key) - 1]
            return await self._answer(button.label, payload=button.payload)
        question = menu.question(key)
        return await self._answer(question) if question else await self._menu()

    async def _number(self, key: str) -> CallOutcome | None:
        """Keys belong to the number asked for; alone, 0 # and * still steer the call."""
        number = await keyed(self._talk, self._slot, key, between=self._office.patience.keys)
        if isinstance(number, Said):
            return await self._words(number.guesses)
        if number in ("", "0"):
            return await self._command(Command.PERSON if number == "0" else Command.BACK)
        if len(number) == 1 and int(number) <= len(self._offered):
            button = self._offered[int(number) - 1]
            return await self._answer(button.label, payload=button.payload)
        if self._slot.length and len(number) != self._slot.length:
            await self._talk.say(prompts.WRONG_LENGTH)
            return None
        return await self._answer(number)

    async def _words(self, guesses: tuple[str, ...]) -> CallOutcome | None:
        command = commands.said(guesses)
        if command is not None and not (command is Command.TEXT and self._offered):  # 短信 may be one of the choices
            return await self._command(command)
        if self._rest:
            best = guesses[0]
            go_on, text = any(word in best for word in _GO_ON), "短信" in best
            if (go_on or text) and len(best) <= len("短信发给我吧谢谢"):
                return await self._after_portion(go_on and not text, text)
            self._rest = ()
        if self._slot.quiet:
            digits_told = sum(char in "零一二三四五六七八九幺两" for char in guesses[0])
            if digits_told > len(guesses[0]) // 2:
                await self._talk.say(prompts.TYPE_IT)
                return None
        label = next((one for guess in guesses for one in self._slot.labels if guess == one), "")
        if label and self._offered:
            payload = next(button.payload for button in self._offered if button.label == label)
            return await self._answer(label, guesses=guesses, payload=payload)
        return await self._answer(guesses[0], guesses=guesses)

    async def _command(self, command: Command) -> CallOutcome | None:
        if command is Command.PERSON:
            await self._asking.ask("转人工", payload="/request_human")
            return await self._endings.to_a_person("市民要求")
        if command is Command.FAREWELL:
            return await self._endings.farewell()
        if command is Command.MENU:
            return await self._menu()
        if command is Command.TEXT:
            return await self._text_it()
        if command is Command.BACK:
            if self._slot is OPEN:
                return await self._menu()
            return await self._answer("取消", payload="/cancel")
        await self._again(command)
        return None

    async def _again(self, command: Command) -> None:
        """Say the last thing again, as loud and as slow as is wanted from now on."""
        if command in (Command.LOUDER, Command.CLEARER):
            self._talk.mouth.turn_up()
        if command in (Command.SLOWER, Command.CLEARER):
            self._talk.mouth.slow_down()
        await self._talk.say(_HINTS.get(command, "") + (self._said or prompts.NOTHING_TO_REPEAT))

    async def _answer(self, text: str, *, guesses: tuple[str, ...] = (), payload: str = "") -> CallOutcome | None:
        turn = await self._asking.ask(text, guesses=guesses, payload=payload)
        if any(reply.handoff is not None for reply in turn.replies):  # said first: it may have to calm
            await self._talk.say("".join(self._asking.speakable(reply) for reply in turn.replies))
            return await self._endings.to_a_person("市民要求", words=prompts.HOLD_ON)
        if self._asking.misunderstood():
            self._misses += 1
            if self._misses >= MENU_MISSES:
                return await self._missed()
        else:
            self._misses = 0
        await self._tell(turn)
        return None

    async def _tell(self, turn: Turn) -> None:
        said = "".join(self._asking.speakable(reply) for reply in turn.replies)
        self._reply = turn.replies[-1] if turn.replies else None
        choosing = turn.outcome in _CHOOSING  # else the buttons are what a screen offers next: never said, so no key's
        self._offered = self._reply.buttons if self._reply is not None and choosing else ()
        self._slot = expected(replace(self._reply, buttons=self._offered)) if self._reply is not None else OPEN
        first, *rest = portions(said) or ("",)
        self._rest = tuple(rest)
        if self._rest:
            await self._offer_rest(first)
            return
        if self._reply is not None and self._slot.kind is Kind.CHOICE:
            first += prompts.KEYS_TOO if self._reply.spoken else choices_aloud(self._slot.labels)
        if self._slot.quiet:
            first += prompts.TYPE_ID if self._slot.kind is Kind.IDENTITY else prompts.TYPE_IT
        await self._say(first)

    async def _offer_rest(self, portion: str) -> None:
        self._slot = choice(("接着听", "短信"))
        await self._say(f"{portion}{prompts.GO_ON if self._can_text() else prompts.GO_ON_ONLY}")

    async def _after_portion(self, go_on: bool, text: bool) -> CallOutcome | None:
        reply, rest = self._reply, self._rest
        if text and self._can_text() and reply is not None and await self._asking.text(self._mobile, reply.text):
            self._slot, self._rest = OPEN, ()
            await self._say(self._sent())
            return None
        if go_on or text:
            self._rest = rest[1:]
            if self._rest:
                await self._offer_rest(rest[0])
                return None
            self._slot = expected(replace(reply, buttons=self._offered)) if reply is not None else OPEN
            await self._say((prompts.NOT_SENT if text else "") + rest[0])
            return None
        self._rest, self._slot = (), OPEN
        await self._say(prompts.ANYTHING_ELSE)
        return None

    async def _text_it(self) -> CallOutcome | None:
        """Send the whole of the last answer, which the ear got in short."""
        reply = self._reply
        sent = reply is not None and self._can_text() and await self._asking.text(self._mobile, reply.text)
        self._rest, self._slot = (), OPEN
        await self._talk.say(self._sent() if sent else prompts.NO_TEXT)
        return None

    def _sent(self) -> str:
        """Say that it is on its way, and to which of the caller's numbers, of which only the end is said."""
        return f"{prompts.SENT}收短信的手机尾号是{digits_aloud(self._mobile[-4:])}。{prompts.ANYTHING_ELSE}"

    def _can_text(self) -> bool:
        private = self._reply is not None and self._reply.private
        return self._asking.abilities.texts and bool(self._mobile) and not private

    async def _say(self, text: str) -> None:
        """Say something worth repeating."""
        self._said = text
        await self._talk.say(text, expects=self._slot)
