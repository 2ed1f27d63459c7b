"""The HTTP talk between the dialplan and us: who calls, and what becomes of the call."""

import re
from dataclasses import dataclass
from uuid import UUID

from aiohttp import web

from bot.errors import FrameRefused
from bot.guard import Guard
from bot.wire import decode, to_builtins
from voice.calls import Calls

_NUMBER = re.compile(r"\+?[0-9]{3,20}")
LONGEST_SUMMARY = 600  # a dialplan variable holds some kilobytes, a display less


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCall:
    """POST /calls."""

    uuid: str
    caller: str = ""


class PbxDoor:
    """Adds `/calls` to the service's application; every request carries the token."""

    def __init__(self, calls: Calls, guard: Guard) -> None:
        self._calls = calls
        self._guard = guard

    def mount(self, app: web.Application) -> None:
        app.router.add_post("/calls", self._register)
        app.router.add_get("/calls/{call}/outcome", self._outcome)

    async def _register(self, request: web.Request) -> web.Response:
        self._guard.check(request)
        new = await _new_call(request)
        self._calls.register(_call(new.uuid), new.caller if _NUMBER.fullmatch(new.caller) else "")
        return web.json_response({"registered": True}, status=201)

    async def _outcome(self, request: web.Request) -> web.Response:
        """Answer JSON, or for a dialplan (`?as=text`) one line: `hangup` or `queue|summary`."""
        self._guard.check(request)
        outcome = self._calls.outcome(_call(request.match_info["call"]))
        if outcome is None:
            raise web.HTTPNotFound(text="queue|")  # nothing is known: a person should take it
        if request.query.get("as") == "text":
            return web.Response(text=f"{outcome.end.value}|{_one_line(outcome.summary)}")
        return web.json_response(to_builtins(outcome))


async def _new_call(request: web.Request) -> NewCall:
    """Read JSON, or the form that a dialplan's CURL posts."""
    try:
        if request.content_type == "application/json":
            return decode(await request.read(), NewCall)
        form = await request.post()
        return NewCall(uuid=str(form.get("uuid", "")), caller=str(form.get("caller", "")))
    except (FrameRefused, ValueError) as error:
        raise web.HTTPBadRequest(text="uuid and caller are wanted") from error


def _call(text: str) -> str:
    try:
        return str(UUID(text))
    except ValueError as error:
        raise web.HTTPBadRequest(text="the call must be a UUID") from error


def _one_line(summary: str) -> str:
    """Nothing in a summary may end the dialplan's line or open a variable."""
    return re.sub(r"[\s|${}\[\]\",;\\]+", " ", summary)[:LONGEST_SUMMARY].strip()
