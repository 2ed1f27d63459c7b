"""One access token for all processes: fetched by one under a lease, read by the others, sealed at rest."""

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta

import pytest

from bot.clock import utc_now
from bot.seal import Seal
from bot.store.database import Database
from channels.wechat.api import PlatformApi
from channels.wechat.refusals import PlatformRefused, PlatformUnreachable
from channels.wechat.token_store import AccessToken, TokenStore
from tests.channels.wechat.platform import APP_ID, SECRET, Platform
from tests.fakes import FakeClock

SEAL = Seal("a secret for tests only")


@asynccontextmanager
async def process(place, platform, owner, *, now=utc_now, secret=SECRET, lease=15.0):
    """A gateway process's view: its own connection, its own memory."""
    database = await Database.open(place if isinstance(place, str) else f"sqlite:///{place / 'jiajia.db'}")
    store = TokenStore(database, app_id=APP_ID, seal=SEAL, owner=owner, now=now, lease=lease)
    api = PlatformApi(app_id=APP_ID, secret=secret, store=store, now=now, url=platform.url)
    api.store = store
    try:
        yield api
    finally:
        await api.close()
        await database.close()


async def test_many_processes_that_need_a_token_at_once_fetch_one(database_url):
    async with AsyncExitStack() as stack:
        platform = await stack.enter_async_context(Platform().running())
        apis = [await stack.enter_async_context(process(database_url, platform, f"p{number}")) for number in range(4)]
        tokens = await asyncio.gather(*(api.tokens.current() for api in apis for _ in range(5)))

    assert set(tokens) == {platform.current}
    assert platform.fetches == 1


async def test_a_token_somebody_else_ended_is_replaced_once_for_all(database_url):
    async with AsyncExitStack() as stack:
        platform = await stack.enter_async_context(Platform().running())
        apis = [await stack.enter_async_context(process(database_url, platform, f"p{number}")) for number in range(4)]
        await asyncio.gather(*(api.tokens.current() for api in apis))
        platform.invalidate()
        await asyncio.gather(*(api.callback_addresses() for api in apis))

    assert (platform.fetches, platform.forced) == (2, 0)


@pytest.mark.slow
async def test_a_token_wechat_refuses_and_still_hands_out_is_forced(database_url):
    async with Platform().running() as platform, process(database_url, platform, "p") as api:
        token = await api.tokens.current()
        platform.tokens.clear()
        renewed = await api.tokens.current(refused=token)

    assert renewed != token
    assert platform.forced == 1


async def test_a_fetcher_that_died_holds_nobody_up_for_longer_than_its_lease(database_url):
    async with Platform().running() as platform:
        async with (
            process(database_url, platform, "dead", lease=0.3) as dead,
            process(database_url, platform, "p") as api,
        ):
            assert await dead.store.lease()
            token = await asyncio.wait_for(api.tokens.current(), 3)

    assert token == platform.current


async def test_a_token_is_renewed_before_it_ends(database_url):
    clock = FakeClock()
    async with Platform().running() as platform, process(database_url, platform, "p", now=clock) as api:
        await api.tokens.current()
        clock.forward(timedelta(minutes=116).total_seconds())
        await api.tokens.current()

    assert platform.fetches == 2


async def test_at_rest_it_is_sealed(tmp_path):
    async with Platform().running() as platform, process(tmp_path, platform, "p") as api:
        token = await api.tokens.current()
        raw = b"".join(path.read_bytes() for path in tmp_path.iterdir())

    assert token.encode() not in raw


async def test_a_wrong_secret_is_told_without_telling_it(database_url):
    async with Platform().running() as platform, process(database_url, platform, "p", secret="wrong-secret") as api:
        with pytest.raises(PlatformRefused) as raised:
            await api.tokens.current()

    assert raised.value.errcode == 40125
    assert "wrong-secret" not in str(raised.value)


async def test_a_platform_nobody_reaches_is_unreachable(database_url):
    platform = Platform()
    platform.url = "http://127.0.0.1:9"
    async with process(database_url, platform, "p") as api:
        with pytest.raises(PlatformUnreachable):
            await api.tokens.current()


async def test_a_token_of_another_secret_counts_as_none(database_url):
    async with Platform().running() as platform, process(database_url, platform, "p") as api:
        await api.store.lease()
        await api.store.keep(AccessToken(value="x", expires_at=utc_now() + timedelta(hours=1)))
        api.store._seal = Seal("another secret for tests")

        assert await api.store.read() is None
