"""The sandbox's tables. Money is integer fen; no ID number, phone or card number is kept in clear anywhere."""

import hashlib

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Numeric,
    String,
    Table,
    Text,
    UniqueConstraint,
    inspect,
    select,
    text,
)
from sqlalchemy.schema import CreateTable

from actions.business.sandbox.locking import hold

metadata = MetaData()

layout = Table("layout", metadata, Column("fingerprint", String(32), primary_key=True))
town = Table("town", metadata, Column("founded_on", Date, primary_key=True))

people = Table(
    "people",
    metadata,
    Column("subject", String(32), primary_key=True),
    Column("id_digest", String(64), unique=True, nullable=False),
    Column("password_digest", String(64), nullable=False),
    Column("name", String(20), nullable=False),
    Column("phone", String(20), nullable=False),
    Column("card", String(20), nullable=False),
    Column("born", Date, nullable=False),
    Column("sex", String(1), nullable=False),
    Column("former_age", Integer, nullable=False),  # 原法定退休年龄: 60 for men, 55 or 50 for women
    Column("household", String(32), nullable=False, index=True),
    Column("children", Integer, nullable=False),
    Column("minor_children", Integer, nullable=False),
    Column("talent", Boolean, nullable=False),  # 高层次人才, as recognised by the province
    Column("owns_home", Boolean, nullable=False),
    Column("public_rent", BigInteger, nullable=False),  # fen a year for public housing; 0: none
    Column("retired_on", Date),
    Column("employer", String(20), ForeignKey("employers.number"), nullable=False),
    Column("clerk", Boolean, nullable=False, default=False),
)
employers = Table(
    "employers",
    metadata,
    Column("number", String(20), primary_key=True),
    Column("name", String(60), nullable=False),
    Column("status", String(2), nullable=False),
    Column("paid_to", String(7), nullable=False),
    Column("behind", Integer, nullable=False),  # months it pays late
    Column("deferred_from", String(7)),  # 缓缴: the first and the last month the centre let it defer
    Column("deferred_to", String(7)),
    Column("collection_signed", Boolean, nullable=False),
)
accounts = Table(
    "accounts",
    metadata,
    Column("subject", String(32), ForeignKey("people.subject"), primary_key=True),
    Column("tail", String(8), nullable=False),
    Column("status", String(2), nullable=False),
    Column("balance", BigInteger, nullable=False),
    Column("carried", BigInteger, nullable=False),
    Column("base", BigInteger, nullable=False),
    Column("personal_rate", Numeric(5, 2), nullable=False),
    Column("employer_rate", Numeric(5, 2), nullable=False),
    Column("opened_on", Date, nullable=False),
    Column("paid_to", String(7), nullable=False),
)
entries = Table(
    "entries",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("posting", String(48), nullable=False),
    Column("account", String(48), nullable=False, index=True),
    Column("amount", BigInteger, nullable=False),
    Column("kind", String(2), nullable=False),
    Column("month", String(7), nullable=False),
    Column("booked_on", Date, nullable=False),
    Column("balance", BigInteger),
    UniqueConstraint("posting", "account", name="booked_once"),
)
loans = Table(
    "loans",
    metadata,
    Column("subject", String(32), ForeignKey("people.subject"), primary_key=True),
    Column("tail", String(8), nullable=False),
    Column("source", String(10), nullable=False),
    Column("principal", BigInteger, nullable=False),
    Column("balance", BigInteger, nullable=False),
    Column("rate", Numeric(6, 4), nullable=False),
    Column("months", Integer, nullable=False),
    Column("months_paid", Integer, nullable=False),
    Column("method", String(2), nullable=False),
    Column("lent_on", Date, nullable=False),
    Column("repay_day", Integer, nullable=False),
    Column("overdue", Integer, nullable=False),
    Column("monthly", BigInteger, nullable=False),  # the equal payment, or the equal share of principal
)
IN_FLIGHT = "state IN ('accepted', 'approved')"
applications = Table(
    "applications",
    metadata,
    Column("number", String(24), primary_key=True),
    Column("subject", String(32), ForeignKey("people.subject"), nullable=False, index=True),
    Column("business", String(24), nullable=False),
    Column("state", String(12), nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("shorten", Boolean, nullable=False, default=False),
    Column("submitted_at", DateTime(timezone=True), nullable=False),
    Column("approved_at", DateTime(timezone=True)),
    Column("posted_at", DateTime(timezone=True)),
    Column("reason", Text, nullable=False, default=""),
)
Index(
    "one_in_flight",
    applications.c.subject,
    applications.c.business,
    unique=True,
    sqlite_where=text(IN_FLIGHT),
    postgresql_where=text(IN_FLIGHT),
)
keys = Table(
    "keys",
    metadata,
    Column("subject", String(32), primary_key=True),
    Column("key", String(64), primary_key=True),
    Column("request", String(64), nullable=False),
    Column("status", Integer, nullable=False),
    Column("response", Text, nullable=False),
)
nonces = Table(
    "nonces",
    metadata,
    Column("app", String(40), primary_key=True),
    Column("nonce", String(64), primary_key=True),
    Column("used_at", DateTime(timezone=True), nullable=False, index=True),
)
codes = Table(
    "codes",
    metadata,
    Column("id_digest", String(64), primary_key=True),
    Column("code_digest", String(64), nullable=False),
    Column("sent_at", DateTime(timezone=True), nullable=False),
    Column("used", Boolean, nullable=False),
)
attempts = Table(
    "attempts",
    metadata,
    Column("id_digest", String(64), primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("locked_until", DateTime(timezone=True)),
)
certificates = Table(
    "certificates",
    metadata,
    Column("code", String(24), primary_key=True),
    Column("subject", String(32), ForeignKey("people.subject"), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("rows", Text, nullable=False),
    Column("issued_at", DateTime(timezone=True), nullable=False),
)
outlets = Table(
    "outlets",
    metadata,
    Column("id", String(20), primary_key=True),
    Column("name", String(60), nullable=False),
    Column("district", String(20), nullable=False),
    Column("address", String(120), nullable=False),
    Column("latitude", Numeric(9, 6), nullable=False),
    Column("longitude", Numeric(9, 6), nullable=False),
    Column("counters", Integer, nullable=False),
)
tickets = Table(
    "tickets",
    metadata,
    Column("number", String(20), primary_key=True),
    Column("subject", String(32), ForeignKey("people.subject"), nullable=False, index=True),
    Column("outlet", String(20), ForeignKey("outlets.id"), nullable=False),
    Column("business", String(40), nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("booked", Boolean, nullable=False),
    Column("seat", Integer, nullable=False),
    Column("ahead", Integer, nullable=False),  # people who were waiting when it was taken
    Column("cancelled", Boolean, nullable=False),
    UniqueConstraint("outlet", "at", "seat", name="one_per_seat"),
)
complaints = Table(
    "complaints",
    metadata,
    Column("number", String(20), primary_key=True),
    Column("subject", String(32), ForeignKey("people.subject"), nullable=False, index=True),
    Column("about", String(60), nullable=False),
    Column("text", Text, nullable=False),
    Column("filed_at", DateTime(timezone=True), nullable=False),
)
follow_ups = Table(
    "follow_ups",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("complaint", String(20), ForeignKey("complaints.number"), nullable=False, index=True),
    Column("text", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
)


def fingerprint() -> str:
    """Changes when a table does."""
    statements = (str(CreateTable(table)) for table in metadata.sorted_tables)
    return hashlib.blake2b("".join(statements).encode(), digest_size=16).hexdigest()


def prepare(connection: Connection) -> None:
    """Create the tables; those of an older release are begun anew, for demo data have no history to keep."""
    hold(connection, "tables")  # several processes may start at once on an empty database
    if _kept(connection) == fingerprint():
        return
    metadata.drop_all(connection)
    metadata.create_all(connection)
    connection.execute(layout.insert(), {"fingerprint": fingerprint()})


def _kept(connection: Connection) -> str:
    if not inspect(connection).has_table(layout.name):
        return ""
    return connection.execute(select(layout.c.fingerprint)).scalar_one_or_none() or ""
