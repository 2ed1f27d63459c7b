"""Cuts a text into runs of digits that may belong together, however they are typed, widened, pronounced or told."""

import re
import unicodedata
from dataclasses import dataclass
from itertools import pairwise


class _Folded(dict[int, int]):
    """A table for str.translate that takes every sign Unicode calls a digit (１ ① ١ 𝟏) for that digit."""

    def __missing__(self, code: int) -> int:
        value = unicodedata.digit(chr(code), None) if code > 127 else None
        self[code] = folded = code if value is None else ord(str(value))
        return folded


TYPED = _Folded(str.maketrans("ｘＸx×хХ", "XXXXXX"))
SPOKEN = _Folded(
    TYPED | str.maketrans("零〇○洞一壹幺二贰两三叁四肆五伍六陆七柒拐八捌九玖勾", "00001112223344556677788999")
)
SPOKEN_DIGIT = re.compile("[零〇○洞一壹幺二贰两三叁四肆五伍六陆七柒拐八捌九玖勾]")
ANY_DIGIT = re.compile(rf"[0-9]|{SPOKEN_DIGIT.pattern}")
_GAP = r"[ \t\r\n\u00a0\u3000\u200b-\u200f\u2060\ufeff\ufe0f\u20e3_·•\-－‐-―]{0,3}"
PAUSE = r"[ \t\r\n\u00a0\u3000\u200b-\u200f\u2060\ufeff_·•\-－‐-―,，、。.…]{0,3}"
TYPED_RUN = re.compile(rf"[0-9](?:{_GAP}[0-9])*(?:{_GAP}X(?![0-9A-Za-z]))?")
_TOLD = r"(?:[2-4]个|双)?[0-9]"  # 两个零, 双八
_POWER = r"[千百](?![0-9十百千万亿元块])"  # 一三八零零一三八千: the last digit and its zeros
SPOKEN_RUN = re.compile(rf"{_TOLD}(?:{PAUSE}{_TOLD})*(?:{_POWER}|{PAUSE}X(?![0-9A-Za-z]))?")
POWERED_RUN = re.compile(  # a mobile number with 八千 or 六百 in its middle: three plain digits come first
    rf"(?<![0-9十百千万亿])1{PAUSE}[3-9]{PAUSE}[0-9](?:{PAUSE}{_TOLD}[千百]?)+(?![0-9十百千万亿元块平号])"
)
ROW = re.compile(r"[千百][\s,，、。.]*[,，、。.][\s,，、。.]*[0-9][千百]")  # 五千,六千: one amount after another
LETTERED = str.maketrans("OoＯｏОоIlＩｌ", "0000001111")
LETTERED_RUN = re.compile(
    r"(?<![0-9A-Za-zＡ-Ｚａ-ｚ])[0-9OoＯｏОоIlＩｌ](?:[ \-]?[0-9OoＯｏОоIlＩｌ]){10,18}X?(?![0-9A-Za-zＡ-Ｚａ-ｚ])"
)
"""Digits with letters that look like one: 63O1O5, l38. Organisations' codes have neither O nor I."""
WIDE_RUN = re.compile(
    r"[0-9](?:[^0-9A-Za-z\u4e00-\u9fff]{0,6}[0-9])*(?:[^0-9A-Za-z\u4e00-\u9fff]{0,6}X(?![0-9A-Za-z]))?"
)
_PLACES = r"(?<![0-9])[34678]位"  # 前三位, 中间四位: how many follow, no digit of the number
LINK = (
    rf"(?:{_PLACES}|然后|接着|接下来|再[加来]?|中间|后面|前面|[前后]|最后|末尾|尾号|还有|加上?|[跟和]|空格|横?杠|逗号|点|那个"
    r"|[嗯啊呃哦是为的]|[^0-9A-Za-z\u4e00-\u9fff])"
)
LINKED_RUN = re.compile(rf"[0-9]+(?:{LINK}{{1,8}}[0-9]+)+(?:{LINK}{{1,8}}X(?![0-9A-Za-z]))?")
"""Digits told piece by piece: 我的号是138然后0013再8000."""
_TOKEN = re.compile(rf"{_PLACES}|(?:(?P<times>[2-4])个|(?P<twice>双))?(?P<digit>[0-9X])(?P<power>[千百])?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Digits that belong together: `at` is each digit's place in the text, `starts` the digits that open a group."""

    digits: str
    at: tuple[int, ...]
    starts: frozenset[int]
    free: bool  # spoken digits: groups mean nothing, a number may begin anywhere

    def fits(self, start: int, length: int) -> bool:
        end = start + length
        return end <= len(self.digits) and (self.free or (start in self.starts and end in self.starts))

    def groups(self, start: int, length: int) -> tuple[int, ...]:
        cuts = sorted({start, start + length} | {cut for cut in self.starts if start < cut < start + length})
        return tuple(after - before for before, after in pairwise(cuts))


def run_of(match: re.Match[str], *, free: bool) -> Run:
    """Return the digits of a match; 两个零 is two of them, both at one place, and 八千 an eight and three."""
    digits, at = "", list[int]()
    for token in _TOKEN.finditer(match[0]):
        if digit := token["digit"]:
            times = 2 if token["twice"] else int(token["times"] or 1)
            digits += digit * times
            at += [match.start() + token.start()] + [match.start() + token.start("digit")] * (times - 1)
        if power := token["power"]:
            zeros = 3 if power == "千" else 2
            digits += "0" * zeros
            at += [match.start() + token.start("power")] * zeros
    starts = {0, len(at)} | {n for n in range(1, len(at)) if at[n] - at[n - 1] > 1}
    return Run(digits=digits, at=tuple(at), starts=frozenset(starts), free=free)
