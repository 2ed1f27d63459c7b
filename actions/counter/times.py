"""Reads the day and the hour people want to come: 明天上午十点, 周三下午3点半, 12月1号."""

import re
from datetime import date, datetime, timedelta

from actions.dates import day
from actions.values import number

NAMES_A_DAY = re.compile(
    r"[今明后昨前]天|[今明]早|\d{1,2}[日号]|\d{4}-\d|\d月|月\d|十[日号]|[周期拜][一二三四五六日天]|下个月|下月"
)
_WEEKDAY = re.compile(r"(?P<next>下)?(?:个)?(?:周|星期|礼拜)(?P<day>[一二三四五六日天])")
_CLOCK = re.compile(
    r"(?P<half>上午|下午|早上|中午|晚上|凌晨|半夜)?(?P<hour>\d{1,2}|[一二三四五六七八九十两]{1,3})[点时:](?P<past>半|\d{2}|一刻)?"
)
_PAST = {"半": 30, "一刻": 15}
WEEKDAYS = "一二三四五六日"


def moment_words(moment: datetime) -> str:
    """Write a moment as people read it."""
    return f"{day_words(moment)}{moment:%H:%M}"


def day_words(on: date) -> str:
    """Write a day as people read it."""
    return f"{on.month}月{on.day}日(周{WEEKDAYS[on.weekday()]})"


def wanted_day(plain: str, today: date) -> date | None:
    """Return the day meant, None when none is named; raises ValueRefused for one that cannot be."""
    if match := _WEEKDAY.search(plain):
        wanted = WEEKDAYS.find(match["day"].replace("天", "日"))
        ahead = wanted - today.weekday() + (7 if match["next"] or wanted < today.weekday() else 0)
        return today + timedelta(days=ahead)
    if match := re.search(r"(?<![\d月])(\d{1,2})[日号]", plain):
        return day(f"{today.year}年{today.month}月{match[1]}日", today)
    return day(plain, today) if NAMES_A_DAY.search(plain) else None


def in_half(plain: str, moment: datetime) -> bool:
    """Say whether a moment lies in the half of the day that is named, if one is."""
    if "下午" in plain:
        return moment.hour >= 12
    return moment.hour < 12 if re.search("上午|早上", plain) else True


def wanted_time(plain: str) -> tuple[int, int] | None:
    """Return hour and minute of 上午十点半, 14:30, 下午3点."""
    match = _CLOCK.search(plain)
    if match is None:
        return None
    hour, past = int(number(match["hour"])), match["past"] or "0"
    if hour < 12 and (match["half"] in ("下午", "晚上") or (not match["half"] and 1 <= hour <= 6)):
        hour += 12  # nobody comes at three in the night
    minute = _PAST[past] if past in _PAST else int(past)
    return (hour, minute) if hour < 24 and minute < 60 else None
