"""The sockets of the star: spokes meet here and nowhere else.

Fakes live in tests/fakes.py, contract suites in tests/contracts/.
"""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from datetime import date, timedelta
from typing import Protocol

from aiohttp import web

from bot.knowledge import Finding, Query, Served
from bot.line import Abilities, Answered, Asked, CallBack, Rated, Text
from bot.messages import ChannelName, Identity, Message, Reply, Response, Turn


class Dialogue(Protocol):
    """Decides what to say. Raises DialogueUnavailable when it is down, late or silent."""

    async def respond(self, conversation: str, message: Message) -> Response: ...


class Retriever(Protocol):
    """Finds policy answers. Raises KnowledgeUnavailable when no version is loaded."""

    async def search(self, query: Query) -> Finding: ...

    async def entry(self, entry_id: str, on: date) -> Served | None: ...


class Parameters(Protocol):
    """The dated numbers of policy (rates, caps, limits), as they read inside a sentence."""

    def value(self, parameter: str, on: date) -> str:
        """Return the value valid on `on`. Raises KnowledgeUnavailable when there is none."""
        ...


class Answering(Protocol):
    """What a channel needs of the heart: the conversation boundary."""

    def conversation(self, channel: ChannelName, sender: str) -> str:
        """Return the id under which this sender's turns are kept."""
        ...

    async def handle(self, message: Message) -> Turn: ...

    async def since(self, conversation: str, seq: int) -> tuple[Turn, ...]: ...


class Channel(Protocol):
    """A door: adds its routes to the application. It imports `bot/` only."""

    def mount(self, app: web.Application, answering: Answering) -> None: ...


class Vault(Protocol):
    """Holds what was masked out of a conversation until it expires."""

    async def put(self, conversation: str, kind: str, value: str) -> str:
        """Keep `value` and return its placeholder, e.g. 〔身份证·1〕; the same value gets the same placeholder."""
        ...

    async def get(self, conversation: str, placeholder: str) -> str | None: ...

    async def forget(self, conversation: str) -> None: ...


class Locks(Protocol):
    """One holder at a time per key, whatever the replica."""

    def hold(self, key: str) -> AbstractAsyncContextManager[None]: ...


class Bus(Protocol):
    """Tells every replica that something happened. Delivery is a hint: readers look the truth up in the store."""

    async def publish(self, topic: str, text: str) -> None: ...

    def subscribe(self, topic: str) -> AsyncIterator[str]: ...


class Desk(Protocol):
    """The human side: knows which conversations a person has taken, and receives their messages."""

    async def holds(self, conversation: str) -> bool: ...

    async def receive(self, conversation: str, message: Message) -> None: ...

    async def request(self, conversation: str, reply: Reply) -> None: ...


class Outbox(Protocol):
    """Delivers what arrives late or unasked. Returns False when the channel could not deliver; never pretends."""

    async def deliver(
        self, conversation: str, channel: ChannelName, sender: str, replies: tuple[Reply, ...]
    ) -> bool: ...


class Sms(Protocol):
    """Sends one text message; the number is never logged. Returns once the gateway has accepted it.

    Raises SmsUnavailable, or ValueRefused for a number no text reaches and a text of no or over 500 characters.
    """

    async def send(self, phone: str, text: str) -> None: ...


class Identities(Protocol):
    """Who a conversation has proved to be, and until when. Raises StoreUnavailable."""

    async def identity(self, conversation: str) -> Identity: ...

    async def proving(self, conversation: str, *, begun: bool) -> None:
        """Remember that a code or password has been asked for, or is no longer waited for."""
        ...

    async def proved(self, conversation: str, subject: str, assurance: int, *, bound: timedelta) -> None:
        """Remember a proof; level 1 lasts for `bound`, which outlives the proof on a screen of one's own."""
        ...

    async def forget(self, conversation: str) -> None: ...


class Erasing(Protocol):
    """Removes what is kept of a conversation at the citizen's wish. Raises StoreUnavailable."""

    async def erase(self, conversation: str, *, before: int, subject: str = "") -> None:
        """Wipe proofs, masked numbers, the tracker, and every turn whose `seq` is less than `before`.

        Of the person named by `subject`, every other conversation is wiped whole.
        """
        ...


class Ratings(Protocol):
    """Keeps how citizens judge answers (好差评); a later score for the same turn replaces the earlier one."""

    async def rate(self, conversation: str, seq: int, score: int) -> None:
        """Keep one to five stars for the conversation's turn `seq`; unknown turns are ignored."""
        ...

    async def rate_latest(self, conversation: str, score: int) -> None:
        """Keep one to five stars for the newest recorded turn of the conversation."""
        ...


class CallBacks(Protocol):
    """Remembers whom to call when people answer the phone again. Raises StoreUnavailable."""

    async def note(self, conversation: str, phone: str, summary: str) -> None: ...


class Gateway(Protocol):
    """What the telephone's process needs of the gateway. Raises GatewayUnavailable."""

    async def abilities(self) -> Abilities: ...

    async def ask(self, asked: Asked) -> Answered:
        """Get a turn; asking again with the same id gets the same turn."""
        ...

    async def rate(self, rated: Rated) -> None: ...

    async def text(self, text: Text) -> bool:
        """Send a text message; False when it did not go out."""
        ...

    async def call_back(self, wish: CallBack) -> bool:
        """Note a wish to be called; False when it was not kept."""
        ...


class Transcriber(Protocol):
    """Understands a recorded message. Raises SpeechUnavailable when it cannot, FrameRefused for what is no sound."""

    async def transcribe(self, sound: bytes, kind: str) -> tuple[str, ...]:
        """Return the guesses, best first, none when no words were heard.

        `kind` is the media type: `audio/wav`, `audio/l16;rate=16000` (mono, little-endian), or what ffmpeg reads
        (`audio/amr`, `audio/speex`, `audio/mpeg`).
        """
        ...


class Hearing(Protocol):
    """One call's ear. Audio is 16 bit, mono; one turn is a `begin`, some `feed`, one `finish`.

    `sure` tells after it whether what was heard, taken for a question, is likelier one than noise made into words.
    """

    @property
    def sure(self) -> bool: ...

    async def begin(self, words: tuple[str, ...] = ()) -> None:
        """Start a turn; only `words` are expected, or anything when there are none. Raises SpeechUnavailable."""
        ...

    async def feed(self, sound: bytes) -> str:
        """Take some sound and return what was understood so far."""
        ...

    async def finish(self) -> tuple[str, ...]:
        """End the turn: the guesses, best first; none when no words were heard."""
        ...


class Recognizer(Protocol):
    """Understands speech; one per process. Raises SpeechUnavailable when it cannot."""

    def hearing(self, rate_hz: int = 8_000) -> Hearing: ...


class Synthesizer(Protocol):
    """Speaks: yields 8 kHz, 16 bit, mono sound as it is made. Raises SpeechUnavailable.

    `speed` 1.0 is ordinary talk, 0.8 slower.
    """

    def speak(self, text: str, *, speed: float = 1.0) -> AsyncIterator[bytes]: ...
