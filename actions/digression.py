"""Answers what is asked while a form is open: of the form itself, or, where the words leave it open, of its matter."""

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import cache

from actions.aspects import Aspects, read_aspects
from actions.call import Call, OpenWish
from actions.feelings import heard_in
from actions.policy import PolicyAnswers
from actions.questions import asks, has_subject
from actions.titles import title, titled
from actions.wish import Result, Wish, say
from bot.messages import Outcome

_HEARD = frozenset({"policy_question", "out_of_scope", "nlu_fallback", "chitchat", "inform", "ask_basis", ""})
_LONGEST = 18
_SURE, _STRANGE, _ANGRY = 0.5, 0.7, 0.7
_PROOF = "prove_identity"
_OF_A_FORM = re.compile(r"查询|试算|建议")
_OF_PROOF = re.compile(r"身份|证件|短信|验证|手机|密码|安全|泄露|为[什啥]|干[嘛啥]")
_KNOWN_NOWHERE_ELSE = frozenset({"book_counter", "file_complaint"})
_OF_ITSELF: Mapping[str, Mapping[str, str]] = {  # the form, then the aspect asked of it (aspects.txt)
    "withdraw_": {
        "material": "这笔提取要核的材料由共享数据核验,不用您交。",
        "howlong": "确认提交后系统自动审批,一般几秒钟就到账。",
        "online": "在这里验证身份、确认就能办,不用去大厅。",
        "cancel": "确认之前随时能改、能停,什么都不会提交。",
        "agent": "要本人验证身份,别人不能替办。",
    },
    "prepay": {
        "material": "在这里还不用另交材料,从您登记的银行卡扣款。",
        "howlong": "确认提交后几秒钟内从卡上扣款、记到贷款里。",
        "online": "在这里验证身份、确认就能办,不用去大厅。",
        "cancel": "确认之前随时能改、能停,什么都不会提交。",
        "agent": "要本人验证身份,别人不能替办。",
    },
    "get_certificate": {
        "material": "不用交材料,验证身份就行。",
        "howlong": "验证好身份马上就开。",
        "online": "在这里开好就能下载,不用去大厅。",
        "agent": "要本人验证身份,别人不能替开。",
    },
    "book_counter": {
        "material": (
            "约号只要验证身份,到大厅带上本人身份证。要办的事另要什么材料,说业务名字就行,比如“租房提取要什么材料”。"
        ),
        "cancel": "约好以后不去了,说“取消预约”就行。",
    },
    "file_complaint": {
        "material": "不用交材料,把什么时候、在哪里、哪件事说清楚就行。",
        "howlong": "登记后马上给您编号,说“查投诉进展”就能看处理到哪一步;几天答复没有查到公布的期限。",
        "cancel": "确认之前随时能改、能停,什么都不会登记。",
    },
}


class Digress:
    """多久给我回? (正在投诉)"""

    name = "digress"

    def __init__(self, answers: PolicyAnswers) -> None:
        self._answers = answers

    async def fulfil(self, call: Call) -> Result:
        """Tell it of the form; else answer the words alone, the form's name deciding where they leave a choice."""
        if own := _of_itself(call):
            return say(own, outcome=Outcome.ANSWERED)
        plain = await self._answers.answer(call, call.text)
        if plain.response.outcome is Outcome.ANSWERED:
            return plain
        fresh = replace(call, memory=replace(call.memory, last_question="", entry="", topic=""))
        whole = await self._answers.answer(fresh, f"{_matter(call.memory.wish)}{call.text}")
        return whole if whole.response.outcome is Outcome.ANSWERED and _among(whole, plain) else plain


def digressed(call: Call, wishes: Mapping[str, Wish]) -> Wish | None:
    """Return this wish when a short question without a subject of its own comes into an open form, else None."""
    waiting = call.memory.wish
    if waiting is None or not waiting.reminder or not _matter(waiting) or not _asked(call):
        return None
    short = len(call.text) <= _LONGEST and asks(call.text) and not has_subject(call.text)
    return wishes.get(Digress.name) if short and not _OF_PROOF.search(call.text) else None


def _asked(call: Call) -> bool:
    """Say whether nothing else was heard; an anger hardly heard in a question is none."""
    hardly = call.intent == "express_anger" and call.confidence < _ANGRY and not heard_in(call.text)
    return call.intent in _HEARD or hardly


def _of_itself(call: Call) -> str:
    """Return what the open form can tell of itself for the aspect that is asked, or an empty string."""
    name, waiting = _open(call.memory.wish), call.memory.wish
    if waiting is not None and waiting.name == _PROOF and name not in _KNOWN_NOWHERE_ELSE:
        return ""  # not begun yet: what is asked is asked before deciding, and knowledge tells more
    known = next((told for form, told in _OF_ITSELF.items() if name.startswith(form)), {})
    read = _aspects().read(call.text) if known and _aspects().strange(call.text) <= _STRANGE else {}
    aspect, share = max(read.items(), key=lambda one: one[1], default=("", 0.0))
    return known.get(aspect, "") if share >= _SURE else ""


def _open(waiting: OpenWish | None) -> str:
    return "" if waiting is None else waiting.after.name if waiting.after else waiting.name


def _matter(waiting: OpenWish | None) -> str:
    """Return what the form is about, as it is spoken of, or an empty string."""
    name = _open(waiting)
    return _OF_A_FORM.sub("", title(name)) if titled(name) and name != _PROOF else ""


def _among(whole: Result, plain: Result) -> bool:
    """Say whether what the whole question is answered with was one of the readings of the words alone."""
    first, *_ = (*whole.response.evidence.candidates, None)
    return first is not None and first.entry in {one.entry for one in plain.response.evidence.candidates}


@cache
def _aspects() -> Aspects:
    return read_aspects()
