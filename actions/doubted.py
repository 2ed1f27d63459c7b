"""Doubts a wish that none of its own words tell: 新单位在兰州 is no look-up of an employer, 打到哪张卡 no progress."""

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import cache

from actions.call import Call
from actions.places import Places, read_places
from actions.policy import PolicyAnswers
from actions.wish import Next, Result, Wish
from bot.messages import Outcome, Response

_TOLD_BY = {
    "query_progress": re.compile(
        r"进度|申请|提交|材料|办[到件得理结完好的]|审|批|放.{0,2}款|到账|受理|驳回|[退打]回|被退|结果|到哪(?!张|个卡)|[哪几]一?步"
        r"|动静|消息|状态|业务|单子|那笔|那个|转.{0,3}移|转过来|卡上|还没到|钱.{0,6}[到打放]|打.{0,2}[没过了]"
    ),
    "employer_status": re.compile(
        r"(?:我|我们|本|咱|咱们|我管|查.{0,4}|这个月.{0,4})(?:单位|公司|司|厂|学校|企业)|^(?:单位|公司|企业)|经办|会计|托收|汇缴|欠缴"
    ),
    "cancel_booking": re.compile(r"取消|退|撤|作废|删|号|约|票|不去了|不排"),
    "query_complaint": re.compile(
        r"查|进[度展]|结果|回[复音应]|处理|受理|立案|怎么样|咋样|消息|下文|单|编号|办[到结]|有人|没人|解决|反馈|状态|那条|上次|之前"
    ),
    "query_contribution": re.compile(
        r"我|查|看|个月|月份|[这本上几]月|\d月|[一二三四五六七八九十]月|明细|记录|流水|账|情况|状态|缴费|封存|[今去]年|近"
    ),
    "ask_basis": re.compile(
        r"确定|真|靠谱|准|对不对|你.{0,3}知道|[依根]据|文件|规定|谁[说定讲]|出处|来源|查到|官[方网]|凭|为[什啥]|骗|错|保证|最新|信"
        r"|瞎说|证件|身份证|验证|一样|[说讲]的|不是这|算数|负责|过时|更新|新不新|忽悠|手机号|原文|假|老政策|现在还是|从哪|说话|不对"
    ),
    "erase_data": re.compile(
        r"数据|资料|信息|记录|聊天|对话|内容|[删擦抹销忘]|号|授权|隐私|痕迹|[说发存留写填]的|不[要想].{0,4}[存留]"
    ),
    "query_repayment_plan": re.compile(r"^(?!.*(?:降|涨|调).{0,14}[少多]还)"),
    "calculate_contribution": re.compile(r"^(?!.*(?:能|可以?|够)(?:批|借|申请)?.{0,3}贷)"),
}
_OWN_MONTHS = frozenset({"query_contribution", "query_missing_months"})
_GRIEVANCE = re.compile(r"(?:单位|公司|老板|厂里?|企业).{0,8}(?:不|没|拖着).{0,4}[交缴]")
_LOOK_UP = re.compile(r"查|看|吗|没有[?。]?$|没[?。]?$|哪[几个些]|几个?月没")
_HEARD = 0.5  # of 107 sentences never trained on that mean a wish for one's own data, none is heard with less
_KEPT_IN = r"(?:[缴交存]|公积金|账户|户头)(?:都|是)?[在到][^,。]{0,2}"
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_OTHERWISE = {"query_complaint": "file_complaint", "query_contribution": "query_contribution"}


class Doubted:
    """单位交的那部分也是我的吧?"""

    name = "doubted"

    def __init__(self, answers: PolicyAnswers) -> None:
        self._answers = answers

    async def fulfil(self, call: Call) -> Result:
        """Answer from knowledge; what is not found there may still be a wish that asks for no proof."""
        answered = await self._answers.answer(call, call.text)
        other = _OTHERWISE.get(call.intent, "")
        if answered.response.outcome in (Outcome.ANSWERED, Outcome.CLARIFIED) or not other:
            return answered
        call = replace(call, memory=answered.memory or call.memory)
        return Result(response=Response(replies=()), then=Next(wish=other, call=call))


def doubted(call: Call, wishes: Mapping[str, Wish]) -> Wish | None:
    """Return this wish when the one the classifier read is told by no word of the sentence, else None."""
    if call.intent.startswith("query_") and _kept_elsewhere(call.text):
        return wishes.get(Doubted.name)
    own = any(reply.private for reply in call.last)  # one's own data is being talked about: 上个月交了没
    if call.intent in _OWN_MONTHS and call.text and call.confidence < _HEARD and not own:
        return wishes.get(Doubted.name)
    sign = _TOLD_BY.get(call.intent)
    if call.intent in _OWN_MONTHS and _GRIEVANCE.search(call.text) and not _LOOK_UP.search(call.text):
        return wishes.get(Doubted.name)
    told = _CHINESE.search(call.text)
    return wishes.get(Doubted.name) if sign and told and not sign.search(call.text) else None


def _kept_elsewhere(text: str) -> bool:
    """Say whether the account spoken of is another city's, which nobody can look up here: 我公积金交在北京."""
    place = _places().find(text)
    return place is not None and place.ruling and bool(re.search(f"{_KEPT_IN}{place.city}", text))


@cache
def _places() -> Places:
    return read_places()
