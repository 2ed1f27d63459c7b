"""Numbers told over the phone: read from speech, entered by keys, read back, corrected in part."""

import re

from voice.slots import Kind, Slot

_SPOKEN = dict(zip("零〇幺一二两三四五六七八九", "0011223456789", strict=True))
_DIGIT = rf"[0-9{''.join(_SPOKEN)}]"
_PLACES = dict(zip("一二三四五六七八九", range(1, 10), strict=True)) | {"十": 10, "十一": 11}
_PLACE = re.compile(
    rf"(?P<from_end>倒数)?第(?P<place>十一|[一二三四五六七八九十])(?:位|个)?(?:数字?)?(?:应该)?(?:是|为|改成)(?P<digit>{_DIGIT})"
)
_LAST = re.compile(
    rf"(?:最后|后|末|尾)(?P<count>[一二两三四])?(?:位|个)(?:数字?)?(?:应该)?(?:是|为|改成)(?P<digits>{_DIGIT}+)"
)
_FIRST = re.compile(rf"(?:前)(?P<count>[一二两三四])(?:位|个)(?:数字?)?(?:应该)?(?:是|为|改成)(?P<digits>{_DIGIT}+)")
_ID_DIGITS = 17
_MOBILE = re.compile(r"(?:\+?86|0)?(1[3-9]\d{9})")


def digits_in(said: str) -> str:
    """Return the digits of what was said one by one; 幺 is one, 两 is two."""
    return "".join(_SPOKEN.get(char, char) for char in said if (char.isdigit() and char.isascii()) or char in _SPOKEN)


def mobile(number: str) -> str:
    """Return the eleven digits of a mobile telephone; nothing when it is another kind, which gets no text messages."""
    found = _MOBILE.fullmatch(number)
    return found[1] if found else ""


def corrected(number: str, said: str) -> str | None:
    """Apply a correction such as 倒数第二位是八 or 后四位是八八二一; None when it is not one or does not fit."""
    if found := _PLACE.search(said):
        place = _PLACES[found["place"]]
        at = len(number) - place if found["from_end"] else place - 1
        if 0 <= at < len(number):
            return number[:at] + digits_in(found["digit"]) + number[at + 1 :]
        return None
    if found := _LAST.search(said):
        tail = digits_in(found["digits"])
        return number[: -len(tail)] + tail if len(tail) <= len(number) else None
    if found := _FIRST.search(said):
        head = digits_in(found["digits"])
        return head + number[len(head) :] if len(head) <= len(number) else None
    return None


class KeyedNumber:
    """A number as its keys come in: `#` ends it, `*` takes the last digit back.

    Phones have no X: in an identity number `*` in the eighteenth place is the X, as other hotlines have it.
    """

    def __init__(self, slot: Slot) -> None:
        self._slot = slot
        self.digits = ""
        self.over = False

    def press(self, key: str) -> None:
        if key == "#":
            self.over = True
        elif key == "*" and self._slot.kind is Kind.IDENTITY and len(self.digits) == _ID_DIGITS:
            self.digits += "X"
        elif key == "*":
            self.digits = self.digits[:-1]
        else:
            self.digits += key
        if self._slot.length and len(self.digits) >= self._slot.length:
            self.over = True
