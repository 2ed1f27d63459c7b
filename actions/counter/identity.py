"""Proves who is there: by ID number and a code or password, in the hall by the card itself."""

import re
from dataclasses import replace
from datetime import timedelta

from actions.asking import choice
from actions.call import Call, OpenWish
from actions.consent import denies
from actions.going_on import done_here
from actions.routing import GO_ON, waits
from actions.wish import PERSON, Next, Result, say
from bot import numbers
from bot.buckets import Shares
from bot.errors import BusinessRefused, IdentityLocked
from bot.fund.records import Person
from bot.fund.system import IdentityDesk
from bot.messages import Button, Card, ChannelName, Outcome
from bot.ports import Identities, Vault

_ID = re.compile(r"〔身份证·\d+〕")
_SECRET = re.compile(r"〔验证码·\d+〕")
_PASSWORD = re.compile(r"密码|口令")
_CODE = re.compile(r"短信|验证码|发码|[发用]到?手机|手机(?:上|验证|吧|$)|重发|再发|重新发|换一种")
_OTHER_NUMBER = re.compile(r"〔(?:账号|银行卡|手机号)·\d+〕")
_NOT_AN_ID = "这不是身份证号(要 18 位,最后一位可能是 X),家家已经遮盖。请发您的 18 位身份证号,还没有提交任何内容。"
_NO_ID = (
    "不着急,身份证号什么时候方便再发,要办的事先给您留着。\n"
    "不想在这里发号码的,可以自己登录手机 APP 或网上业务大厅查、办,或带身份证到柜面;问政策、算账、看网点都不用验证。"
)
_WAYS = {
    "": "短信验证码发到您的预留手机,查询密码是您自己设的 6 位数,挑一个就行;两样都不方便,带身份证到柜面办,或转人工。",
    "code": (
        "短信有时会晚一会儿,过一分钟还没有就点重发。\n"
        "预留手机号已经换了、收不到的,改用查询密码;密码也没有的,带身份证到柜面改预留手机号。"
    ),
    "password": "想不起查询密码,改用短信验证码就行;预留手机也收不到的,带身份证到柜面办。",
}
_SIX_DIGITS = re.compile(r"\d{6}")
UNBOUND = frozenset({ChannelName.PHONE, ChannelName.ROBOT})  # others may sit there next: nothing outlives the proof
SITTING = timedelta(minutes=30)  # policy_facts A-52: a browser may be a shared one, so what it may see ends by itself
BOUND = timedelta(days=30)
_TOO_MANY_CODES = "验证码要得太频繁了,这次没有发。请过十分钟再试;着急的话请带身份证原件到柜台,或转人工。"
_TOO_MANY_TRIES = "验证试得太频繁了,这次没有提交。请过十分钟再试;着急的话请带身份证原件到柜台,或转人工。"
_REMINDER = "刚才在验证身份,还没完成。把需要的内容发给我,验证好了接着办;不办了就说“取消”。"
_BY_CODE, _BY_PASSWORD = choice("短信验证码"), choice("查询密码")
_AGAIN = choice("重发验证码")
_AT_ROBOT = "大厅里请不要说出或输入证件号、密码。请在读卡区刷身份证,刷好了接着办;或者用自己的手机办理。"
OWN: tuple[Button, ...] = (
    Button(label="查余额", payload="/query_balance"),
    Button(label="查缴存明细", payload="/query_contribution"),
    Button(label="查办理进度", payload="/query_progress"),
)
_BOOK = Button(label="取号或预约", payload="/book_counter")


class ProveIdentity:
    """验证我是本人。"""

    name = "prove_identity"

    def __init__(
        self,
        desk: IdentityDesk,
        identities: Identities,
        vault: Vault,
        *,
        codes: Shares,
        proofs: Shares,
        page: str = "",
    ) -> None:
        """`codes` may be sent to one person, `proofs` tried by one; followers on WeChat can bind on `page` instead."""
        self._desk = desk
        self._identities = identities
        self._vault = vault
        self._codes = codes
        self._proofs = proofs
        self._page = page

    async def fulfil(self, call: Call) -> Result:
        """Ask for what is missing: the ID number, the way, the secret. From here on six digits are a secret."""
        told = call.known(self.name)
        if call.channel is ChannelName.ROBOT:
            return await self._by_card(call, told)
        await self._identities.proving(call.sender, begun=True)
        at_a_loss = self._at_a_loss(call, told)
        number = await self._number(call, told)
        other = not _ID.search(call.told) and _OTHER_NUMBER.search(call.told)
        if secret := _SECRET.search(call.told):
            told["secret"] = secret.group()
        if not number:
            return self._ask_number(call, told, _NOT_AN_ID if other else _NO_ID if at_a_loss else "")
        if not numbers.identity(number):
            told.pop("id")
            return self._ask_number(call, told, _NOT_AN_ID if other else _mistyped(number))
        words = _SECRET.sub("", call.told)
        plain = "" if denies(words) else words  # 手机号换了收不到 names no way
        named = "password" if _PASSWORD.search(plain) else "code" if _CODE.search(plain) else ""
        if mark := told.pop("secret", ""):
            way = named or told.get("way") or "password"  # no code has been sent yet: it can only be the password
            return await self._check(call, told | {"way": way}, number, mark)
        if named == "code":
            return await self._send_code(call, told, number)
        if at_a_loss and not named:
            return self._tell_ways(call, told)
        if named == "password" or told.get("way") == "password":
            return self._ask_password(call, told)
        if told.get("way") == "code":
            words = "请把短信里的 6 位数字发给我。没收到可以重发,或改用查询密码。"
            return self._ask(call, told, words, _AGAIN, _BY_PASSWORD, kind="secret")
        words = f"收到身份证号 {told['id']}。用哪种方式确认是您本人?"
        spoken = "收到身份证号。用短信验证码,还是查询密码?"
        return self._ask(call, told, words, _BY_CODE, _BY_PASSWORD, spoken=spoken, kind="proof")

    async def _by_card(self, call: Call, told: dict[str, str]) -> Result:
        """In the hall nothing is said or typed: the card on the reader is the proof, and nothing of it is kept."""
        number = await self._vault.get(call.sender, call.card) if call.card else None
        if not number:
            return self._ask(call, told, _AT_ROBOT)
        try:
            person = await self._desk.prove_by_card(number)
        except BusinessRefused as refused:
            return say(refused.reason, outcome=Outcome.FAILED, memory=replace(call.memory, wish=None))
        await self._identities.proved(call.sender, person.subject, 2, bound=timedelta())
        return _proved(call, told, person)

    async def _number(self, call: Call, told: dict[str, str]) -> str:
        """Return the ID number told now or before in this conversation, as long as the vault holds it."""
        typed = _ID.findall(call.told)
        if typed and typed[-1] != told.get("id"):
            told.pop("way", "")
        earlier = [mark for said in reversed(call.said) if said.citizen for mark in _ID.findall(said.text)]
        for mark in (*typed[-1:], told.get("id", ""), *earlier[:1]):
            value = await self._vault.get(call.sender, mark) if mark else None
            if value and (mark in typed or numbers.identity(value)):  # a slip of before is not held against them
                told["id"] = mark
                return value
        told.pop("id", "")
        return ""

    def _ask_number(self, call: Call, told: dict[str, str], wrong: str = "") -> Result:
        words = wrong or (
            "为了保护您的账户,先确认是您本人。请发您的 18 位身份证号:家家一收到就遮盖,不进聊天记录,只用于这次验证。"
        )
        aloud = "为了保护您的账户,先确认是您本人。请说出或按键输入您的十八位身份证号。"
        spoken = wrong.replace("\n", "") or aloud
        if call.channel is ChannelName.WECHAT and self._page and not wrong and call.assurance < 1:
            card = Card(title="绑定账户", link=self._page)
            return self._ask(call, told, f"{words}\n不想在对话里发号码,就点开绑定页办。", cards=(card,))
        return self._ask(call, told, words, spoken=spoken)

    async def _send_code(self, call: Call, told: dict[str, str], number: str) -> Result:
        if not self._codes.take(call.sender, call.origin):
            return _too_often(call, _TOO_MANY_CODES)
        try:
            phone = await self._desk.send_code(number)
        except BusinessRefused as refused:
            return self._ask(call, told | {"way": "code"}, refused.reason, _BY_PASSWORD, kind="secret")
        except IdentityLocked as locked:
            return _locked(call, locked)
        words = (
            f"验证码已发到您的预留手机 {phone}(5 分钟内有效)。请把 6 位数字发给我;"
            "家家不会主动打电话要验证码,也请不要告诉别人。"
        )
        spoken = "验证码已经发到您的预留手机,五分钟内有效。请说出或按键输入六位数字。"
        return self._ask(call, told | {"way": "code"}, words, _AGAIN, _BY_PASSWORD, spoken=spoken, kind="secret")

    def _ask_password(self, call: Call, told: dict[str, str]) -> Result:
        words = "请发 6 位查询密码,家家一收到就遮盖。忘了密码可以改用短信验证码。"
        spoken = "请按键输入六位查询密码。忘了密码,可以说用短信验证码。"
        return self._ask(call, told | {"way": "password"}, words, _BY_CODE, spoken=spoken, kind="secret")

    async def _check(self, call: Call, told: dict[str, str], number: str, mark: str) -> Result:
        secret = await self._vault.get(call.sender, mark) or ""
        by_code = told["way"] == "code"
        others = (_AGAIN, _BY_PASSWORD) if by_code else (_BY_CODE,)
        if not _SIX_DIGITS.fullmatch(secret):
            words = f"{'验证码' if by_code else '查询密码'}是 6 位数字,请核对后重发;这次没有提交,不算次数。"
            return self._ask(call, told, words, *others, kind="secret")
        if not self._proofs.take(call.sender, call.origin):
            return _too_often(call, _TOO_MANY_TRIES)
        prove = self._desk.prove_by_code if by_code else self._desk.prove_by_password
        try:
            person = await prove(number, secret)
        except BusinessRefused as refused:
            spoken = f"{refused.reason}请重新输入六位{'验证码' if by_code else '查询密码'}。"
            return self._ask(call, told, refused.reason, *others, spoken=spoken, kind="secret")
        except IdentityLocked as locked:
            return _locked(call, locked)
        await self._identities.proved(call.sender, person.subject, 2, bound=_bound(call.channel))
        return _proved(call, told, person)

    @staticmethod
    def _at_a_loss(call: Call, told: dict[str, str]) -> bool:
        """Say whether something was asked for and what came is nothing of the proof: 没收到, 没带在身上."""
        typed = _ID.search(call.told) or _SECRET.search(call.told) or _OTHER_NUMBER.search(call.told)
        return bool(told.pop("asked", "") and call.text) and call.intent != GO_ON and not typed

    def _tell_ways(self, call: Call, told: dict[str, str]) -> Result:
        """Tell what can be done when the code does not come or the password is forgotten."""
        way = told.get("way", "")
        buttons = {"code": (_AGAIN, _BY_PASSWORD), "password": (_BY_CODE,)}.get(way, (_BY_CODE, _BY_PASSWORD))
        kind = "secret" if way else "proof"
        return self._ask(call, told, _WAYS[way], *buttons, PERSON, kind=kind)

    def _ask(
        self,
        call: Call,
        told: dict[str, str],
        words: str,
        *buttons: Button,
        spoken: str = "",
        cards: tuple[Card, ...] = (),
        kind: str = "id-number",
    ) -> Result:
        """Ask for one thing of the proof, `kind`; whatever else belongs to it is understood, too."""
        before = call.memory.wish
        after = before.after if before is not None and before.name == self.name else _meant(call)
        kinds = dict.fromkeys((kind, "id-number", "secret", "proof"))
        waiting = waits(self.name, told | {"asked": kind}, *kinds, reminder=_REMINDER)
        memory = replace(call.memory, wish=replace(waiting, after=after))
        return say(words, spoken=spoken, outcome=Outcome.ASKED, buttons=buttons, cards=cards, memory=memory)


def _locked(call: Call, locked: IdentityLocked) -> Result:
    """Say so; what is typed next may still be a password, so digits stay hidden."""
    words = f"{locked}着急的话请带身份证原件到柜台,或转人工。" if str(locked) else locked.say
    return say(words, outcome=Outcome.FAILED, buttons=(PERSON,), memory=replace(call.memory, wish=None))


def _too_often(call: Call, words: str) -> Result:
    """End the proof here; what is typed next stays hidden all the same."""
    return say(words, outcome=Outcome.FAILED, buttons=(PERSON,), memory=replace(call.memory, wish=None))


def _mistyped(number: str) -> str:
    if len(number) == 15:
        return "这是 15 位的老身份证号。请发现在的 18 位身份证号。"
    if len(number) != 18:
        return f"身份证号要 18 位,您发的是 {len(number)} 位。请核对后重发,还没有提交任何内容。"
    return "这个身份证号的校验码对不上,可能有一位打错了。请重新发身份证号,还没有提交任何内容。"


def _proved(call: Call, told: dict[str, str], person: Person) -> Result:
    """Say that it worked and go on with the wish that needed it; what another person had begun is not continued."""
    waiting = call.memory.wish
    after = waiting.after if waiting is not None and waiting.name == ProveIdentity.name else None
    words = f"✔ 已确认是您本人({person.name}){',这是演示数据' if person.demo else ''}。"
    if after is None:
        return _only_proved(call, words)
    same = after.values.get("subject", person.subject) == person.subject
    memory = replace(call.memory, wish=after if same and (after.values or after.reminder) else None)
    further = replace(
        call,
        text=told.get("said", "") if same else "",
        intent=told.get("intent", ""),
        entities=(),
        subject=person.subject,
        assurance=2,
        memory=memory,
    )
    return replace(say(words, outcome=Outcome.ACTED, memory=memory), then=Next(wish=after.name, call=further))


def _meant(call: Call) -> OpenWish | None:
    """Return what an ID number is sent for when nothing asked for it: what the answer just given was about."""
    told = call.memory.wish is None and _ID.search(call.told) and any(reply.sources for reply in call.last)
    return OpenWish(name=done_here(call)) if told and done_here(call) else None


def _bound(channel: ChannelName) -> timedelta:
    """How long own data may be seen after a proof."""
    if channel in UNBOUND:
        return timedelta()
    return SITTING if channel is ChannelName.WEB else BOUND


def _only_proved(call: Call, words: str) -> Result:
    """Say what may be done now; in the hall nothing of the account is offered."""
    buttons = (_BOOK,) if call.channel is ChannelName.ROBOT else OWN
    if call.channel is ChannelName.ROBOT:
        more = "10 分钟内可以取号、预约;账户和金额请在自己的手机上看。"
    elif call.channel in UNBOUND:
        more = "10 分钟内可以查询和办理,之后要重新验证。"
    elif call.channel is ChannelName.WEB:
        more = "10 分钟内可以办理业务,30 分钟内可以查询,之后要重新验证。用公共电脑的话,走之前请点“新对话”。"
    else:
        more = "10 分钟内可以办理业务,之后再办要重新验证;查询在解除绑定前都可以。"
    memory = replace(call.memory, wish=None)
    return say(f"{words}{more}", outcome=Outcome.ACTED, buttons=buttons, memory=memory)
