"""`python -m bot call-backs`: who waits to be called, and who has been."""

from bot.assembly.sealing import seal_of
from bot.clock import CHINA, utc_now
from bot.errors import Misconfigured
from bot.settings import Settings
from bot.store.call_backs import SqlCallBacks
from bot.store.database import Database


async def call_backs(settings: Settings, *, called: int = 0) -> None:
    """Print the wishes, longest waiting first; forget the one that was fulfilled."""
    database = await Database.open(settings.store.url, deadline=settings.store.deadline)
    try:
        kept = SqlCallBacks(database, seal_of(settings), utc_now)
        if called and not await kept.called(called):
            raise Misconfigured(f"没有编号为 {called} 的回电登记。")
        waiting = await kept.waiting()
        print(f"等待回电:{len(waiting)} 人。打过之后:python -m bot call-backs --called <编号>")
        for wish in waiting:
            noted = wish.noted_at.astimezone(CHINA)
            print(f"{wish.id}  {noted:%m-%d %H:%M}  {wish.phone or '号码打不开'}  {wish.summary}")
    finally:
        await database.close()
