"""Every door's promises, kept by this one in each of the platform's modes."""

import itertools
from contextlib import asynccontextmanager

import pytest

from tests.channels.wechat.account import account
from tests.channels.wechat.platform import openid
from tests.contracts.channel import ChannelContract, Heard


class Follower:
    def __init__(self, platform, name):
        self.platform = platform
        self.openid = openid(name)

    async def say(self, text, *, id):
        phone = self.platform.phones[self.openid]
        before = len(phone.seen)
        await self.platform.say(self.openid, text, MsgId=int(id))
        return Heard(text="\n".join(text for _, text in phone.seen[before:]))


class OfficialAccount(ChannelContract):
    encrypted = True

    @pytest.fixture(autouse=True)
    def _place(self, database_url):
        self.place = database_url

    @asynccontextmanager
    async def run(self, answering):
        async with account(self.place, answering, encrypted=self.encrypted) as running:

            class Door:
                @asynccontextmanager
                async def arrive(self, name):
                    yield Follower(running.platform, name)

            yield Door()


class TestEncrypted(OfficialAccount):
    pass


class TestPlain(OfficialAccount):
    encrypted = False


def test_openids_differ():
    names = [openid(name) for name in ("王", "李")]

    assert all(a != b for a, b in itertools.combinations(names, 2))
