"""The page, the widget and their files: read once, served with a version in the address and strict headers."""

import gzip
from dataclasses import dataclass
from hashlib import blake2b
from mimetypes import guess_type
from pathlib import Path

from aiohttp import web

STATIC = Path(__file__).with_name("static")
VERSION = b"__VERSION__"
FOREVER = "public, max-age=31536000, immutable"
PAGE_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
    ),
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(self), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
FILE_HEADERS = {
    "Access-Control-Allow-Origin": "*",  # public files: sites that embed the widget import its modules from here
    "Cross-Origin-Resource-Policy": "cross-origin",
    "X-Content-Type-Options": "nosniff",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """A file as it is sent: plain, or `packed` (gzip) to who can read that."""

    body: bytes
    packed: bytes
    content_type: str
    etag: str


class Pages:
    """Serves `/`, `/widget.js` (both asked for anew each time) and `/web/<version>/…` (kept for ever)."""

    def __init__(self, folder: Path = STATIC) -> None:
        files = {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file()}
        self.version = _digest(b"\0".join(name.encode() + body for name, body in files.items()))
        stamped = {name: body.replace(VERSION, self.version.encode()) for name, body in files.items()}
        self._assets = {name: _asset(name, body) for name, body in stamped.items()}

    def mount(self, app: web.Application) -> None:
        app.router.add_get("/", self.page)
        app.router.add_get("/widget.js", self.widget)
        app.router.add_get("/favicon.ico", self.icon)
        app.router.add_get("/web/{version}/{name}", self.file)

    async def page(self, request: web.Request) -> web.Response:
        return _answer(request, self._assets["index.html"], {**PAGE_HEADERS, "Cache-Control": "no-cache"})

    async def widget(self, request: web.Request) -> web.Response:
        return _answer(request, self._assets["widget.js"], {**FILE_HEADERS, "Cache-Control": "no-cache"})

    async def icon(self, request: web.Request) -> web.Response:
        return _answer(request, self._assets["icon.svg"], {**FILE_HEADERS, "Cache-Control": "no-cache"})

    async def file(self, request: web.Request) -> web.Response:
        """Serve a file; a page that is older than this server gets today's file, but does not keep it."""
        asset = self._assets.get(request.match_info["name"])
        if asset is None:
            return web.Response(status=404, text="没有这个页面。请回到网上大厅首页。", headers=FILE_HEADERS)
        current = request.match_info["version"] == self.version
        return _answer(request, asset, {**FILE_HEADERS, "Cache-Control": FOREVER if current else "no-cache"})


def _answer(request: web.Request, asset: Asset, headers: dict[str, str]) -> web.Response:
    packs = "gzip" in request.headers.get("Accept-Encoding", "").lower()
    headers = {**headers, "ETag": f'"{asset.etag}{"-gzip" if packs else ""}"', "Vary": "Accept-Encoding"}
    known = request.if_none_match or ()
    if any(tag.value.removesuffix("-gzip") in (asset.etag, "*") for tag in known):
        return web.Response(status=304, headers=headers)
    body, coding = (asset.packed, {"Content-Encoding": "gzip"}) if packs else (asset.body, {})
    return web.Response(body=body, content_type=asset.content_type, charset="utf-8", headers={**headers, **coding})


def _asset(name: str, body: bytes) -> Asset:
    kind = "text/javascript" if name.endswith(".js") else guess_type(name)[0] or "application/octet-stream"
    return Asset(body=body, packed=gzip.compress(body, mtime=0), content_type=kind, etag=_digest(body))


def _digest(body: bytes) -> str:
    return blake2b(body, digest_size=8).hexdigest()
