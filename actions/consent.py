"""Reads a yes, a no, a not-yet, a leaving and a going-on out of the small words people answer a form with."""

import re
import unicodedata
from enum import Enum

from actions.questions import asks


class Stance(Enum):
    """How somebody stands to what a form has just asked."""

    YES = "yes"
    NO = "no"
    HOLD = "hold"  # 先别交, 等等, 明天再说: nothing is done, nothing is lost
    LEAVE = "leave"
    RESUME = "resume"
    HEARD = "heard"  # 知道了: neither a yes nor a no


_AIR = (
    r"那么?|就|我|你们?|您|家家|请|麻烦|[给帮替为](?:我|俺)?|吧|啊|呀|呐|呗|嘛|哈|哦|噢|喔|啦|了|的|滴|嘞|咯|哟|呢|哎|唉|诶"
    r"|这|个|着|先|都|也|再|一?下|上(?![午次个月周面])|现在|马上|赶紧|直接|谢谢|辛苦|还是|按照?|上面|刚才|说|俺|咱们?"
)
_AGREED = (
    r"没[错问毛意有](?:错|题|病|见)|没错|不错|没问题|没毛病|没意见|确认|确定|同意|当然|可以|要得|得嘞|得行|中|妥当?|好|行|成|是|对(?!了$)|嗯|恩|唔"
    r"|准|正确|认可|这样|ok(?:ay)?|yes|y"
)
# 要提交 and 这个好 are a yes; 我要 and 这个 are half a sentence, and an application hangs on it.
_WANTED, _POINTED = r"需要|用|要(?!是)", r"这么|这些|这个|它"
_DOING = (
    r"提交|上交|交|办理|办|申请|登记|弄|定"
    r"|预约|约|取号|提取|提|还款|还|开|搞|做|查|退|报|操作|算|贷|投诉|排|取|来|走"
)
_ANY_FORM = re.compile(r"提交|上交|交|办理?|申请|登记|弄|定")  # the others may name another thing to do
_HEARD = r"知道|明白|懂|收到(?!.)|了解"
_REFUSED = r"先?别|甭|莫|不想?|没有?|否|错|勿"
_PIECE = re.compile(
    rf"(?P<heard>{_HEARD})|(?P<agreed>{_AGREED})|(?P<refused>{_REFUSED})|(?P<wanted>{_WANTED})|(?P<pointed>{_POINTED})"
    rf"|(?P<doing>{_DOING})|(?P<air>{_AIR})",
    re.IGNORECASE,
)
_FIRST = r"^(?:那|还是|就|我|先|都|哎呀?|唉)*"
_LEAVES = re.compile(
    rf"{_FIRST}(?:(?:算了(?!一)|算[球逑求]了?|拉倒|作罢)|(?:取消|停(?:下|止)?|退出|放弃)(?:吧|了|掉|啦|算了)*$)"
)
_GIVES_UP = re.compile(  # a reason may follow at once: 先不弄了我问问我老公
    rf"{_FIRST}不(?:想|要|再)?(?:{_DOING}|用|要|需要?|去|借|投)(?:理|钱)?(?:[了啦](?!解)|(?:吧|算了)$)"
)
_AT_A_LOSS = re.compile(
    r"不(?:知道|清楚|晓得|懂|会)(?!怎么回事)|[记想]不(?:太)?(?:清|得|住|起|全|准)|忘(?:了|记|光)|没(?:概念|数)|[说拿定]不(?:好|准)"
    r"|哪[个种].{1,4}哪[个种]|随便|无所谓|都行|看着(?:办|来|定)|[你您帮](?:帮?我)?(?:说|觉得|看|定|选|推荐|建议)|(?:多少|几年)(?:比较|最|更)?(?:合适|划算|好)"
)
_LATER = re.compile(
    r"^(?:先|你|您|再)*(?:等等|等一?下|等会儿?|稍等|稍候|别急|慢点?)|^我?(?:再)?(?:想想|考虑|琢磨|商量)|^我?还?(?:没|未)(?:想|考虑|决定|商量)好"
    r"|(?:明天|后天|回头|改天|以后|下次|晚点|晚上|过[会几]|一会儿?|等会儿?)[^,。]{0,4}再|^先(?:放|搁|留)着?|^(?:那|我|先)*再(\w)一?\1(?:吧|看|呗)?$|^(?:以后|到时候?)?再说(?:吧|了)?$"
)
_GOES_ON = re.compile(
    r"(?:继续|接着)(?:办理?|说|来|弄|填|提|约|还|走)?(?:吧|呗|了|刚才的?|下去)*$|^(?:那|请|好)*(?:继续|接着)|没(?:弄|办|填|做|走|搞)完"
)
_DENIES = re.compile(r"没(?!问题|错)|不(?!变|对|是|错)|忘|丢|换了|坏")
_NO_YES = re.compile(  # a greeting, a doubt, half a word: made of small words, and no yes to anything
    r"[你您]们?(?:大家)?好|[你您]们?确[定认]|好用|先就?这样[吧了]?$|(?:提取?|取|还|约|办理?|退)呢$|^[就那]*是[那这]个$|^[就那]*是它$"
)
_LONGEST, _CLAUSE = 14, 10


_VERBS = (  # what a form is about may be said for a yes to it; to another form it names another thing to do
    ("withdraw", re.compile("提取?|取")),
    ("prepay", re.compile("还款?")),
    ("book_counter", re.compile("预?约|取号?")),
    ("cancel_booking", re.compile("退")),
    ("file_complaint", re.compile("投诉|报")),
)


def stance(text: str, wish: str = "") -> Stance | None:
    """Return how a short turn stands to what was asked; None when it says anything else besides.

    Every word must be one of assent, refusal, doing or breath: 嗯 就这样, 行了交吧, 先别交; 好贵啊 is none of them.
    """
    parts = clauses(text)
    plain, first, last = "".join(parts), parts[0] if parts else "", parts[-1] if parts else ""
    if not plain or asks(re.sub(r"呢\W*$", "", text)):
        return None
    if _GOES_ON.search(last) and len(last) <= _LONGEST:
        return Stance.RESUME
    if _LATER.search(plain) and len(plain) <= _LONGEST + _CLAUSE:
        return Stance.HOLD
    if _LEAVES.search(first) or _GIVES_UP.search(first) or _left(last):
        return Stance.LEAVE
    if len(plain) <= _LONGEST and (whole := _weighed(plain, wish)):
        return whole
    refused = _weighed(first, wish) if len(first) <= _CLAUSE else None
    return refused if refused in (Stance.NO, Stance.HOLD) else None


def _left(last: str) -> bool:
    """Say whether a short last clause leaves: 刚才那个 不弄了."""
    return len(last) <= _CLAUSE and bool(_LEAVES.search(last) or _GIVES_UP.search(last))


def reason(text: str) -> str:
    """Return what follows a leaving, whether a stop stands between or not: 太多了, 我问问我老公."""
    plain = text.strip()
    if head := _GIVES_UP.match(plain):
        return plain[head.end() :].strip(" ,。;!、")
    head = _LEAVES.match(plain)
    return plain[head.end() :].strip(" ,。;!、") if head else ""


def at_a_loss(text: str) -> bool:
    """Say whether somebody cannot tell what was asked, or leaves the choice to us: 不知道啊, 你看着办."""
    return bool(_AT_A_LOSS.search(text))


def clauses(text: str) -> list[str]:
    """Return what stands between the stops and spaces of a turn."""
    return [clause for clause in re.split(r"[^\w]+", unicodedata.normalize("NFKC", text)) if clause]


def denies(text: str) -> bool:
    """Say whether words tell that something is not so: a day or a number named in them is none to take."""
    return bool(_DENIES.search(text))


def _weighed(words: str, wish: str) -> Stance | None:
    """Weigh words that are all small ones; None when one is not."""
    kinds, position = [], 0
    for piece in _PIECE.finditer(words):
        if piece.start() != position:
            return None
        position = piece.end()
        kinds.append((piece.lastgroup or "", piece.group()))
    if position != len(words):
        return None
    names = {kind for kind, _ in kinds}
    if "heard" in names:
        return None if "refused" in names else Stance.HEARD
    if "refused" not in names:
        own = next((verbs for name, verbs in _VERBS if wish.startswith(name)), _ANY_FORM)
        doing = [word for kind, word in kinds if kind == "doing"]
        plain = all(_ANY_FORM.fullmatch(word) or own.fullmatch(word) for word in doing)
        agreed = names & {"agreed", "doing"} and (plain or "确" in words) and not _NO_YES.search(words)
        return Stance.YES if agreed else None
    later = any(word.endswith(("别", "甭", "莫", "勿")) for _, word in kinds)
    if not later and "doing" in names and words.endswith("了"):
        return Stance.LEAVE
    return Stance.HOLD if later or ("doing" in names and not words.endswith("对")) else Stance.NO
