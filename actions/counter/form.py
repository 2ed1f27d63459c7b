"""A form that ends in one write: whose it is, its one key, its question, and the yes it waits for."""

import re
import secrets
from dataclasses import replace
from decimal import Decimal
from hashlib import blake2b

from actions.call import Call
from actions.consent import Stance, stance
from actions.routing import READS, waits
from actions.titles import title as title_of
from actions.wish import PERSON, Result, say
from bot.messages import Button, Card, ChannelName, Outcome

CANCEL = Button(label="不办了", payload="/cancel")
_OUTRIGHT = re.compile(r"确|提交|交|[办约提还取登报退]|同意")
_ASKED = re.compile(r"回“确认”|确认吗|请核对|要取消这个吗")
CONFIRM, DONE = "confirm", "done"


def begun(call: Call, wish: str) -> dict[str, str]:
    """Return what is known of the form with its own instance; what another person had begun is left behind."""
    told = {} if fresh(call, wish) else call.known(wish)
    if told.get("subject", call.subject) != call.subject:
        told = {}
    return {"instance": secrets.token_hex(8), **told, "subject": call.subject}


def fresh(call: Call, wish: str) -> bool:
    """Say whether the form begins with this turn; one that has been submitted is over."""
    return call.known(wish).get("asking", "") in ("", DONE)


def key(call: Call, wish: str, told: dict[str, str]) -> str:
    """Return the idempotency key of this form: however often it is confirmed, it is one submission."""
    text = "\0".join((call.sender, wish, told["subject"], told["instance"]))
    return blake2b(text.encode(), digest_size=20).hexdigest()


def confirmed(call: Call, told: dict[str, str]) -> bool:
    """Say whether this turn is the yes that the form asked for, and nothing else.

    Once something else has come between, a 好的 may mean anything: only what says 确认 or names the doing submits.
    """
    outright = bool(_OUTRIGHT.search(call.told)) or any(_ASKED.search(reply.text) for reply in call.last)
    return told.get("asking") == CONFIRM and _stance(call) is Stance.YES and outright


def refused(call: Call, told: dict[str, str]) -> bool:
    """Say whether this turn is a no to the form's summary."""
    return told.get("asking") == CONFIRM and _stance(call) in (Stance.NO, Stance.HOLD)


def _stance(call: Call) -> Stance | None:
    return stance(call.told, call.memory.wish.name if call.memory.wish else "")


def asked(
    call: Call,
    wish: str,
    told: dict[str, str],
    field: str,
    words: str,
    *expects: str,
    title: str,
    buttons: tuple[Button, ...] = (),
    cards: tuple[Card, ...] = (),
    spoken: str = "",
) -> Result:
    """Ask one question of a form, on a private screen; after a digression `title` names what is still open."""
    missing = "等您确认" if field == CONFIRM else "还没填完"
    reminder = f"刚才的{title}{missing},说“继续”接着办,说“取消”就不办了。"
    waiting = waits(wish, told | {"asking": field}, *expects, reminder=reminder)
    memory = replace(call.memory, wish=waiting)
    return say(
        words, outcome=Outcome.ASKED, buttons=buttons, cards=cards, spoken=spoken, memory=memory, private=_private(call)
    )


def closed(
    call: Call,
    words: str,
    *,
    outcome: Outcome = Outcome.ANSWERED,
    spoken: str = "",
    cards: tuple[Card, ...] = (),
    buttons: tuple[Button, ...] = (),
) -> Result:
    """Say how a form ended and close it."""
    memory = replace(call.memory, wish=None)
    return say(
        words, outcome=outcome, spoken=spoken, cards=cards, buttons=buttons, memory=memory, private=_private(call)
    )


def finished(
    call: Call,
    wish: str,
    words: str,
    *,
    spoken: str = "",
    cards: tuple[Card, ...] = (),
    buttons: tuple[Button, ...] = (),
) -> Result:
    """Say the result of a write; who confirms once more hears that it is done (`already`)."""
    memory = replace(call.memory, wish=waits(wish, {"asking": DONE, "subject": call.subject}, "sure"))
    return say(
        words, outcome=Outcome.ACTED, spoken=spoken, cards=cards, buttons=buttons, memory=memory, private=_private(call)
    )


def _private(call: Call) -> bool:
    """On the telephone, what nobody knows who is told holds nothing but what they said themselves."""
    return bool(call.subject) or call.channel is not ChannelName.PHONE


def unsure(call: Call, wish: str, told: dict[str, str]) -> Result:
    """No answer came back: the form stays, and confirming again asks about the same submission."""
    name = title_of(wish)
    words = (
        f"业务系统没有回音,{name}是否受理还不确定。请过一会儿再回“确认”:"
        "家家会用同一个编号去问,不会重复提交。着急可拨打 12329。"
    )
    buttons = (Button(label="再确认一次", payload='/inform{"choice":"确认"}'), CANCEL, PERSON)
    return asked(call, wish, told, CONFIRM, words, "confirm", title=name, buttons=buttons)


def already(call: Call, wish: str) -> Result | None:
    """Answer a second yes to what has been submitted; None when this turn is something else."""
    if call.known(wish).get("asking") != DONE or not READS["sure"](call.told):
        return None
    return say(f"{title_of(wish)}刚才已经提交好了,没有重复提交。还想办别的,直接告诉家家。", outcome=Outcome.CHATTED)


def aloud(call: Call, with_amounts: str, without: str) -> str:
    """Return what may be spoken: amounts on a line that has just been proved, elsewhere a hint at the screen."""
    return with_amounts if call.channel is ChannelName.PHONE and call.assurance >= 2 else without


def money(value: Decimal) -> str:
    """Write yuan to the fen."""
    return f"{value:,.2f} 元"


def month_words(month: str) -> str:
    """Write `2026-10` as people read it."""
    return f"{month[:4]} 年 {int(month[5:])} 月"
