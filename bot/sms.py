"""Text messages: over a centre's SMS gateway by HTTP, or onto the demo's own outbox page.

The gateway gets `POST url` with `Authorization: Bearer <key>`, an `Idempotency-Key` of its own per text, and the JSON
`{"phone": "1…", "text": "【签名】…"}`. It accepts with a 2xx answer saying `{"accepted": true}`; everything else is a
failure. Nothing is sent twice by itself: a text that may have gone out is not tried again.
"""

import re
import uuid
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import aiohttp

from bot import numbers
from bot.errors import FrameRefused, SmsUnavailable, ValueRefused
from bot.wire import decode, encode

LONGEST_TEXT = 500  # characters a long text may have on the mainland's gateways
SHOWN = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    phone: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    accepted: bool


class HttpSms:
    """The Sms port over an HTTP gateway; `sign` is the 签名 carriers demand, without its brackets."""

    def __init__(self, *, url: str, key: str, sign: str = "", deadline: float = 5.0) -> None:
        self._url, self._deadline = url, deadline
        self._prefix = f"【{sign}】" if sign else ""
        self._headers = {"Content-Type": "application/json", **({"Authorization": f"Bearer {key}"} if key else {})}
        self._session: aiohttp.ClientSession | None = None

    async def send(self, phone: str, text: str) -> None:
        body = encode(_Asked(phone=reachable(phone), text=self._prefix + sendable(text, len(self._prefix))))
        raw = await self._post(body)
        try:
            accepted = decode(raw, _Answer).accepted
        except FrameRefused:
            raise SmsUnavailable("the gateway answered something else") from None
        if not accepted:
            raise SmsUnavailable("the gateway did not accept the text")

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _post(self, body: bytes) -> bytes:
        """One request; its causes are named without their words, which may quote the number."""
        if self._session is None:
            timeout = aiohttp.ClientTimeout(total=self._deadline)
            fresh = aiohttp.TCPConnector(force_close=True)  # texts are rare: a kept connection would often be dead
            self._session = aiohttp.ClientSession(timeout=timeout, connector=fresh, cookie_jar=aiohttp.DummyCookieJar())
        headers = {**self._headers, "Idempotency-Key": uuid.uuid4().hex}
        try:
            async with self._session.post(self._url, data=body, headers=headers, allow_redirects=False) as answer:
                if not 200 <= answer.status < 300:
                    raise SmsUnavailable(f"the gateway answered {answer.status}")
                return await answer.read()
        except TimeoutError:
            raise SmsUnavailable(f"the gateway took longer than {self._deadline:g} s") from None
        except (aiohttp.ClientError, OSError) as error:
            raise SmsUnavailable(f"the gateway cannot be reached: {type(error).__name__}") from None


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A text on the demo's outbox page; of its number only the ends are kept."""

    phone: str
    text: str
    at: datetime


class DemoSms:
    """The Sms port of the demo: the latest texts, newest first, for the page where people try it out."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._texts: deque[Text] = deque(maxlen=SHOWN)

    @property
    def texts(self) -> tuple[Text, ...]:
        """What the page shows."""
        return tuple(self._texts)

    async def send(self, phone: str, text: str) -> None:
        number = reachable(phone)
        self.show(f"{number[:3]}****{number[-4:]}", sendable(text))

    def show(self, phone: str, text: str) -> None:
        """Put a text to a number that is masked already onto the page."""
        self._texts.appendleft(Text(phone=phone, text=text, at=self._now()))


def reachable(phone: str) -> str:
    """The eleven digits of a mobile number, however a telephone line writes it; raises ValueRefused for another."""
    number = re.sub(r"[\s-]", "", phone).removeprefix("+")
    number = number.removeprefix("86") if len(number) == 13 else number.removeprefix("0")
    if not numbers.phone(number):
        raise ValueRefused("这个号码收不到短信,请说一个手机号。", problem="not-a-mobile")
    return number


def sendable(text: str, taken: int = 0) -> str:
    """The text as it may be sent; raises ValueRefused for none and for one that is too long."""
    if not text.strip() or len(text) + taken > LONGEST_TEXT:
        raise ValueRefused(f"短信要有内容,最长 {LONGEST_TEXT} 字。", problem="text-length")
    return text
