"""Finds the codes and passwords people type, so that they reach the vault and nothing else.

Six digits are also an ordinary amount (300000), so a bare number is a secret only while one is waited for or stands
beside an ID number (`asked`), and not in a sentence that talks of money; beside 验证码 or 密码 it always is one.
"""

import re
from collections.abc import Awaitable, Callable

from bot.digit_runs import PAUSE, SPOKEN

PASSCODE = "验证码"
_SIX = rf"(?<![0-9])[0-9](?:{PAUSE}[0-9]){{5}}(?![0-9])"
_WORD = r"(?:验证码|校验码|动态码|短信码|密码|口令)"
_NAMED = re.compile(rf"{_WORD}[^0-9〔]{{0,6}}(?P<after>{_SIX})|(?P<before>{_SIX})[^0-9〔]{{0,4}}{_WORD}")
_ANY_SIX = re.compile(rf"(?P<after>{_SIX})")
_OF_MONEY = re.compile(r"元|块|万|利息|月供|[提贷借存算]|还[款贷]|提前还")
_ALONE = re.compile(r"\s*(?P<after>[!-~](?:\s?[!-~]){3,31})\s*[。.]?\s*")


async def mask_passcodes(text: str, put: Callable[[str, str], Awaitable[str]], *, asked: bool) -> str:
    """Replace every code or password by the placeholder that `put(kind, value)` returns."""
    folded = text.translate(SPOKEN)
    alone = _ALONE.fullmatch(folded) if asked else None
    if alone and re.search(r"[0-9]", alone["after"]):
        return await put(PASSCODE, _plain(alone["after"]))
    pieces, done = [], 0
    bare = asked and not _OF_MONEY.search(folded)
    for match in (_ANY_SIX if bare else _NAMED).finditer(folded):
        group = "after" if match["after"] else "before"
        pieces += [text[done : match.start(group)], await put(PASSCODE, _plain(match[group]))]
        done = match.end(group)
    return "".join([*pieces, text[done:]])


def _plain(found: str) -> str:
    """Keep letters, digits and signs; drop what people put between digits."""
    digits = re.sub(PAUSE, "", found)
    return digits if digits.isdigit() else re.sub(r"\s", "", found)
