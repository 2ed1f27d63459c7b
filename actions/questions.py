"""Finds the question in what people write: one in a letter, a correction, one that leans on the last."""

import re

_ASKS = re.compile(
    r"[?]|吗|呢|(?<![这那])么|什么|啥|干嘛|怎么|咋|如何|怎样|多少|多久|多长|(?<![这好前近])几[个年天次月种日万成套号点岁期厘块倍折档]|哪|能不能|可不可以|是不是|要不要|有没有"
    r"|会不会|行不行|是否|谁|为何|可以.{0,8}不(?![少多久同是行])|能.{0,6}不(?![少多久同是])|[能要行会用].{0,8}不[?。!]*$|[^也都就可从才并毫绝不,。\s]{2}不[?。!啊呀]*$|[行成中]不[?。!啊呀]*$|(?P<either>[\u4e00-\u9fff])\S{1,6}还是(?P=either)"
    r"|(?P<may>[开能会用要收认交去算给缴提贷扣])[不没](?P=may)|[了过着]没有?[?。!呀啊]*$"
)
_RHETORICAL = re.compile(
    r"什么(?:态度|玩意儿?|东西|破\S{0,4}|意思)|凭什么|有没有(?:人管|搞错)|有完没完|怎么(?:回事|搞的)"
)
_NEEDS = re.compile(r"^[那还也都]?(?:是不是|是否)?(?:需?要|必须|得|用)(?:提前|先|再)?.{1,8}[不吗么没][?。]?$")
_NEEDED = re.compile(r"(?:需要|[要收用得])(?!得)(?:不要)?[^,。\s我]{1,6}(?<![行好成中以能])[不吗么][?。]?$")
_HOW = re.compile(  # not 怎么还没到, 怎么少了: those ask why
    r"(?:怎么|咋|如何|怎样)(?:才能|才可以|能|可以|去|来)?"
    r"(?:[让把用给整搞]|办|弄|申请|操作|提|取|还|开|设|查|交|缴|转|接|算|改|打|签|填|走|约)(?![不没错少了过]|这么|那么)"
)
_ORDERS = re.compile(r"(?:^|[请烦快先就再你您来]|直接|马上|能不能|可以)[帮替给][我俺咱]")  # not 单位给我交
_CORRECTION = re.compile(
    r"^(?:不是|不对|不,|错了|搞错了|说错了|打错了|更正)[^,。!]{0,12}?[,。!\s]*"
    r"(?:我?(?:说|问|指|要问|想问)的?(?:是|错了是)|我是说|我是问|应该是|改成|是)(?P<meant>.{1,40})$"
    r"|^(?:我?(?:说|问|指)的是|我是说|我是问)(?P<said>.{1,40})$"
)
_ASKED_ABOUT = r"(?:我)?(?:(?:说|问|指|想问|要问)的)?"
_NOT_BUT = re.compile(
    rf"^{_ASKED_ABOUT}(?:不是|没问)(?:说|问|指|想问|要问)?(?P<instead>[^,。!\s]{{1,12}}?)[,。!\s]*而?{_ASKED_ABOUT}"
    r"是(?:说|问|指|想问|要问)?(?P<meant>.{1,20})$"
    rf"|^{_ASKED_ABOUT}是(?P<said>[^,。!\s不]{{1,12}})[,\s]*而?不是(?P<left>.{{1,12}})$"
)
_CORRECTED_AT_ONCE = re.compile(
    r"^(?P<front>.{4,60}?)[,。!?\s]+(?:不是|不对|错了|说错了|打错了)[,。!\s]*"
    r"(?:我?(?:说|问|指|要问|想问)的?是|应该是|是)(?P<meant>.{1,30})$"
)
_CONTRASTS = (
    ("商业住房贷款", "商业贷款", "商贷", "组合贷款", "组合贷", "住房公积金贷款", "公积金贷款", "公积金贷"),
    ("首套", "第一套", "二套", "第二套"),
    ("租房", "买房", "购房", "装修", "物业费", "退休", "离职", "大修"),
    ("公租房", "商品房", "保障房"),
    ("新房", "二手房"),
    ("单位", "个人"),
    ("部分提前", "全部结清", "提前结清"),
    ("灵活就业", "在职", "单位职工"),
    ("转入", "转出"),
    ("提取", "贷款"),
)
_ANY_LOAN = ("商贷", "组合贷", "贷款")  # 贷款 is the fund's until it is said to be a bank's
_MORE = re.compile(
    r"^(?:那|就|再)?(?:还有呢|还有吗|还有别的吗|然后呢|接下来呢|没了吗?|就这些吗?|就这样吗?|(?:再)?(?:说|讲)?(?:详细|具体|仔细)(?:一?点|些)?|多说点)[?。!呀啊]*$"
)
_NOT_THAT = re.compile(r"[,,]?(?:而?不是|不说|别说).{1,12}$")
_SUBJECTS = re.compile(
    r"公积金|贷款?|[商公]贷|提取|支取|取钱|租房|房租|买房|购房|首付|装修|物业|电梯|大病|退休|离职|辞职|缴存|缴纳|补缴|基数|比例|断缴|封存"
    r"|转移|异地|账户|账号|密码|余额|利率|利息|额度|月供|还款|还贷|提前还|结清|证明|网点|大厅|柜台|预约|投诉|举报|灵活就业|开户|销户|单位"
)
_STANDS_ALONE = re.compile(
    r"公积金|贷|提取|支取|取钱|租房|房租|买房|购房|首付|装修|物业|电梯|大病|退休|离职|辞职|缴|断交|封存|转移|异地|账户|账号"
    r"|密码|余额|利息|月供|还款|提前还|[月年]冲|冲还|商转公|结清|投诉|举报|灵活就业|开户|销户"
)
_LETTER_CHARACTERS = 220
_MOST_SENTENCES = 3
_SENTENCE = 80
_WANTS_TO_KNOW = re.compile(
    r"想(?:请)?问|请问|咨询|请教|想(?:要)?(?:知道|了解|弄清楚)|不(?:知道|清楚|明白)(?!怎么回事)|能否|是否"
)
_ASKS_PLAINLY = re.compile(
    r"吗|什么|啥|怎么|咋|如何|怎样|多少|多久|(?<![这好前近])几[个年天次月]|哪|能不能|可不可以|是不是|要不要|有没有|会不会|是否|能否"
)
_POLITE = re.compile(
    r"^(?:(?:您好|你好|[早晚上下中午]+好|哈[喽罗]|嗨|hi|hello|喂(?:[你您]好)?|在吗|在不在|有人吗|家家|打扰了?|不好意思|请问|请教|麻烦"
    r"|我?想(?:咨询|问|了解|打听|知道)|我?(?:咨询|问)(?=一下|下|个|您)|亲(?=[,。\s])|(?:老师|同志|领导|客服)(?=[,。\s您你请]))"
    r"(?:一下|下|您|你|问|个问题|个事)*[啊呀哈呢哦吗]?[,。!?、~:\s]*)+",
    re.IGNORECASE,
)
_MURMURS = re.compile(
    r"^(?:你们|贵中心|咱们)(?:的|家|这)?(?=官网|网|公众号|电话|热线|上班|下班|大厅|地址)|(?<=[\u4e00-\u9fff])[啊呀嘛呗哈](?=[\s,])"
    r"|(?:我的?)?(?:那个|这个)(?=公积金|租房|贷款|提取)"
)
_LEAST_LEFT = 4


def asks(text: str) -> bool:
    """Say whether `text` is put as a question."""
    return bool(_ASKS.search(text))


def asks_need(text: str) -> bool:
    """Say whether `text` asks if something is needed (要预约不, 需要查征信吗): it orders nothing."""
    return bool(_NEEDS.match(text.strip()))


def asks_rule(text: str) -> bool:
    """Say whether `text` asks how something is done or what it takes (开个证明要钱不), and orders none of it."""
    return asks_need(text) or bool(_NEEDED.search(text.strip())) or asks_how(text)


def asks_how(text: str) -> bool:
    """Say whether `text` asks how something is done and orders none of it.

    An order stands in a clause of its own, or before the question: 怎么让公积金自动帮我还 orders nothing.
    """
    clauses = re.split(r"[,。;!?\s]+", text)
    how = any(_HOW.search(clause) for clause in clauses)
    return how and not any(_ORDERS.search(_HOW.split(clause)[0]) for clause in clauses)


def really_asks(text: str) -> bool:
    """Say whether `text` asks to be told something: 什么破单位 and 有没有人管 only complain."""
    return asks(_RHETORICAL.sub("", text))


def is_letter(text: str) -> bool:
    """Say whether `text` is too long to be one question."""
    return len(text) >= _LETTER_CHARACTERS


def asked_in(letter: str) -> tuple[str, ...]:
    """Return the sentences of a letter that ask most, at most two, in order; empty when none asks."""
    sentences = [part.strip() for part in re.findall(r"[^?。;!\n]+[?]?", letter) if part.strip()]
    scored = [(_weight(sentence), index) for index, sentence in enumerate(sentences)]
    best = sorted((item for item in scored if item[0] > 0), reverse=True)[:_MOST_SENTENCES]
    return tuple(_end(sentences[index]) for _, index in sorted(best, key=lambda item: item[1]))


def _end(sentence: str) -> str:
    """Return the last clauses of a sentence: what is asked stands at its end."""
    clauses = [clause.strip() for clause in sentence.split(",")]
    kept = clauses[-1]
    for clause in reversed(clauses[:-1]):
        if len(kept) + len(clause) > _SENTENCE:
            break
        kept = f"{clause},{kept}"
    return kept[-_SENTENCE:]


def _weight(sentence: str) -> float:
    marked = bool(re.search("[?]", sentence))
    said = bool(_WANTS_TO_KNOW.search(sentence))
    if not (marked or (_ASKS_PLAINLY.search(sentence) and (said or asks(sentence)))):
        return 0
    return 1 + min(2, len(_SUBJECTS.findall(sentence))) + 3 * marked + 3 * said


def set_against(text: str) -> tuple[str, str] | None:
    """Return what was not meant and what was, when both are named: 不是退休是离职, 我是个人不是单位."""
    match = _NOT_BUT.match(text.strip().rstrip("。.!吧啊呀"))
    if match is None:
        return None
    instead, meant = match["instead"] or match["left"], match["meant"] or match["said"]
    return None if asks(instead) else (instead, meant.strip(",的 "))


def correction(text: str) -> str:
    """Return what the citizen says was meant, or an empty string when `text` corrects nothing."""
    if both := set_against(text):
        return both[1]
    match = _CORRECTION.match(text.strip())
    if match is None or asks(text.strip()[: match.start(match.lastgroup or 0)]):
        return ""  # 不是说三天吗怎么还是没到 takes nothing back
    meant = (match.group("meant") or match.group("said")).strip("。.!, 吧啊呀")
    return _NOT_THAT.sub("", meant) or meant


def corrected_at_once(text: str) -> tuple[str, str] | None:
    """Return the question and what was meant when both stand in one message (二套利率多少,不对,我问的是首套)."""
    match = _CORRECTED_AT_ONCE.match(text.strip())
    return (match.group("front"), match.group("meant").strip("。.!?, 吧啊呀")) if match else None


def corrected(question: str, meant: str) -> str:
    """Return `question` asked again with what was meant put in the place of what it replaces."""
    if len(meant) >= 9 and asks(meant):
        return meant
    for contrast in _CONTRASTS:
        named = next((word for word in contrast if word in meant), "")
        if named and (old := next((word for word in contrast if word in question and word not in meant), "")):
            return question.replace(old, named, 1)
    return f"{meant} {question}" if question else meant


def asked_again(question: str, meant: str, instead: str = "") -> tuple[str, ...]:
    """Return the ways to ask `question` again with what was meant in it, the likeliest first."""
    if not question or (len(meant) >= 9 and asks(meant)):
        return (meant,)
    put = [question.replace(instead, meant, 1)] if instead and instead in question else []
    for contrast in (*_CONTRASTS, _ANY_LOAN):
        if any(word in meant for word in contrast) and (
            old := next((word for word in contrast if word in question and word not in meant), "")
        ):
            put.append(question.replace(old, meant, 1))
    return tuple(dict.fromkeys((*put, corrected(question, meant))))


def plainly(text: str) -> str:
    """Return `text` without the greeting and the politeness before what it says."""
    return _POLITE.sub("", text.strip())


def unmurmured(text: str) -> str:
    """Return `text` without what is only breath in it: 你们, 那个, an 啊 between the words."""
    plain = _MURMURS.sub("", text)
    return plain if len(plain) >= _LEAST_LEFT else text


def has_subject(text: str) -> bool:
    """Say whether `text` names something of the fund's."""
    return bool(_STANDS_ALONE.search(text))


def wants_more(text: str) -> bool:
    """Say whether only more of the same is asked for: 还有呢, 然后呢, 说详细点."""
    return bool(_MORE.match(text.strip()))


def says_nothing(text: str) -> bool:
    """Say whether `text` holds no word at all: signs, emoji, a bare number, an 啊 or a 哦."""
    return not re.sub(
        r"[\W\d_]+|^(?:住房)?公积金(?=\W*$)|^(?:如果|要是|假如|就是|那个|这个|我想|那|我)+$|[啊哦噢呃额唉哎嗯呀哈嘿]|e?[hme]m+",
        "",
        text.lower(),
    )
