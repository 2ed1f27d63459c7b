"""The page behind a one-time link: looking at it opens nothing, the button opens the document once."""

from aiohttp import web

from bot.errors import StoreUnavailable, Unavailable
from channels.wechat.link_store import OneTimeLinks

PATH = "/wechat/once/{word}"
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action *; base-uri 'none'",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex",
}
_STYLE = "body{font:18px/1.7 sans-serif;margin:12vh 8vw;color:#222}button{font:inherit;padding:.6em 2em}"
WAITING = "这是您本人的文件,只能打开一次,请在方便查看的时候点开。"
GONE = "这个链接已经用过或过期了。请回到公众号,对家家说“开证明”,会给您一个新的。"


class LinkPages:
    """GET shows a button, POST opens: WeChat's own look at a link must not use it up."""

    def __init__(self, links: OneTimeLinks) -> None:
        self._links = links

    def mount(self, app: web.Application) -> None:
        app.router.add_get(PATH, self.look)
        app.router.add_post(PATH, self.open)

    async def look(self, request: web.Request) -> web.Response:
        """Show what it is, without opening it."""
        try:
            waits = await self._links.waits(request.match_info["word"])
        except StoreUnavailable:
            return page(Unavailable.say, status=503)
        if not waits:
            return page(GONE, status=410)
        return page(WAITING, button="打开文件")

    async def open(self, request: web.Request) -> web.Response:
        """Open it, once."""
        try:
            target = await self._links.open(request.match_info["word"])
        except StoreUnavailable:
            return page(Unavailable.say, status=503)
        if target is None:
            return page(GONE, status=410)
        return web.Response(status=303, headers={**HEADERS, "Location": target})


def page(text: str, *, button: str = "", status: int = 200) -> web.Response:
    """Return a small page; `text` and `button` are ours, never a visitor's words."""
    form = f'<form method="post"><button>{button}</button></form>' if button else ""
    body = (
        '<!doctype html><html lang="zh-CN"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>家家</title><style>{_STYLE}</style><p>{text}</p>{form}</html>"
    )
    return web.Response(text=body, status=status, content_type="text/html", headers=HEADERS)
