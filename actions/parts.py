"""Cuts one message into the questions it asks and the one thing it wants done."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from actions.questions import asks, asks_rule, plainly

_MOST = 3
_STRONG = re.compile(
    r"[?。;!\n]+|(?:^|(?<=[\s,:。?]))(?:[1-9][.、)](?!\d)|[①②③]|第[一二三](?:个问题)?[,:、是]|其[一二三][,:]|[一二三]是(?=.{3}))"
)
_LINKS = (
    r"还有(?![多几什没谁一效剩哪些])|然后(?:就是|呢|想问|再问)|再就是|再有就是|另外|顺便|以及|再问|还想问|同时(?=.{3})"
)
_WEAK = re.compile(rf"[,\s]+|(?<=[^\s,])(?={_LINKS})")
_LINK = re.compile(
    r"^(?:还有就是|然后(?:就是|呢|想问|再问)|再就是|再有就是|还有|另外|顺便(?:再?问一?下|问问|帮我)?|再问(?:一下|下)?|还?想问(?:一下|下)?|以及|同时|然后|我?(?:想|要)问(?:两|三|几)个问题)[,:、]?"
)
_LINKED = re.compile(rf"[,\s]*(?:{_LINKS})")
_SHORTEST = 4
_MINE = r"(?:我的|自己的|一下|下|公积金|账户|个人|贷款|提取|申请|那笔|这个月|里|的|还|有)*"
_WISHES = (
    ("request_human", re.compile(r"[转找接叫](?:个|下|到|一下)?(?:人工|真人|客服)")),
    ("query_loan", re.compile(r"(?:查|看)(?:一?下|我的?|公积金)*贷款(?:的|还)?(?:余额|剩|欠|情况)|贷款余额")),
    ("query_balance", re.compile(rf"(?:查|看){_MINE}余额|余额.{{0,3}}(?:查|看)(?:一?下|看)?$")),
    ("query_contribution", re.compile(rf"(?:查|看){_MINE}(?:缴存)?(?:明细|流水|记录)")),
    ("query_progress", re.compile(rf"(?:查|看){_MINE}(?:办理)?进度")),
    ("query_repayment_plan", re.compile(rf"(?:查|看){_MINE}还款(?:计划|明细)")),
    ("get_certificate", re.compile(r"(?:开|打|出|打印)(?:一?个|一?份|一?张|下|一下)?.{0,8}证明")),
    (
        "book_counter",
        re.compile(
            r"(?:我?[要想]|帮我|给我)(?:预约|取个?号)|^预约(?=.{0,8}(?:厅|号|周|[上下]午|天))(?!.*了)|(?:约|挂|排)(?:个|一个|一下)?.{0,5}号$"
        ),
    ),
    ("calculate_loan", re.compile(r"算(?:一?下|算)?.{0,12}月供")),
    ("calculate_prepayment", re.compile(r"算(?:一?下|算)?.{0,6}提前还")),
    ("prepay", re.compile(r"(?:我[要想]|帮我)(?:办理?)?提前还[款贷]")),
    ("withdraw_rent", re.compile(r"(?:我[要想]|帮我)(?:办理?|申请)?(?:租房|房租)(?:的?提取|提)")),
    ("withdraw_retirement", re.compile(r"(?:我[要想]|帮我)(?:办理?|申请)?退休(?:的?提取|提)")),
    ("file_complaint", re.compile(r"我要投诉|我要举报")),
)
_RULE = re.compile(r"怎么|咋|如何|什么|啥|哪|多久|吗|能不能|可不可以|可以不")


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Questions in order; `certain` when the writer separated them clearly; a wish and the words that told it."""

    questions: tuple[str, ...]
    certain: bool = True
    wish: str = ""
    words: str = ""


def cut(text: str) -> Parts | None:
    """Return two or three questions of one message in order, or None when there is only one."""
    strong = _questions(_STRONG, text)
    if len(strong) > 1:
        return Parts(questions=strong[:_MOST])
    weak = _questions(_WEAK, text)
    linked = len(weak) > 1 and bool(_LINKED.search(text))  # 还有, 另外 between two questions part them clearly
    return Parts(questions=weak[:_MOST], certain=linked) if len(weak) > 1 else None


def in_clauses(sentence: str) -> tuple[str, ...]:
    """Return the questions of one long sentence, its clauses joined to what they ask."""
    return _questions(re.compile(r",+"), sentence) or (sentence,)


def mixed(text: str) -> Parts | None:
    """Return the wish and the questions of a message that holds both (帮我查余额,顺便问下租房能提多少), or None."""
    fragments = [fragment for fragment, _ in _fragments(re.compile(f"{_STRONG.pattern}|{_WEAK.pattern}"), text)]
    for place, fragment in enumerate(fragments):
        wish = wish_in(fragment)
        if not wish:
            continue
        end = place + 1
        while end < len(fragments) and not asks(fragments[end]):  # what only tells belongs to the wish before it
            end += 1
        rest = fragments[:place] + fragments[end:]
        if any(asks(part) and len(plainly(part)) >= _SHORTEST for part in rest):
            questions = tuple(_gathered([(part, False) for part in rest]))
            return Parts(questions=questions[:_MOST], wish=wish, words=",".join(fragments[place:end]))
    return None


def valued(text: str, readable: Callable[[str], bool]) -> Parts | None:
    """Return the value and the questions of a message that answers and asks (3000,顺便问下多久到账), or None."""
    fragments = _fragments(re.compile(f"{_STRONG.pattern}|{_WEAK.pattern}"), text)
    questions = tuple(_gathered(fragments[1:]))
    if not questions or asks(fragments[0][0]) or not readable(fragments[0][0]):
        return None
    return Parts(questions=questions[:_MOST], words=fragments[0][0])


def wish_in(part: str) -> str:
    """Return the wish a clause tells outright, or an empty string."""
    if _RULE.search(part) or asks_rule(part):
        return ""
    return next((wish for wish, sign in _WISHES if sign.search(part)), "")


def _questions(separator: re.Pattern[str], text: str) -> tuple[str, ...]:
    return tuple(_gathered(_fragments(separator, text)))


def _fragments(separator: re.Pattern[str], text: str) -> list[tuple[str, bool]]:
    """Return the fragments of `text`, each with whether a question mark ends it."""
    found, position = [], 0
    for mark in [*separator.finditer(text), None]:
        end = mark.start() if mark else len(text)
        part = _LINK.sub("", text[position:end].strip(" ,:"))
        marked = bool(mark and "?" in mark.group(0))
        position = mark.end() if mark else end
        if len(part) >= 2:
            found.append((part, marked))
    return found


def _gathered(fragments: list[tuple[str, bool]]) -> list[str]:
    """Return the fragments that ask; one that only tells belongs to the question after it."""
    found: list[str] = []
    told = ""
    for part, marked in fragments:
        if (marked or asks(part)) and len(plainly(part)) >= _SHORTEST:
            found.append(f"{told},{part}" if told else part)
            told = ""
        elif plainly(part):
            told = part
    return found
