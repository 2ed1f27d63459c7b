"""Small talk: a warm word, then back to what the citizen came for."""

import re
from dataclasses import replace

from actions.call import Call
from actions.feelings import CALMING, TELL_ME, heard_in
from actions.questions import asks, plainly
from actions.telling import TELLS
from actions.wish import EXAMPLES, PERSON, Next, Result, say
from bot.messages import Outcome, Response

_HELLO = "您好,我是家家,西宁住房公积金管理中心的智能客服。缴存、提取、贷款的事都可以问我,比如“租房一年最多能提多少”。"
_SAYINGS = {
    "greet": (_HELLO, "您好,我是家家,公积金的事都可以问我。"),
    "goodbye": ("再见,祝您一切顺利。有公积金的事随时来找家家。", "再见,祝您一切顺利。"),
    "thank": ("不客气,能帮上您就好。还有别的问题,随时问家家。", "不客气,能帮上您就好。"),
    "who_are_you": (
        "我是家家,西宁住房公积金管理中心的智能客服机器人,全天都在。我按公布的政策回答,没查到的会直说,也可以随时帮您转人工。",
        "我是家家,公积金的智能客服机器人。我按公布的政策回答,没查到的会直说,也可以帮您转人工。",
    ),
    "chitchat": (
        "这个家家不太擅长,我最拿手的是公积金。您有缴存、提取或者贷款的事要问吗?",
        "这个我不太擅长,公积金的事可以问我。",
    ),
}
_WITH_EXAMPLES = frozenset({"greet", "who_are_you", "chitchat"})
_TELLS = re.compile(r"[\u4e00-\u9fff]{4}")


class Chat:
    """你好。谢谢。再见。"""

    name = "chat"

    async def fulfil(self, call: Call) -> Result:
        if feeling := heard_in(call.text):
            return say(f"{CALMING[feeling]}{TELL_ME}", outcome=Outcome.ASKED, buttons=(PERSON,))
        if call.intent == "greet" and (told := _told(call.text)):
            further = Next(wish="hear_situation", call=replace(call, text=told, intent=TELLS))
            return Result(response=Response(replies=()), then=further)
        text, spoken = _SAYINGS.get(call.intent, _SAYINGS["chitchat"])
        buttons = EXAMPLES if call.intent in _WITH_EXAMPLES else ()
        return say(text, spoken=spoken, outcome=Outcome.CHATTED, buttons=buttons)


def _told(text: str) -> str:
    """Return what is told after a greeting (你好 我爸去世了), if it is more than a word."""
    plain = plainly(text)
    return plain if plain != text and _TELLS.search(plain) and not asks(plain) else ""
