"""Reads a turn in several ways (alone, of the business before, with the case put in…) and says what speaks for each."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from actions.aspects import Aspects
from actions.followup import TO_US, bared, completed
from actions.questions import asks, corrected, has_subject
from actions.themes import (
    Theme,
    broader,
    is_named,
    is_narrower,
    names_other,
    of_another_kind,
    theme_of,
    theme_of_title,
    theme_of_topic,
)
from bot.knowledge import Decision, Finding, Served

ALONE, NEAR, BUSINESS, TITLE, PUT, CASE = "alone", "near", "business", "title", "put", "case"
ASKED, WIDER = "asked", "wider"
READINGS = (ALONE, NEAR, BUSINESS, TITLE, PUT, CASE, ASKED, WIDER)
OWN = "own"
_SURE_ASPECT = 0.35
_LONG, _BRIEF, _CASE, _THING = 24, 11, 10, 3
_THERE, _LEAST = 0.5, 2
_AROUND = re.compile(r"可以|[要不吗呢有没需得算能用行]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """What was talked about: the question, the entry that answered it and its business."""

    question: str
    entry: Served
    theme: Theme | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """A turn after another: its words bared of 那 and 呢, and how likely each aspect is what it asks."""

    text: str
    said: str
    own: Theme | None
    aspects: Mapping[str, float]
    before: Before


def before(question: str, entry: Served) -> Before:
    """Return what was talked about; the entry tells which one when the question only names the kind, or names both."""
    told = theme_of(question)
    title = theme_of_title(entry.title)
    if told and title and not title.broad:
        left_open = told.broad and not of_another_kind(told, title)
        told = title if left_open or is_named(title, question) else told
    return Before(question=question, entry=entry, theme=told or title or theme_of_topic(entry.topic))


def turn(text: str, past: Before, aspects: Aspects) -> Turn:
    """Read the words themselves."""
    said = bared(text) or text
    return Turn(text=text, said=said, own=theme_of(said), aspects=aspects.read(said), before=past)


def leans(now: Turn) -> bool:
    """Say whether a turn may lean on the one before: it is short, or begins by it (那…, 它…) and is not long.

    One that names another business is very short.
    """
    if TO_US.search(now.text):
        return False
    marked = not now.text.startswith(now.said)
    return len(now.text) <= (_CASE if names_other_business(now) else _LONG if marked else _BRIEF)


def names_other_business(now: Turn) -> bool:
    """Say whether a turn names a narrow business, another than the one before."""
    return now.own is not None and not now.own.broad and not _same(now)


def _same(now: Turn) -> bool:
    return now.own is not None and now.before.theme is not None and now.own.name == now.before.theme.name


def of_the_same_kind(now: Turn) -> bool:
    """Say whether a turn only names again the kind of business that is talked about: 能贷几年 after a loan's rate."""
    past = now.before.theme
    return now.own is not None and now.own.broad and past is not None and (_same(now) or is_narrower(past, now.own))


def names_other_kind(now: Turn) -> bool:
    """Say whether a turn names another kind of business than the narrow one before: 缴存上限 after 租房提取."""
    past = now.before.theme
    return now.own is not None and past is not None and of_another_kind(now.own, past)


def asked_of_any(now: Turn) -> bool:
    """Say whether a turn without a business of its own asks something that can be asked of any."""
    return not has_subject(now.text) and (asks(now.text) or _aspect(now)[1] >= _SURE_ASPECT)


def readings(now: Turn, aspects: Aspects) -> dict[str, str]:
    """Return the ways to read a turn, each a question to look up; ALONE and NEAR take the words as they are."""
    past = now.before
    name = past.theme.name if past.theme else ""
    aspect, share = _aspect(now)
    full = aspects.every[aspect].full if share >= _SURE_ASPECT else ""
    wide = broader(past.theme) if past.theme else ""
    ways = {ALONE: now.text, NEAR: now.text, TITLE: f"{past.entry.title.rstrip('?')} {now.said}"}
    if name:
        ways[BUSINESS] = name + now.said
        if full:
            ways[ASKED] = name + full
    if wide:
        ways[WIDER] = wide + (full or now.said)
    if past.question and not asks(now.said):
        put = corrected(past.question, now.said)
        ways[PUT] = f"{now.said}{past.question}" if put == f"{now.said} {past.question}" else put
    follow = completed(now.text, past.question, past.entry.topic)
    if follow and follow.condition and follow.question not in ways.values():
        ways[CASE] = follow.question
    elif past.question and asks(now.said) and not asks(past.question):
        ways[CASE] = f"{past.question},{now.said}"  # what was told a moment ago is the case asked about
    return ways


def held(now: Turn, entry: Served) -> float:
    """Return how likely an entry's words hold what is asked."""
    return sum(share for name, share in now.aspects.items() if _HELD[name].search(entry.screen))


def speaks_of(now: Turn, entry: Served, condition: str) -> bool:
    """Say whether an entry's words speak of a case put into the question, or else of what is asked."""
    if condition:
        return set(condition) <= set(f"{entry.title}{entry.screen}")
    return held(now, entry) >= _THERE or _names_what(now, entry)


def _names_what(now: Turn, entry: Served) -> bool:
    """Say whether an entry's words name the very thing that is asked about (尿毒症算吗, 要公证不)."""
    thing = _AROUND.sub("", now.said)
    if len(thing) >= _LEAST and thing in entry.screen:
        return True
    pieces = (now.said[at : at + _THING] for at in range(len(now.said) - _THING + 1))
    return any(piece in entry.screen for piece in pieces)


def _aspect(now: Turn) -> tuple[str, float]:
    return max(now.aspects.items(), key=lambda one: one[1], default=("", 0.0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An entry some reading found, or the one told before, with its figures."""

    entry: Served
    figures: tuple[float, ...]


_HELD = {
    "material": re.compile(r"身份证|材料|证件|合同|凭证"),
    "howlong": re.compile(r"\d ?(?:个工作)?[日天]|当日|秒到账|即时|马上|过一会|改好就"),
    "howmuch": re.compile(r"\d[\d,.]* ?(?:元|万|%)|几成|全部|全额|百分"),
    "spouse": re.compile(r"配偶|夫妻|爱人|两人|双方"),
    "parents": re.compile(r"父母|子女|儿女|孩子"),
    "online": re.compile(r"APP|网上|线上|小程序|网厅"),
    "where": re.compile(r"柜[台面]|大厅|窗口|网点|APP|中心申请|中心反映|合作银行"),
    "times": re.compile(r"[一二三两\d] ?次|按月、按季|按月、按年|一次性"),
    "gap": re.compile(r"断|连续"),
    "left": re.compile(r"离职|封存|辞"),
    "outside": re.compile(r"外地|异地|跨省"),
    "second": re.compile(r"二套|首套"),
    "used": re.compile(r"二手"),
    "nocontract": re.compile(r"合同|备案|没有证"),
    "overdue": re.compile(r"逾期|罚息|征信"),
    "agent": re.compile(r"代办|委托|本人到|公证"),
    "fee": re.compile(r"不收|免费|手续费|违约金|收费|评估费"),
    "cancel": re.compile(r"撤|取消|退出|反悔|终止"),
    "again": re.compile(r"第二年|再次|明年|下一年|每年|重新"),
    "how": re.compile(r"申请|办理|提交|登录|签约|一、|步"),
    "cond": re.compile(r"条件|要求|必须|不能有|无房|才能|以上"),
}


def candidates(now: Turn, found: Mapping[str, Finding], aspects: Aspects, offered: Sequence[str]) -> list[Candidate]:
    """Return every entry a reading found, and the one told before, with what speaks for it."""
    entries = {hit.entry.id: hit.entry for finding in found.values() for hit in finding.hits}
    entries.setdefault(now.before.entry.id, now.before.entry)
    return [Candidate(entry=one, figures=figures_of(now, one, found, aspects, offered)) for one in entries.values()]


def figures_of(
    now: Turn, entry: Served, found: Mapping[str, Finding], aspects: Aspects, offered: Sequence[str]
) -> tuple[float, ...]:
    """Return what speaks for an entry: what each reading found, how it stands to the talk, what the words are."""
    looked = [figure for name in READINGS for figure in _seen(entry, found.get(name))]
    scores = looked[0::3]
    whole = (sum(scores) / len(READINGS), max(scores), sum(looked[1::3]) / len(READINGS))
    title = aspects.of_title(entry.title)
    meets = sum(share * title.get(name, 0.0) for name, share in now.aspects.items())
    beside, worded = _beside(now, entry, meets), _worded(now, entry, looked[0])
    of_the_turn = _of_the_turn(now, found.get(ALONE), aspects)
    return (*looked, *beside, *worded, float(entry.id in offered), *whole, *of_the_turn)


def _of_the_turn(now: Turn, alone: Finding | None, aspects: Aspects) -> tuple[float, ...]:
    """Return what holds for every candidate: does the turn say its own matter, and do its words say what is asked."""
    hits = alone.hits if alone else ()
    sure = alone is not None and alone.decision is Decision.ANSWER
    other = now.own is not None and not _same(now)
    length = min(len(now.said), _LONG) / _LONG
    return (float(has_subject(now.text)), float(other), hits[0].score if hits else 0.0, float(sure), length,
            _aspect(now)[1], aspects.strange(now.said), float(asks(now.text)))  # fmt: skip


def _seen(entry: Served, finding: Finding | None) -> tuple[float, float, float]:
    """Return what one reading says of an entry: its chance, whether it is the first, whether it is sure enough."""
    hits = finding.hits if finding else ()
    score = next((hit.score for hit in hits if hit.entry.id == entry.id), 0.0)
    first = bool(hits) and hits[0].entry.id == entry.id
    return score, float(first), float(first and finding is not None and finding.decision is Decision.ANSWER)


def _beside(now: Turn, entry: Served, meets: float) -> tuple[float, ...]:
    """Return how an entry stands to what was told before, and whether it tells what is asked."""
    past, theirs, holds = now.before, theme_of_title(entry.title), held(now, entry)
    own = float(entry.id == past.entry.id)
    same = float(bool(theirs and past.theme and theirs.name == past.theme.name))
    topic, outlet = float(entry.topic == past.entry.topic), float(entry.topic == "outlet")
    other = float(past.theme is not None and names_other(entry.title, past.theme))
    apart = float(bool(theirs and not theirs.broad) and not same)
    told = (own, own * holds, own * meets, own * asks(now.said), own * (now.said != now.text))
    return (*told, (1 - own) * holds, (1 - own) * meets, other, apart, float(not has_subject(now.text)) * other, same,
            same * meets, topic, topic * meets, outlet, outlet * meets)  # fmt: skip


def _worded(now: Turn, entry: Served, alone: float) -> tuple[float, ...]:
    """Return what the words themselves say for taking them alone."""
    theirs = theme_of_title(entry.title)
    mine = now.own is not None and not now.own.broad
    length = min(len(now.text), _LONG) / _LONG
    signs = (mine, has_subject(now.text), length, len(now.text) > _LONG / 2, now.said != now.text)
    named = mine and theirs is not None and now.own is not None and theirs.name == now.own.name
    return (float(mine), float(named), *(float(sign) * alone for sign in signs))
