"""Binds an account to a conversation, lets it go again, and erases what is kept of a citizen."""

import re
from dataclasses import replace

from actions.asking import choice
from actions.call import Call, Memory, OpenWish
from actions.counter.identity import OWN, UNBOUND, ProveIdentity
from actions.dialogue import Cancel
from actions.routing import waits
from actions.wish import Next, Result, say
from bot.messages import Button, ChannelName, Outcome, Response
from bot.ports import Identities, Vault


class BindAccount:
    """把我的公积金账户绑到这里。"""

    name = "bind_account"

    async def fulfil(self, call: Call) -> Result:
        """Proving binds; whoever is bound already hears so."""
        if call.subject:
            words = "您的公积金账户已经绑定在这个会话里了,可以直接查询。换人使用前请说“解除绑定”。"
            if call.channel is ChannelName.WEB:
                words = "您已经验证过身份了,30 分钟内可以直接查询。换人使用前请说“解除绑定”,或点“新对话”。"
            if call.channel in UNBOUND:
                words = "您已经验证过身份了,10 分钟内可以直接办。"
            return say(words, buttons=() if call.channel is ChannelName.ROBOT else OWN)
        proof = replace(call, memory=replace(call.memory, wish=OpenWish(name=ProveIdentity.name)))
        return Result(response=Response(replies=()), then=Next(wish=ProveIdentity.name, call=proof))


class UnbindAccount:
    """解除绑定。"""

    name = "unbind_account"

    def __init__(self, identities: Identities, vault: Vault) -> None:
        self._identities = identities
        self._vault = vault

    async def fulfil(self, call: Call) -> Result:
        """Forget the proof and the masked numbers at once: this only ever protects."""
        await self._identities.forget(call.sender)
        await self._vault.forget(call.sender)
        words = "✔ 已解除绑定,这里看不到您的账户了。再查余额、办业务,需要重新验证身份。"
        return say(words, outcome=Outcome.ACTED, memory=replace(call.memory, wish=None))


class EraseData:
    """把我的聊天记录和个人信息删掉。"""

    name = "erase_data"

    async def fulfil(self, call: Call) -> Result:
        """Ask once, then leave it to the conversation, which erases when everybody has written."""
        if call.known(self.name) and re.search(r"确[认定]|^(?:是|对|好|行|可以|同意|删)", call.told):
            words = (
                f"✔ 已删除:身份绑定、遮盖起来的号码、{_whose(call)}聊天记录和对话记忆。"
                "账户和已提交的业务档案由中心按规定保存,不受影响。"
            )
            return say(words, outcome=Outcome.ERASED, memory=Memory())
        words = (
            f"删除后不能恢复,会删掉:身份绑定、您发过的证件号等号码、{_whose(call)}聊天记录。"
            "账户和已经提交的业务不受影响。确认删除吗?"
        )
        waiting = waits(self.name, {"asking": "confirm"}, "confirm", reminder="刚才说要删除您的资料,还没有确认。")
        buttons = (choice("确认", "确认删除"), Button(label="不删了", payload="/cancel"))
        return say(words, outcome=Outcome.ASKED, buttons=buttons, memory=replace(call.memory, wish=waiting))


def _whose(call: Call) -> str:
    """Say how far erasing reaches: of a known person, to every door."""
    return "您在各个渠道验证过身份的会话的" if call.subject else "这个会话的"


class CancelProof:
    """算了,不办了(不再等验证码)。"""

    name = "cancel"

    def __init__(self, identities: Identities) -> None:
        self._identities = identities

    async def fulfil(self, call: Call) -> Result:
        """Digits are ordinary digits again."""
        waiting = call.memory.wish
        if waiting is not None and waiting.name == ProveIdentity.name:
            await self._identities.proving(call.sender, begun=False)
        return await Cancel().fulfil(call)
