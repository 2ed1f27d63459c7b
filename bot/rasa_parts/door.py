"""Rasa's REST channel, which also fits our parts into the server that opens it (credentials.yml names this class)."""

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.actions.action import RemoteAction
from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage
from rasa.core.channels.rest import RestInput
from rasa.engine.runner.dask import DaskGraphRunner
from sanic import Blueprint

from bot.rasa_parts.action_calls import OpenEndpoint, checked
from bot.rasa_parts.line import Line
from bot.rasa_parts.runner import SequentialRunner
from bot.rasa_parts.settled import settle
from bot.rasa_parts.understanding import quicken

logger = logging.getLogger(__name__)


class Door(RestInput):  # type: ignore[misc]  # rasa is not installed beside mypy
    """Speaks the REST channel's protocol under the REST channel's address, `/webhooks/rest/webhook`."""

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[None]]) -> Blueprint:
        """Return Rasa's own routes, and fit our parts in once the model is loaded."""
        routes: Blueprint = super().blueprint(on_new_message)
        line = Line(on_new_message, self.name())

        async def begin(app: Any, _loop: Any) -> None:
            fit(app.ctx.agent)
            settle()
            await line.open()

        async def end(app: Any, _loop: Any) -> None:
            await line.close()
            endpoint = app.ctx.agent.processor and app.ctx.agent.processor.action_endpoint
            if isinstance(endpoint, OpenEndpoint):
                await endpoint.close()

        routes.after_server_start(begin)
        routes.after_server_stop(end)
        return routes


def fit(agent: Agent) -> None:
    """Give the loaded model our runner, understanding, calls of actions and one action a turn; safe to call again."""
    processor = agent.processor
    if processor is None:
        return
    if isinstance(processor.graph_runner, DaskGraphRunner):
        processor.graph_runner = SequentialRunner(processor.graph_runner)
        if not quicken(processor.graph_runner.nodes):
            logger.info("The pipeline has parts that bot/rasa_parts/understanding.py does not know: it runs as it is.")
    if processor.action_endpoint is not None and not isinstance(processor.action_endpoint, OpenEndpoint):
        processor.action_endpoint = OpenEndpoint.like(processor.action_endpoint)
    processor.should_predict_another_action = _never
    RemoteAction._validate_action_result = staticmethod(checked)


def _never(_action_name: str) -> bool:
    """Every rule here is one intent and one action (a test says so): after it Rasa listens, nothing else to predict."""
    return False
