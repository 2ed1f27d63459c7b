"""Reads dates out of Chinese (去年, 下个月, 9月20号以前) and finds the day whose policy is asked about."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from actions.values import normalised, number
from bot.errors import ValueRefused

_CN = "一二三四五六七八九十〇零两"
_YEAR_WORDS = {"大前年": -3, "前年": -2, "去年": -1, "上一年": -1, "今年": 0, "本年": 0, "明年": 1, "后年": 2}
_MONTH_WORDS = {"上上个月": -2, "上个月": -1, "上月": -1, "这个月": 0, "本月": 0, "下个月": 1, "下月": 1, "下下个月": 2}
_DAY_WORDS = {"大前天": -3, "前天": -2, "昨天": -1, "今天": 0, "明天": 1, "后天": 2, "大后天": 3}
_NUMBER = r"\d{1,2}|[一二三四五六七八九十]{1,3}"
_MONTH_DAY = rf"(?P<month>{_NUMBER})月份?(?:(?P<day>{_NUMBER})[日号])?"
_PATTERNS = (
    re.compile(r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})(?:[-/.](?P<day>\d{1,2}))?(?!\d)"),
    re.compile(rf"(?:(?P<year>\d{{4}}|[{_CN}]{{4}})年|(?P<word>{'|'.join(_YEAR_WORDS)}))(?:的?{_MONTH_DAY})?"),
    re.compile(rf"(?<!\d)(?P<year>\d{{2}})年{_MONTH_DAY}"),
    re.compile(rf"(?<![\d{_CN}十])(?P<year>){_MONTH_DAY}"),
)
_YEARS_AGO = re.compile(rf"(?<![\d零〇一二三四五六七八九十])(?P<years>{_NUMBER})年(?:以|之)?前")
_RELATIVE_MONTH = re.compile("|".join(sorted(_MONTH_WORDS, key=len, reverse=True)))
_RELATIVE_DAY = re.compile("|".join(sorted(_DAY_WORDS, key=len, reverse=True)))
_BEFORE = re.compile(r"(?:以前|之前|前)")
_DURING = re.compile(r"的时候|那时候|那会儿|那时|当时|年?度|这个?时候|年?(?P<part>底|末|初(?![次始审])|中(?![心介]))")
_REGULATION = re.compile(
    r"(?:新条例|条例修订|条例修改|新规|条例改)[^,。?]{0,6}?(?:以前|之前|前)"
    r"|按?(?:老|旧|原来的|修订前的)条例(?=.{0,4}(?:规定|几|多少))"
)
_COMPARED = re.compile(
    r"[跟和与比同较].{0,4}(?:以前|之前|从前|老|旧|原来)|不一样|不同|区别|差别"
)  # asks for both rules
_REGULATION_LAST_DAY = date(2026, 9, 19)
_RULE = (
    r"(?:商品房|公租房|新房|二手房|首套|二套|异地|灵活就业|单身|夫妻|多子女|退休|离职|装修|物业|租房|房租|贷款|提取|公积金|购房|买房|首付|缴存|利率|基数|额度"
    r"|上限|下限|最高|最多|最低|比例|规定|政策|条件|时限|罚款)"
)
_RULE_ASKED = re.compile(rf"^(?:受理的?|审?批|办理?的?|申请的?|的|那时候?的?|当时的?|,)?{_RULE}")
_VALUE_ASKED = re.compile(r"多少|几[天个年成次]|最高|最多|最低|上限|下限|额度|利率|比例|规定|政策|条件|时限|怎么算")
_SPENT_THEN = re.compile(  # money is spent by its year, so the rule of that year counts; 去年买房能提吗 tells when
    r"^的?(?:装修|租房|房租|物业费?|大修|加装电梯)的?(?:住房公积金|公积金|费用?|提取)?,?(?:能不能|可不可以|让不让|给不给|可以|能|让|给)"
    r"[^,。了过]{0,6}?[提取支][^,。]{0,5}[吗不么没]?[?。]?$"
)
_THEN_ASKED = re.compile(rf"(?:那时候?|当时|那会儿)的?(?P<asked>{_RULE}.*)$")
_VALUE_BEHIND = re.compile(r"^(?:是|能|可以|应该)?(?:多少|几)")
_NOT_A_RULE = re.compile(r"最新|现在|目前|如今|还有效|还能|失效|变[了成化]|降息|调整后|每年$")
_ALONE = re.compile(r"^(?:那么?)?(?:呢|是?多少|怎么样|的)*[?。]?$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """The days an expression covers, and whether it means the time before them."""

    first: date
    last: date
    before: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyDay:
    """The day whose rule is asked about, and the question without the expression that said so (empty: the last one)."""

    on: date
    question: str


def day(text: str, today: date) -> date:
    """Return the day meant by `text`; raises ValueRefused when there is none."""
    plain = normalised(text)
    if match := _RELATIVE_DAY.search(plain):
        return today + timedelta(days=_DAY_WORDS[match.group(0)])
    found = find_period(plain, today)
    if found is None or found[0].first != found[0].last:
        raise ValueRefused("日期没看懂。请写年月日,比如 2026年12月1日。")
    return found[0].first


def month(text: str, today: date) -> date:
    """Return the first day of the month meant by `text`: 下个月, 明年三月, 2026-12. Raises ValueRefused."""
    found = find_period(normalised(text), today)
    if found is None or (found[0].first.year, found[0].first.month) != (found[0].last.year, found[0].last.month):
        raise ValueRefused("月份没看懂。请写几年几月,比如 2026年12月。")
    return found[0].first.replace(day=1)


def find_period(plain: str, today: date) -> tuple[Period, int, int] | None:
    """Return the first date expression of a normalised sentence with its place; raises ValueRefused for 2月30日."""
    if match := _RELATIVE_MONTH.search(plain):
        first = _shifted(today, _MONTH_WORDS[match.group(0)])
        return _placed(Period(first=first, last=_month_end(first)), plain, match.start(), match.end())
    for pattern in _PATTERNS:
        if (match := pattern.search(plain)) and (period := _period(match, today)):
            return _placed(period, plain, match.start(), match.end())
    return None


def policy_day(text: str, today: date) -> PolicyDay | None:
    """Return the other day whose rule is asked about, or None when today's rule is meant.

    A date that tells when something happened (去年买的房) is a fact about the citizen, not the date of a rule; only
    a date that stands with a rule and a value asked of it (去年租房能提多少) is. "那去年呢?" has an empty question.
    """
    plain = normalised(text)
    revised = _regulation(plain)
    try:
        found = revised or _years_ago(plain, today) or find_period(plain, today)
    except ValueRefused:
        return None
    if found is None:
        return None
    period, start, end = found
    front, behind = plain[:start], plain[end:]
    if then := _THEN_ASKED.search(behind):  # 我2023年贷的款,那时候利率多少
        return PolicyDay(on=period.last, question=then["asked"]) if period.last < today else None
    alone = _ALONE.match(front.strip() + behind.strip())
    if not alone and not revised and not _asks_a_rule(front, behind):
        return None
    on = period.first - timedelta(days=1) if period.before else period.last
    question = "" if _ALONE.match(front.strip() + behind.strip()) else (front + behind).strip(" ,的")
    return PolicyDay(on=on, question=question) if on < today or period.first > today else None


def day_to_come(text: str, today: date) -> date | None:
    """Return the last day of a time to come that `text` names (明年三月, 1月以后), or None."""
    try:
        found = find_period(normalised(text), today)
    except ValueRefused:
        return None
    return found[0].last if found and found[0].first > today and not found[0].before else None


def _regulation(plain: str) -> tuple[Period, int, int] | None:
    match = None if _COMPARED.search(plain) else _REGULATION.search(plain)
    return (Period(first=_REGULATION_LAST_DAY, last=_REGULATION_LAST_DAY), *match.span()) if match else None


def _asks_a_rule(front: str, behind: str) -> bool:
    if _NOT_A_RULE.search(front) or _NOT_A_RULE.search(behind):
        return False
    if _SPENT_THEN.match(behind):
        return True
    named = _RULE_ASKED.match(behind) or (re.search(_RULE, front) and _VALUE_BEHIND.match(behind))
    return bool(named and _VALUE_ASKED.search(behind))


def _placed(period: Period, plain: str, start: int, end: int) -> tuple[Period, int, int]:
    """Widen the place over 以前/之前/的时候 behind the expression."""
    if before := _BEFORE.match(plain, end):
        period = Period(first=period.first, last=period.last, before=True)
        end = before.end()
    elif during := _DURING.match(plain, end):
        end = during.end()
        if during["part"] == "初":
            period = Period(first=period.first, last=_month_end(period.first))
        elif during["part"] == "中":
            middle = (6, 30) if period.first.month != period.last.month else (period.first.month, 15)
            period = Period(first=period.first, last=date(period.first.year, *middle))
    return period, start, end


def _period(match: re.Match[str], today: date) -> Period | None:
    parts = match.groupdict()
    year = today.year + _YEAR_WORDS[parts["word"]] if parts.get("word") else _year(parts["year"], today)
    if year is None:
        return None
    month_number = int(number(parts["month"])) if parts["month"] else None
    return _span(year, month_number, int(number(parts["day"])) if parts["day"] else None)


def _year(text: str, today: date) -> int | None:
    if not text:
        return today.year
    digits = text if text.isdecimal() else "".join(str(max(0, "〇一二三四五六七八九".find(sign))) for sign in text)
    value = int(digits) + (2000 if len(digits) == 2 else 0)
    return value if 1950 <= value <= today.year + 60 else None


def _span(year: int, month_number: int | None, day_number: int | None) -> Period:
    try:
        first = date(year, month_number or 1, day_number or 1)
    except ValueError:
        raise ValueRefused("日历上没有这一天。请核对后重写,比如 2026年12月1日。") from None
    if day_number:
        return Period(first=first, last=first)
    return Period(first=first, last=_month_end(first) if month_number else date(year, 12, 31))


def _shifted(today: date, months: int) -> date:
    index = today.year * 12 + today.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


def _years_ago(plain: str, today: date) -> tuple[Period, int, int] | None:
    match = _YEARS_AGO.search(plain)
    if match is None:
        return None
    year = today.year - int(number(match["years"]))
    then = date(year, today.month, min(today.day, monthrange(year, today.month)[1]))
    return Period(first=then, last=then), match.start(), match.end()


def _month_end(first: date) -> date:
    return date(first.year, first.month, monthrange(first.year, first.month)[1])
