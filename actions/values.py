"""Reads money, periods, ratios and counts out of what people say: 三万五, 3.5万, ３万, 一年半, 百分之十二."""

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

import cn2an

from bot.errors import ValueRefused

_UNITS = {"百": 100, "千": 1_000, "k": 1_000, "万": 10_000, "w": 10_000, "亿": 100_000_000}
_ARABIC = re.compile(r"(\d+(?:\.\d+)?)(百万|千万|[百千k万w亿])?(\d+)?")
_CHINESE_DIGITS = "零〇一二两三四五六七八九十百千万亿幺点壹贰叁肆伍陆柒捌玖拾佰仟"
_SMALL = "零〇一二两三四五六七八九十百"
_AMOUNT = re.compile(
    rf"-?(?:\d+(?:\.\d+)?(?:百万|千万|[百千k万w亿])?\d*|负?[{_CHINESE_DIGITS}]+)(?=(\s*(?:元|块钱|块|圆))?)"
)
_YEARS = re.compile(
    rf"(?<![\d.{_SMALL}])(?P<years>\d{{1,3}}(?:\.\d)?|[{_SMALL}]+)年(?![前后初底末级份度代])(?P<half>半)?"
    rf"(?:[零又]?(?P<rest>\d{{1,2}}|[{_SMALL}]+)个月(?!要?(?:[还换供交缴扣付]|多少)))?"  # 换: 还, as it is misheard
)
_TERM = re.compile(
    rf"年限[^\d{_SMALL}]{{0,4}}(?P<years>\d{{1,2}}|[{_SMALL}]{{1,3}})(?![\d万年个{_SMALL}])"
)  # 年限短点 十五
_PAID_FOR = re.compile(
    rf"(?:[还供]|月供)(?:了|过|满)+(?:有|快|将近|差不多|大概|整整|大约)*"
    rf"(?:\d{{1,3}}(?:\.\d)?|[{_SMALL}]+)(?:年半?(?:[零又]?(?:\d{{1,2}}|[{_SMALL}]+)个月)?|个月|期)"
)
_MONTHS = re.compile(rf"(?P<months>\d{{1,3}}|[{_SMALL}]+)(?:个月|期)")
_PERCENT = re.compile(  # the last: 利率三点一, without a sign
    rf"(?P<arabic>\d+(?:\.\d+)?)\s*(?:%|个点)|百分之(?P<chinese>[{_CHINESE_DIGITS}]+|\d+(?:\.\d+)?)"
    r"|利率[是为按大概约现在到,\s]*(?P<rate>\d{1,2}(?:\.\d+)?|[零一二两三四五六七八九十点]{1,6})(?![\d.%百千万年个降])"
)
_ABOUT = re.compile(r"(?<=[\d十百千])[来多](?=[百千万])")  # 三十来万
_MOST = Decimal(100_000_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """Yuan found in a sentence, with the words just before it (they tell what the amount is)."""

    yuan: Decimal
    before: str


def normalised(text: str) -> str:
    """Return `text` half-width, lower-case, without the separators people put into numbers."""
    plain = unicodedata.normalize("NFKC", text).lower().strip()
    plain = re.sub(r"(?<=\d)[,\s](?=\d{3}(?!\d))", "", plain)
    return re.sub(r"(?<=\d)\s+(?=[\u4e00-\u9fff%])", "", plain)


def number(text: str) -> Decimal:
    """Return the number written as `text`; raises ValueRefused."""
    plain = normalised(text)
    if match := _ARABIC.fullmatch(plain):
        return _arabic(match)
    if plain and plain[0] in "百千万" and len(plain) > 1:
        plain = "一" + plain
    try:
        return Decimal(str(cn2an.cn2an(plain, "smart")))
    except (ValueError, KeyError, IndexError, ArithmeticError):
        raise ValueRefused("没看懂这个数字。请直接写阿拉伯数字,比如 35000 或 3.5 万。") from None


def _arabic(match: re.Match[str]) -> Decimal:
    mantissa, unit, rest = match.groups()
    factor = 1
    for sign in unit or "":
        factor *= _UNITS[sign]
    tail = Decimal(rest) if rest else Decimal(0)
    if rest and len(rest) == 1:
        tail *= Decimal(factor) / 10
    return Decimal(mantissa) * factor + tail


def yuan(text: str) -> Decimal:
    """Return an amount of money in yuan; raises ValueRefused when it is not one, not positive or absurd."""
    plain = re.sub(r"\s*(?:人民币|元整|元|块钱|块|圆)$", "", normalised(text))
    if plain.startswith(("-", "负")):
        raise ValueRefused("金额要大于 0。请重新写一下金额,比如 5 万。")
    value = number(plain)
    if value <= 0:
        raise ValueRefused("金额要大于 0。请重新写一下金额,比如 5 万。")
    if value > _MOST:
        raise ValueRefused("这个金额太大了(超过 1 亿元)。请核对一下再写,比如 50 万。")
    if value != value.quantize(Decimal("0.01")):
        raise ValueRefused("金额最多写到分(两位小数)。请重新写一下。")
    return value


def months(text: str) -> int:
    """Return a period in months: 18个月, 一年半, 30年; a bare number is years. Raises ValueRefused."""
    found = find_months(normalised(text))
    if found is None:
        value = number(text) * 12
        if value != int(value):
            raise ValueRefused("年限没看懂。请写几年或几个月,比如 20 年、18 个月。")
        found = int(value)
    if found <= 0:
        raise ValueRefused("年限要大于 0。请写几年或几个月,比如 20 年、18 个月。")
    return found


def count(text: str) -> int:
    """Return a number of people or things: 3, 三个, 两人. Raises ValueRefused."""
    value = number(re.sub(r"[个人口位套次孩]+$", "", normalised(text)))
    if value != int(value) or not 0 <= value <= 99:
        raise ValueRefused("这个数目没看懂。请写一个整数,比如 2。")
    return int(value)


def find_amounts(text: str) -> tuple[Amount, ...]:
    """Return every amount of money in a sentence, in order; periods, ratios and years are not money."""
    plain = _ABOUT.sub("", _without(normalised(text)))
    found = []
    for match in _AMOUNT.finditer(plain):
        token, spelled = match.group(0), match.group(1)
        if _is_money(token, spelled, plain[match.end() :]):
            found.append(Amount(yuan=yuan(token), before=plain[max(0, match.start() - 8) : match.start()]))
    return tuple(found)


def find_yuan(text: str) -> Decimal | None:
    """Return the first amount of money in a sentence, or None."""
    amounts = find_amounts(text)
    return amounts[0].yuan if amounts else None


def find_months(text: str) -> int | None:
    """Return the first period in a sentence in months, or None."""
    plain = normalised(text)
    if "年" in plain and (match := _YEARS.search(plain)):
        groups = match.groupdict()
        whole = number(groups["years"]) * 12 + (6 if groups["half"] else 0)
        if groups["rest"]:
            whole += number(groups["rest"])
        return int(whole) if whole <= 1200 else None
    if match := _TERM.search(plain):
        return int(number(match.group("years")) * 12)
    if match := _MONTHS.search(plain):
        return int(number(match.group("months")))
    return 6 if re.search(r"半年", plain) else None


def without_paid(text: str) -> str:
    """Return `text` without how long a loan has been paid already: 还了3年 is not what is left of it."""
    return _PAID_FOR.sub("", normalised(text))


def find_percents(text: str) -> tuple[Decimal, ...]:
    """Return every ratio in a sentence, as percent: 12% and 百分之十二 are Decimal(12)."""
    return tuple(
        number(match["arabic"] or match["chinese"] or match["rate"]) for match in _PERCENT.finditer(normalised(text))
    )


def _without(plain: str) -> str:
    """Blank out what looks like a number but is a period, a ratio, a date or an age."""
    plain = _PERCENT.sub("|", plain)
    plain = re.sub(r"\d{4}年(?:\d{1,2}月)?(?:\d{1,2}[日号])?|\d{4}-\d{1,2}(?:-\d{1,2})?", "|", plain)
    plain = _YEARS.sub("|", plain)
    return re.sub(rf"(?:\d+|(?<![{_SMALL}千万])[{_SMALL}]+)(?:个月|期|岁|个点|号|日|月|个人|套|孩|次|点)", "|", plain)


def _is_money(token: str, spelled: str | None, after: str) -> bool:
    if spelled:
        return any(sign.isdigit() or sign in _CHINESE_DIGITS for sign in token)
    if re.match(r"\s*(?:[年日号岁%个人套次孩期]|月(?!供))", after):
        return False
    if token[0].isdigit() or token[0] == "-":
        return bool(re.search(r"[百千k万w亿]", token)) or len(token.lstrip("-").split(".")[0]) >= 3
    return len(token) >= 2 and token[0] not in "百千万亿点" and any(sign in token for sign in "百千万亿")
