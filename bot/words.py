"""The one place where an error becomes what the citizen reads or hears."""

from bot.errors import BusinessRefused, JiajiaError, ValueRefused
from bot.messages import Handoff, Outcome, Reply, Response

PAUSED = "业务查询和办理暂时停一下,政策问题家家照常回答。着急办业务请拨打 12329 或到柜台。"


def failed(error: JiajiaError) -> Response:
    """Say what happened and what to do next; hand over when the error asks for it."""
    said = error.reason if isinstance(error, BusinessRefused | ValueRefused) else error.say
    handoff = Handoff(reason=error.code) if error.handoff else None
    return Response(replies=(Reply(text=said, spoken=said, handoff=handoff),), outcome=Outcome.FAILED)
