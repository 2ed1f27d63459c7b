"""Points at the sentence that holds what is asked: 多少 after 物业费 is 每人最多提 3000 元, not all of it again."""

import re

_ASPECTS = (  # what is asked, and what a sentence that tells it holds
    (re.compile(r"几次|多少次|一次还是"), re.compile(r"[一二三两\d] ?次|按月、按季")),
    (re.compile(r"多久|几天|几个?月|什么时候|啥时候|何时"), re.compile(r"\d ?(?:个工作)?[日天]|个月|每年 ?\d|当日|秒")),
    (re.compile(r"多少|几个钱|几成|金额|额度|上限|下限|比例|利率"), re.compile(r"\d[\d,.]* ?(?:元|万|%)|几成")),
    (re.compile(r"柜[台面]|窗口|大厅|跑一趟|亲自|本人去"), re.compile(r"柜[台面]|窗口|到场")),
    (re.compile(r"网上|线上|手机|APP|app|小程序"), re.compile(r"APP|网上|线上|小程序")),
    (re.compile(r"证明"), re.compile(r"证明")),
    (re.compile(r"材料|资料|证件|[带拿][啥什]"), re.compile(r"身份证|材料|证明|合同")),
    (re.compile(r"卡|打到哪|到哪"), re.compile(r"卡")),
    (re.compile(r"几点|哪天|时间"), re.compile(r"\d{1,2}[::]\d{2}|\d+ ?月 ?\d+ ?日")),
)
_HOW_MUCH = re.compile(r"^(?:那|是|到底|一共|具体|大概|最多|能有)*多少(?:钱|元)?(?:呢|啊|呀)?[?。]?$")
_PIECE = re.compile(r"[^。;\n]+[。;]?")
_PROVENANCE = re.compile(r"^\((?:据公开资料).*\)$|^这一点目前没有查到", re.MULTILINE)
_MOST = 2
_SHORT = 14


def pointed(asked: str, answer: str, *, condition: str = "") -> str:
    """Return the sentences of `answer` that tell what a short question asks, at most two; empty when none does.

    With `condition` they must name that case (二套). What an answer says of its own certainty stays with it.
    """
    if len(asked) > _SHORT:
        return ""
    sign = re.compile(re.escape(condition)) if condition else _sign(asked)
    if sign is None:
        return ""
    body = _PROVENANCE.sub("", answer)
    found = [piece.strip() for piece in _PIECE.findall(body) if sign.search(piece)][:_MOST]
    certainty = re.findall(r"^(?:\(据公开资料.*\)|这一点目前没有查到.*)$", answer, re.MULTILINE)
    return "\n".join(["".join(found), *certainty]) if found else ""


def only_how_much(asked: str) -> bool:
    """Say whether only a figure is asked for: 多少, 多少钱."""
    return bool(_HOW_MUCH.match(asked))


def _sign(asked: str) -> re.Pattern[str] | None:
    return next((sign for aspect, sign in _ASPECTS if aspect.search(asked)), None)
