"""Brings a person in: with a summary the agent reads first, and calm words when the citizen is angry."""

from actions.call import Call
from actions.feelings import CALMING, TELL_ME, Feeling, heard_in
from actions.wish import Result, say
from bot.messages import Handoff, Outcome

_LINES = 6
_CHARACTERS = 80
_WORDS = (
    "好的,马上为您转人工。我已经把刚才的情况整理给同事,您不用重说一遍;等候时也可以继续写给我。"
    "线上没有人接时,请拨打 12329。"
)


class RequestHuman:
    """我要转人工。"""

    name = "request_human"

    async def fulfil(self, call: Call) -> Result:
        return say(
            _WORDS,
            spoken="好的,马上为您转人工,情况我已经整理给同事了,请稍等。",
            outcome=Outcome.HANDED_OFF,
            handoff=Handoff(reason="citizen-asked", summary=summary(call)),
        )


class ExpressAnger:
    """我很生气。"""

    name = "express_anger"

    async def fulfil(self, call: Call) -> Result:
        feeling = heard_in(call.text) or Feeling.UPSET
        if feeling is Feeling.LEGAL:
            more = "您也可以拨打 12329 或 12345 反映。请告诉我是哪件事,我一并整理给同事。"
        else:
            more = f"{TELL_ME}也可以直接由同事接手。"
        return say(
            f"{CALMING[feeling]}{'' if feeling is Feeling.DANGER else more}",
            outcome=Outcome.HANDED_OFF,
            handoff=Handoff(reason=f"citizen-{feeling.value}", summary=_urgent(feeling) + summary(call)),
        )


def _urgent(feeling: Feeling) -> str:
    return "市民的话里有轻生的意思,请立即接手。 / " if feeling is Feeling.DANGER else ""


def summary(call: Call) -> str:
    """Return one paragraph for the agent: what was asked and answered last, as masked as the transcript."""
    lines = [f"{'市民' if said.citizen else '家家'}:{_short(said.text)}" for said in call.said[-_LINES:]]
    waiting = call.memory.wish
    if waiting is not None and waiting.reminder:
        lines.append(f"还没办完:{waiting.reminder}")
    lines.append(f"渠道:{call.channel.value};最近的答案:{call.memory.entry or '无'}")
    return " / ".join(lines)


def _short(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= _CHARACTERS else f"{plain[:_CHARACTERS]}…"
