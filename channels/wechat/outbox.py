"""Late and unasked answers by customer-service message; what WeChat refuses now is kept for the next contact."""

import secrets

from bot.messages import ChannelName, Reply
from bot.seal import Seal
from channels.wechat import shown
from channels.wechat.courier import Courier
from channels.wechat.parcel import Parcel, sealed
from channels.wechat.receipts import Key
from channels.wechat.sending_store import Sendings


class WeChatOutbox:
    """Implements `Outbox`. True only when WeChat took every part; the remainder is never called delivered."""

    def __init__(self, *, courier: Courier, sendings: Sendings, seal: Seal) -> None:
        self._courier = courier
        self._sendings = sendings
        self._seal = seal

    async def deliver(self, conversation: str, channel: ChannelName, sender: str, replies: tuple[Reply, ...]) -> bool:
        """Write down what is owed before the first attempt; raises StoreUnavailable."""
        if channel is not ChannelName.WECHAT:
            return False
        key = Key(conversation=conversation, message_id=f"unasked.{secrets.token_hex(8)}")
        raw = sealed(Parcel(sender=sender, text=shown.said(replies)), self._seal)
        return await self._courier.deliver(await self._sendings.owe(key, raw))
