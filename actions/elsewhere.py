"""Names who answers what is not ours: social insurance, tax, banks (policy_facts F-3), another city's fund."""

import re
from dataclasses import replace

from actions.places import PROVINCIAL, Place
from actions.wish import PERSON, Result, opened
from bot.knowledge import Finding
from bot.messages import Button, Outcome, Reply, Response
from bot.policy_reply import entry_button

NOT_OURS = "这个家家帮不上忙,我只懂住房公积金。您有缴存、提取、贷款的事,随时问我。"
_CONTACT = re.compile(r"电话|号码|地址|网点|在哪|官网|公众号|上班|营业")
_COMMERCIAL = re.compile(r"商贷|商业(?:贷款|房贷|住房贷款)")
_NEAR = 0.1
_AT_HOME = re.compile(r"西宁.{0,6}[缴交]|[缴交]在?西宁|在西宁|西宁.{0,4}(?:贷|买|提)")

_ELSEWHERE = (
    (re.compile(r"提示词|(?:之前|以上|所有|前面)的?(?:指令|设定|规则)|prompt", re.IGNORECASE), NOT_OURS),
    (re.compile(r"信访|上访"), "信访的事请拨打 12345,或到当地信访部门反映;公积金的诉求家家现在就能转给同事。"),
    (re.compile(r"医保|医疗保险|看病报销|新农合"), "医保的事请拨打 12393,由医保部门答复您。"),
    (
        re.compile(
            r"社保(?!卡)|养老(?!金?卡|金账户)|延迟退休|退休年龄|强积金|失业金|失业保险|工伤|生育津贴|劳动合同|劳动仲裁|工资拖欠|拖欠工资"
        ),
        "社保和劳动的事请拨打 12333。",
    ),
    (re.compile(r"个税|税务|发票|增值税|契税|房产税|退税"), "税务的事请拨打 12366,由税务部门答复您。"),
    (
        re.compile(
            r"商贷|商业贷款|商业房贷|信用卡|消费贷|经营贷|信用贷|抵押贷|车贷|买车|网贷|[借花]呗|开户行|lpr",
            re.IGNORECASE,
        ),
        "商业贷款、银行卡的事,请直接问贷款或发卡的银行。",
    ),
)


def elsewhere(text: str) -> str:
    """Return where to ask, or an empty string when nobody in particular answers it."""
    return next((words for sign, words in _ELSEWHERE if sign.search(text)), "")


def related(finding: Finding, asked: str, topic: str = "") -> tuple[Button, ...]:
    """Return what the fund does about it: about a commercial loan, or within the `topic` talked about.

    钱打到养老金卡上可以吗 after 退休提取 may well be about the withdrawal.
    """
    near = [hit.entry for hit in finding.hits if hit.score >= _NEAR]
    ours = near if _COMMERCIAL.search(asked) else [entry for entry in near if topic and entry.topic == topic]
    return tuple(entry_button(entry.id, entry.title) for entry in ours)


def declined(response: Response, words: str, buttons: tuple[Button, ...] = ()) -> Response:
    """Return `response` saying only who answers this, and what of it is the fund's after all."""
    text = f"{words}和公积金有关的,家家能说这些:" if buttons else words
    return replace(response, replies=(Reply(text=text, buttons=(*buttons, PERSON)),), outcome=Outcome.DECLINED)


def placed(result: Result, place: Place | None, asked: str) -> Result:
    """Say first whose rule it is when the question names another city's fund."""
    if place is None:
        return result
    whose = _whose(place)
    if place.ruling:
        if _found(result) and not _CONTACT.search(asked):
            return opened(result, f"{whose}\n以下是西宁的规定,仅供参考:")
        words = f"{whose}家家只能回答西宁住房公积金管理中心的政策。"
        return replace(result, response=declined(result.response, words))
    if _found(result) and "公积金" in result.response.replies[0].text and not _AT_HOME.search(asked):
        note = Reply(text=f"以上是西宁的规定。如果您的公积金缴在{place.city},以{place.city}的公积金中心为准。")
        return replace(result, response=replace(result.response, replies=(*result.response.replies, note)))
    return result


def _whose(place: Place) -> str:
    if place.city == PROVINCIAL:
        return "省直单位的公积金由省直分中心管,办法和西宁的可能不一样,请拨打 12329 向省直分中心核实。"
    return f"{place.city}的公积金政策由{place.city}的公积金中心规定,请拨打当地 12329,或在“全国住房公积金”小程序查询。"


def _found(result: Result) -> bool:
    return result.response.outcome in (Outcome.ANSWERED, Outcome.CLARIFIED)
