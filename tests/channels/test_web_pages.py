"""The page, the widget and their files."""

import re
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer, make_mocked_request

from bot import visitors
from channels.web.pages import FOREVER, STATIC, Pages

Client = TestClient[web.Request, web.Application]


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    app = web.Application()
    Pages().mount(app)
    async with TestClient(TestServer(app)) as client:
        yield client


async def test_the_page_allows_no_foreign_and_no_inline_script(client: Client) -> None:
    page = await client.get("/")
    body = await page.text()

    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert page.headers["X-Content-Type-Options"] == "nosniff"
    assert re.findall(r"<script(?![^>]*src=)|<style|\son\w+=|\sstyle=", body) == []


async def test_every_file_the_page_names_is_there_and_kept_for_ever(client: Client) -> None:
    body = await (await client.get("/")).text()

    named = re.findall(r'(?:href|src)="(/web/[^"]+)"', body)

    assert named
    for address in named:
        file = await client.get(address)
        assert file.status == 200
        assert file.headers["Cache-Control"] == FOREVER


async def test_an_unchanged_page_is_not_sent_twice(client: Client) -> None:
    first = await client.get("/")

    again = await client.get("/", headers={"If-None-Match": first.headers["ETag"]})

    assert (again.status, await again.read()) == (304, b"")


async def test_what_a_browser_can_unpack_is_sent_packed(client: Client) -> None:
    address = re.findall(r'href="(/web/[^"]+/chat.css)"', await (await client.get("/")).text())[0]

    packed = await client.get(address, headers={"Accept-Encoding": "gzip, br"})
    plain = await client.get(address, headers={"Accept-Encoding": "identity"})
    again = await client.get(address, headers={"If-None-Match": packed.headers["ETag"]})

    assert await packed.read() == await plain.read()
    assert int(packed.headers["Content-Length"]) < int(plain.headers["Content-Length"]) / 2
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Vary"] == "Accept-Encoding"
    assert again.status == 304


async def test_the_page_asks_for_all_it_needs_at_once(client: Client) -> None:
    body = await (await client.get("/")).text()

    needed = {path.name for path in STATIC.glob("*.js")} - {"widget.js"} | {"page.css", "chat.css", "icon.svg"}

    assert set(re.findall(r'href="/web/[^/"]+/([^"]+)"', body)) == needed


async def test_a_page_older_than_the_server_still_finds_its_files(client: Client) -> None:
    file = await client.get("/web/0123456789abcdef/chat.js")

    assert file.status == 200
    assert file.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("name", ["nothing.js", "..%2Fpages.py", "%2e%2e%2f%2e%2e%2fREADME.md"])
async def test_nothing_but_our_files_is_served(client: Client, name: str) -> None:
    assert (await client.get(f"/web/x/{name}")).status == 404


async def test_another_site_may_load_the_widget(client: Client) -> None:
    widget = await client.get("/widget.js")

    assert widget.headers["Access-Control-Allow-Origin"] == "*"
    assert widget.content_type == "text/javascript"
    assert "__VERSION__" not in await widget.text()


def test_modules_import_only_one_another() -> None:
    for script in STATIC.glob("*.js"):
        for imported in re.findall(r'from "([^"]+)"', script.read_text()):
            assert (STATIC / imported).is_file(), f"{script.name} imports {imported}"


def test_only_our_proxy_is_believed_about_the_visitor() -> None:
    proxies = frozenset({"10.0.0.1"})

    class Transport:
        def get_extra_info(self, name: str, default: object = None) -> object:
            return ("10.0.0.1", 1) if name == "peername" else default

    behind = make_mocked_request("GET", "/ws", headers={"X-Forwarded-For": "6.6.6.6, 1.2.3.4"}, transport=Transport())

    assert visitors.address(behind, proxies) == "1.2.3.4"
    assert visitors.address(behind, frozenset()) == "10.0.0.1"


@pytest.mark.parametrize(
    ("origin", "welcome"),
    [
        ("http://hall.gov.cn", True),
        ("https://hall.gov.cn", True),
        ("https://partner.gov.cn", True),
        ("https://evil.example", False),
        ("https://hall.gov.cn.evil.example", False),
        ("null", False),
    ],
)
def test_a_socket_opens_only_for_our_page_and_the_sites_we_name(origin: str, welcome: bool) -> None:
    request = make_mocked_request("GET", "/ws", headers={"Host": "hall.gov.cn", "Origin": origin})

    assert visitors.welcome_origin(request, frozenset({"https://partner.gov.cn"})) is welcome
