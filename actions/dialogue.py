"""What keeps a conversation going whatever it is about: repeat, cancel, help, yes, no, more details, a correction."""

import re
from collections.abc import Mapping
from dataclasses import replace

from actions.afterwards import TakeBack
from actions.ahead import ToldAhead
from actions.call import Call
from actions.consent import stance
from actions.context import AnswerAll, Lean, LookBack, Remarked, Told
from actions.digression import Digress
from actions.doubted import Doubted
from actions.explaining import AskBasis, AskSimpler
from actions.followup import completed, stands_apart
from actions.going_on import InsteadOf, NotHere, OfTheForm
from actions.outweighed import Outweighed
from actions.policy import PolicyAnswers
from actions.questions import asks, corrected, correction, has_subject, says_nothing
from actions.several import Several
from actions.titles import title
from actions.turning import ForAnother, PrepayOn, TurnWithdrawal
from actions.wish import EXAMPLES, PERSON, Result, Wish, say
from bot.messages import Outcome, Reply, Response

_YES = re.compile(
    r"^(?:(?:是|对|嗯|好|行|可以|没错|没问题|确实|当然|明白|知道|同意|确[认定]|继续|接着|要得|就这样|办|yes|ok)[的呀啊吧了呢滴,。!]*)+"
    r"|[\W_]+$",
    re.IGNORECASE,
)
_TELLING = 2  # characters after the yes that tell something: 是白血病
_ORDINALS = tuple(re.compile(rf"第[{signs}][个条点]") for signs in ("一1", "二两2", "三3", "四4"))
_SHORT_DENIAL = 5  # 不是吧? is still a no


class Repeat:
    """再说一遍。"""

    name = "repeat_answer"

    async def fulfil(self, call: Call) -> Result:
        if not call.last:
            return say("家家还没有回答过问题。您想问什么?直接说就行。", outcome=Outcome.ASKED, buttons=EXAMPLES)
        return Result(response=Response(replies=_named(call.text, call.last), outcome=Outcome.ANSWERED))


def _named(text: str, replies: tuple[Reply, ...]) -> tuple[Reply, ...]:
    """Return the one reply of several that is named (第二个再说一遍), or all of them."""
    order = next((place for place, sign in enumerate(_ORDINALS) if sign.search(text)), -1)
    return replies[order : order + 1] if 0 <= order < len(replies) > 1 else replies


class Cancel:
    """算了,不办了。"""

    name = "cancel"

    async def fulfil(self, call: Call) -> Result:
        waiting = call.memory.wish
        memory = replace(call.memory, wish=None)
        if waiting is None or not waiting.reminder:
            return say("好的。还有别的问题,随时叫家家。", outcome=Outcome.CHATTED, memory=memory)
        words = f"好的,{title(waiting.name)}已经停下,没有提交任何内容。"
        more = "" if waiting.under else "还想办别的,直接告诉家家。"
        return say(words + more, outcome=Outcome.CHATTED, memory=memory)


class Wait:
    """先等等,我想想。"""

    name = "wait"

    async def fulfil(self, call: Call) -> Result:
        waiting = call.memory.wish
        return say(f"好的,不着急。{waiting.reminder if waiting else ''}", outcome=Outcome.CHATTED)


class Help:
    """你能帮我做什么?"""

    name = "help"

    async def fulfil(self, call: Call) -> Result:
        return say(
            "家家能帮您:\n"
            "1. 查政策:缴存、提取、贷款、还款、转移、证明,直接用平常的话问;\n"
            "2. 查自己的:余额、缴存明细、漏缴、贷款、还款计划、办理进度(先验证身份);\n"
            "3. 办业务:租房、还贷、退休提取,提前还款,预约取号,投诉;\n"
            "4. 算账:贷款月供、提前还款、账户利息、月缴存额;\n"
            "5. 转人工。\n"
            "比如可以问“租房一年最多能提多少”,或者说“查余额”。",
            spoken=(
                "您可以直接问公积金的政策,验证身份后可以查余额、办提取和提前还款,"
                "也可以让我算月供和利息。想找人工,说转人工就行。"
            ),
            buttons=EXAMPLES,
        )


class Affirm:
    """对,是的。"""

    name = "affirm"

    def __init__(self, answers: PolicyAnswers) -> None:
        self._answers = answers

    async def fulfil(self, call: Call) -> Result:
        if stance(call.text) is None and (asks(call.text) or has_subject(call.text)):
            return await self._answers.answer(call, call.text)
        waiting = call.memory.wish
        told = _YES.sub("", call.text)
        if len(told) >= _TELLING and call.memory.last_question and not (waiting and waiting.reminder):
            return await self._answers.answer(call, told)
        if waiting is not None and waiting.reminder:  # it is recalled after this
            return say("好的。", outcome=Outcome.CHATTED)
        return say("好的。您接下来想问什么?直接说就行。", outcome=Outcome.CHATTED, buttons=EXAMPLES)


class Deny:
    """不,不是。"""

    name = "deny"

    def __init__(self, answers: PolicyAnswers) -> None:
        self._answers = answers

    async def fulfil(self, call: Call) -> Result:
        if correction(call.text) or (asks(call.text) and len(call.text) > _SHORT_DENIAL):
            return await self._answers.answer(call, call.text)
        if call.memory.last_question:
            return say(
                "看来家家没有答到点上。请换个说法,或者补一句具体情况,比如“我说的是商业贷款”;也可以转人工。",
                outcome=Outcome.ASKED,
                buttons=(PERSON,),
            )
        return say("好的。需要的时候随时叫家家。", outcome=Outcome.CHATTED)


class Correct:
    """不是,我说的是另一个。"""

    name = "correct"

    def __init__(self, answers: PolicyAnswers) -> None:
        self._answers = answers

    async def fulfil(self, call: Call) -> Result:
        if correction(call.text) or not call.memory.last_question:
            return await self._answers.answer(call, call.text)
        if asks(call.text):
            return await self._answers.answer(call, call.text)
        return await self._answers.restated(call, _put(call))


class Inform:
    """我补充一下情况。"""

    name = "inform"

    def __init__(self, answers: PolicyAnswers) -> None:
        self._answers = answers

    async def fulfil(self, call: Call) -> Result:
        apart = stands_apart(call.text, call.memory.last_question, call.memory.topic)
        if apart or asks(call.text) or says_nothing(call.text) or not call.memory.last_question:
            return await self._answers.answer(call, call.text)
        return await self._answers.restated(call, _put(call))


def _put(call: Call) -> str:
    """Return the last question with what was said put in (那二手房呢, without the 那 and the 呢)."""
    follow = completed(f"{call.text}呢", call.memory.last_question, call.memory.topic)
    return follow.question if follow else corrected(call.memory.last_question, call.text)


def dialogue_wishes(answers: PolicyAnswers) -> Mapping[str, Wish]:
    """Return these wishes by name."""
    wishes: tuple[Wish, ...] = (
        Repeat(),
        Cancel(),
        Wait(),
        Help(),
        Affirm(answers),
        Deny(answers),
        Correct(answers),
        Inform(answers),
        Several(answers),
        AskBasis(),
        AskSimpler(),
        AnswerAll(answers),
        LookBack(answers),
        Lean(answers),
        Told(answers),
        TurnWithdrawal(),
        PrepayOn(),
        ForAnother(answers),
        Remarked(),
        Doubted(answers),
        Digress(answers),
        Outweighed(answers),
        ToldAhead(),
        OfTheForm(),
        NotHere(),
        TakeBack(),
        InsteadOf(),
    )
    return {wish.name: wish for wish in wishes}
