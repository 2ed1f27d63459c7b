"""Answers the policy question inside a wish first: "租房提取要什么材料" may come along as a withdrawal."""

import re

from actions.call import Call
from actions.policy import PolicyAnswers
from actions.questions import has_subject, plainly, really_asks
from actions.routing import changes
from actions.values import find_amounts
from actions.wish import Result, Wish
from bot.errors import KnowledgeUnavailable, ValueRefused
from bot.messages import Outcome

_DO_IT = re.compile(r"帮我|替我|给我|(?<!怎么)(?<!如何)(?<!咋)(?<!怎样)(?<!怎么计)(?<!如何计)算(?!了)")
_RULE_ALONE = re.compile(
    r"^(?!.*我的).{0,10}(?:利率|条件|材料|手续|流程|政策|规定)[。!]?$|^(?:公积金)?贷款(?:的话|的事|方面|业务)?$"
)
_WHAT = re.compile(
    r"什么(?:样的?)?(?:证明|材料|手续|条件|东西)|哪些|啥(?:证明|材料|手续|条件)|多久|几次|怎么(?:申请|办理?|弄|操作)"
)
_ANGRY = "express_anger"
_NO_QUESTION = frozenset({"greet", "goodbye", "thank", "who_are_you"})


class AskedFirst:
    """A wish that steps back when what was said is a question knowledge is sure about."""

    def __init__(self, wish: Wish, answers: PolicyAnswers) -> None:
        self._wish = wish
        self._answers = answers

    @property
    def name(self) -> str:
        """Return the wish's name."""
        return self._wish.name

    async def fulfil(self, call: Call) -> Result:
        """Answer the question if there is one; amounts in it mean that the wish itself is meant."""
        waiting = call.memory.wish
        meant = (
            waiting is not None
            and waiting.name == self.name
            and (bool(waiting.reminder) or changes(waiting, call.text))
        )
        asked = really_asks(call.text) and call.intent not in _NO_QUESTION
        asked = asked or (call.intent in _NO_QUESTION and has_subject(plainly(call.text)))  # 晚上好 想问下贷款利率
        bare = bool(_RULE_ALONE.match(call.text))
        angry = call.intent == _ANGRY and not has_subject(call.text)  # 你们是不是骗子 asks for no rule
        if meant or angry or not (asked or bare) or self._wants_it_done(call.text):
            return await self._wish.fulfil(call)
        try:
            answered = await self._answers.answer(call, call.text)
        except KnowledgeUnavailable:
            return await self._wish.fulfil(call)
        told = answered.response.outcome is Outcome.ANSWERED or (
            (bare or bool(_WHAT.search(call.text))) and answered.response.outcome is Outcome.CLARIFIED
        )
        return answered if told else await self._wish.fulfil(call)

    def _wants_it_done(self, text: str) -> bool:
        """Say whether somebody asks for the doing, not the rule: 帮我算, or an amount to calculate with."""
        try:
            with_amount = bool(find_amounts(text)) and not self.name.startswith("withdraw")
        except ValueRefused:
            return True
        return with_amount or (bool(_DO_IT.search(text)) and not text.endswith(("不", "不?")))
