"""Understands an answer to offered buttons on channels without buttons: 2, 第二个, 选2, or the label itself."""

import re
import unicodedata
from functools import lru_cache

from pypinyin import lazy_pinyin

from bot.messages import Button

_NUMERALS = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10}
_ORDINAL = re.compile(
    r"(?:我?(?:要|选择?|按|点)?(?:了|的是)?(?:第|选项|答案)?)(?P<number>\d{1,2}|[一二两三四五六七八九十])(?:个|项|条|号|种)?(?:吧|呢|的|谢谢)?"
)
_SPOKEN = re.compile(  # 就第三个那个, 我想问的是第二个; without 第 a number may be a value
    r"(?:[嗯那就]|还是|我)*(?:想?(?:要|选择?|按|点|看|问|说|指))?的?[是了]?"
    r"第(?P<number>\d{1,2}|[一二两三四五六七八九十])(?:个|项|条|号|种|问题)*(?:[那这]个)?[吧呢的啊呀]*(?:谢谢)?"
)
_LETTER = re.compile(r"(?:我?(?:要|选择?|按|点)?)(?:选项|答案)?(?P<letter>[a-h])(?:个|项|选项)?(?:吧|呢|的|谢谢)?")
_FROM_THE_END = re.compile(
    r"(?:我?(?:要|选择?|说的?是?)?)?倒数第(?P<number>[1-9]|[一二两三四五])(?:个|项|条|种)?(?:吧|呢|的)?"
)
_SIDE = re.compile(r"(?:我?(?:要|选择?|说的?是?)?)?(?P<side>[前上后下])面(?:那|这|的)+一?(?:个|项|条|种)(?:吧|呢|的)?")
_MIDDLE = re.compile(r"(?:[就选要点]|我要)?(?:正)?中间(?:那|这|的|一)*(?:个|项|条|种)?[吧呢的]*")
_BARE = re.compile(r"\d{1,2}|[一二两三四五六七八九十]")
_LAST = re.compile(
    r"(?:我?(?:要|选择?|说的?是?)?)?(?:最后|最下|最末|末尾|倒数第一)(?:一|1|那|这|边|面|头)*(?:个|项|条|种)?(?:吧|的)?"
)
_AROUND = re.compile(
    r"^(?:我?(?:选择?|点|问|想问|说)的?(?:是)?|就是)+|(?:的?[那这]?(?:一?个|一?条|一?项|种)|那个|吧|的)+$"
)
_OWN_NUMBER = re.compile(r"\d+")
_ONE_OF_SEVERAL = r"第?(?:\d{1,2}|[一二两三四五六七八九十])(?:个|项|条|号|种)?(?:问题)?"
_SEVERAL = re.compile(  # 第二个和第三个都说一下, 前两个
    r"(?:我|想|要|先|就|把|看|问|说)*(?:"
    r"(?P<end>[前头后])(?P<many>[两二三四2-4])(?:个|项|条|种)?(?:问题)?"
    rf"|(?P<each>{_ONE_OF_SEVERAL}(?:(?:和|跟|与|还有|以及|[、,\s])+{_ONE_OF_SEVERAL})+)"
    r")(?:都|也|全)?(?:想|要|给我|帮我)*(?:说|讲|看|问|解释|知道|了解)*(?:一下|下|一遍|吧|啊|呀)*[。!]?"
)
EXITS = frozenset({"/cancel", "/deny", "/request_human", "/help"})
SHORTEST_SOUND = 3  # characters: many words of two sound alike
SHORTEST_PART = 2  # one character of a label names nothing


def resolve(text: str, offered: tuple[Button, ...]) -> Button | None:
    """Return the one offered button that `text` means, or None: then it is an ordinary message."""
    said = _plain(text)
    if not offered or not said:
        return None
    exact = [button for button in offered if _plain(button.label) == said]
    if exact:
        return exact[0]
    number = _number(said, offered)
    if number is not None:
        return _numbered(number, offered, bare=bool(_BARE.fullmatch(said)))
    return _part(said, offered) or _part(_AROUND.sub("", said), offered) or _sounding(said, offered)


def several(text: str, count: int) -> tuple[int, ...]:
    """Return the places, from 0, of the several among `count` things that `text` names, or none: 第二个和第三个."""
    found = _SEVERAL.fullmatch(unicodedata.normalize("NFKC", text).strip())
    if found is None:
        return ()
    if found["end"]:
        many = min(_numeral(found["many"]), count)
        return tuple(range(count))[-many:] if found["end"] == "后" else tuple(range(many))
    named = (_numeral(one) - 1 for one in re.findall(r"\d{1,2}|[一二两三四五六七八九十]", found["each"]))
    return tuple(dict.fromkeys(place for place in named if 0 <= place < count))


def _numeral(sign: str) -> int:
    return _NUMERALS[sign] if sign in _NUMERALS else int(sign)


def _part(said: str, offered: tuple[Button, ...]) -> Button | None:
    parts = [button for button in offered if len(said) >= SHORTEST_PART and said in _plain(button.label)]
    return parts[0] if len(parts) == 1 else None


def _sounding(said: str, offered: tuple[Button, ...]) -> Button | None:
    """Return the one label that sounds so, whole or in part: 公鸡金 was meant as 公积金."""
    if len(said) < SHORTEST_SOUND:
        return None
    labels = [(button, _plain(button.label)) for button in offered]
    long_enough = [(button, label) for button, label in labels if len(label) >= _chinese(said)]
    if not long_enough:
        return None
    heard = _sounds(said)
    near = [button for button, label in long_enough if heard in _sounds(label)]
    return near[0] if len(near) == 1 else None


def _chinese(plain: str) -> int:
    """Return how many sounds of one character each a text has: a label with fewer characters cannot hold them."""
    return sum("\u4e00" <= character <= "\u9fff" for character in plain)


@lru_cache(maxsize=4_000)
def _sounds(plain: str) -> str:
    """Labels come again and again, and their sounds cost more than all else here."""
    return " ".join(["", *lazy_pinyin(plain), ""])


def _numbered(number: int, offered: tuple[Button, ...], *, bare: bool) -> Button | None:
    """A bare number names a label's own number (20年), else a place; beside mere exits it is a value, not a choice."""
    if bare:
        named = [(int(found[0]), one) for one in offered if (found := _OWN_NUMBER.match(_plain(one.label)))]
        own = dict(named)
        if own and len(own) == len(named):  # 11月2日 and 11月3日 are not numbered by 11
            return own.get(number)
        if all(button.payload in EXITS for button in offered):
            return None
    return offered[number - 1] if 1 <= number <= len(offered) else None


def _number(said: str, offered: tuple[Button, ...]) -> int | None:
    choices = len([button for button in offered if button.payload not in EXITS])  # the ways out stand behind them
    if _LAST.fullmatch(said):
        return choices or len(offered)
    if _MIDDLE.fullmatch(said):
        return (choices + 1) // 2 if choices % 2 else None
    if found := _SIDE.fullmatch(said):
        return 1 if found["side"] in "前上" else choices or None
    if found := _FROM_THE_END.fullmatch(said):
        return choices + 1 - _numeral(found["number"])
    if found := _LETTER.fullmatch(said):
        number = ord(found["letter"]) - ord("a") + 1
        return number if number <= choices else None
    found = _ORDINAL.fullmatch(said) or _SPOKEN.fullmatch(said)
    return None if found is None else _numeral(found["number"])


def _plain(text: str) -> str:
    """Fold widths, circled numbers, case, spaces and punctuation away."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return re.sub(r"[\s\W_]+", "", folded)
