"""Turns what is written into what is said: numbers, money, dates, document numbers and cards, for ears alone.

cn2an reads numbers; the rules here settle what it cannot know: which digits are read one by one, where two is 两, how
dates, percentages and document numbers go, and what must never be read at all. (wetext reads all of these, too, but its
OpenFst hangs Vosk's when both are loaded into one process.)
"""

import re
from collections.abc import Callable, Iterator

import cn2an

from bot.messages import Card, Reply

LONGEST = 120
_LONGEST_AMOUNT = 12

_DIGITS = dict(zip("0123456789", "零一二三四五六七八九", strict=True))
_PHONE_DIGITS = _DIGITS | {"1": "幺"}
_FOLDED = str.maketrans(
    "\uff0c\uff01\uff1f\uff1b\uff1a\uff08\uff09\uff05\uff5e\uff0d\uff0e" + "".join(map(chr, range(0xFF10, 0xFF1A))),
    ",!?;:()%~-." + "0123456789",
)
_MASKED = re.compile(r"(?P<front>\d*)\*{2,}(?P<tail>\d*)")
_URL = re.compile(
    r"(?:https?://|www\.|(?<![a-z0-9.])[a-z0-9\-]+(?:\.[a-z0-9\-]+)*\.(?:cn|com|org|net)\b)[!-~]*(?<![.,;:!?)])", re.I
)
_SPELT = re.compile(r"(?:三个?|[wW]+|3个?)[wW达]*点[^。!?;\n]{1,40}?点(?:com|cn|net|org)(?:点cn)?", re.I)
_DOCUMENT = re.compile(r"[〔\[(]\s*(?P<year>(?:19|20)\d{2})\s*[〕\])]\s*(?:第\s*)?(?P<number>\d+)\s*号")
_RANGE = re.compile(
    r"(?<=[\d%元万年月日号期])\s*[~～—–]+\s*(?=\d)|(?<=[\d%])\s*-\s*(?=\d+(?:\.\d+)?\s*(?:%|元|万|年|个|天|日|倍|次|套|人|岁|周岁|小时|分钟|平方米|㎡))"
)
_CLOCK = re.compile(r"(?<!\d)(?P<from>\d{1,2}[::]\d{2})\s*[-~—–至到]+\s*(?P<to>\d{1,2}[::]\d{2})")
_AREA_PHONE = re.compile(r"(?<!\d)(?P<area>0\d{2,3})\s*-\s*(?P<local>\d{5,8})(?!\d)")
_MOBILE = re.compile(r"(?<![\d.])(?:1[3-9]\d{9}|12\d{3}|9[56]\d{3}|400-?\d{3}-?\d{4})(?![\d.])(?!\s*(?:元|块|万|%))")
_TAIL = re.compile(
    r"(?P<before>(?:尾号|末[三四]位|后[三四]位|验证码|受理号|编号|账号|卡号|号码)[^\d,。;\n]{0,4})(?P<digits>\d{3,})"
)
_DIALLED = re.compile(r"(?<=[拨打])\s*(?P<digits>\d{3,5})(?![\d.])(?!\s*(?:元|块|万|%|个|次|折))")
_YEAR = re.compile(r"(?<!\d)(?P<year>(?:19|20)\d{2})(?=\s*(?:[-~～—–至到]\s*(?:19|20)\d{2}\s*)?(?:缴存)?年)")
_YEARS = re.compile(r"(?<=(?:19|20)\d{2})\s*[-~—–]+\s*(?=(?:19|20)\d{2}(?!\d))")
_PER = re.compile(r"(?<=[元次月天])\s*/\s*(?=[\u4e00-\u9fff])")
_RATIO = re.compile(r"(?<![\d:])(\d{1,3}):(\d{1,3})(?![\d:])")
_ISO_DATE = re.compile(r"(?<!\d)(?P<y>(?:19|20)\d{2})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})(?!\d)")
_ISO_MONTH = re.compile(r"(?<!\d)(?P<y>(?:19|20)\d{2})-(?P<m>0[1-9]|1[0-2])(?![\d-])")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_FRACTION = re.compile(r"(?<![\d/.])(?P<above>\d{1,3})/(?P<below>\d{1,3})(?![\d/])")
_TIME = re.compile(r"(?<!\d)(?P<hour>\d{1,2}):(?P<minute>[0-5]\d)(?!\d)")
_TWO = re.compile(r"(?<![\d.第月])2(?=(?:个|年|次|位|家|种|张|份|天|套|人|项|笔|户|倍|周))")
_NUMBER = re.compile(r"(?P<minus>(?<![\d\u4e00-\u9fff])-)?(?P<value>\d+(?:\.\d+)?)(?P<percent>%?)")
_TEN_THOUSANDS = re.compile(r"(?<![一二三四五六七八九十百千万亿])二(?=[万千亿])")
_CENTS = re.compile(r"(?<![\d.])(?P<yuan>\d+)\.(?P<fen>\d{2})\s*元")
_LONG_RUN = re.compile(r"(?<![\d.])(?:\d{9,}|0\d{2,})(?![\d.])")
_SPACES = re.compile(r"(?<=[\u4e00-\u9fff\d%〕〔])[ \t]+(?=[\u4e00-\u9fff\d〔〕])")
_PLACEHOLDER = re.compile(r"〔([^〕·]+)·\d+〕")
_BULLET = re.compile(r"(?m)^\s*(?:[•·*]|-(?!\d)|\d{1,2}(?:[、)]|\.(?!\d)))\s*")
_SIGNS = {"㎡": "平方米", "m²": "平方米", "≥": "不少于", "≤": "不超过", "×": "乘", "+": "加", "=": "等于"}
_SIGN = re.compile("|".join(map(re.escape, _SIGNS)))
_QUIET = re.compile(r"[《》「」『』“”\"'()()\[\]【】〔〕<>#_*→|]+")
_BREAKS = re.compile(r"[ \t]*\n\s*")
_SENTENCE = re.compile(r"[^。!?;!?;]+[。!?;!?;]*")
_CLAUSE = re.compile(r"[^,、,]+[,、,]*")


def digits_aloud(digits: str) -> str:
    """Read digits one by one, 1 as 幺, in groups an ear can hold: 13812345678 → 幺三八,幺二三四,五六七八."""
    groups = {11: (3, 4, 4), 10: (3, 3, 4), 5: (5,), 7: (3, 4)}.get(len(digits)) or tuple(
        4 for _ in range(0, len(digits), 4)
    )
    read, at = [], 0
    for length in groups:
        read.append("".join(_PHONE_DIGITS.get(digit, digit) for digit in digits[at : at + length]))
        at += length
    return ",".join(part for part in read if part)


class SpokenForms:
    """Says texts, cards and replies."""

    def say(self, text: str) -> str:
        """Return the words an ear should hear; the result has no digit, no address and no bracket."""
        text = _SPELT.sub("中心官网", _URL.sub("中心官网", text.translate(_FOLDED)))
        text = _PLACEHOLDER.sub(r"您的\1", text)
        for pattern, reading in _READINGS:
            text = pattern.sub(reading, text)
        text = _SPACES.sub("", text)
        text = _FRACTION.sub(r"\g<below>分之\g<above>", text)
        text = _TIME.sub(_time, text)
        text = _RATIO.sub(r"\1比\2", text)
        text = _SIGN.sub(lambda found: _SIGNS[found[0]], text)
        text = _TWO.sub("两", text)
        text = _NUMBER.sub(_number, text)
        text = "".join(_DIGITS.get(char, char) for char in text)
        text = _QUIET.sub("", text).replace("%", "百分号")
        return _tidy(text)

    def card(self, card: Card) -> str:
        """Say a card as sentences: its title, then each row as "what: how much"."""
        rows = ";".join(f"{row.label},{row.value}" for row in card.rows)
        return self.say(f"{card.title}:{rows}。" if rows else f"{card.title}。")

    def reply(self, reply: Reply) -> str:
        """Say a reply: its own spoken form where there is one, else its text and the cards the text does not tell."""
        if reply.spoken:
            return self.say(reply.spoken)
        parts = [self.say(reply.text)] if reply.text else []
        parts += [self.card(card) for card in reply.cards if card.rows and not _told(card, reply.text)]
        return "".join(_closed(part) for part in parts)


def choices_aloud(labels: tuple[str, ...]) -> str:
    """Offer choices to a caller: keys and words do the same."""
    numbers = "一二三四五六七八九"
    return ";".join(f"{label},请按{numbers[at]}" for at, label in enumerate(labels[:9])) + "。" if labels else ""


def sentences(text: str) -> tuple[str, ...]:
    """Cut where a speaker breathes, so that the first sentence sounds while the next is made."""
    return tuple(found[0].strip() for found in _SENTENCE.finditer(text) if found[0].strip())


def portions(text: str, longest: int = LONGEST) -> tuple[str, ...]:
    """Cut what is too long for an ear into portions of whole sentences, at most `longest` characters each."""
    pieces = [piece for sentence in sentences(text) for piece in _fitting(sentence, longest)]
    filled: list[str] = []
    for piece in pieces:
        if filled and len(filled[-1]) + len(piece) <= longest:
            filled[-1] += piece
        else:
            filled.append(piece)
    return tuple(filled)


def _fitting(sentence: str, longest: int) -> Iterator[str]:
    if len(sentence) <= longest:
        yield sentence
        return
    held = ""
    for clause in (found[0] for found in _CLAUSE.finditer(sentence)):
        if held and len(held) + len(clause) > longest:
            yield held
            held = ""
        held += clause
        while len(held) > longest:
            yield held[:longest]
            held = held[longest:]
    if held:
        yield held


def _one_by_one(found: re.Match[str]) -> str:
    return "".join(_DIGITS[char] for char in found[0] if char.isdigit())


def _phone(found: re.Match[str]) -> str:
    return digits_aloud("".join(char for char in found[0] if char.isdigit()))


def _area_phone(found: re.Match[str]) -> str:
    return f"{digits_aloud(found['area'])},{digits_aloud(found['local'])}"


def _time(found: re.Match[str]) -> str:
    minute = found["minute"]
    spoken = {"00": "点", "30": "点半"}.get(minute) or f"点{'零' if minute[0] == '0' else ''}{int(minute)}分"
    return f"{int(found['hour'])}{spoken}"


def _number(found: re.Match[str]) -> str:
    """Read an amount; what is longer than amounts are is read digit by digit."""
    value = found["value"]
    if len(value.partition(".")[0]) > _LONGEST_AMOUNT:
        said = "".join(_DIGITS.get(char, "点") for char in value)
    else:
        said = _TEN_THOUSANDS.sub("两", cn2an.an2cn(value.rstrip("0").rstrip(".") if "." in value else value, "low"))
    said = f"百分之{said}" if found["percent"] else said
    return f"负{said}" if found["minus"] else said


def _masked(found: re.Match[str]) -> str:
    """A number of which only the ends are shown is known to its owner by its tail."""
    tail = "".join(_PHONE_DIGITS[digit] for digit in found["tail"])
    return f"尾号{tail}" if tail else "某某"


def _document(found: re.Match[str]) -> str:
    year = "".join(_DIGITS[digit] for digit in found["year"])
    return f"{year}年{found['number'].lstrip('0') or '零'}号"


def _cents(found: re.Match[str]) -> str:
    jiao, fen = found["fen"][0], found["fen"][1]
    rest = {f"{jiao}0": f"元{_DIGITS[jiao]}角", "00": "元"}.get(found["fen"])
    return found["yuan"] + (rest or f"元{f'{_DIGITS[jiao]}角' if jiao != '0' else '零'}{_DIGITS[fen]}分")


def _year(found: re.Match[str]) -> str:
    return "".join(_DIGITS[digit] for digit in found["year"])


def _date(found: re.Match[str]) -> str:
    year = "".join(_DIGITS[digit] for digit in found["y"])
    return f"{year}年{int(found['m'])}月{int(found['d'])}日"


def _month(found: re.Match[str]) -> str:
    return "".join(_DIGITS[digit] for digit in found["y"]) + f"年{int(found['m'])}月"


Reading = str | Callable[[re.Match[str]], str]
_READINGS: tuple[tuple[re.Pattern[str], Reading], ...] = (
    (_BULLET, ""),
    (_BREAKS, "。"),
    (_DOCUMENT, _document),
    (_CLOCK, r"\g<from>到\g<to>"),
    (_AREA_PHONE, _area_phone),
    (_ISO_DATE, _date),
    (_ISO_MONTH, _month),
    (_YEARS, "到"),
    (_YEAR, _year),
    (_RANGE, "到"),
    (_PER, "每"),
    (_THOUSANDS, ""),
    (_MASKED, _masked),
    (_MOBILE, _phone),
    (_TAIL, lambda found: found["before"] + _one_by_one(re.match(r"\d+", found["digits"]) or found)),
    (_DIALLED, lambda found: digits_aloud(found["digits"])),
    (_CENTS, _cents),
    (_LONG_RUN, _phone),
)


def _told(card: Card, text: str) -> bool:
    return all(re.sub(r"\s", "", row.value) in re.sub(r"\s", "", text) for row in card.rows)


def _closed(part: str) -> str:
    return part if part.endswith(("。", "!", "?", ";", "!", "?")) else f"{part}。"


def _tidy(text: str) -> str:
    text = re.sub(r"[ \t]+", "", text)
    text = re.sub(r"([。!?;])[。,;、]+", r"\1", text)
    text = re.sub(r"[,、]+([。!?;])", r"\1", text)
    return re.sub(r"([,、:])[,、]+", r"\1", text).strip(",、;")
