"""Databases for what must hold on both: SQLite always, PostgreSQL as a system test."""

import pytest

from tests.channels.wechat.databases import database


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.system)])
async def database_url(request, tmp_path):
    """The address of an empty database."""
    async with database(request.param, tmp_path) as url:
        yield url
