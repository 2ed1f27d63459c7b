"""Finds what a long letter asks: what stands behind its 想请问 or at a question mark, not what is told before."""

import re
from collections.abc import Iterator, Mapping
from itertools import islice

from actions.call import Call
from actions.parts import in_clauses
from actions.questions import asked_in, asks, has_subject, is_letter, plainly
from actions.wish import Wish

_SENTENCE = re.compile(r"[^?。;!\n]+[?]?")
_BREATH = re.compile(  # a letter without stops: spaces part it
    r"(?<=[\u4e00-\u9fff\d])[ \t\u3000]+(?=[\u4e00-\u9fff\d])"
)
_TURNS_TO_ASK = re.compile(
    r"想(?:再|请|要)?问(?:一?下|问)?|请问(?:一?下)?|咨询(?:一?下)?|请教(?:一?下)?"
    r"|想(?:要)?(?:知道|了解|打听|[弄搞]?(?:清楚|明白))(?:一?下)?"
)
_ADDRESSED = re.compile(r"^(?:[您你]们?|家家|老师|领导|同志|[一二两三四五六几\d]+个(?:问题|事情?))*[,:、\s]*")
_FREELY = frozenset({"story", "hope"})  # what a form asks to be told at length
_TO_A_PERSON = frozenset({"file_complaint", "request_human", "express_anger"})
_LEAST, _CLAUSE, _SOON = 4, 80, 2


def asked(letter: str) -> tuple[str, ...]:
    """Return the questions of a letter in order; empty when none asks.

    Who writes at length tells first and asks then: where a 请问 or a question mark shows what is asked, half a
    question in the story (不知道该找谁) is none. Without either, the sentences that ask most are taken.
    """
    sentences = [one.strip() for one in _SENTENCE.findall(_BREATH.sub(",", letter)) if one.strip()]
    turns = [_turned(sentence) for sentence in sentences]
    last = max((at for at, turn in enumerate(turns) if turn), default=len(sentences))
    found: list[str] = []
    for at, (sentence, turn) in enumerate(zip(sentences, turns, strict=True)):
        if turn:
            found += _questions(turn)
        elif sentence.endswith("?") or at > last:
            found += _questions(sentence)
    return tuple(dict.fromkeys(found)) or tuple(one for sentence in asked_in(letter) for one in in_clauses(sentence))


def written(call: Call, wishes: Mapping[str, Wish]) -> Wish | None:
    """Return the wish that answers letters when a long text asks: one of its clauses may sound like an order."""
    waiting = call.memory.wish
    telling = bool(waiting and waiting.reminder and _FREELY.intersection(waiting.expects))
    if not is_letter(call.text) or telling or call.intent in _TO_A_PERSON or not asked(call.text):
        return None
    return wishes.get("answer_policy")


def clauses(letter: str) -> tuple[str, ...]:
    """Return what stands between the stops of a letter."""
    return tuple(part for part in re.split(r"[,?。;!\s]+", letter) if part)


def _turned(sentence: str) -> str:
    """Return what a sentence asks behind its 想请问, with the clause before it that names the matter; else nothing."""
    for turn in _TURNS_TO_ASK.finditer(sentence):
        behind = _ADDRESSED.sub("", sentence[turn.end() :])
        if any(asks(clause) for clause in islice(_told(behind), _SOON) if len(clause) <= _CLAUSE):
            front = sentence[: turn.start()].rpartition(",")[2]
            return f"{front},{behind}" if has_subject(front) and not asks(front) else behind
    return ""


def _told(text: str) -> Iterator[str]:
    return (clause for clause in text.split(",") if len(plainly(clause)) >= _LEAST)


def _questions(sentence: str) -> list[str]:
    return [one for one in in_clauses(sentence) if asks(one)]
