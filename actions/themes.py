"""Names the business a sentence is about, so that the next sentence can leave it out."""

import re
from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """A business as people say it: `name` completes a question, `words` is where the sentence named it.

    A `broad` one (公积金贷款) leaves open which of several is meant; talk about a narrower one goes on.
    """

    name: str
    words: str
    broad: bool = False


_TAKE = r"(?:提|取|支)"
_BUY = r"(?:买|购)(?:了|的|个|套)?房|首付"
_NARROW = (
    ("公积金业务代办", r"替(?:我|他|她|家人)(?:去|办|跑)|代(?:我|他|她)(?:去|办)|代办|委托(?!收|扣)"),
    ("公积金投诉", r"投诉|举报|告(?:他|她|它|单位|公司|你)"),
    ("商业贷款转公积金贷款", r"商转公|商(?:业贷款|业住房贷款|贷).{0,4}转.{0,4}公积金"),
    ("提前还公积金贷款", r"提前(?:部分|全部)?(?:还|结清|归还|偿还)[款贷]?|一次性?(?:还清|结清)|部分提前还|全部结清"),
    (
        "提取公积金还商业贷款",
        rf"(?:还|偿还|抵).{{0,4}}商(?:业|贷).{{0,8}}{_TAKE}|{_TAKE}.{{0,8}}(?:还|偿还).{{0,3}}商(?:业|贷)",
    ),
    ("提取公积金还公积金贷款", rf"冲还贷|按月冲|逐月(?:提|还)|{_TAKE}.{{0,8}}还.{{0,6}}贷|还.{{0,6}}贷.{{0,3}}提取"),
    ("商业贷款", r"商贷|商业(?:住房)?贷款|商业房贷"),
    ("组合贷款", r"组合贷款?"),
    ("异地公积金贷款", r"异地.{0,6}贷款?"),
    ("公租房租房提取", r"公租房|保租房|廉租房"),
    ("租房提取", r"租房|房租|租金|租.{0,3}房"),
    ("二手房提取", rf"二手房.{{0,8}}{_TAKE}|{_TAKE}.{{0,8}}二手房"),
    ("买房提取", rf"(?:{_BUY}).{{0,10}}{_TAKE}|{_TAKE}.{{0,10}}(?:{_BUY})"),
    ("物业费提取", r"物业费?"),
    ("加装电梯提取", r"电梯"),
    ("装修提取", r"装修"),
    ("建房大修提取", r"大修|翻建|翻修|自建房?"),
    ("大病提取", r"大病|重病|重大疾病|得病|看病|住院"),
    ("退休提取", r"离?退休"),
    (
        "换单位公积金转移",
        r"换(?:了)?(?:个|家)?(?:新)?(?:单位|工作|公司)|新(?:单位|公司|工作)|又?找[到着](?:了)?(?:个|份)?(?:新)?工作|重新(?:上班|就业)|又上班",
    ),
    ("离职提取", r"离职|辞职|辞工|被辞|下岗|不干了|裁员|被裁"),
    ("去世职工公积金提取", r"去世|过世|死亡|继承|老伴走了|人走了(?!.{0,4}(?:封存|停缴|减员|离职))"),
    ("出国定居提取", r"出国|移民|出境定居"),
    ("低保困难提取", r"低保|特困"),
    (
        "灵活就业人员缴存公积金",
        r"灵活就业|个体户|自由职业|自己交|个人(?:缴|交)(?!多少)|网约车|滴滴|骑手|送外卖|没有?单位",
    ),
    ("单位缓缴公积金", r"缓缴"),
    ("公积金缴存基数", r"基数"),
    ("公积金缴存比例", r"(?:缴存|缴纳|缴|交).{0,3}比例"),
    ("补缴公积金", r"补缴|补交"),
    ("公积金断缴", r"断[缴交]|断了.{0,6}(?:月|年|公积金)|漏缴|漏交|没交(?![够足齐全])"),
    ("公积金转移", r"转移|转入|转出|转到|转过|转进|转回|接续"),
    ("公积金账户启封", r"启封|解封"),
    ("公积金账户封存", r"封存"),
    ("公积金查询密码", r"密码"),
    ("公积金预留手机号", r"手机号"),
    ("公积金余额查询", r"余额|公积金.{0,6}(?:还有|剩)多少钱"),
    ("公积金联名卡", r"联名卡|公积金卡"),
    ("公积金贷款结清证明", r"结清证明"),
    ("公积金缴存证明", r"缴存证明|证明"),
    ("单位公积金开户", r"(?:单位|公司|企业).{0,4}开户|开户"),
    ("公积金销户", r"销户"),
    ("公积金贷款放款", r"放款"),
    ("公积金贷款审批", r"贷款?.{0,4}审批"),
    ("公积金贷款逾期", r"逾期"),
    ("公积金贷款还款", r"月供|还款|还贷"),
    ("公积金账户利息", r"(?:公积金|账户|存款|余额)(?:里|的|钱|都|也|有)*利息|结息"),
)
_BROAD = (
    ("公积金贷款", r"住房公积金贷款|公积金贷款?|房贷|贷款|贷"),
    ("提取公积金", r"公积金.{0,3}(?:提取|支取|提|取)|提取(?:住房)?公积金|提取|支取|取钱|取出来|提出来|[能可]提"),
    ("缴存公积金", r"缴存|缴纳|缴费|缴公积金|交公积金"),
)
_THEMES = tuple((name, re.compile(sign), False) for name, sign in _NARROW) + tuple(
    (name, re.compile(sign), True) for name, sign in _BROAD
)
_KINDS = ("提取", "贷款", "缴存")
_OF_TOPIC = {
    "withdrawal": "提取公积金",
    "loan": "公积金贷款",
    "repayment": "公积金贷款还款",
    "contribution": "缴存公积金",
}


def theme_of(text: str) -> Theme | None:
    """Return the business `text` names, the narrowest first, or None."""
    for name, sign, broad in _THEMES:
        if match := sign.search(text):
            return Theme(name=name, words=match.group(0), broad=broad)
    return None


@lru_cache(maxsize=4096)
def theme_of_title(title: str) -> Theme | None:
    """Return the business of an entry's title, which is looked at again and again."""
    return theme_of(title)


def is_named(theme: Theme, text: str) -> bool:
    """Say whether `text` names `theme` too, beside the one that `theme_of` takes: 开户 in 新公司怎么开户."""
    return any(name == theme.name and sign.search(text) for name, sign, _ in _THEMES)


def theme_of_topic(topic: str) -> Theme | None:
    """Return what a topic's answers are about when nothing said so more closely."""
    name = _OF_TOPIC.get(topic, "")
    return Theme(name=name, words="", broad=True) if name else None


def is_narrower(theme: Theme, broad: Theme) -> bool:
    """Say whether `theme` is one of the businesses that a broad one leaves open (租房提取 of 提取公积金)."""
    kind = next((kind for kind in _KINDS if kind in broad.name), "")
    return broad.broad and bool(kind) and kind in theme.name and not theme.broad


def of_another_kind(broad: Theme, theme: Theme) -> bool:
    """Say whether a broad business is of another kind than a narrow one: 贷款 beside 租房提取."""
    kinds = [kind for kind in _KINDS if kind in theme.name]
    return broad.broad and not theme.broad and bool(kinds) and not any(kind in broad.name for kind in kinds)


def broader(theme: Theme) -> str:
    """Return the name of the business that leaves `theme` open, or an empty string."""
    return (
        ""
        if theme.broad
        else next((name for name, _ in _BROAD if any(k in name and k in theme.name for k in _KINDS)), "")
    )


def names_other(title: str, theme: Theme) -> bool:
    """Say whether a title is about another narrow business than `theme`."""
    named = theme_of_title(title)
    return named is not None and not named.broad and not theme.broad and named.name != theme.name
