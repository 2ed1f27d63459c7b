"""Keeps a 请节哀 from whoever has lost nobody: such an answer needs a word of death somewhere in the talk."""

import re
from dataclasses import replace

from actions.call import Call
from actions.found import Found
from bot.knowledge import Decision

_CONDOLENCE = "请节哀"
_WORD_FOR_WORD = 0.985  # an approved question is known to mean it
_PERSON = r"(?:[爸妈父母爷奶公婆夫妻哥姐弟妹儿女叔舅姨伴头人他她]|对象|家属|同事|职工|员工)"
_GONE = r"(?:没了|[刚已]经?走|走了|没有了|不在了?|老了|出事)"
_TOLD = re.compile(
    rf"死|亡|去世|过世|离世|逝|病故|身故|已故|故去|继承|遗[产嘱属留]|后事|丧|孤儿|{_PERSON}.{{0,8}}{_GONE}"
)


def mourned(text: str) -> bool:
    """Say whether `text` speaks of a death."""
    return bool(_TOLD.search(text))


def spared(found: Found, call: Call) -> Found:
    """Return what was found; an answer to mourners is only one of the choices where nobody spoke of a death."""
    if found.entry is None or _CONDOLENCE not in found.entry.screen or found.finding.hits[0].score >= _WORD_FOR_WORD:
        return found
    said = (found.asked, call.memory.last_question, *(one.text for one in call.said if one.citizen))
    if any(mourned(text) for text in said):
        return found
    others = tuple(hit for hit in found.finding.hits if _CONDOLENCE not in hit.entry.screen)
    hits = (*others, *(hit for hit in found.finding.hits if hit not in others))
    finding = replace(found.finding, decision=Decision.CLARIFY, hits=hits)
    return replace(found, question=found.asked, finding=finding, opening="", sentence="")
