"""What a citizen gets for a message: the heart's turn or a fixed line, together with what is still owed to them."""

from typing import Protocol

from bot.errors import Unavailable
from bot.messages import Turn
from bot.ports import Answering
from bot.seal import Seal
from channels.wechat import shown, words
from channels.wechat.mapping import Questions, line, to_message
from channels.wechat.parcel import Parcel, opened
from channels.wechat.receipts import Key, Receipt
from channels.wechat.received import Received
from channels.wechat.sending_store import Sendings
from channels.wechat.shown import Part


class Ears(Protocol):
    """Hears a voice message that the platform did not write down itself. Raises Unavailable and its kinds."""

    async def heard(self, media_id: str, kind: str) -> tuple[str, ...]:
        """Return the guesses, best first, none when no words were heard; `kind` is WeChat's Format (amr, speex)."""
        ...


class Answers:
    """Asks the heart, which answers the same message the same way however often it is asked."""

    def __init__(
        self, *, answering: Answering, sendings: Sendings, seal: Seal, questions: Questions, ears: Ears | None = None
    ) -> None:
        self._answering = answering
        self._sendings = sendings
        self._seal = seal
        self._questions = questions
        self._ears = ears

    async def parts(self, key: Key, parcel: Parcel, *, carries: bool) -> tuple[Part, ...]:
        """Return the messages to send, in order; none when a person answers instead. Raises StoreUnavailable."""
        own = await self._own(parcel)
        if not carries:
            return shown.parts(own) if isinstance(own, Turn) else shown.texts(own)
        owed = [await self._unsent(row) for row in await self._sendings.carried(key)]
        own_text = shown.said(own.replies) if isinstance(own, Turn) else own
        blocks = [f"{words.OWED}\n{text}" for text in owed if text] + [own_text]
        return shown.texts("\n\n".join(block for block in blocks if block))

    async def _unsent(self, row: Receipt) -> str:
        parcel = opened(row.sealed, self._seal)
        if parcel is None:
            return ""
        own = await self._own(parcel)
        text = shown.said(own.replies) if isinstance(own, Turn) else own
        if not row.parts_sent:
            return text
        return "\n".join(part.content for part in shown.texts(text)[row.parts_sent :])

    async def _own(self, parcel: Parcel) -> Turn | str:
        received = parcel.received
        if received is None:
            return parcel.text
        if received.kind == "voice" and not received.recognition.strip():
            return await self._voice(received)
        message = to_message(received, self._questions)
        return line(received) if message is None else await self._answering.handle(message)

    async def _voice(self, received: Received) -> Turn | str:
        """Understand the recording ourselves, and say in the answer what was understood."""
        if self._ears is None:
            return words.DEAF
        try:
            heard = await self._ears.heard(received.media, received.format)
        except Unavailable:
            return words.DEAF
        message = to_message(received, self._questions, heard)
        if message is None:
            return words.NO_VOICE
        turn = await self._answering.handle(message)
        return f"{words.HEARD.format(heard[0])}\n\n{shown.said(turn.replies)}" if turn.replies else turn
