"""Finds the question in what people write: two in one message, one in a letter, a correction, a follow-up."""

import re
from dataclasses import dataclass

_ASKS = re.compile(
    r"[?]|吗|呢|么|什么|啥|怎么|咋|如何|怎样|多少|多久|多长|几[个年天次月种日万]|哪|能不能|可不可以|是不是|要不要|有没有"
    r"|会不会|行不行|是否|谁|为何|可以.{0,8}不|能.{0,6}不"
)
_STRONG = re.compile(r"[?。;!\n]+")
_WEAK = re.compile(r"[,\s]+(?=还有|另外|顺便|再问|还想问|以及|那|同时)|[,]+")
_LINK = re.compile(
    r"^(?:还有就是|还有|另外|顺便(?:问一下|问下|问问)?|再问(?:一下|下)?|还想问(?:一下|下)?|以及|同时|然后|第[一二两三]个?[、,:是]?|[1-3一二三][、..])[,:]?"
)
_CORRECTION = re.compile(
    r"^(?:不是|不对|不,|错了|搞错了|说错了|打错了|更正)[^,。!]{0,12}?[,。!\s]*"
    r"(?:我?(?:说|问|指|要问|想问)的?(?:是|错了是)|我是说|我是问|应该是|改成|是)(?P<meant>.{1,40})$"
    r"|^(?:我?(?:说|问|指)的是|我是说|我是问)(?P<said>.{1,40})$"
)
_CORRECTED_AT_ONCE = re.compile(
    r"^(?P<front>.{4,60}?)[,。!?\s]+(?:不是|不对|错了|说错了|打错了)[,。!\s]*"
    r"(?:我?(?:说|问|指|要问|想问)的?是|应该是|是)(?P<meant>.{1,30})$"
)
_CONTRASTS = (
    ("商业住房贷款", "商业贷款", "商贷", "组合贷款", "组合贷", "住房公积金贷款", "公积金贷款", "公积金贷"),
    ("首套", "第一套", "二套", "第二套"),
    ("租房", "买房", "购房", "装修", "物业费", "退休", "离职", "大修"),
    ("公租房", "商品房", "保障房"),
    ("新房", "二手房"),
    ("单位", "个人"),
    ("部分提前", "全部结清", "提前结清"),
    ("灵活就业", "在职", "单位职工"),
    ("转入", "转出"),
)
_SUBJECTS = re.compile(
    r"公积金|贷款?|[商公]贷|提取|支取|取钱|租房|房租|买房|购房|首付|装修|物业|电梯|大病|退休|离职|辞职|缴存|缴纳|补缴|基数|比例|断缴|封存"
    r"|转移|异地|账户|账号|密码|余额|利率|利息|额度|月供|还款|还贷|提前还|结清|证明|网点|大厅|柜台|预约|投诉|举报|灵活就业|开户|销户|单位"
)
_STANDS_ALONE = re.compile(
    r"公积金|贷|提取|支取|取钱|租房|房租|买房|购房|首付|装修|物业|电梯|大病|退休|离职|辞职|缴|断交|封存|转移|异地|账户|账号"
    r"|密码|余额|利息|月供|还款|提前还|结清|投诉|举报|灵活就业|开户|销户"
)
_LETTER_CHARACTERS = 300
_POLITE = re.compile(r"^(?:您好|你好|请问一下|请问|想问一下|我想问|问一下|麻烦问下|咨询一下)[,。!、\s]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Halves:
    """Questions found in one message; `certain` when the writer separated them with a full stop or question mark."""

    questions: tuple[str, ...]
    certain: bool


def asks(text: str) -> bool:
    """Say whether `text` is put as a question."""
    return bool(_ASKS.search(text))


def split(text: str) -> Halves | None:
    """Return two or three questions of one message in order, or None when there is only one."""
    strong = _questions(_STRONG, text)
    if len(strong) > 1:
        return Halves(questions=strong[:3], certain=True)
    weak = _questions(_WEAK, text)
    return Halves(questions=weak[:3], certain=False) if len(weak) > 1 else None


def _questions(separator: re.Pattern[str], text: str) -> tuple[str, ...]:
    """Return the parts of `text` that ask; a part that only tells belongs to the question after it."""
    found: list[str] = []
    told = ""
    position = 0
    for mark in [*separator.finditer(text), None]:
        end = mark.start() if mark else len(text)
        part = _LINK.sub("", text[position:end].strip())
        marked = bool(mark and re.search("[?]", mark.group(0)))
        position = mark.end() if mark else end
        if len(part) < 2:
            continue
        if (marked or asks(part)) and len(_POLITE.sub("", part)) >= 4:
            found.append(f"{told},{part}" if told else part)
            told = ""
        else:
            told = part
    return tuple(found)


def is_letter(text: str) -> bool:
    """Say whether `text` is too long to be one question."""
    return len(text) >= _LETTER_CHARACTERS


def asked_in(letter: str) -> tuple[str, ...]:
    """Return the one or two sentences of a letter that ask about the fund, in order; empty when none does."""
    sentences = [part.strip() for part in re.findall(r"[^?。;!\n]+[?]?", letter) if part.strip()]
    scored = [(_weight(sentence), index) for index, sentence in enumerate(sentences)]
    best = sorted((item for item in scored if item[0] > 0), reverse=True)[:2]
    return tuple(sentences[index][-80:] for _, index in sorted(best, key=lambda item: item[1]))


def _weight(sentence: str) -> float:
    if not asks(sentence):
        return 0
    return 1 + min(3, len(_SUBJECTS.findall(sentence))) + (1 if re.search("[?]", sentence) else 0)


def correction(text: str) -> str:
    """Return what the citizen says was meant, or an empty string when `text` corrects nothing."""
    match = _CORRECTION.match(text.strip())
    return (match.group("meant") or match.group("said")).strip("。.!, 吧啊呀") if match else ""


def corrected_at_once(text: str) -> tuple[str, str] | None:
    """Return the question and what was meant when both stand in one message (二套利率多少,不对,我问的是首套)."""
    match = _CORRECTED_AT_ONCE.match(text.strip())
    return (match.group("front"), match.group("meant").strip("。.!?, 吧啊呀")) if match else None


def corrected(question: str, meant: str) -> str:
    """Return `question` asked again with what was meant put in the place of what it replaces."""
    if len(meant) >= 9 and asks(meant):
        return meant
    for contrast in _CONTRASTS:
        named = next((word for word in contrast if word in meant), "")
        if named and (old := next((word for word in contrast if word in question and word not in meant), "")):
            return question.replace(old, named, 1)
    return f"{meant} {question}" if question else meant


def has_subject(text: str) -> bool:
    """Say whether `text` names something of the fund's."""
    return bool(_STANDS_ALONE.search(text))


def leans_back(text: str) -> bool:
    """Say whether `text` can only be understood with the answer before it ("那要什么材料?")."""
    plain = _POLITE.sub("", text.strip())
    return len(plain) <= 16 and (bool(re.match(r"^(?:那|这个?|它|这种|这样)", plain)) or not has_subject(plain))
