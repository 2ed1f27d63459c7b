"""Goes on from what has just been done: 改到下午行吗 and 取消掉吧 after a booking, 能撤回不 after an application."""

import re
from collections.abc import Mapping

from actions.call import Call
from actions.consent import Stance, reason, stance
from actions.questions import asks
from actions.routing import READS, proposed, reads_value
from actions.wish import PERSON, Result, Wish, say
from bot.messages import Button, Outcome

_CONFIRM = "confirm"
_TAKES_BACK = frozenset({"cancel", "cancel_booking"})
_CANCEL_BOOKING, _BOOK = "cancel_booking", "book_counter"
_BOOKING, _APPLICATION = "预约/取号", "申请"  # titles of the cards that show what was done
_LONGEST, _HEARD = 16, 0.5
_BACK = re.compile(r"取消|撤|退|不")
_NO = ("不", "别", "先不", "先别")
_TOO_LATE = (
    "已经交上去的申请,家家这里撤不回来:系统自动审批,一般几秒钟就办完。\n"
    "没到账的,马上转人工或打 12329,请同事看能不能停下;已经到账的能不能退回,没有查到公布的规定,也请同事答复您。"
)
_TOO_LATE_SPOKEN = "已经交上去的申请我撤不回来,请马上转人工,让同事看能不能停下。"


class TakeBack:
    """刚提交的能撤回不?"""

    name = "take_back"

    async def fulfil(self, call: Call) -> Result:
        """Say honestly that it cannot be taken back here, and who may still stop it."""
        buttons = (Button(label="查办理进度", payload="/query_progress"), PERSON)
        return say(_TOO_LATE, spoken=_TOO_LATE_SPOKEN, outcome=Outcome.ANSWERED, buttons=buttons)


def afterwards(call: Call, wishes: Mapping[str, Wish]) -> Wish | None:
    """Return the wish that changes or undoes what the last turn did, else None."""
    waiting = call.memory.wish
    if not call.text:
        return None
    if waiting is not None and waiting.name == _CANCEL_BOOKING and waiting.values.get("asking") == _CONFIRM:
        return wishes.get(_CANCEL_BOOKING) if cancels_again(call) else None
    if waiting is not None and waiting.reminder:
        instead = reads_value(waiting, reason(call.text))  # 算了改下午两点
        taken_back = waiting.name == _BOOK and call.intent in _TAKES_BACK and not instead
        if taken_back:  # the place held, or the form when none is held yet
            return wishes.get(_CANCEL_BOOKING if waiting.values.get("instead") else "cancel")
        return None
    held_back = stance(call.text) is Stance.HOLD and "交" in call.text  # 别提交, when it has just been handed in
    surely = call.confidence >= _HEARD or bool(_BACK.search(call.text))  # 办好了吧 takes nothing back
    undone = held_back or (call.intent in _TAKES_BACK and surely and not READS["nothing"](call.text))
    if _shown(call, _BOOKING):
        if undone:
            return wishes.get(_CANCEL_BOOKING)
        moment = proposed(call.text)
        moved = len(moment) <= _LONGEST and not asks(moment) and READS["moment"](moment)
        return wishes.get("change_booking") if moved else None
    handed_in = _shown(call, _APPLICATION) or (
        held_back and waiting is not None and waiting.values.get("asking") == "done"
    )
    return wishes.get(TakeBack.name) if undone and handed_in else None


def cancels_again(call: Call) -> bool:
    """Say whether 取消 answers the question whether to cancel: it is a yes, 不取消 is none."""
    return call.intent in _TAKES_BACK and "取消" in call.text and not call.text.startswith(_NO)


def _shown(call: Call, title: str) -> bool:
    return any(card.title.startswith(title) for reply in call.last for card in reply.cards)
