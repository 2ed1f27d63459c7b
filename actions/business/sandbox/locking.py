"""Holds a name until the transaction ends, so that what one transaction checked another cannot undo meanwhile."""

import hashlib

from sqlalchemy import BigInteger, Connection, cast, func, select

BOOKS = "books"  # held by whatever goes through many accounts or loans: two such, in two orders, would deadlock


def hold(connection: Connection, *names: str) -> None:
    """Wait for each name. SQLite has one writer at a time anyway; PostgreSQL gets an advisory lock."""
    if connection.dialect.name != "postgresql":
        return
    for name in sorted(names):
        digest = hashlib.blake2b(name.encode(), digest_size=8).digest()
        number = int.from_bytes(digest, "big", signed=True)
        connection.execute(select(func.pg_advisory_xact_lock(cast(number, BigInteger))))
