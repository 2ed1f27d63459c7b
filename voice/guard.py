"""Lets the PBX in and nobody else: every request carries the installation's token."""

import hmac

from aiohttp import web

HEADER = "Authorization"


class Guard:
    """Checks the token; an empty one opens nothing."""

    def __init__(self, token: str) -> None:
        self._expected = f"Bearer {token}".encode() if token else b""

    def check(self, request: web.Request) -> None:
        """Raise HTTPUnauthorized unless the request carries the token."""
        given = request.headers.get(HEADER, "").encode()
        if not self._expected or not hmac.compare_digest(given, self._expected):
            raise web.HTTPUnauthorized(text="token missing or wrong")
