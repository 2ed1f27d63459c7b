"""Assembles certificates: the seal, the paper, the one-time links, the public pages and the wish."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from actions.certificates.links_store import Links, prepare
from actions.certificates.pages import CertificatePages
from actions.certificates.paper import Paper
from actions.certificates.seal import ElectronicSeal
from actions.certificates.stamping import TimeAuthority
from actions.certificates.typeface import Typeface
from actions.counter.certificate import GetCertificate
from bot.clock import utc_now
from bot.errors import Misconfigured
from bot.fund.system import FundSystem
from bot.settings import Settings
from bot.store.database import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateDesk:
    """What the gateway mounts for citizens, and what it gives to the actions."""

    pages: CertificatePages
    wish: GetCertificate


@asynccontextmanager
async def certificate_desk(settings: Settings, fund: FundSystem) -> AsyncIterator[CertificateDesk | None]:
    """Open the links' store and read the seal; None when a real core system has no seal: its guide stays instead.

    Raises Misconfigured when the seal cannot be read.
    """
    url, asked = public_url(settings), settings.certificates
    if settings.fund.url and not asked.key:
        yield None
        return
    demo = not settings.fund.url
    centre = f"{asked.centre}(演示)" if demo else asked.centre
    database = await Database.open(settings.store.url, deadline=settings.store.deadline, prepare=prepare)
    try:
        links = Links(database, utc_now)
        paper = Paper(centre=centre, verify_url=f"{url}/verify", demo=demo, typeface=typeface_of(settings))
        yield CertificateDesk(
            pages=CertificatePages(
                fund=fund,
                links=links,
                paper=paper,
                seal=seal_of(settings, centre),
                proxies=frozenset(settings.gateway.proxies),
            ),
            wish=GetCertificate(fund, links, public_url=url),
        )
    finally:
        await database.close()


def public_url(settings: Settings) -> str:
    """Where citizens find this gateway."""
    named = settings.certificates.public_url or settings.wechat.public_url
    return named or f"http://{settings.gateway.host}:{settings.gateway.port}"


def typeface_of(settings: Settings) -> Typeface:
    """The letters of papers: the centre's font where it names one, else the one that comes with the program."""
    font = settings.certificates.font
    return Typeface.of(Path(font)) if font else Typeface.own()


def authority_of(settings: Settings) -> TimeAuthority | None:
    """Who stamps the time on certificates."""
    asked = settings.certificates
    if bool(asked.tsa) != bool(asked.tsa_certificate):
        raise Misconfigured("certificates.tsa, certificates.tsa_certificate: a time authority needs both")
    if not asked.tsa:
        return None
    return TimeAuthority.load(url=asked.tsa, certificate=Path(asked.tsa_certificate), deadline=asked.tsa_deadline)


def seal_of(settings: Settings, centre: str) -> ElectronicSeal:
    """The centre's seal, or a demo seal; what a real core system says is never sealed with the latter."""
    asked = settings.certificates
    if asked.key and asked.certificate:
        passphrase = settings.certificates_passphrase.get_secret_value()
        return ElectronicSeal.load(
            key=Path(asked.key),
            certificate=Path(asked.certificate),
            centre=centre,
            passphrase=passphrase,
            former=tuple(map(Path, asked.former)),
            authority=authority_of(settings),
        )
    if asked.key or asked.certificate:
        raise Misconfigured("certificates.key, certificates.certificate: a seal needs both")
    return ElectronicSeal.demo(asked.folder, centre=centre, authority=authority_of(settings))
