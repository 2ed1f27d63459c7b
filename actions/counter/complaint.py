"""A complaint with a number: told, read back, filed once, and followed up."""

import re
from dataclasses import replace

from actions.asking import choice
from actions.call import Call
from actions.consent import clauses, stance
from actions.counter.form import (
    CANCEL,
    CONFIRM,
    already,
    asked,
    begun,
    closed,
    confirmed,
    finished,
    key,
    refused,
    unsure,
)
from actions.counter.guard import to_proof
from actions.feelings import CALMING, Feeling, heard_in
from actions.handoff import summary
from actions.questions import asks
from actions.routing import READS, waits
from actions.wish import PERSON, Result, say
from bot.clock import CHINA
from bot.errors import FundSystemUnavailable
from bot.fund.records import Complaint
from bot.fund.system import Complaints
from bot.messages import Button, Card, Handoff, Outcome, Row

_WITHOUT = re.compile(r"匿名|不验证|不留|转给?(?:同事|人工)")
_TELLS = re.compile(r"不|没|拖|慢|差|错|乱|骗|少|欠|漏|态度")
_PROVES = re.compile(r"〔身份证·\d+〕")
_HIDDEN = re.compile(r"〔[^〕]*〕")
_FEWEST, _LEAST, _MOST = 4, 8, 1_000
_HOPE, _ANGRY = "hope", "express_anger"
_GO_ON = re.compile(r"^(?:继续|接着|我?确[认定]|好的|是的|没错|对的)")
_ANONYMOUS = choice("不验证,直接转给同事")


class FileComplaint:
    """我要投诉、提意见。"""

    name = "file_complaint"

    def __init__(self, fund: Complaints) -> None:
        self._fund = fund

    async def fulfil(self, call: Call) -> Result:
        """Collect what happened, read it back, then file it under the person's name or hand it over without one."""
        if done := already(call, self.name):
            return done
        if call.known(self.name).get("asking") == _HOPE and call.subject == call.known(self.name)["subject"]:
            return await self._more(call, call.known(self.name))
        told = begun(call, self.name) if call.subject else call.known(self.name)
        if told.get("text") and _WITHOUT.search(call.told):
            return _handed_over(call)
        if told.get("text") and not call.subject and _PROVES.search(call.told):
            return to_proof(call, self.name)
        if told.get("asking") == CONFIRM and confirmed(call, told):
            return await self._file(call, told) if call.subject else to_proof(call, self.name)
        if refused(call, told):
            told.pop("text", None)
        elif text := _complaint(call, told):
            told["text"] = f"{told['text']}\n{text}"[:_MOST] if told.get("text") else text[:_MOST]
        if not told.get("text"):
            words = (
                "家家在听。请用一两句话说清楚:什么时候、在哪里、哪件事没办好、希望怎么解决。请不要写身份证号和卡号。"
            )
            return asked(
                call, self.name, told, "text", words, "story", "text", title="投诉建议", buttons=(CANCEL, PERSON)
            )
        calm = f"{CALMING[Feeling.UPSET]}\n" if call.intent == _ANGRY and not heard_in(call.text) else ""
        words = (
            f"{calm}我记下的是:\n“{told['text']}”\n对的话请回“确认”,登记后给您编号,可以随时查处理结果;"
            f"{'' if call.subject else '登记要先验证身份;不想验证也可以直接转给同事。'}要补充就接着写。"
        )
        buttons = (
            choice("确认", "确认登记"),
            *(() if call.subject else (_ANONYMOUS,)),
            CANCEL,
            *((PERSON,) if calm else ()),
        )
        return asked(call, self.name, told, CONFIRM, words, "confirm", "story", title="投诉建议", buttons=buttons)

    async def _file(self, call: Call, told: dict[str, str]) -> Result:
        once = key(call, self.name, told)
        try:
            done = await self._fund.file(call.subject, about(told["text"]), told["text"], key=once)
        except FundSystemUnavailable:
            return unsure(call, self.name, told)
        words = (
            f"✔ 已登记,编号 {done.number}({done.filed_at.astimezone(CHINA):%Y-%m-%d %H:%M})。"
            "工作人员核实后答复您;想知道进展,随时问“投诉处理得怎么样了”。\n"
            "这件事您最希望怎么解决?愿意的话再写一句,家家补到这个编号里。"
        )
        hoped = {"asking": _HOPE, "subject": call.subject, "instance": told["instance"], "number": done.number}
        memory = replace(call.memory, wish=waits(self.name, hoped, "hope", "nothing", "sure"))
        return say(
            words,
            spoken=f"已经登记,编号{done.number[-4:]}结尾。您最希望怎么解决?愿意的话再说一句。",
            outcome=Outcome.ACTED,
            cards=(_card(done),),
            buttons=(_FOLLOW, PERSON),
            memory=memory,
            private=True,
        )

    async def _more(self, call: Call, told: dict[str, str]) -> Result:
        """Add what the citizen hopes for to the complaint that has just been filed."""
        if len(call.text) < _FEWEST or READS["nothing"](call.text):
            return closed(call, f"好的,{told['number']} 就按登记的内容处理。")
        once = key(call, self.name, told | {"instance": f"{told['instance']}-{_HOPE}-{call.text}"})
        try:
            done = await self._fund.follow_up(call.subject, told["number"], call.text[:_MOST], key=once)
        except FundSystemUnavailable:
            words = f"补充的话还没有记上,{told['number']} 本身已经登记好了。请过一会儿把这句话再发一次,或拨打 12329。"
            waiting = waits(self.name, told, "hope", "nothing", "sure")
            memory = replace(call.memory, wish=waiting)
            return say(words, outcome=Outcome.FAILED, buttons=(PERSON,), memory=memory, private=True)
        words = f"✔ 已补充到 {done.number},处理的同事会一起看到。"
        return finished(call, self.name, words, cards=(_card(done),), buttons=(_FOLLOW,))


_DECLINED = re.compile(
    r"^(?:电话|手机号?|名字|姓名|联系方式).{0,2}(?:不|免)|^(?:我?不|别)(?:想|用|要)?(?:留|写|填|登记)"
)  # no part of the matter
_FOLLOW = Button(label="查投诉进展", payload="/query_complaint")


def _complaint(call: Call, told: dict[str, str]) -> str:
    """Return the words that tell the matter; 我要投诉 alone tells nothing yet."""
    if not call.text or call.text == told.get("text"):
        return ""
    if told.get("asking") in ("text", CONFIRM):
        said = _HIDDEN.sub("", call.text)
        impatient = len(said) <= _LEAST and any(stance(clause) for clause in clauses(said))  # 别磨叽了 交
        if _DECLINED.search(said) or impatient:
            return ""
        return call.text if len(said) >= _FEWEST and not _GO_ON.match(call.text) and stance(said) is None else ""
    return call.text if len(call.text) >= _LEAST and _TELLS.search(call.text) and not asks(call.text) else ""


def about(text: str) -> str:
    """Return the matter in a few words, for the register."""
    subjects = {
        "单位缴存": r"单位|公司|老板|欠缴|漏缴|少缴|不[交缴]|开户",
        "服务态度": r"态度|骂|凶|推诿",
        "办理时限": r"拖|慢|久|超时|没到账|排队|小时",
    }
    return next((name for name, pattern in subjects.items() if re.search(pattern, text)), "其他")


def _handed_over(call: Call) -> Result:
    return say(
        "好的,您说的内容已经整理好转给同事;没有登记编号,线上没有人接时请拨打 12329 说明这件事。",
        outcome=Outcome.HANDED_OFF,
        handoff=Handoff(reason="complaint", summary=summary(call)),
        memory=replace(call.memory, wish=None),
    )


def _card(complaint: Complaint) -> Card:
    rows = (
        ("编号", complaint.number),
        ("事由", complaint.about),
        ("登记时间", f"{complaint.filed_at.astimezone(CHINA):%Y-%m-%d %H:%M}"),
        ("状态", complaint.state),
        *((f"补充 {number}", one.text) for number, one in enumerate(complaint.follow_ups, start=1)),
        *((("答复", complaint.reply),) if complaint.reply else ()),
    )
    return Card(title="投诉建议", rows=tuple(Row(label=label, value=value) for label, value in rows))


class QueryComplaint:
    """我的投诉处理得怎么样了?"""

    name = "query_complaint"

    def __init__(self, fund: Complaints) -> None:
        self._fund = fund

    async def fulfil(self, call: Call) -> Result:
        filed = await self._fund.complaints(call.subject)
        if not filed:
            words = "没有查到您登记过的投诉。要现在登记,直接说“我要投诉”和事情经过。"
            return say(words, buttons=(Button(label="我要投诉", payload="/file_complaint"),), private=True)
        text = "您的投诉,最近的在前:\n" + "\n".join(
            f"{one.number}({one.about}):{one.state}。{one.reply}" for one in filed[:3]
        )
        newest = filed[0]
        spoken = f"您最近登记的是{newest.about},{newest.state}。{newest.reply}"
        return say(text, spoken=spoken, cards=(_card(newest),), buttons=(PERSON,), private=True)
