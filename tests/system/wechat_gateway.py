"""One gateway process for the scripted day: the real heart and the real WeChat door, a dialogue over HTTP."""

import asyncio
import sys
from datetime import timedelta

import aiohttp
from aiohttp import web

from bot.clock import utc_now
from bot.conversation import Conversation, Limits
from bot.errors import DialogueUnavailable
from bot.log import configure
from bot.memory import MemoryBus, MemoryLocks
from bot.messages import ChannelName, Reply, Response
from bot.seal import Seal
from bot.store import SqlStore
from bot.store.database import Database
from bot.store.vault_rows import VaultRows
from bot.vault import EncryptedVault
from channels.wechat.channel import Account, WeChatChannel
from channels.wechat.channel import Limits as DoorLimits
from tests.channels.wechat.platform import AES_KEY, APP_ID, SECRET, TOKEN
from tests.fakes import FixedRetriever

HEART_DEADLINE, HEART_LEASE = 6.0, 7.0  # compressed: WeChat's five seconds are two and a half here
DOOR = DoorLimits(budget=2.2, lease=9.0, beat=0.5, burst=1_000, per_second=1_000, deadline=2.0, pauses=(0.1, 0.3))


class HttpDialogue:
    """Asks the day's dialogue server, as the real heart asks Rasa."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._session: aiohttp.ClientSession | None = None

    async def respond(self, conversation, message):
        self._session = self._session or aiohttp.ClientSession()
        asked = {"sender": message.sender, "id": message.id, "text": message.text}
        try:
            async with self._session.post(self._url, json=asked) as answer:
                return Response(replies=(Reply(text=await answer.text()),))
        except (aiohttp.ClientError, OSError):
            raise DialogueUnavailable("down") from None


async def main(database_url: str, platform: str, dialogue: str, port: int) -> None:
    configure(sys.stderr, level="ERROR")
    database = await Database.open(database_url, deadline=10.0)
    seal = Seal("a secret for tests only")
    account = Account(app_id=APP_ID, secret=SECRET, token=TOKEN, aes_key=AES_KEY, platform=platform)
    channel = WeChatChannel(account=account, database=database, seal=seal, limits=DOOR)
    conversation = Conversation(
        dialogue=HttpDialogue(dialogue),
        retriever=FixedRetriever(),
        store=SqlStore(database),
        vault=EncryptedVault(rows=VaultRows(database), seal=seal, keep=timedelta(hours=1), now=utc_now),
        seal=seal,
        locks=MemoryLocks(),
        bus=MemoryBus(),
        now=utc_now,
        limits=Limits(
            deadline=HEART_DEADLINE, channel_deadlines={ChannelName.WECHAT: HEART_DEADLINE}, lease=HEART_LEASE
        ),
        outbox=channel.outbox,
    )
    app = web.Application()
    channel.mount(app, conversation)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port, reuse_address=True).start()
    print("ready", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])))
