"""Sends a turn to the wish that is still open when what was said continues it, and recalls it after a digression."""

import re
from collections.abc import Callable, Mapping

from actions.call import Call, OpenWish
from actions.consent import Stance, denies, stance
from actions.feelings import Feeling, heard_in
from actions.questions import asks, has_subject, really_asks
from actions.telling import TELLS
from actions.values import find_amounts, find_months, find_percents, normalised
from actions.wish import Result, Wish
from bot.errors import ValueRefused
from bot.messages import Expects, Outcome, Reply

_UNSURE = frozenset(
    {"", "policy_question", "out_of_scope", "nlu_fallback", "chitchat", "correct", "affirm", "deny", TELLS}
)
_SILENT = frozenset({"cancel", "repeat_answer", "request_human", "chat", "help", "rate_service", "wait"})
_SMALL = frozenset({"cancel", "affirm", "deny", "thank", "help", "repeat_answer", "goodbye", "greet", "who_are_you"})
_SHORT = 24
_STORY, _HOPE = 6, 4  # characters: fewer tell nothing
_BRIEF = 10
_SEVERAL = 2  # values in one sentence are no chance: 还剩40万 20年 还10万

_FILLERS = re.compile(
    r"^(?:(?:不|不对|哎|唉|嗯|算了)[,,\s]+|还是|那么?|如果|要是|换成|改成|按|我想|想|大概|大约|就|贷|借|算)+|(?:呢|吧|啊|的话|左右|算|怎么样|[??。!!])+$"
)
_PROPOSED = re.compile(
    r"^(?:有没有|能不能|可不可以|能|可以)(?:改到?|换到?|约)?|(?:的?(?:有没有|有吗|有不|行不行|行吗|行不|可以吗|可以不|可不可以|成吗|成不|好吗|好不好|能约吗|来得及吗))+[??。!]*$"
)
_HOW_MUCH = re.compile(
    r"(?:的话|[,\s])*(?:一共|总共|[第首]一?个?月|每个?月|一个月|月供|利息|要|得|还|是|交|缴|能?省|扣)*(?:多少|几)(?:钱|元|利息)?(?:呢|啊)?[?。]*$"
)
_HIDDEN = re.compile(r"〔[^〕]*〕")
_ANGRY = "express_anger"
_SUMS, _HEARD = "calculate_", 0.7
_HAS = re.compile(r"^有的?[。!]*$")
_YES_NO = frozenset({Stance.YES, Stance.NO})
_CONFIRMS = re.compile(r"^(?:我?确[认定]|提交|同意|办吧|就这么办|就这样)")
GO_ON = "go_on"  # the intent of a turn that says nothing but 继续
_MOMENT = re.compile(
    r"[今明后]天|[周期拜][一二三四五六日天]|(?:\d{1,2}|[一二三四五六七八九十]+)[点:时号日]|[上下]午|现在"
)
_SPAN = re.compile(r"[今去前]年|最近|近[\d一二三六九十]|半年|\d{4}年|几个月|[上下]+个?月|[本这]个?月|\d{1,2}月")
_ID_ALONE = re.compile(r"(?:我的)?(?:身份证号?)?[是::]?\s*〔身份证·\d+〕\s*[。.]?")
_ORDER = re.compile(
    r"^(?:请|麻烦)?(?:我[要想]|帮我|给我|替我)?(?:查|看|开|算|约|预约|取个?号|提取|提前还|租房提取|办|解绑|解除|验证|评价|转人工)"
    r"[^,。;不没]{0,10}$"
)
_NOTHING = re.compile(r"^(?:不用|没有|没|算|就这些|就这样|随便|不必|不说)[了吧啦]*[。!~]*$")
_CERTIFICATE = re.compile(r"结清|还清|异地|外地|缴存|在(?!西宁).{2,4}(?:买房|购房|贷款)")
_PURPOSE = re.compile(r"租|房贷|商贷|商业|公积金的|还贷|贷款|[退离]休|买房|购房|装修|大病|电梯|物业")
_OWED = re.compile(
    r"(?:那么?|所以|这样|照这样|[我咱俺]们?|到底|最后|到头来|一共|总共|合计|每个?月|一个?月|[,,\s])*(?:要|得|该|需要)?(?:一共|总共)?"
    r"(?:还(?:他们?|你们|进去)?(?:多少|几个?|好多)(?:钱|元|万)?|(?<=[要得该])还)[呢啊呀]?[?。]*$"
)
READS: Mapping[str, Callable[[str], bool]] = {
    "money": lambda text: bool(find_amounts(text)) or _bare_number(text),
    "months": lambda text: find_months(text) is not None or _bare_number(text),
    "percent": lambda text: bool(find_percents(text) or re.search(r"最[高低]|顶格", text)) or _bare_number(text),
    "home": lambda text: bool(re.search(r"[首二]套|第[一二]套", text)),
    "method": lambda text: bool(re.search(r"等额|本息|本金", text)),
    "effect": lambda text: bool(
        re.search(
            r"缩短|减少|(?:月供|年限|期限).{0,2}(?:[不别][变动改]|照旧|一样)|月供.{0,2}[少低轻小]|年限.{0,2}短|少还|早[点些]还完",
            text,
        )
    ),
    "lender": lambda text: bool(re.fullmatch(r"(?:公积金|商贷|商业)(?:贷款?)?的?(?:话|算)?", text)),
    "sum": lambda text: bool(_OWED.match(text)),
    "plan": lambda text: bool(re.search(r"还款计划|逐年|每年|明细", text)),
    "yes-no": lambda text: stance(text) in _YES_NO or bool(_HAS.match(text)),
    "text": lambda text: not asks(text),
    "span": lambda text: bool(_SPAN.search(text)),
    "story": lambda text: len(text) >= _STORY and not really_asks(text) and not _ORDER.match(text),
    "hope": lambda text: len(text) >= _HOPE and not asks(text) and not _ORDER.match(text),
    "certificate": lambda text: len(text) <= _BRIEF and not asks(text) and bool(_CERTIFICATE.search(text)),
    "nothing": lambda text: bool(_NOTHING.match(text)),
    "purpose": lambda text: len(text) <= _BRIEF and not asks(text) and bool(_PURPOSE.search(text)),
    "id-number": lambda text: "〔身份证·" in text,
    "secret": lambda text: "〔验证码·" in text,
    "proof": lambda text: (
        bool(re.search(r"短信|验证码|密码|重发|再发|[发用]到?手机|手机(?:上|验证|吧|$)", text)) and not denies(text)
    ),
    "all": lambda text: bool(
        re.search(r"全部|所有|全提|都提|最[多高]|提[清光完满]|全额|到顶|顶格|封顶|^(?:就|按)*上限", text)
    ),
    "confirm": lambda text: stance(text) in _YES_NO,
    "sure": lambda text: bool(_CONFIRMS.match(text)) or (stance(text) is Stance.YES and "交" in text),
    "again": lambda text: bool(re.search(r"再(?:办|提|申请|还)", text)),
    "district": lambda text: bool(
        re.search(r"城[东中西北]|湟[中源]|大通|海湖|市民中心|南川|多巴|大厅|人少|不用排队", text)
    ),
    "moment": lambda text: bool(_MOMENT.search(text)),
}
_EXPECTS: Mapping[str, Expects] = {
    "money": Expects.AMOUNT,
    "months": Expects.AMOUNT,
    "yes-no": Expects.YES_NO,
    "confirm": Expects.YES_NO,
    "sure": Expects.YES_NO,
    "id-number": Expects.IDENTITY,
    "secret": Expects.SECRET,
    "district": Expects.DISTRICT,
    "moment": Expects.DATE,
}
_FREELY = frozenset({"story", "hope", "nothing", "purpose", "certificate"})
CERTAIN = frozenset({"id-number", "secret"})  # nothing else can be meant, whatever the classifier made of it
_GRADED = re.compile(
    r"^我?(?:给|打|评)?(?:你们?)?(?:个|打|一个)?(?:[一二三四五1-5]个?[分星颗]|(?:非常|很|基本|不太?)?满意|好评|差评|评价|打分).{0,4}$"
)
_REMINDED_MOST = 3  # who has heard it so often knows that a wish is open
_LOOSE = frozenset({"text", "story", "hope", "plan", "span"})  # nearly anything reads as one of these
_WAITING = re.compile(r"^(?:先|你)?(?:等等|等一?下|等会儿?|稍等|别急)[,,\s]*")


def in_danger(call: Call, wishes: Mapping[str, Wish]) -> Wish | None:
    """Return the wish that brings help when a life may be in danger, whatever else was asked."""
    return wishes.get("express_anger") if heard_in(call.text) is Feeling.DANGER else None


def upset(call: Call, wishes: Mapping[str, Wish]) -> Wish | None:
    """Return the wish that brings a person when anger was taken for a 不办了 or a 好的 (再不办我就找媒体曝光)."""
    feeling = heard_in(call.text)
    felt = feeling and call.intent in _SMALL and len(call.text) > _HOPE
    legal = feeling is Feeling.LEGAL and call.intent == "request_human"
    return wishes.get("express_anger") if felt or legal else None


def continued(call: Call, wishes: Mapping[str, Wish]) -> Wish | None:
    """Return the open wish when this turn continues it, else None."""
    waiting = call.memory.wish
    shown = _ID_ALONE.fullmatch(call.told) or (call.intent in _UNSURE and READS["id-number"](call.told))
    if shown and not (waiting and {"id-number", "story"}.intersection(waiting.expects)):
        return wishes.get("prove_identity")  # nobody sends it for anything else
    if waiting is None or waiting.name not in wishes or call.intent == "choose_entry":
        return None  # a tapped question is a question, whatever is open
    told = _FILLERS.sub("", _WAITING.sub("", call.told) if waiting.reminder else call.told)
    if call.intent == GO_ON or any(reads(kind, told) for kind in CERTAIN.intersection(waiting.expects)):
        return wishes[waiting.name]
    told = proposed(told) if waiting.reminder else _without_asking(told)
    told_freely = any(reads(kind, call.told) for kind in _FREELY.intersection(waiting.expects))
    angry = call.intent == _ANGRY and (call.confidence >= _HEARD or not really_asks(call.told))
    told_freely = told_freely or (angry and "story" in waiting.expects and len(call.told) >= _STORY)
    silent = call.intent in _SILENT and (call.intent != "rate_service" or bool(_GRADED.match(call.told)))
    if told_freely and not silent:
        return wishes[waiting.name]  # what happened may sound like any wish, or like anger
    if _another_sum(call, waiting) and reads_value(waiting, told):
        return wishes[waiting.name]
    if "sum" in waiting.expects and reads("sum", call.told):
        return wishes[waiting.name]
    if asks(told):
        return None
    if _of_the_same(call, waiting):
        return wishes[waiting.name]
    readable = any(reads(kind, told) for kind in waiting.expects)
    value = call.intent == "inform" and (readable or not has_subject(_HIDDEN.sub("", call.text)))
    tried = bool(waiting.reminder) and (value or _plainly_answers(call, waiting, told))
    if tried or (
        readable and (call.intent == "inform" or (call.intent in _UNSURE | {"ask_simpler"} and len(told) <= _SHORT))
    ):
        return wishes[waiting.name]
    return None


def _another_sum(call: Call, waiting: OpenWish) -> bool:
    """Say whether another sum, or paying, was hardly heard where one has just been done: 那要还二十万呢."""
    sums = waiting.name.startswith(_SUMS) and (call.intent.startswith(_SUMS) or call.intent == "prepay")
    return sums and not waiting.reminder and call.confidence < _HEARD


def _of_the_same(call: Call, waiting: OpenWish) -> bool:
    """Say whether only the kind of form that is open was heard and no other purpose: 就提一半吧 in a withdrawal."""
    general, _, _ = waiting.name.partition("_")
    return bool(waiting.reminder) and call.intent == general and not _PURPOSE.search(call.text)


def _plainly_answers(call: Call, waiting: OpenWish, told: str) -> bool:
    """Say whether a few words answer the open form, whatever wish the classifier heard in them: 还是减少月供吧."""
    kinds = tuple(kind for kind in waiting.expects if kind not in _LOOSE | {"proof", "purpose"})
    few = len(told) <= (_SHORT if _values(told) >= _SEVERAL else _BRIEF)
    return (
        few and any(reads(kind, told) for kind in kinds) and call.intent not in _SILENT and not _ORDER.match(call.told)
    )


def _values(told: str) -> int:
    try:
        return len(find_amounts(told)) + (find_months(told) is not None)
    except ValueRefused:
        return 0


def goes_on(call: Call) -> bool:
    """Say whether the turn only asks to go on: 继续."""
    return stance(call.told) is Stance.RESUME


def reads_value(waiting: OpenWish, words: str) -> bool:
    """Say whether `words` answer what an open wish waits for."""
    told = _FILLERS.sub("", words)
    return len(told) <= _SHORT and any(reads(kind, told) for kind in waiting.expects if kind not in _LOOSE)


def proposed(text: str) -> str:
    """Return the value that is put as a question, without the asking: 下午的有吗, 20年可以吗."""
    plain = _PROPOSED.sub("", text)
    return text if has_subject(plain) else plain


def _without_asking(text: str) -> str:
    """Return the other value a finished sum is asked for, without the asking: 等额本金第一个月多少."""
    plain = _HOW_MUCH.sub("", text)
    return text if has_subject(plain) or not plain else proposed(plain)


def changes(waiting: OpenWish, words: str) -> bool:
    """Say whether a finished calculation is asked again with another value: 那25年呢, 等额本金呢."""
    if "sum" in waiting.expects and reads("sum", words):
        return True
    told = _without_asking(_FILLERS.sub("", words))
    return not asks(told) and reads_value(waiting, told)


def recall(call: Call, served: Wish, result: Result) -> Reply | None:
    """Return the sentence that brings an open wish back after another question was answered, or None.

    Who asks one thing after another is not reminded at each, and in the end no more.
    """
    waiting = call.memory.wish
    if waiting is None or not waiting.reminder or served.name in {*_SILENT, waiting.name}:
        return None
    if _told_enough(call, waiting.reminder):
        return None
    if result.response.outcome is Outcome.HANDED_OFF:
        return None
    asks_itself = result.response.outcome is Outcome.ASKED and result.memory is not None and result.memory.wish
    kept = not asks_itself and (result.memory is None or result.memory.wish == waiting)
    return Reply(text=waiting.reminder) if kept else None


def _told_enough(call: Call, reminder: str) -> bool:
    """Say whether the citizen heard this a moment ago, or often by now."""
    times = sum(line.text == reminder for line in call.said if not line.citizen)
    return times >= _REMINDED_MOST or any(reply.text == reminder for reply in call.last)


def waits(name: str, values: dict[str, str], *expects: str, reminder: str = "") -> OpenWish:
    """Return the open wish to remember."""
    unknown = set(expects) - READS.keys()
    if unknown:
        raise ValueError(f"unknown kinds of answer: {sorted(unknown)}")
    return OpenWish(name=name, values=values, expects=expects, reminder=reminder)


def expected(waiting: OpenWish | None) -> Expects:
    """Say what an open wish has just asked for: the kind of answer it names first."""
    return _EXPECTS.get(waiting.expects[0], Expects.OPEN) if waiting is not None and waiting.expects else Expects.OPEN


def reads(kind: str, text: str) -> bool:
    """Say whether `text` can be an answer of this kind."""
    try:
        return kind in READS and READS[kind](text)
    except ValueRefused:
        return True


def _bare_number(text: str) -> bool:
    return bool(re.fullmatch(r"[\d.]+|[一二两三四五六七八九十百千万]+", normalised(text)))
