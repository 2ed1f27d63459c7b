"""Proof of identity: SMS codes and query passwords; single use, expiring, rate-limited, locked after five."""

import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, RowMapping, select

from actions.business.sandbox.locking import hold
from actions.business.sandbox.problems import Problem
from actions.business.sandbox.schema import attempts, codes, people

CODE_LIVES = timedelta(minutes=5)
CODE_PAUSE = timedelta(seconds=60)
LOCK = timedelta(minutes=30)
MOST_FAILURES = 5
WRONG = "信息没有对上,请核对后再试。"


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityBook:
    """The sandbox's identity service. `post_code` hands a code to the demo's outbox; `pepper` keys every digest."""

    pepper: bytes
    post_code: Callable[[str, str], None]

    def digest(self, *parts: str) -> str:
        """Keyed digest of secrets and numbers: the tables hold nothing else."""
        return hmac.new(self.pepper, "\0".join(parts).encode(), hashlib.sha256).hexdigest()

    def send_code(self, connection: Connection, id_number: str, now: datetime) -> dict[str, Any]:
        """POST identity/codes. An unknown ID number gets the same answer as a known one."""
        key = self.digest("id", id_number)
        hold(connection, f"identity:{key}")
        self._refuse_locked(connection, key, now)
        last = connection.execute(select(codes).where(codes.c.id_digest == key)).mappings().first()
        if last and now - aware(last["sent_at"]) < CODE_PAUSE:
            raise Problem("too-soon", "验证码刚发过,请稍等一分钟再要。", retry_after=60)
        person = self._person(connection, key)
        code = f"{secrets.randbelow(10**6):06d}"
        connection.execute(codes.delete().where(codes.c.id_digest == key))
        row = {"id_digest": key, "code_digest": self.digest("code", key, code), "sent_at": now, "used": False}
        connection.execute(codes.insert(), row)
        if person:
            self.post_code(person["phone"], code)
        phone = person["phone"] if person else self._decoy(key)
        return {"SJHM": phone, "seconds": int(CODE_LIVES.total_seconds())}

    def prove(
        self, connection: Connection, id_number: str, method: str, secret: str, now: datetime
    ) -> dict[str, Any] | Problem:
        """POST identity/proofs: the person, or the Problem — returned, so that the count of failures is committed."""
        key = self.digest("id", id_number)
        hold(connection, f"identity:{key}")
        person = self._person(connection, key)
        if method == "card":
            return _shown(person) if person else Problem("not-found", "没有查到这张身份证名下的公积金账户。")
        self._refuse_locked(connection, key, now)
        problem = self._check_code(connection, key, secret, now) if method == "code" else ""
        if method == "password":
            wanted = person["password_digest"] if person else ""
            problem = "" if hmac.compare_digest(wanted, self.digest("password", key, secret)) else "wrong-secret"
        if problem or person is None:
            return self._failed(connection, key, problem or "wrong-secret", now)
        connection.execute(attempts.delete().where(attempts.c.id_digest == key))
        return _shown(person)

    def _decoy(self, key: str) -> str:
        """The masked phone an unknown number seems to have: always the same, so that nothing is learned by asking."""
        return f"139****{int(self.digest('decoy', key)[:8], 16) % 10**4:04d}"

    def _person(self, connection: Connection, key: str) -> RowMapping | None:
        return connection.execute(select(people).where(people.c.id_digest == key)).mappings().first()

    def _check_code(self, connection: Connection, key: str, secret: str, now: datetime) -> str:
        row = connection.execute(select(codes).where(codes.c.id_digest == key)).mappings().first()
        if row is None or row["used"] or now - aware(row["sent_at"]) > CODE_LIVES:
            return "code-expired"
        if not hmac.compare_digest(row["code_digest"], self.digest("code", key, secret)):
            return "wrong-secret"
        connection.execute(codes.update().where(codes.c.id_digest == key).values(used=True))
        return ""

    def _refuse_locked(self, connection: Connection, key: str, now: datetime) -> None:
        row = connection.execute(select(attempts).where(attempts.c.id_digest == key)).mappings().first()
        until = aware(row["locked_until"]) if row and row["locked_until"] else None
        if until and until > now:
            minutes = int((until - now).total_seconds() // 60) + 1
            raise Problem("locked", f"连续 {MOST_FAILURES} 次没有通过,已锁定,请 {minutes} 分钟后再试。", minutes * 60)

    def _failed(self, connection: Connection, key: str, problem: str, now: datetime) -> Problem:
        row = connection.execute(select(attempts).where(attempts.c.id_digest == key)).mappings().first()
        ended = row is not None and row["locked_until"] is not None
        failures = 1 if row is None or ended else row["failures"] + 1
        locked = failures >= MOST_FAILURES
        connection.execute(attempts.delete().where(attempts.c.id_digest == key))
        values = {"id_digest": key, "failures": failures, "locked_until": now + LOCK if locked else None}
        connection.execute(attempts.insert(), values)
        if locked:
            said = f"连续 {MOST_FAILURES} 次没有通过,已锁定 30 分钟。"
            return Problem("locked", said, retry_after=int(LOCK.total_seconds()))
        said = "验证码过期或用过了,请重新获取。" if problem == "code-expired" else WRONG
        return Problem(problem, f"{said}还可以试 {MOST_FAILURES - failures} 次。")


def _shown(person: RowMapping) -> dict[str, Any]:
    return {"KHBH": person["subject"], "XINGMING": person["name"], "SJHM": person["phone"], "demo": True}


def aware(moment: datetime) -> datetime:
    """SQLite forgets the zone of a stored moment; all of ours are UTC."""
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
