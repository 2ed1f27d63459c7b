"""Holds the personal numbers that were masked out of a conversation, sealed, until they expire."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

from bot.seal import Seal

PLACEHOLDER = re.compile(r"〔(身份证|手机号|银行卡|账号|验证码)·(\d{1,4})〕")


class Rows(Protocol):
    """Where the sealed values lie."""

    async def keep(
        self, conversation: str, kind: str, digest: str, sealed: bytes, *, now: datetime, until: datetime
    ) -> int: ...

    async def sealed(self, conversation: str, kind: str, ordinal: int, *, now: datetime) -> bytes | None: ...

    async def blank(self, conversation: str) -> None: ...


class EncryptedVault:
    """The Vault port over sealed rows: one number per value and conversation, found again by a keyed digest."""

    def __init__(self, *, rows: Rows, seal: Seal, keep: timedelta, now: Callable[[], datetime]) -> None:
        self._rows = rows
        self._seal = seal
        self._keep = keep
        self._now = now

    async def put(self, conversation: str, kind: str, value: str) -> str:
        now = self._now()
        digest = self._seal.digest("vault", conversation, kind, value)
        sealed = self._seal.close(value)
        number = await self._rows.keep(conversation, kind, digest, sealed, now=now, until=now + self._keep)
        return f"〔{kind}·{number}〕"

    async def get(self, conversation: str, placeholder: str) -> str | None:
        found = PLACEHOLDER.fullmatch(placeholder)
        if found is None:
            return None
        sealed = await self._rows.sealed(conversation, found[1], int(found[2]), now=self._now())
        return self._seal.open(sealed) if sealed else None

    async def forget(self, conversation: str) -> None:
        await self._rows.blank(conversation)
