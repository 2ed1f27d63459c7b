"""Decides what a turn is to the open wish: a yes or no, a going-on, a not-yet, a leaving, or nothing it can read."""

import re
from collections.abc import Mapping
from dataclasses import replace

from actions.call import Call, OpenWish
from actions.consent import Stance, at_a_loss, clauses, denies, reason, stance
from actions.doubted import COSTLY
from actions.feelings import heard_in
from actions.parts import wish_in
from actions.questions import asks, correction, has_subject
from actions.routing import reads, reads_value
from actions.telling import TELLS
from actions.wish import Wish
from bot.sounds import as_sounded

_PROOF = "prove_identity"
_ANSWERED = frozenset({"confirm", "yes-no", "sure"})
_GIVES_WAY = frozenset({Stance.HOLD, Stance.LEAVE})
_ELSEWHERE = {Stance.LEAVE: "cancel", Stance.HEARD: "affirm"}
_UNREAD = frozenset({"", "inform", "affirm", "deny", "correct", "nlu_fallback"})
_SURE, _UPSET, _TOLD, _HEARD = 0.6, 0.8, 0.9, 0.5
_HALF_READ = frozenset(
    {"policy_question", "out_of_scope", "chitchat", "greet", "repeat_answer", "ask_basis", "prove_identity", "wait"}
)
_SMALL = frozenset(
    {"cancel", "wait", "affirm", "deny", "chat", "greet", "thank", "goodbye", "repeat_answer", "ask_basis", "help"}
    | {"inform", "correct", "prove_identity", "express_anger", "cancel_booking", "who_are_you", TELLS}
)
_LONGEST, _BRIEF, _TWO, _REMARK = 24, 12, 2, 5
_IDLE = frozenset({"out_of_scope", "chitchat", "nlu_fallback", "help"})
_OF_PROOF = re.compile(r"手机|短信|验证码|密码|身份证|证件|护照|[给发]你|合同号")
_ABOUT_PROOF = re.compile(r"别的|其他|另外|换[个一种]|不想|不用|行[吗不]|可[不以]|能不?能?|必须|非[要得]|哪个")
_TO_KNOWLEDGE = re.compile(r"[改设重]|忘|丢|补|怎么|在哪|注册|登录")
_DOUBTS = frozenset({"ask_basis", "deny"})
_TRUST = re.compile(r"安全|泄露|靠谱|可靠|放心|骗")
_REFUSES = re.compile(r"^(?:那|就|我|你)*(?:先|暂时)(?:不|别)(?:用|要|想)?[开查看约提取办还转算]")
_SPOKEN_VALUES = (
    *("短信", "验证码", "密码", "全部", "缩短", "减少", "首套", "二套", "本金", "本息", "明天", "后天"),
    *("上午", "下午", "城东", "城西", "城北", "城中", "租房", "退休", "结清", "异地"),
)  # none that confirms: a yes is heard in its own characters
_BRACKETS = re.compile(r"〔")


def decided(call: Call, wishes: Mapping[str, Wish]) -> Wish | None:
    """Return the wish when a turn made of small words answers, holds, leaves or takes up what is open, else None."""
    waiting = call.memory.wish
    if (waiting is None or not waiting.reminder) and _not_wanted(call):
        return wishes.get("cancel")
    if waiting is None or not waiting.reminder or waiting.name not in wishes or not call.text:
        return None
    heard = stance(call.text, waiting.name)
    if heard is None:
        given_up = call.intent == "cancel" and call.confidence < _SURE  # 办好了吧 is no leaving
        return wishes[waiting.name] if given_up else _another_code(call, waiting, wishes)
    if heard in _GIVES_WAY and _another_wish(call, waiting, wishes):
        return None
    if heard is Stance.LEAVE and _instead(waiting, reason(call.text)):
        return wishes[waiting.name]
    if heard is Stance.HOLD:
        rest = _behind(call.text)
        return None if reads_value(waiting, rest) and not denies(rest) else wishes.get("wait")
    if heard in _ELSEWHERE:
        return wishes.get(_ELSEWHERE[heard])
    if heard is Stance.YES and waiting.name == _PROOF and call.intent in _SMALL:
        return wishes[_PROOF]  # 就这样定了 is no goodbye while the number is waited for
    answered = bool(_ANSWERED.intersection(waiting.expects))
    carries_on = heard is Stance.RESUME or (heard is Stance.YES and waiting.name != _PROOF) or answered
    return wishes[waiting.name] if carries_on else None


def straightened(call: Call) -> Call:
    """Return the call as what is meant in it, read as told besides: 不是30年是20年 is 20年, and of

    算了 我问问周六开不开 the question counts: the form stays as it is.
    """
    waiting = call.memory.wish
    if waiting is None:
        return call
    call, meant = _sounded(call, waiting), correction(call.text)
    if (value := _behind_a_remark(call.text, waiting)) and not meant:
        return replace(call, text=value)
    if meant and not asks(meant) and reads_value(waiting, meant) and not reads("lender", meant):
        return replace(call, text=meant, intent="inform")
    rest = _behind(call.text) if waiting.reminder else ""
    if not rest or not asks(rest) or wish_in(rest):
        return call
    confirms = bool(_ANSWERED.intersection(waiting.expects)) and stance(clauses(call.text)[0]) is Stance.YES
    if confirms:
        return call
    named = call.intent not in _SMALL | _UNREAD and call.confidence >= _SURE  # 别查了 给我算算月供
    return replace(call, text=rest, intent=call.intent if named else "inform")


def _not_wanted(call: Call) -> bool:
    """Say whether a wish is named only to say that it is not wanted, with nothing open: 先不开证明."""
    refused = _REFUSES.match(call.text) and not asks(call.text)
    return bool(refused) and len(call.text) <= _BRIEF and call.intent in COSTLY


def _behind_a_remark(text: str, waiting: OpenWish) -> str:
    """Return the other value for a finished sum that stands behind a remark: 太高了 二十年呢."""
    first, *others = clauses(text) or [""]
    if waiting.reminder or not others or len(first) > _REMARK or has_subject(first) or reads_value(waiting, first):
        return ""
    rest = text[text.index(first) + len(first) :].strip(" ,。;!、") if first in text else ""
    return rest if stance(first) is None and reads_value(waiting, rest) else ""


def _sounded(call: Call, waiting: OpenWish) -> Call:
    """Return the call with the value that its characters only sound like, when the form reads nothing else in it."""
    if not waiting.reminder or not call.text or len(call.text) > _BRIEF or reads_value(waiting, call.text):
        return call
    heard = as_sounded(call.text, _SPOKEN_VALUES)
    return replace(call, text=heard) if heard != call.text and reads_value(waiting, heard) else call


def stuck(call: Call, wishes: Mapping[str, Wish]) -> Wish | None:
    """Return the open wish when a few words say nothing that anybody could read: it asks again, and tells the ways."""
    waiting = call.memory.wish
    if waiting is None or not waiting.reminder or not call.text or len(call.text) > _LONGEST:
        return None
    if at_a_loss(call.text) and not has_subject(call.text) and call.intent not in _SMALL - _UNREAD:
        return wishes.get(waiting.name)  # the form says what it wants and how it may be said
    if waiting.name == _PROOF and _of_the_proof(call):
        trust = call.intent == "ask_basis" or _TRUST.search(call.text)
        return wishes.get("ask_basis" if trust else _PROOF)
    asked = asks(re.sub(r"呢\W*$", "", call.text) if waiting.name == _PROOF else call.text)  # 他在旁边呢
    told = asked or has_subject(call.text) or wish_in(call.text) or heard_in(call.text)
    idle = call.intent in _IDLE and _OF_PROOF.search(call.text)  # 手机丢了: foreign elsewhere, here of the proof
    if waiting.name == _PROOF and (idle or (call.intent == "express_anger" and call.confidence < _UPSET and not told)):
        return wishes.get(_PROOF)  # 等了半天没有
    return wishes.get(waiting.name) if _hardly_read(call) and not told and not _BRACKETS.search(call.text) else None


def _of_the_proof(call: Call) -> bool:
    """Say whether a question is about the proof itself: 安全吗你们这, 不想给密码 有别的法子没."""
    if (
        call.intent == "cancel"
        or has_subject(_OF_PROOF.sub("", call.text))
        or wish_in(call.text)
        or _BRACKETS.search(call.text)
    ):
        return False
    named = _OF_PROOF.search(call.text) and _ABOUT_PROOF.search(call.text) and not _TO_KNOWLEDGE.search(call.text)
    doubted = call.intent in _DOUBTS and len(call.text) <= _BRIEF and (call.intent != "deny" or asks(call.text))
    return bool(named) or doubted or bool(_TRUST.search(call.text))


def _instead(waiting: OpenWish, rest: str) -> bool:
    """Say whether a leaving only puts another value in the place of the one told: 算了 还是提五千."""
    return bool(rest) and reads_value(waiting, rest) and not denies(rest)


def _hardly_read(call: Call) -> bool:
    proving = call.memory.wish is not None and call.memory.wish.name == _PROOF
    half = call.intent in _HALF_READ and call.confidence < (_UPSET if proving else _SURE)
    situation = call.intent == TELLS and call.confidence < _TOLD
    return call.intent in _UNREAD or half or situation or call.confidence < _HEARD


def _another_wish(call: Call, waiting: OpenWish, wishes: Mapping[str, Wish]) -> bool:
    """Say whether a leaving goes over to another thing to do: 先不弄这个 帮我查余额, 算了 还是开证明吧."""
    rest = _behind(call.text)
    named = call.intent in wishes and call.intent not in _SMALL and call.confidence >= _SURE
    return bool(rest) and (bool(wish_in(rest)) or named) and call.intent != waiting.name


def _another_code(call: Call, waiting: OpenWish, wishes: Mapping[str, Wish]) -> Wish | None:
    """Return the proof when a few words name a way to it, whatever was heard in them: 再发一个."""
    named = waiting.name == _PROOF and len(call.text) <= _BRIEF and reads("proof", call.text)
    return wishes.get(_PROOF) if named and not asks(call.text) else None


def _behind(text: str) -> str:
    """Return what stands behind a first clause that is only a word to the form, or an empty string."""
    parts = clauses(text)
    if len(parts) < _TWO or stance(parts[0]) is None:
        return ""
    return text[text.index(parts[0]) + len(parts[0]) :].strip(" ,。;!、")
