"""Knows when a question is about another city's fund, whose rules are not ours to tell."""

import re
from dataclasses import dataclass
from importlib.resources import files

from actions.questions import asks

_WORDS_TOO = frozenset(
    [
        "大同",
        "来宾",
        "朝阳",
        "中山",
        "桃园",
        "安康",
        "白银",
        "山南",
        "和田",
        "海西",
        "海北",
        "海南",
        "黄南",
        "长治",
        "安顺",
        "四平",
        "阿里",
        "吉安",
        "高雄",
    ]
)
PROVINCIAL = "省直"
HOME = r"西宁市?|湟[中源][区县]?|大通县?|城[东中西北]区?"
"""Xining with its districts and counties: one fund."""
_OF_THE_PROVINCE = re.compile(r"(?:青海)?省(?:直|级)(?:机关|单位|分中心|中心)?的?")
_NOT_AFTER = "最平今每境超扩越"
_OWN = re.compile(
    r"(?:单位|公司|工作)在|调[到去]|西宁|青海|异地|外地|转入|转出|转到|转过?来|转回|转移|接续|本地|你们|跨省|回来|这边|这里|这儿|咱们|本市|贵中心"
)
_BUYS_THERE = re.compile(r"^[市州]?(?:那边)?[买购租盖]")
_HOUSE_THERE = re.compile(r"^[市州]?(?:那边)?(?:有[一二两]?套?房|的房)")
_HOUSE_STANDS = re.compile(r"(?:[买购租盖]|房子?)在$")  # 房子租在海东, 买在成都: the fund is still ours
_IS_THERE = re.compile(r"[在去到住]$")
_CLAUSE = re.compile(r"[,。;?!\s]+")
_LIVES_THERE = re.compile(r"(?:在|去|到)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Another city in a question; `ruling` when the question is about that city's own rules.

    `told` when the clause that names it asks nothing: 他原来在兰州交过, 我人在成都.
    """

    city: str
    ruling: bool
    question: str
    told: bool = False


class Places:
    """Finds other cities by name; the list is Chinese prefectures and provinces without ours."""

    def __init__(self, names: tuple[str, ...]) -> None:
        ordered = sorted(names, key=len, reverse=True)
        parts = (f"{name}(?=[市州]|公积金|住房公积金)" if name in _WORDS_TOO else name for name in ordered)
        self._pattern = re.compile(rf"(?<![{_NOT_AFTER}])(?P<city>{'|'.join(parts)})(?P<kind>省|市|自治区|自治州)?")

    def find(self, text: str) -> Place | None:
        """Return the other city a question names, or None."""
        if match := _OF_THE_PROVINCE.search(text):
            rest = (text[: match.start()] + text[match.end() :]).strip(" ,的")
            return Place(city=PROVINCIAL, ruling=True, question=rest)
        match = self._pattern.search(text)
        if match is None:
            return None
        front, behind = text[: match.start()], text[match.end() :]
        house = (
            _HOUSE_STANDS.search(front)
            or _HOUSE_THERE.match(behind)
            or (_BUYS_THERE.match(behind) and _LIVES_THERE.search(front))
        )
        rest = re.sub(rf"(?:我|,)?(?:人|现)?在?{match.group(0)}(?:市|这边|那边)?(?:上班|工作|的)?", "", text).strip(
            " ,的在"
        )
        own = bool(_OWN.search(text) or house)
        told = bool(_IS_THERE.search(front)) and not asks(_CLAUSE.split(front)[-1] + _CLAUSE.split(behind)[0])
        return Place(city=match.group("city"), ruling=not own, question=rest, told=told)


def read_places() -> Places:
    """Read the list that ships with this package."""
    return Places(tuple(files("actions").joinpath("cities.txt").read_text(encoding="utf-8").split()))
