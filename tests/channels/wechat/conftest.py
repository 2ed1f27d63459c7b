"""Databases for what must hold on both: SQLite always, PostgreSQL as a system test."""

import pytest

from tests.channels.wechat.databases import postgres


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.system)])
async def database_url(request, tmp_path):
    """The address of an empty database."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'jiajia.db'}"
        return
    async with postgres() as url:
        yield url
