"""A certificate is handed out once, can be verified by anyone, and is refused as soon as one byte differs."""

import io
import re
from random import Random

import pytest
from aiohttp import FormData, web
from aiohttp.test_utils import TestClient, TestServer
from pyhanko.pdf_utils.generic import NumberObject
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader

from actions.certificates.examining import Verdict
from actions.certificates.links_store import Links, prepare
from actions.certificates.pages import CHECKS, LARGEST_UPLOAD, CertificatePages
from actions.certificates.seal import FIELD, ElectronicSeal
from bot.errors import FundSystemUnavailable, Misconfigured
from bot.fund.records import Certificate, CertificateKind
from bot.store.database import Database
from tests.actions.certificates.issued import CODE, ISSUED, checked
from tests.fakes import FakeClock


class OneCertificate:
    """A core system that has issued one certificate."""

    down = False

    async def issue(self, subject: str, kind: CertificateKind, *, key: str) -> Certificate:
        return ISSUED

    async def verify(self, code: str) -> Certificate | None:
        if self.down:
            raise FundSystemUnavailable("down")
        return ISSUED if code == CODE else None


@pytest.fixture(scope="session")
def seal(tmp_path_factory) -> ElectronicSeal:
    return ElectronicSeal.demo(tmp_path_factory.mktemp("seal"), centre="西宁住房公积金管理中心(演示)")


@pytest.fixture
def fund() -> OneCertificate:
    return OneCertificate()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def links(tmp_path, clock):
    database = await Database.open(f"sqlite:///{tmp_path}/links.db", prepare=prepare)
    yield Links(database, clock)
    await database.close()


@pytest.fixture
async def client(fund, links, paper, seal):
    app = web.Application(client_max_size=64 * 1024)
    CertificatePages(fund=fund, links=links, paper=paper, seal=seal).mount(app)
    async with TestClient(TestServer(app)) as connected:
        yield connected


async def upload(client, content: bytes, name: str = "file"):
    form = FormData()
    form.add_field(name, io.BytesIO(content), filename="x.pdf", content_type="application/pdf")
    return await client.post("/verify", data=form)


async def test_a_link_shows_a_page_and_gives_the_file_once(client, links, seal):
    token = await links.make(CODE)

    looked = [await client.get(f"/files/{token}") for _ in range(3)]  # previews open links too
    first, second = await client.post(f"/files/{token}"), await client.post(f"/files/{token}")
    after = await client.get(f"/files/{token}")

    assert [page.status for page in looked] == [200, 200, 200]
    assert (first.status, first.content_type, second.status, after.status) == (200, "application/pdf", 410, 410)
    assert (await seal.check(await first.read())).code == CODE
    assert first.headers["Cache-Control"] == "no-store"


async def test_a_link_expires_after_ten_minutes_and_says_what_to_do(client, links, clock):
    token = await links.make(CODE)
    clock.forward(601)

    page, file = await client.get(f"/files/{token}"), await client.post(f"/files/{token}")

    assert (page.status, file.status) == (410, 410)
    assert "开证明" in await page.text()


async def test_a_guessed_link_leads_nowhere(client):
    assert (await client.post("/files/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")).status == 410
    assert (await client.get("/files/%00%ff")).status == 410


async def test_a_link_holds_nothing_of_the_person_or_the_certificate(links, tmp_path):
    token = await links.make(CODE)

    assert CODE not in token
    assert token.encode() not in (tmp_path / "links.db").read_bytes()
    assert token.encode() not in (tmp_path / "links.db-wal").read_bytes()


async def test_a_core_system_that_is_down_does_not_use_the_link_up(client, links, fund):
    token = await links.make(CODE)
    fund.down = True
    down = await client.post(f"/files/{token}")
    fund.down = False
    up = await client.post(f"/files/{token}")

    assert (down.status, up.status) == (503, 200)


async def test_anyone_may_verify_by_code_however_it_is_typed(client):
    page = await client.get("/verify", params={"code": " abcd 2345 efgh 6789 "})
    text = await page.text()

    assert page.status == 200
    assert "王**" in text
    assert "<script>" not in text
    assert "演示数据" in text


@pytest.mark.parametrize("code", ["ABCD2345EFGH6788", "x", "'; DROP TABLE", "../../../etc", "验证码", "A" * 500])
async def test_a_wrong_code_is_refused(client, code):
    page = await client.get("/verify", params={"code": code})

    assert page.status == 404
    assert "没有查到" in await page.text()


async def test_one_address_that_checks_without_end_is_told_to_wait_and_others_are_not(fund, links, paper, seal):
    app, clock = web.Application(), [0.0]
    pages = CertificatePages(
        fund=fund, links=links, paper=paper, seal=seal, proxies=frozenset({"127.0.0.1"}), now=lambda: clock[0]
    )
    pages.mount(app)
    async with TestClient(TestServer(app)) as connected:

        async def checked(visitor: str) -> int:
            said = {"X-Forwarded-For": visitor}
            return (await connected.get("/verify", params={"code": CODE}, headers=said)).status

        greedy = [await checked("10.0.0.1") for _ in range(CHECKS + 1)]
        uploaded = await connected.post("/verify", data=b"", headers={"X-Forwarded-For": "10.0.0.1"})
        other, form = await checked("10.0.0.2"), await connected.get("/verify")
        clock[0] += 1.0
        later = await checked("10.0.0.1")

    assert greedy == [200] * CHECKS + [429]
    assert (uploaded.status, other, form.status, later) == (429, 200, 200, 200)


async def test_an_untouched_file_is_accepted_and_its_facts_are_shown(client, drawn, seal):
    page = await upload(client, await seal.sign(drawn))

    assert page.status == 200
    assert "签名有效" in await page.text()


async def test_no_single_byte_may_differ(drawn, seal):
    signed, chance = await seal.sign(drawn), Random(4)

    verdicts = set()
    for _ in range(150):
        at = chance.randrange(len(signed))
        bent = signed[:at] + bytes([signed[at] ^ (1 << chance.randrange(8))]) + signed[at + 1 :]
        verdict = (await checked(seal, bent)).verdict
        verdicts.add(verdict)
        if verdict is Verdict.INTACT:  # unused padding of the signature itself, between its < and >
            start, end = _signature_bytes(signed)
            assert start < at < end

    assert Verdict.ALTERED in verdicts


def _signature_bytes(signed: bytes) -> tuple[int, int]:
    found = re.search(rb"/Contents <([0-9a-fA-F]+)>", signed)
    assert found
    return found.span(1)


async def test_a_change_of_the_text_is_told_as_a_change(client, drawn, seal):
    signed = await seal.sign(drawn)
    bent = signed.replace(b"/Keywords (ABCD", b"/Keywords (ABCE", 1)
    assert bent != signed

    assert "改动过" in await (await upload(client, bent)).text()


async def test_something_added_after_the_signature_is_a_change(seal, drawn):
    signed = await seal.sign(drawn)

    appended = await checked(seal, signed + b"\n% a comment")
    revised = await checked(seal, _revised(signed))

    assert Verdict.INTACT not in (appended.verdict, revised.verdict)


def _revised(signed: bytes) -> bytes:
    writer, out = IncrementalPdfFileWriter(io.BytesIO(signed)), io.BytesIO()
    writer.root["/Added"] = NumberObject(1)
    writer.update_root()
    writer.write(out)
    return out.getvalue()


async def test_a_file_sealed_by_another_or_by_nobody_is_not_ours(client, drawn, tmp_path, seal):
    other = ElectronicSeal.demo(tmp_path / "other", centre="别人")

    assert (await checked(seal, await other.sign(drawn))).verdict is Verdict.NOT_OURS
    assert (await checked(seal, drawn)).verdict is Verdict.NOT_OURS
    assert "不是本系统" in await (await upload(client, drawn)).text()


@pytest.mark.parametrize("content", [b"", b"hello", b"%PDF-1.7\n", b"%PDF-1.4\n" + b"<<" * 50_000, b"\0" * 100_000])
async def test_rubbish_is_refused_without_a_crash(client, seal, content):
    page = await upload(client, content)

    assert page.status in (200, 400)
    assert "不能采用" in await page.text() or "没有收到文件" in await page.text()


async def test_too_much_and_what_is_no_upload_is_refused(client):
    huge = await upload(client, b"%PDF" + b"x" * LARGEST_UPLOAD)
    other = await client.post("/verify", data=b"{}", headers={"Content-Type": "application/json"})
    named = await upload(client, b"%PDF", name="elsewhere")
    broken = await client.post("/verify", data=b"--x\r\n", headers={"Content-Type": "multipart/form-data; boundary=y"})

    assert {page.status for page in (huge, other, named, broken)} == {400}


async def test_pages_of_certificates_load_and_send_nothing_elsewhere(client):
    page = await client.get("/verify")

    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert "http" not in re.sub(r"<!doctype.*?>", "", await page.text())


async def test_the_signature_certifies_that_nothing_may_change(drawn, seal):
    (signature,) = PdfFileReader(io.BytesIO(await seal.sign(drawn))).embedded_signatures

    assert signature.field_name == FIELD
    assert signature.sig_object["/SubFilter"] == "/ETSI.CAdES.detached"
    assert signature.docmdp_level.name == "NO_CHANGES"


def test_the_demo_seal_is_made_once_and_its_key_is_the_owners_alone(tmp_path):
    ElectronicSeal.demo(tmp_path / "seal", centre="中心")
    key = (tmp_path / "seal" / "demo-seal.key").read_bytes()
    ElectronicSeal.demo(tmp_path / "seal", centre="中心")

    assert (tmp_path / "seal" / "demo-seal.key").read_bytes() == key
    assert (tmp_path / "seal" / "demo-seal.key").stat().st_mode & 0o077 == 0


def test_a_seal_that_cannot_be_read_stops_the_start(tmp_path):
    (tmp_path / "a.key").write_text("no key")
    with pytest.raises(Misconfigured):
        ElectronicSeal.load(key=tmp_path / "a.key", certificate=tmp_path / "a.key", centre="中心")
