"""Small talk: a warm word, then back to what the citizen came for."""

from actions.call import Call
from actions.feelings import CALMING, TELL_ME, heard_in
from actions.wish import EXAMPLES, PERSON, Result, say
from bot.messages import Outcome

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


class Chat:
    """你好。谢谢。再见。"""

    name = "chat"

    async def fulfil(self, call: Call) -> Result:
        if feeling := heard_in(call.text):
            return say(f"{CALMING[feeling]}{TELL_ME}", outcome=Outcome.ASKED, buttons=(PERSON,))
        text, spoken = _SAYINGS.get(call.intent, _SAYINGS["chitchat"])
        buttons = EXAMPLES if call.intent in _WITH_EXAMPLES else ()
        return say(text, spoken=spoken, outcome=Outcome.CHATTED, buttons=buttons)
