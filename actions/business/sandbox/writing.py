"""Exactly once: a write runs under its idempotency key and its answer is kept with it."""

import hashlib
import json
from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, RowMapping, select

from actions.business.sandbox.locking import hold
from actions.business.sandbox.problems import Problem
from actions.business.sandbox.schema import keys

Write = Callable[[Connection], dict[str, Any]]


def once(connection: Connection, subject: str, key: str, request: object, write: Write) -> dict[str, Any]:
    """Run `write` once per key; the same key with another request is refused. `request` names the operation too."""
    if not 8 <= len(key) <= 64 or not key.isascii() or not key.isprintable():
        raise Problem("bad-request", "缺少幂等键,或写法不对。")
    digest = hashlib.sha256(json.dumps(request, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
    kept = _kept(connection, subject, key)
    if kept is None:  # whoever repeats a finished write waits for nobody
        hold(connection, f"key:{subject}:{key}")
        kept = _kept(connection, subject, key)
    if kept is not None:
        if kept["request"] != digest:
            raise Problem("key-reused", "这个幂等键已用于另一笔申请。")
        return dict(json.loads(kept["response"]))
    answer = write(connection)
    row = {"subject": subject, "key": key, "request": digest, "status": 201}
    connection.execute(keys.insert(), row | {"response": json.dumps(answer, ensure_ascii=False)})
    return answer


def _kept(connection: Connection, subject: str, key: str) -> RowMapping | None:
    mine = (keys.c.subject == subject) & (keys.c.key == key)
    return connection.execute(select(keys).where(mine)).mappings().first()
