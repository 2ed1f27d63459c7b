"""Where a request comes from: the address that is counted, and the page that may open a socket."""

from urllib.parse import urlsplit

from aiohttp import web


def address(request: web.Request, proxies: frozenset[str]) -> str:
    """Return the visitor's address; only a proxy of ours is believed about whom it speaks for."""
    remote = request.remote or ""
    if remote not in proxies:
        return remote
    forwarded = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
    return next((part for part in reversed(forwarded) if part and part not in proxies), remote)


def welcome_origin(request: web.Request, origins: frozenset[str]) -> bool:
    """Accept our own page, the sites that embed the widget, and programs that name no origin (no browser hides it)."""
    origin = request.headers.get("Origin")
    if origin is None or origin in origins:
        return True
    return urlsplit(origin).netloc == request.host
