"""What a caller says to steer the call itself, whatever is being talked about."""

import re
from enum import StrEnum

from voice.slots import Kind, Slot


class Command(StrEnum):
    """Things the line does by itself, without asking the heart."""

    REPEAT = "repeat"
    SLOWER = "slower"
    LOUDER = "louder"
    CLEARER = "clearer"
    MENU = "menu"
    TEXT = "text"
    PERSON = "person"
    BACK = "back"
    FAREWELL = "farewell"


_PLEASE = r"(?:请|麻烦|麻烦你|麻烦您|你|您|帮我|给我|我要|我想|能不能|可以|呃|嗯)*"
_END = r"(?:吧|吗|啊|呢|好吗|一下|谢谢)*"
_SAID: tuple[tuple[str, Command], ...] = (
    (r"(?:再说一[遍次]|重复(?:一遍|一下)?|再讲一遍|没听清楚?|说什么|重听)", Command.REPEAT),
    (r"(?:说|讲)?(?:太快了|慢一?点|慢些|慢)(?:说|讲)?", Command.SLOWER),
    (r"(?:声音|说)?(?:大声一?点?|大一?点声?|太小了|听不见)", Command.LOUDER),
    (r"(?:按键菜单|菜单|主菜单)", Command.MENU),
    (r"(?:用|通过)?(?:发|短信发|发短信|短信)(?:个|条|到)?(?:短信|手机上?|过来)?(?:给|发给)?(?:我|手机)?", Command.TEXT),
    (r"(?:转|找|接)?(?:人工)(?:服务|客服|坐席)?|转接人工", Command.PERSON),
    (r"(?:返回|返回上一步|上一步|回去|退回)", Command.BACK),
    (r"(?:再见|拜拜|没有了|没有问题了|没别的了|没事了|挂了|不用了?谢谢|退出)", Command.FAREWELL),
)
_PATTERNS = tuple((re.compile(f"{_PLEASE}(?:{said}){_END}"), command) for said, command in _SAID)
_KEYS = {
    "0": Command.PERSON,
    "*": Command.BACK,
    "#": Command.FAREWELL,
    "9": Command.MENU,
    "8": Command.TEXT,
    "7": Command.CLEARER,
}


def said(guesses: tuple[str, ...]) -> Command | None:
    """Return the command in the best guess, if it is one and nothing else."""
    best = guesses[0] if guesses else ""
    return next((command for pattern, command in _PATTERNS if pattern.fullmatch(best)), None)


def pressed(key: str, slot: Slot) -> Command | None:
    """Return what a key does by itself; a key that chooses one of the offers is no command."""
    if slot.kind in (Kind.CHOICE, Kind.YES_NO) and key.isdigit() and 1 <= int(key) <= len(slot.labels):
        return None
    return _KEYS.get(key)
