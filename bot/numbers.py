"""The check digits and shapes by which one number is told from another."""

import re

_DATE = r"(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_LIKE_IDENTITY = re.compile(rf"[1-9]\d{{5}}{_DATE}\d{{2,5}}X?")
_IDENTITY = re.compile(rf"[1-9]\d{{5}}{_DATE}\d{{3}}[\dX]")
_OLD_IDENTITY = re.compile(r"(?:[1-6]\d|71|8[12])\d{4}\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}")
_PHONE = re.compile(r"1[3-9]\d{9}")
_CARD = re.compile(r"[3-69]\d{15,18}")
_CREDIT_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def identity(number: str) -> bool:
    """GB 11643: region, date of birth, sequence, ISO 7064 MOD 11-2 check digit."""
    if not _IDENTITY.fullmatch(number):
        return False
    weighted = sum(int(digit) * (2 ** (17 - place) % 11) for place, digit in enumerate(number[:17]))
    return "10X98765432"[weighted % 11] == number[17]


def like_identity(number: str) -> bool:
    """A mistyped identity number: a date where the birthday stands, up to two digits too few or one too many."""
    return bool(_LIKE_IDENTITY.fullmatch(number))


def old_identity(number: str) -> bool:
    """The 15 digits of the first generation, without century and check digit."""
    return bool(_OLD_IDENTITY.fullmatch(number))


def phone(number: str) -> bool:
    """A mobile number of the mainland: 11 digits from 13 to 19."""
    return bool(_PHONE.fullmatch(number))


def card(number: str) -> bool:
    """ISO/IEC 7812: 16 to 19 digits with the Luhn check digit, issued for payment."""
    if not _CARD.fullmatch(number):
        return False
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(number))]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def credit_code(code: str) -> bool:
    """GB 32100: an organisation's 18 signs with check sign; public, so never masked."""
    if len(code) != 18 or any(sign not in _CREDIT_SIGNS for sign in code):
        return False
    weighted = sum(_CREDIT_SIGNS.index(sign) * (3**place % 31) for place, sign in enumerate(code[:17]))
    return _CREDIT_SIGNS[(31 - weighted % 31) % 31] == code[17]
