"""Reads the amount of a form: 三万五, 全部, a bare number where one was asked for; never more than there is."""

import re
from decimal import Decimal

from actions.call import Call
from actions.routing import READS
from actions.values import find_amounts, normalised, yuan
from bot.errors import ValueRefused

_BARE = re.compile(r"-?[\d.]+|负?[零一二两三四五六七八九十百千万点]+")
_ALL = READS["all"]
_HIDDEN = re.compile(r"〔(?:账号|银行卡|身份证|手机号)·\d+〕")
_ROUGHLY = re.compile(r"出头|左右|大[概约]|差不多|上下|[百千万]多|[十百千万]来|多[元块]|[好几][几]?[十百千万]|约")
_ANOTHERS = re.compile(  # what is there, owed or earned is no amount to withdraw or to pay: 还有28万, 工资8000
    r"(?:[剩欠有]|余额|总共|一共|工资|收入|月供|首付|贷了)(?:下|了|着|还|就|才|是|的|得|个|大概|差不多|大约|也就|不到|将近|快)*$"
)
_UNDER_ZERO = re.compile(r"(?:^|[^\d])[-−－负]\s*[\d一二三四五六七八九十]")


def amount_told(call: Call, told: dict[str, str], limit: Decimal) -> Decimal | None:
    """Return what was told now or before in yuan; raises ValueRefused when it cannot be taken.

    A bare number answers only its own question ("amount") or corrects a summary that has just been read out.
    """
    found = _found(call, told, limit)
    if found is None and told.get("amount"):
        found = Decimal(told["amount"])
    if found is not None and found > limit:
        raise ValueRefused(f"这次最多能办 {limit:,.2f} 元,{found:,.2f} 元超出了。请写一个不超过的金额,或者说“全部”。")
    return found


def roughly(call: Call) -> str:
    """Return what to say before a summary when the amount was told as 两千块出头: it is taken as the round number."""
    return "您说的是个大概数,先按整数填。" if _ROUGHLY.search(normalised(call.told)) else ""


def _found(call: Call, told: dict[str, str], limit: Decimal) -> Decimal | None:
    plain = normalised(call.told)
    if _HIDDEN.search(call.told):
        raise ValueRefused("这像是证件、卡或账号,不是金额,家家已经遮盖。请直接写金额,比如 5000。")
    if _UNDER_ZERO.search(plain):
        raise ValueRefused("金额要大于 0。请重新写一下金额,比如 5000。")
    if _ALL(plain):
        return limit
    found = next((one.yuan for one in find_amounts(plain) if not _ANOTHERS.search(one.before)), None)
    asked = told.get("asking") in ("amount", "confirm")
    if found is None and asked and _BARE.fullmatch(plain):
        return yuan(plain)
    return found
