"""The public pages of certificates: fetching one once by a link, and verifying one by code or by the file itself."""

import asyncio
import time
from collections.abc import Callable
from datetime import datetime
from html import escape

from aiohttp import BodyPartReader, MultipartReader, web

from actions.certificates.examining import Checked, Verdict
from actions.certificates.links_store import Links
from actions.certificates.paper import Paper
from actions.certificates.seal import ElectronicSeal
from actions.certificates.texts import BUSY, DEMO, FETCH, FORM, GONE, PAGE, SAID, UNAVAILABLE, VERDICTS
from bot.buckets import Buckets
from bot.clock import CHINA
from bot.errors import FundSystemUnavailable, SealUnavailable, StoreUnavailable
from bot.fund.records import Certificate
from bot.fund.system import Certificates
from bot.log import logger
from bot.visitors import address

NOT_SEALED = "certificate.not_sealed"
LARGEST_UPLOAD = 2 * 1024 * 1024
LONGEST_CODE = 24
CHECKS, CHECKS_PER_SECOND = 60, 1.0  # of one address, which may be a bank's whole branch
UPLOAD_PATIENCE = 60.0  # seconds for two megabytes
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex",
}


class CertificatePages:
    """/files/{token} and /verify."""

    def __init__(
        self,
        *,
        fund: Certificates,
        links: Links,
        paper: Paper,
        seal: ElectronicSeal,
        proxies: frozenset[str] = frozenset(),
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._fund = fund
        self._links = links
        self._paper = paper
        self._seal = seal
        self._proxies = proxies
        self._checks = Buckets(CHECKS, CHECKS_PER_SECOND, now)

    def mount(self, app: web.Application) -> None:
        """Add the routes to the citizens' application."""
        app.router.add_get("/files/{token}", self._offer, allow_head=False)
        app.router.add_post("/files/{token}", self._fetch)
        app.router.add_get("/verify", self._verify)
        app.router.add_post("/verify", self._check)

    async def _offer(self, request: web.Request) -> web.Response:
        """A page with a button: a preview that opens links does not use them up."""
        try:
            link = await self._links.look(request.match_info["token"])
        except StoreUnavailable:
            return _page(UNAVAILABLE, status=503)
        return _page(FETCH) if link else _page(GONE, status=410)

    async def _fetch(self, request: web.Request) -> web.Response:
        """The signed PDF, once."""
        token = request.match_info["token"]
        try:
            code = await self._links.use(token)
            if code is None:
                return _page(GONE, status=410)
            certificate = await self._found(code, token)
            if certificate is None:
                return _page(GONE, status=410)
            pdf = await self._sealed(certificate, token)
        except (StoreUnavailable, FundSystemUnavailable):
            return _page(UNAVAILABLE, status=503)
        except SealUnavailable as error:
            return _page(SAID.format(escape(error.say)), status=503)
        disposition = f'attachment; filename="certificate-{code[-4:]}.pdf"'
        return web.Response(
            body=pdf, content_type="application/pdf", headers=HEADERS | {"Content-Disposition": disposition}
        )

    async def _found(self, code: str, token: str) -> Certificate | None:
        try:
            return await self._fund.verify(code)
        except FundSystemUnavailable:
            await self._links.restore(token)
            raise

    async def _sealed(self, certificate: Certificate, token: str) -> bytes:
        try:
            return await self._seal.sign(await asyncio.to_thread(self._paper.draw, certificate))
        except SealUnavailable as error:
            logger().warning(NOT_SEALED, reason=str(error))
            await self._links.restore(token)
            raise

    async def _verify(self, request: web.Request) -> web.Response:
        code = "".join(request.query.get("code", "").upper().split())
        if not code:
            return _page(FORM)
        if not self._allowed(request):
            return _page(BUSY + FORM, status=429)
        return await self._told(code[: LONGEST_CODE + 1])

    async def _check(self, request: web.Request) -> web.Response:
        if not self._allowed(request):
            return _page(BUSY + FORM, status=429)
        pdf = await _uploaded(request)
        if pdf is None:
            return _page(VERDICTS["unreadable"] + FORM, status=400)
        checked = await self._seal.check(pdf)
        if checked.verdict is Verdict.UNCHECKED:
            return _page(VERDICTS["unchecked"] + FORM, status=503)
        if checked.verdict is not Verdict.INTACT:
            return _page(VERDICTS[checked.verdict.value] + FORM)
        return await self._told(checked.code, checked)

    def _allowed(self, request: web.Request) -> bool:
        return self._checks.take(address(request, self._proxies))

    async def _told(self, code: str, file: Checked | None = None) -> web.Response:
        try:
            found = await self._fund.verify(code) if code.isascii() and code.isalnum() else None
        except FundSystemUnavailable:
            return _page(UNAVAILABLE, status=503)
        if found is None:
            return _page(VERDICTS["unknown"] + FORM, status=404)
        intro = VERDICTS[file.verdict.value if file else "known"]
        stamped = file.stamped_at if file else None
        return _page(intro + _table(found, stamped) + (DEMO if self._paper.demo else "") + FORM)


def _table(certificate: Certificate, stamped: datetime | None) -> str:
    rows = (
        ("证明", certificate.kind.value),
        ("开具日期", f"{certificate.issued_at.astimezone(CHINA):%Y-%m-%d}"),
        *((("可信时间戳", f"{stamped.astimezone(CHINA):%Y-%m-%d %H:%M:%S}"),) if stamped else ()),
        *certificate.rows,
    )
    cells = "".join(f"<tr><th scope=row>{escape(label)}</th><td>{escape(value)}</td></tr>" for label, value in rows)
    return f"<table>{cells}</table>"


async def _uploaded(request: web.Request) -> bytes | None:
    """The uploaded file; None when there is none, or too much of it."""
    if not request.content_type.startswith("multipart/"):
        return None
    try:
        async with asyncio.timeout(UPLOAD_PATIENCE):
            return await _file(await request.multipart())
    except (ValueError, AssertionError, KeyError, TimeoutError):
        return None


async def _file(parts: MultipartReader) -> bytes | None:
    part = await parts.next()
    if not isinstance(part, BodyPartReader) or part.name != "file":
        return None
    raw = bytearray()
    while chunk := await part.read_chunk(65_536):
        raw += chunk
        if len(raw) > LARGEST_UPLOAD:
            return None
    return bytes(raw) or None


def _page(body: str, *, status: int = 200) -> web.Response:
    return web.Response(text=PAGE.replace("{body}", body), status=status, content_type="text/html", headers=HEADERS)
