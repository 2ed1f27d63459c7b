"""With a time authority every paper carries its timestamp; without a good one no paper is given out."""

from datetime import UTC, datetime

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from actions.certificates.examining import Verdict
from actions.certificates.links_store import Links, prepare
from actions.certificates.pages import CertificatePages
from actions.certificates.seal import ElectronicSeal
from actions.certificates.stamping import TimeAuthority
from bot.errors import Misconfigured, SealUnavailable
from bot.store.database import Database
from tests.actions.certificates.authority import SEALS, Authority, authority, key, made
from tests.actions.certificates.issued import CODE, checked
from tests.actions.certificates.test_pages import OneCertificate, upload
from tests.fakes import FakeClock

CENTRE = "西宁住房公积金管理中心(演示)"
FAULTS = ("silent", "500", "html", "rubbish", "refused", "stranger", "other document", "old nonce")


@pytest.fixture
async def tsa():
    async with authority() as running:
        yield running


@pytest.fixture
def seal(tmp_path, tsa) -> ElectronicSeal:
    return sealing(tmp_path, tsa)


def sealing(folder, tsa: Authority, deadline: float = 20.0) -> ElectronicSeal:
    trusted = TimeAuthority.load(url=tsa.url, certificate=tsa.file(folder), deadline=deadline)
    return ElectronicSeal.demo(folder / "seal", centre=CENTRE, authority=trusted)


async def test_a_paper_carries_the_authoritys_time_and_no_clock_of_ours(seal, tsa, drawn):
    tsa.at = datetime(2026, 11, 2, 1, 30, tzinfo=UTC)

    found = await checked(seal, await seal.sign(drawn))

    assert (found.verdict, found.code, found.stamped_at) == (Verdict.INTACT, CODE, tsa.at)
    assert all(asked["cert_req"].native and asked["nonce"].native for asked in tsa.asked)


@pytest.mark.parametrize("fault", FAULTS)
async def test_without_a_good_timestamp_no_paper_is_given_out(tmp_path, tsa, fault, drawn):
    seal = sealing(tmp_path, tsa, deadline=1.0 if fault == "silent" else 20.0)
    tsa.fault = fault

    with pytest.raises(SealUnavailable):
        await seal.sign(drawn)


async def test_an_authority_that_is_not_there_is_said(tmp_path, tsa, unused_tcp_port, drawn):
    tsa.url = f"http://127.0.0.1:{unused_tcp_port}/tsa"

    with pytest.raises(SealUnavailable):
        await sealing(tmp_path, tsa).sign(drawn)


async def test_a_link_whose_paper_could_not_be_stamped_is_good_for_another_try(seal, tsa, tmp_path, paper):
    database = await Database.open(f"sqlite:///{tmp_path}/links.db", prepare=prepare)
    links, app = Links(database, FakeClock()), web.Application()
    CertificatePages(fund=OneCertificate(), links=links, paper=paper, seal=seal).mount(app)
    async with TestClient(TestServer(app)) as client:
        link = f"/files/{await links.make(CODE)}"
        tsa.fault = "500"
        failed = await client.post(link)
        tsa.fault = ""
        fetched = await client.post(link)
        shown = await (await upload(client, await fetched.read())).text()

        assert (failed.status, fetched.status) == (503, 200)
        assert "电子签章服务暂时连不上" in await failed.text()
        assert "可信时间戳" in shown
    await database.close()


async def test_a_paper_outlives_its_seal(tmp_path, drawn):
    """The seal's certificate expires, then another takes its place and names it as a former one."""
    (tmp_path / "old.key").write_bytes(key())
    (tmp_path / "old.pem").write_bytes(made("a seal of some years ago", SEALS, (-1_500, -500)))
    (tmp_path / "new.pem").write_bytes(made("the seal of today", SEALS))
    old = ElectronicSeal.load(key=tmp_path / "old.key", certificate=tmp_path / "old.pem", centre=CENTRE)
    new = {"key": tmp_path / "old.key", "certificate": tmp_path / "new.pem", "centre": CENTRE}
    paper = await old.sign(drawn)

    knowing = await checked(ElectronicSeal.load(**new, former=(tmp_path / "old.pem",)), paper)
    forgetful = await checked(ElectronicSeal.load(**new), paper)

    assert (await checked(old, paper)).verdict is Verdict.INTACT
    assert (knowing.verdict, forgetful.verdict) == (Verdict.INTACT, Verdict.NOT_OURS)


async def test_a_paper_from_before_there_was_an_authority_stays_good(tmp_path, seal, drawn):
    before = await ElectronicSeal.demo(tmp_path / "seal", centre=CENTRE).sign(drawn)

    found = await checked(seal, before)

    assert (found.verdict, found.stamped_at) == (Verdict.INTACT, None)


def test_an_authority_whose_certificate_cannot_be_read_stops_the_start(tmp_path):
    (tmp_path / "none.pem").write_text("no certificate")

    for file in ("none.pem", "missing.pem"):
        with pytest.raises(Misconfigured, match="tsa_certificate"):
            TimeAuthority.load(url="http://127.0.0.1:1", certificate=tmp_path / file, deadline=1.0)
