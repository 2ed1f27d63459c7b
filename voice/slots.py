"""What may be expected next: which words, and how long a silence ends the turn."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from bot.messages import Expects, Reply


class Kind(StrEnum):
    """The kinds of answers a caller gives."""

    OPEN = "open"
    YES_NO = "yes-no"
    CHOICE = "choice"
    DIGITS = "digits"
    SECRET = "secret"  # noqa: S105 - the name of a kind; a code or password, never repeated
    IDENTITY = "identity"
    AMOUNT = "amount"
    DATE = "date"
    DISTRICT = "district"


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """One expectation. `labels` are offered choices; `length` ends a digits entry by itself; `words` bind hearing.

    `silence` is what ends a turn; `settled` the shorter one when what was heard is complete as it stands.
    """

    kind: Kind = Kind.OPEN
    labels: tuple[str, ...] = ()
    length: int = 0
    words: tuple[str, ...] = ()
    silence: float = 0.7
    settled: float = 0.45

    @property
    def by_digits(self) -> bool:
        """Whether every key is a digit of a number."""
        return self.kind in (Kind.DIGITS, Kind.SECRET, Kind.IDENTITY, Kind.AMOUNT, Kind.DATE)

    @property
    def asks(self) -> bool:
        """Whether a question may come: anything that people ask, and nothing else."""
        return self.kind in (Kind.OPEN, Kind.CHOICE)

    @property
    def quiet(self) -> bool:
        """Whether what is entered must never be read back."""
        return self.kind in (Kind.SECRET, Kind.IDENTITY)


COMMANDS = (
    ("转人工", "人工 服务", "人工"),
    (
        "重复",
        "再 说 一遍",
        "大声",
        "大声 点",
        "慢",
        "慢 一点",
        "返回",
        "退出",
        "取消",
        "没有 了",
        "不用 了",
        "谢谢",
        "再见",
    ),
)
_YES = ("是", "是的", "对", "对的", "好", "好的", "可以", "确认", "要", "行", "嗯")
_NO = ("不是", "不 对", "不", "不要", "不用 了", "不用", "取消", "没有")
_DIGITS = tuple("零一二三四五六七八九幺")
_ORDINALS = tuple(f"{first} 个" for first in ("第一", "第二", "第三", "第四", "第五"))
DISTRICTS = ("城东", "城中", "城西", "城北", "湟中", "大通", "湟源")
_UNKNOWN = "[unk]"
YES = frozenset(word.replace(" ", "") for word in _YES)
NO = frozenset(word.replace(" ", "") for word in _NO)

OPEN = Slot()
YES_NO = Slot(
    kind=Kind.YES_NO,
    words=(*_YES, *_NO, *COMMANDS[0], *COMMANDS[1], _UNKNOWN),
    silence=0.4,
    settled=0.3,
)
DIGITS = Slot(kind=Kind.DIGITS, words=(*_DIGITS, *COMMANDS[0], "不 对", _UNKNOWN), silence=1.5, settled=1.5)
DISTRICT = Slot(kind=Kind.DISTRICT, words=(*DISTRICTS, *COMMANDS[0], _UNKNOWN), silence=0.5, settled=0.4)
_PLACES = tuple(f"第{number}" for number in "一二三四五六七八九十")
_IS = ("是", "改成", "应该 是")
_PARTS = (
    *(f"{from_end}{place} 位 {verb}" for from_end in ("", "倒 数 ") for place in _PLACES for verb in _IS),
    *(f"{end} {many} {verb}" for end in ("后", "前") for many in ("两位", "三位", "四位") for verb in _IS),
    *(f"最后 一位 {verb}" for verb in _IS),
)
CORRECTION = Slot(  # after a number was read back; freely heard, 倒数第二位是八 becomes 那半数的第二位十八
    kind=Kind.YES_NO,
    words=(*_YES, *_NO, *_PARTS, *_DIGITS, *COMMANDS[0], _UNKNOWN),
    silence=0.8,
    settled=0.4,
)


def digits(kind: Kind, length: int = 0) -> Slot:
    """Expect a number of `length` digits (0: ended by # or silence)."""
    return Slot(kind=kind, words=DIGITS.words, length=length, silence=1.5, settled=1.5)


def choice(labels: tuple[str, ...]) -> Slot:
    """Expect one of the offered choices, its number, or something else altogether: callers do change the subject."""
    return Slot(kind=Kind.CHOICE, labels=labels, silence=0.6, settled=0.4)


_ASKED: Mapping[Expects, Slot] = {
    Expects.OPEN: OPEN,
    Expects.YES_NO: YES_NO,
    Expects.IDENTITY: digits(Kind.IDENTITY, 18),
    Expects.SECRET: digits(Kind.SECRET, 6),
    Expects.AMOUNT: Slot(kind=Kind.AMOUNT, silence=1.2, settled=1.0),
    Expects.DATE: Slot(kind=Kind.DATE, silence=1.2, settled=1.0),
    Expects.DISTRICT: DISTRICT,
}
_PLAIN_ANSWERS = frozenset({"是", "否", "确认", "取消", "是的", "不是", "对", "不对", "确认提交", "不办了"})


def expected(reply: Reply) -> Slot:
    """Return what the caller will say next: what the reply asks for, or one of the choices it offers."""
    labels = tuple(button.label for button in reply.buttons)
    slot = _ASKED[reply.expects]
    if not labels or slot.quiet:
        return replace(slot, labels=labels)
    return replace(YES_NO, labels=labels) if set(labels) <= _PLAIN_ANSWERS else choice(labels)
