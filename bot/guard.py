"""Lets in who shows the installation's token and nobody else: the PBX, and our own processes among themselves."""

import hmac

from aiohttp import web

HEADER = "Authorization"


def shown(token: str) -> dict[str, str]:
    """Return the header that shows a token."""
    return {HEADER: f"Bearer {token}"}


class Guard:
    """Checks the token; an empty one opens nothing."""

    def __init__(self, token: str) -> None:
        self._expected = f"Bearer {token}".encode() if token else b""

    def check(self, request: web.Request) -> None:
        """Raise HTTPUnauthorized unless the request carries the token."""
        given = request.headers.get(HEADER, "").encode(errors="surrogateescape")
        if not self._expected or not hmac.compare_digest(given, self._expected):
            raise web.HTTPUnauthorized(text="token missing or wrong")
