"""Says whose 他的公积金 is meant, where the lines before named the person: a former spouse is no spouse any more.

The rules tell a spouse, a former one, a child and an heir apart; a 他 alone would be read as anybody's.
"""

import re
from collections.abc import Iterable

from actions.bereaved import mourned

_RECENT = 4  # lines of the citizen's; who was named longer ago is seldom still meant
_HIS = re.compile(r"(?<!其)(?:他|她|对方)(?=(?:自己|本人)?(?:的|名下|账上|账户|公积金|那[份边笔]))")
_SPOUSE = "爱人|老公|老婆|媳妇(?!儿?的?[爸妈])|丈夫|妻子|先生|老伴|配偶|对象"
_FRIEND = "男朋友|女朋友|男友|女友|未婚夫|未婚妻"
_FAMILY = (
    "儿媳妇?|女婿|儿子|女儿|闺女|孩子|岳父|岳母|丈母娘|老丈人|公公|婆婆|爷爷|奶奶|爸爸?|妈妈?|父亲|母亲|父母"
    "|哥哥?|姐姐?|弟弟?|妹妹?"
)
_NAMED = re.compile(rf"前夫|前妻|{_FRIEND}|{_FAMILY}|{_SPOUSE}|同事|朋友")
_PARTED = re.compile(r"离婚|离了(?!职|单位|公司)|离异|前[夫妻]|分手")
_FAMILY_PARTED = re.compile(rf"(?:{_FAMILY}).{{0,4}}(?:离|分手)")
_NOT_WED = re.compile(r"[没未不].{0,3}(?:领证|结婚|登记)|[没未]婚")


def named(text: str, said: Iterable[str]) -> str:
    """Return `text` with the person told of last in the place of its 他的; as it is where nobody was told of.

    Who is named by a word, and was told of as dead, is named so: 我爸的公积金 is then no purchase made together.
    """
    if _NAMED.search(text):
        return _late(text, said)
    if not _HIS.search(text):
        return text
    for line in reversed(tuple(said)[-_RECENT:]):
        if person := _told_of(line, she="她" in text):
            return _HIS.sub(person, text, count=1)
    return text


def _late(text: str, said: Iterable[str]) -> str:
    if mourned(text):
        return text
    dead = [found.group(0) for line in said if mourned(line) and (found := _NAMED.search(line))]
    person = next((one for one in reversed(dead[-_RECENT:]) if f"{one}的" in text), "")
    return text.replace(person, f"去世的{person}", 1) if person else text


def _told_of(line: str, *, she: bool) -> str:
    """Return who a line tells of, with what became of them, or an empty string."""
    found = _NAMED.search(line)
    person = found.group(0) if found else ""
    spouse = not person or bool(re.fullmatch(_SPOUSE, person))
    if spouse and mourned(line):
        return f"去世的{person or '家人'}"
    if _PARTED.search(line) and not _FAMILY_PARTED.search(line):
        return "前妻" if she else "前夫"
    if re.fullmatch(_FRIEND, person) or (spouse and _NOT_WED.search(line)):
        return f"没领证的{person or '对象'}"
    return person and (f"去世的{person}" if mourned(line) else person)
