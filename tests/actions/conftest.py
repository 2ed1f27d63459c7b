"""The action server as it runs, on a scripted retriever and a fixed day."""

from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from actions.registry import assemble
from actions.server import ActionServer
from tests.actions.numbers import FixedParameters
from tests.actions.rasa import ScriptedRasa
from tests.actions.shelf import ShelfRetriever


@pytest.fixture
def retriever() -> ShelfRetriever:
    return ShelfRetriever()


@pytest.fixture
async def client(retriever: ShelfRetriever) -> AsyncIterator[TestClient[Any, Any]]:
    app = web.Application()
    ActionServer(assemble(retriever=retriever, parameters=FixedParameters(), today=lambda: date(2026, 11, 23))).mount(
        app
    )
    async with TestClient(TestServer(app)) as connected:
        yield connected


@pytest.fixture
def rasa(client: TestClient[Any, Any]) -> ScriptedRasa:
    return ScriptedRasa(client)
