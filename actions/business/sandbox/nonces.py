"""Every signed request is good once, whichever process of the core system it reaches and whenever that was started."""

from datetime import datetime, timedelta

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from actions.business.sandbox.problems import Problem
from actions.business.sandbox.schema import nonces
from actions.business.signing import CLOCK_SKEW

KEPT = timedelta(seconds=2 * CLOCK_SKEW)  # a timestamp may lie that far ahead, and is good that long after


def use_up(connection: Connection, app: str, nonce: str, now: datetime) -> None:
    """Remember a nonce with the transaction it came in; Problem replayed for one that is known."""
    try:
        connection.execute(nonces.insert(), {"app": app, "nonce": nonce, "used_at": now})
    except IntegrityError:
        raise Problem("replayed", "请求没有通过签名检查。") from None


def forget(connection: Connection, now: datetime) -> None:
    """Drop the nonces whose timestamps are refused by now anyway."""
    connection.execute(nonces.delete().where(nonces.c.used_at < now - KEPT))
