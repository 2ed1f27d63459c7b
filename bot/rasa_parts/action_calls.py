"""Has actions run over connections that stay open, and checks the answers without a schema interpreter."""

from typing import Any

import aiohttp
import ujson
from rasa.shared.exceptions import RasaException
from rasa.utils.endpoints import ClientResponseError, EndpointConfig

from bot.rasa_parts.line import run_by_asker

DEADLINE = 30.0  # the gateway gives up sooner; nothing may hang for Rasa's own five minutes
_CONNECTIONS = 64
_IDLE = 30.0  # seconds an unused connection stays open; the action server lets go after 75


class ActionAnswerRefused(RasaException):  # type: ignore[misc]  # rasa is not installed beside mypy
    """The action server answered something that is no list of events and responses."""


class OpenEndpoint(EndpointConfig):  # type: ignore[misc]
    """An action endpoint with one pool of connections; everything else is as configured in endpoints.yml."""

    _session: aiohttp.ClientSession | None = None

    @classmethod
    def like(cls, configured: EndpointConfig) -> "OpenEndpoint":
        """Return the same endpoint, kept open."""
        return cls(
            configured.url,
            configured.params,
            configured.headers,
            configured.basic_auth,
            configured.token,
            configured.token_name,
            configured.cafile,
            **configured.kwargs,
        )

    async def request(self, method: str = "post", json: Any = None, **_: Any) -> Any:
        """Send `json` and return the JSON that comes back; raises ClientResponseError as Rasa expects it."""
        body = ujson.dumps(json, ensure_ascii=False).encode()
        ran = await run_by_asker(body, DEADLINE)
        if ran is not None:
            return ran
        async with self._open().request(method, self.url, data=body, params=self.combine_parameters()) as response:
            content = await response.read()
            if response.status >= 400:
                raise ClientResponseError(response.status, response.reason or "", content.decode(errors="replace"))
            return ujson.loads(content)

    async def close(self) -> None:
        """Let the connections go."""
        if self._session is not None:
            await self._session.close()

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=_CONNECTIONS, keepalive_timeout=_IDLE),
                timeout=aiohttp.ClientTimeout(total=DEADLINE, connect=2.0),
                headers={"Content-Type": "application/json", **self.headers},
                auth=aiohttp.BasicAuth(**self.basic_auth) if self.basic_auth else None,
            )
        return self._session


def checked(result: Any) -> bool:
    """Say that an action's answer has Rasa's format; raises ActionAnswerRefused when it has not."""
    if not isinstance(result, dict):
        raise ActionAnswerRefused("no object")
    for part, needs in (("events", "event"), ("responses", "")):
        entries = result.get(part, [])
        if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
            raise ActionAnswerRefused(f"{part}: no list of objects")
        if needs and not all(isinstance(entry.get(needs), str) for entry in entries):
            raise ActionAnswerRefused(f"{part}: an entry without a name")
    return True
