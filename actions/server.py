"""The door Rasa calls: POST /webhook runs one action with rasa_sdk's own executor, GET /health says it is there."""

from collections.abc import Iterable
from typing import Any

import msgspec
from aiohttp import web
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import Action, ActionExecutionRejection, ActionNotFoundException

from bot.log import logger
from bot.wire import encode

ACTION_MISSING = "action.missing"
_MOST_BYTES = 4 * 1024 * 1024


class ActionServer:
    """Mounts the actions on an application; Rasa 3 speaks its usual webhook protocol to it."""

    def __init__(self, actions: Iterable[Action], *, most_bytes: int = _MOST_BYTES) -> None:
        self._executor = ActionExecutor()
        self._most_bytes = most_bytes
        for action in actions:
            self._executor.register_action(action)

    def mount(self, app: web.Application) -> None:
        """Add both routes."""
        app.router.add_post("/webhook", self._run)
        app.router.add_get("/health", self._health)

    async def _health(self, request: web.Request) -> web.Response:
        return web.json_response({"status": "ok", "actions": len(self._executor.actions)})

    async def _run(self, request: web.Request) -> web.Response:
        raw = await _read(request, self._most_bytes)
        status, answer = await self.answer(raw) if raw is not None else _refusal(413, "too-large", self._most())
        return web.Response(body=answer, status=status, content_type="application/json")

    def _most(self) -> str:
        return f"at most {self._most_bytes} bytes"

    async def answer(self, raw: bytes) -> tuple[int, bytes]:
        """Run what Rasa's JSON asks for; return a status of HTTP and JSON."""
        if len(raw) > self._most_bytes:
            return _refusal(413, "too-large", self._most())
        try:
            payload = msgspec.json.decode(raw, type=dict[str, Any])
        except msgspec.MsgspecError:
            return _refusal(400, "not-json", "the body is not a JSON object")
        name = payload.get("next_action")
        if not isinstance(name, str) or not _is_tracker(payload.get("tracker")):
            return _refusal(400, "wrong-shape", "next_action or tracker is missing")
        # Rasa with selective domain sends none, and none of our actions reads it; the executor insists on one.
        payload.setdefault("domain", {})
        try:
            result = await self._executor.run(payload)
        except ActionNotFoundException as error:
            logger().error(ACTION_MISSING, action=name[:80])
            return 404, encode({"error": error.message, "action_name": error.action_name})
        except ActionExecutionRejection as error:
            return 400, encode({"error": error.message, "action_name": error.action_name})
        return 200, encode(result.model_dump() if result else None)


def _is_tracker(tracker: object) -> bool:
    return isinstance(tracker, dict) and isinstance(tracker.get("sender_id"), str)


async def _read(request: web.Request, most_bytes: int) -> bytes | None:
    """Read the body without ever holding more than allowed; None when it is larger."""
    if (request.content_length or 0) > most_bytes:
        return None
    raw = bytearray()
    async for chunk in request.content.iter_chunked(65_536):
        raw += chunk
        if len(raw) > most_bytes:
            return None
    return bytes(raw)


def _refusal(status: int, code: str, detail: str) -> tuple[int, bytes]:
    return status, encode({"error": detail, "code": code})
