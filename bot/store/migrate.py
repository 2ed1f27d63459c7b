"""Brings the tables up to date: at every start-up, and by hand with `python -m bot.store.migrate`."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text

MIGRATIONS = Path(__file__).with_name("migrations")
_ONE_AT_A_TIME = 7_031_2329  # any number: PostgreSQL's advisory lock while several gateways start together


def upgrade(connection: Connection) -> None:
    """Apply every migration this database has not seen, inside the connection's transaction."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ONE_AT_A_TIME})
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def main() -> None:
    """Migrate the database that the settings name."""
    import asyncio

    from bot.settings import load
    from bot.store.database import Database

    async def migrate() -> None:
        settings = load()
        await (await Database.open(settings.store.url)).close()

    asyncio.run(migrate())


if __name__ == "__main__":
    main()
