"""Late and unasked answers by customer-service message; what WeChat refuses now is kept for the next contact."""

import secrets

from bot.messages import ChannelName, Reply
from bot.seal import Seal
from channels.wechat import shown
from channels.wechat.courier import LATER, Courier
from channels.wechat.parcel import Parcel, sealed
from channels.wechat.receipts import Key, State
from channels.wechat.refusals import Fate, fate
from channels.wechat.sending_store import Sendings


class WeChatOutbox:
    """Implements `Outbox`. True only when WeChat took every part; the remainder is never called delivered."""

    def __init__(self, *, courier: Courier, sendings: Sendings, seal: Seal) -> None:
        self._courier = courier
        self._sendings = sendings
        self._seal = seal

    async def deliver(self, conversation: str, channel: ChannelName, sender: str, replies: tuple[Reply, ...]) -> bool:
        if channel is not ChannelName.WECHAT:
            return False
        key = Key(conversation=conversation, message_id=f"unasked.{secrets.token_hex(8)}")
        parts = shown.texts(shown.said(replies))
        arrived, code = await self._courier.send(key, parts, sender)
        if code == 0:
            return True
        if fate(code) is not Fate.GIVE_UP:
            rest = Parcel(sender=sender, text="\n".join(part.content for part in parts[arrived:]))
            state = State.HELD if fate(code) is Fate.HOLD else State.OWED
            await self._sendings.keep(key, sealed(rest, self._seal), state=state, code=code, seconds=LATER)
        return False
