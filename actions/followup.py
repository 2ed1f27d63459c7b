"""Completes a question that leans on the one before: "那需要什么材料?" after 租房提取 asks about 租房提取."""

import re
from dataclasses import dataclass, replace

from actions.call import Call, Memory
from actions.questions import asks, corrected
from actions.themes import Theme, broader, is_narrower, theme_of, theme_of_topic

_LEAD = re.compile(
    r"^(?:(?:那么?|那个|这个|这种|这样|它|哦+|噢|嗯+|啊|好的?|行|对了|还有|另外|请问|请教|再问(?:一下|下)?|我?想?问(?:一下|下)"
    r"|再?麻烦问下|我是说)[,。!\s]*)+"
)
_IF = re.compile(r"^(?:要是|如果|假如|假设|万一|换成|换|按|我?是|对于)")
_TAIL = re.compile(r"(?:的话|的情况)?[呢呀啊呗吧嘛哈]*[?。!~\s]*$")
_NE = re.compile(r"呢[?。!~\s]*$|的话[?。!\s]*$")
_ASPECT = re.compile(
    r"材料|资料|手续|证件|东西|带[啥什]|准备|条件|要求|资格|流程|步骤|程序"
    r"|(?:怎么|咋|如何|怎样)(?:样|个)?(?:办|弄|申请|操作|提|取|还|交|缴|搞|算|查|填|走|预约|拿|开|用|贷|选|查询|处理|收|规定|整)"
    r"|[去在到](?:哪|什么地方)|哪[里儿个些]?(?:能|可以)?(?:办|申请|交|取|提|查)|多久|多长时间|几天|几个?(?:月|年)|什么时候|啥时候|何时|几号"
    r"|到账|下来|几次|多少次|次数|多少|几成|上限|下限|最多|最高|最低|最少|额度|限额|利率|利息|比例|年限|期限|首付"
    r"|(?:能|可以|可|行|要|需要|用|会|得|算|有|是|收|还能|影响).{0,9}[吗不么没]|能不能|可不可以|行不行|要不要|需不需要|用不用|是不是|有没有|会不会"
    r"|网上|线上|手机上|APP|柜台|窗口|代办|本人|影响|后果|区别|划算|违约金|手续费|费用|收费|收钱|名额|夫妻|爱人|老[公婆]|配偶|父母|子女|孩子"
)
_BARE_ASPECT = re.compile(
    r"^(?:材料|资料|手续|条件|要求|流程|步骤|额度|利率|上限|期限|年限|时间|比例|到账时间|办理流程|所需材料"
    r"|首付|首付比例|利息|违约金|手续费|费用|次数|上限额度)$"
)
TO_US = re.compile(
    r"^(?:你|家家|您)(?!们)|天气|笑话|几点|吃饭|名字|股票|彩票|电影|唱|机器人|真人|医保|社保(?!卡)|养老(?!金?卡|金账户)|个税|驾照"
)
_ASKED = re.compile(
    r"(?:[,,\s]|都|要|需要|得|能|可以|应该|一般|一年|每年|一个月|最多|最高)*"
    r"(?:(?:要|需要|得|用)?(?:准备|带|交|提供|满足|符合)?(?:什么|啥|哪些|些什么)(?:材料|资料|手续|证件|东西|条件|要求|流程)?"
    r"|(?:怎么|咋|如何)(?:办理?|弄|申请|提取?|取|贷|还|算|查|操作|搞|整|样)?(?:手续)?|(?:能|可以)?(?:提|贷|取|拿)?(?:多少|几)[钱次年个月成天久]{0,2}"
    r"|多久(?:能?到账|能?批|放款|能?下来)?|(?:材料|条件|流程|额度|利率|上限|期限|年限)(?:是|有)?(?:多少|什么|哪些)?)[呢啊呀]?[?。!]?$"
)
_CONDITION = 14  # characters: longer is a sentence of its own
_SHORT = 24
_FEW = 8
_MAY = re.compile(r"^(?:还|也)?(?:能|可以|可|会|要)")
_LONGEST = 60


_STATES = ("灵活就业", "封存", "断缴", "补缴", "缓缴", "转移", "离职")  # of one's contributing: may I still borrow
_MATTERS = (  # what is asked, and the businesses of which it can be asked
    (re.compile(r"利率|首付|放款|月供|贷多少|没还|还款|本金"), ("贷", "还款", "提前还")),
    (re.compile(r"[能可]贷"), ("贷", "还款", "提前还", *_STATES)),
    (re.compile(r"利息|结息"), ("贷", "还", "余额", "缴存", "销户", "退休")),
    (re.compile(r"(?:[周号点]|[今明后]天|[上下]午).{0,6}约"), ()),
)
_VERBS = frozenset({"贷", "能提", "可提"})  # they name no business by themselves
_BY_ANOTHER = "公积金业务代办"  # may be asked of every business
_ABOUT_ME = re.compile(r"^我")
_VERB = re.compile(r"[提贷取]")
_WIDER_THAN = re.compile(r"^比例")  # asked after the base it is the neighbour's, not the base's
_CONTRIBUTING = "缴存公积金"


@dataclass(frozen=True, slots=True, kw_only=True)
class Completed:
    """A follow-up as a whole question.

    `condition` is the case that was put in (二手房). A `weak` one could also mean what it says by itself (提取要什么
    材料 after 租房): it is asked alone first. An `other` one names a business of its own: it leans only when alone it
    means nothing. `wider` asks the same of the wider business (几天到账 of any 提取).
    """

    question: str
    condition: str = ""
    weak: bool = False
    wider: str = ""
    other: bool = False


def completed(text: str, before: str, topic: str) -> Completed | None:
    """Return `text` as a question of its own after `before`, or None when it leans on nothing."""
    theme = theme_of(before) or theme_of_topic(topic)
    if theme is None or not text or len(text) > _SHORT or TO_US.search(text) or _apart(text, theme):
        return None
    led = _LEAD.sub("", text.strip())
    said = _TAIL.sub("", led)
    if _WIDER_THAN.search(said) and theme.name.endswith("基数"):
        return Completed(question=_CONTRIBUTING + said)
    own = theme_of(said)
    if _is_condition(led, said, marked=led != text.strip()):
        return _conditioned(_IF.sub("", said), before, own, theme)
    if own is None:
        fits = _BARE_ASPECT.match(said) or (_ASPECT.search(said) and (asks(led) or led != said))
        asked = _IF.sub("", said)
        wider = broader(theme)
        return (
            Completed(question=theme.name + asked, weak="公积金" in said, wider=wider and wider + asked)
            if fits
            else None
        )
    if own.name == _BY_ANOTHER and theme.name != own.name:
        return Completed(question=theme.name + said, weak=True)
    if is_narrower(theme, own) or (own.name == theme.name and own.words in _VERBS):
        return Completed(
            question=theme.name + said, weak="公积金" in said or own.words not in _VERBS or own.name == theme.name
        )
    if own.broad and not theme.broad and len(said) <= _FEW and _MAY.match(said):
        return Completed(question=theme.name + said, weak=True, other=True)
    return None


def bared(text: str) -> str:
    """Return `text` without what only ties it to the turn before: 那, 要是, 呢, 的话."""
    return _IF.sub("", _TAIL.sub("", _LEAD.sub("", text.strip())))


def kept_whole(text: str, before: str, topic: str, answered: str = "") -> str:
    """Return `text` with the business before it when it names none itself: what the next follow-up can lean on.

    `answered` is the title of the entry that answered: it knows the business better than what was said before.
    """
    own, told = theme_of(text), theme_of(answered)
    if own:
        return text
    if told and not told.broad:
        return f"{told.name}{text}"
    theme = theme_of(before) or theme_of_topic(topic)
    return f"{theme.name}{text}" if theme else text


def talked_of(call: Call, after: Memory | None) -> Memory | None:
    """Return the memory with a wish that names a business (我想提前还款) as what the next question can lean on."""
    memory = after or call.memory
    named = call.intent.startswith(("query_", "calculate_")) or not asks(call.text)
    told = memory.last_question == call.memory.last_question and named and theme_of(call.text)
    return replace(memory, last_question=call.text[:_LONGEST], entry="") if told else after


def stands_apart(text: str, before: str, topic: str) -> bool:
    """Say whether `text` asks what cannot be asked of the business before it: 利率 after 租房提取."""
    theme = theme_of(before) or theme_of_topic(topic)
    return theme is not None and _apart(text, theme)


def leaves(text: str, before: str, topic: str) -> bool:
    """Say whether `text` leaves the matter before it: what cannot be asked of it, or 比例 after 基数."""
    theme = theme_of(before) or theme_of_topic(topic)
    said = _TAIL.sub("", _LEAD.sub("", text.strip()))
    neighbour = theme is not None and theme.name.endswith("基数") and _WIDER_THAN.search(said)
    return bool(neighbour) or stands_apart(text, before, topic)


def _apart(text: str, theme: Theme) -> bool:
    return any(sign.search(text) and not any(kind in theme.name for kind in kinds) for sign, kinds in _MATTERS)


def _is_condition(led: str, said: str, *, marked: bool) -> bool:
    """Say whether only a case is named (那二手房呢, 要是没结婚呢), not what is asked of it."""
    put = bool(_NE.search(led)) or bool(_IF.match(said)) or (marked and not asks(said))
    plain = _IF.sub("", said)
    return put and 2 <= len(plain) <= _CONDITION and not asks(plain) and not _BARE_ASPECT.match(plain)


def _conditioned(condition: str, before: str, own: Theme | None, theme: Theme) -> Completed:
    plain = condition.removesuffix("的")
    put = corrected(before, plain)
    prefixed = put == f"{plain} {before}"
    other = own is not None and own.broad and own.name != theme.name and not is_narrower(theme, own)
    if own is None or own.name == theme.name or is_narrower(theme, own) or not (prefixed or other):
        return Completed(question=f"{plain}{before}" if prefixed else put, condition=plain)
    asked = _ASKED.search(before)
    words = asked.group(0).strip("呢啊呀?。!, ") if asked else "怎么办"
    if not (is_narrower(theme, own) or is_narrower(own, theme) or own.name[-2:] == theme.name[-2:]):
        words = _VERB.sub("", words)
    named = own.words == plain or (_ABOUT_ME.match(plain) and not own.broad)
    return Completed(question=(own.name if named else plain) + words, condition=plain)
