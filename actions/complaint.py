"""Complaints, what became of them, and rating the service."""

import re
from dataclasses import replace

from actions.call import Call
from actions.guide import Guidance
from actions.handoff import summary
from actions.routing import READS, waits
from actions.wish import PERSON, Result, say
from bot.messages import Button, Handoff, Outcome
from bot.ports import Ratings

GRADES = ("非常不满意", "不满意", "基本满意", "满意", "非常满意")
_GRADE_BUTTONS = tuple(
    Button(label=grade, payload=f'/rate_service{{"rate_score":"{score}"}}')
    for score, grade in enumerate(GRADES, start=1)  # in this order, so that 4 and 第四个 are four points
)
_GRADE = re.compile("|".join(sorted(GRADES, key=len, reverse=True)))
_WHY = "why"
_LEAST_CHARACTERS = 8

GUIDANCE = (
    Guidance(
        name="query_complaint",
        text=(
            "投诉的处理情况,请拨打 12329 查询;着急的话现在就可以转人工,由同事替您问。\n"
            "对账户余额有异议、申请复核的,中心会在 5 日内书面答复。"
        ),
        spoken="投诉的处理情况请拨打12329查询,也可以说转人工,由同事替您问。",
        question="余额有异议 投诉 复核 几天答复",
        buttons=(PERSON,),
    ),
)


class FileComplaint:
    """我要投诉、提意见。"""

    name = "file_complaint"

    async def fulfil(self, call: Call) -> Result:
        waiting = call.memory.wish
        told = waiting is not None and waiting.name == self.name
        if told and call.text:
            return _taken(call)
        if len(call.text) >= _LEAST_CHARACTERS and re.search(r"不|没|拖|慢|差|错|乱|骗", call.text):
            return _taken(call)
        memory = replace(
            call.memory,
            wish=waits(
                self.name, {}, "text", reminder="刚才您说要投诉或提意见,还没说是哪件事。写一两句给我,我转给同事。"
            ),
        )
        return say(
            "家家在听。请用一两句话说清楚:什么时候、在哪里、哪件事没办好、希望怎么解决。请不要写身份证号和卡号。",
            outcome=Outcome.ASKED,
            buttons=(PERSON,),
            memory=memory,
        )


def _taken(call: Call) -> Result:
    return say(
        "让您遇到这样的事,家家很抱歉。您说的内容已经整理好,马上转给同事核实处理;"
        "线上没有人接时,请拨打 12329 说明这件事。\n"
        "如果是单位不开户、不缴或少缴,也可以直接向 12329 举报,中心会督促单位限期办理。",
        spoken="很抱歉让您遇到这样的事。您说的我已经整理好,马上转给同事处理。",
        outcome=Outcome.HANDED_OFF,
        handoff=Handoff(reason="complaint", summary=summary(call)),
        memory=replace(call.memory, wish=None),
    )


class RateService:
    """我来评个分。"""

    name = "rate_service"

    def __init__(self, ratings: Ratings | None = None) -> None:
        self._ratings = ratings

    async def fulfil(self, call: Call) -> Result:
        """Keep the score; whoever is not satisfied may say why, and colleagues read it."""
        if call.known(self.name).get("asking") == _WHY and call.intent != self.name:
            return _why(call)
        score = _score(call)
        if score is None:
            return say(
                "请您评一评这次服务:",
                spoken="请评一评这次服务,从非常满意到非常不满意。",
                outcome=Outcome.ASKED,
                buttons=_GRADE_BUTTONS,
            )
        if self._ratings is not None:
            await self._ratings.rate_latest(call.sender, score)
        if score >= 3:
            return say(f"收到您的评价“{GRADES[score - 1]}”,谢谢您。", outcome=Outcome.ACTED)
        return say(
            f"收到您的评价“{GRADES[score - 1]}”。很抱歉没让您满意,同事会看到这条评价;"
            "愿意的话请写一句哪里不好,或者现在就转人工。",
            outcome=Outcome.ACTED,
            buttons=(PERSON,),
            handoff=Handoff(reason="bad-rating", summary=summary(call)),
            memory=replace(call.memory, wish=waits(self.name, {"asking": _WHY}, "hope", "nothing")),
        )


def _why(call: Call) -> Result:
    if READS["nothing"](call.text):
        return say("好的,谢谢您的评价。", outcome=Outcome.CHATTED, memory=replace(call.memory, wish=None))
    return say(
        "记下了,您说的已经转给同事。谢谢您指出来。",
        outcome=Outcome.ACTED,
        handoff=Handoff(reason="bad-rating", summary=summary(call)),
        memory=replace(call.memory, wish=None),
    )


def _score(call: Call) -> int | None:
    """Return 1..5 from a button, a number of points or the grade's own words."""
    told = call.entity("rate_score") or call.text
    if match := _GRADE.search(told):
        return GRADES.index(match.group(0)) + 1
    if match := re.search(r"[1-5]|[一二三四五](?=[分星颗])|^[一二三四五]$", told):
        return "一二三四五".find(match.group(0)) + 1 or int(match.group(0))
    return None
