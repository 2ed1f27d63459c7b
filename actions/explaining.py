"""Stands by an answer when it is doubted: where it comes from, how sure it is, and the same in fewer words."""

import re

from actions.call import Call
from actions.questions import wants_more
from actions.wish import EXAMPLES, NOTHING_ASKED, PERSON, Result, say
from bot.knowledge import UNCONFIRMED
from bot.messages import Outcome, Reply, Source

_PROOF = "prove_identity"
_WHY_PROOF = (
    "余额、贷款、提取都是您个人的账户,先确认是本人,别人才查不走。身份证号一收到就遮盖,不进聊天记录,只用于这次验证;"
    "只问政策不用验证。"
)
_HOW_WE_KNOW = (
    "家家只按公布的文件和核定的答案回答,不自己编;没查到的会直说。要书面依据,请看中心官网或拨打 12329,也可以转人工核对。"
)
_SURENESS = {
    "U": "这一点没有查到公布的规定,以中心答复为准。",
    "V2": "这是公开资料里的说法,办之前可以打 12329 再核对一遍。",
    "G": "这是全国通行的做法,西宁有没有另外规定,办之前请打 12329 核对。",
    "V2+": "这是多处公开资料一致的说法。",
    "V1": "这是正式文件里写明的。",
}
"""The weakest first: an answer is as sure as its weakest source."""
_NAMED = 3
_SENTENCE = re.compile(r"[^。;\n]+[。;]?")
_SHORT_SENTENCES = 2
_WAYS_OUT = frozenset({"/request_human", "/deny", "/cancel"})


class AskBasis:
    """你确定吗?有什么依据?"""

    name = "ask_basis"

    async def fulfil(self, call: Call) -> Result:
        waiting = call.memory.wish
        if waiting is not None and waiting.name == _PROOF:
            return say(_WHY_PROOF, outcome=Outcome.CHATTED)
        sources = _sources(call.last)
        if not sources:
            return say(_HOW_WE_KNOW, outcome=Outcome.ANSWERED, buttons=(PERSON,))
        named = "\n".join(f"· {_named(source)}" for source in sources[:_NAMED])
        sure = _sureness(call.last, sources)
        words, spoken = f"刚才的答案依据:\n{named}\n{sure}", f"依据是{sources[0].title}。{sure}"
        return say(words, spoken=spoken, outcome=Outcome.ANSWERED, buttons=(PERSON,))


class AskSimpler:
    """听不懂,说简单点。"""

    name = "ask_simpler"

    async def fulfil(self, call: Call) -> Result:
        waiting = call.memory.wish
        if wants_more(call.text):
            return more(call)
        if waiting is not None and waiting.reminder:
            return say(waiting.reminder, outcome=Outcome.CHATTED, buttons=(PERSON,))
        told = next((reply for reply in call.last if reply.text), None)
        if told is None:
            return say("您想了解哪件事?用一句话告诉家家就行。", outcome=Outcome.ASKED)
        short = told.spoken or "".join(_SENTENCE.findall(told.text)[:_SHORT_SENTENCES])
        return say(
            f"简单说:{short}\n还有哪里不明白,直接问我,或者转人工让同事慢慢说。",
            spoken=f"简单说,{short}",
            outcome=Outcome.ANSWERED,
            buttons=(*told.buttons, PERSON),
        )


def more(call: Call) -> Result:
    """Say that this is all there is on it, and what is asked next; without an answer before, ask what is wanted."""
    buttons = tuple(button for reply in call.last for button in reply.buttons if button.payload not in _WAYS_OUT)
    if not buttons:
        return say(NOTHING_ASKED, outcome=Outcome.ASKED, buttons=EXAMPLES)
    return say("这一条查到的就是这些。接着可以问:", outcome=Outcome.ANSWERED, buttons=(*buttons, PERSON))


def _sources(replies: tuple[Reply, ...]) -> tuple[Source, ...]:
    found = [source for reply in replies for source in reply.sources]
    return tuple(dict.fromkeys(found))


def _sureness(replies: tuple[Reply, ...], sources: tuple[Source, ...]) -> str:
    unconfirmed = any(UNCONFIRMED in reply.text for reply in replies)
    grades = {"U"} if unconfirmed else {source.confidence for source in sources}
    return next((words for grade, words in _SURENESS.items() if grade in grades), _SURENESS["V2"])


def _named(source: Source) -> str:
    details = ",".join(part for part in (source.issuer, source.doc_no, source.date) if part)
    return f"{source.title}({details})" if details else source.title
