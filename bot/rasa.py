"""Asks Rasa's REST channel what to say; whatever goes wrong there is DialogueUnavailable here."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import aiohttp

from bot.errors import DialogueUnavailable, FrameRefused
from bot.messages import Button, Evidence, Handoff, IdCard, Location, Message, Outcome, Reply, Response, Voice
from bot.plain import plain_chinese
from bot.rasa_line import RasaLine
from bot.wire import decode, encode

SANIC_KEEPS_ALIVE = 120.0  # rasa.core.constants.DEFAULT_KEEP_ALIVE_TIMEOUT; a connection must be let go before that


@dataclass(frozen=True, slots=True, kw_only=True)
class _Choice:
    """A button as Rasa's domain writes it."""

    title: str
    payload: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Custom:
    """What our actions send (`reply`), or what a domain response adds to its text (the other fields)."""

    reply: Reply | None = None
    outcome: Outcome | None = None
    evidence: Evidence | None = None
    spoken: str = ""
    robot: str = ""
    private: bool = False
    handoff: Handoff | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    """One element of the REST channel's answer."""

    text: str | None = None
    buttons: tuple[_Choice, ...] | None = None
    custom: _Custom | None = None


class RasaDialogue:
    """The Dialogue port over Rasa 3.6's REST channel, or over `line`; every call within `deadline`."""

    def __init__(
        self,
        *,
        url: str,
        deadline: float,
        today: Callable[[], date],
        connections: int = 64,
        line: RasaLine | None = None,
    ) -> None:
        self._line = line
        self._url = url.rstrip("/") + "/webhooks/rest/webhook"
        self._deadline = deadline
        self._today = today
        self._connections = connections
        self._session: aiohttp.ClientSession | None = None

    async def respond(self, conversation: str, message: Message) -> Response:
        body = encode(self._asked(conversation, message))
        answer = await self._call(body)
        try:
            said = decode(answer, tuple[_Said, ...])
        except FrameRefused as error:
            raise DialogueUnavailable(f"rasa answered something else: {error}") from None
        response = _response(said)
        if not response.replies:  # Rasa answers a crash of its own with 200 and []
            raise DialogueUnavailable("rasa answered nothing")
        return response

    async def close(self) -> None:
        if self._line is not None:
            await self._line.close()
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _call(self, body: bytes) -> bytes:
        try:
            if self._line is not None:
                async with asyncio.timeout(self._deadline):
                    return await self._line.ask(body)
            async with self._pool().post(self._url, data=body) as answer:
                if answer.status != 200:
                    raise DialogueUnavailable(f"rasa answered {answer.status}")
                return await answer.read()
        except TimeoutError:
            raise DialogueUnavailable(f"rasa took longer than {self._deadline:g} s") from None
        except (aiohttp.ClientError, OSError) as error:  # the cause may quote the body
            raise DialogueUnavailable(f"rasa cannot be reached: {type(error).__name__}") from None

    def _pool(self) -> aiohttp.ClientSession:
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=self._connections, keepalive_timeout=SANIC_KEEPS_ALIVE / 2),
                timeout=aiohttp.ClientTimeout(total=self._deadline, connect=min(self._deadline, 2.0)),
                headers={"Content-Type": "application/json"},
            )
        return self._session

    def _asked(self, conversation: str, message: Message) -> dict[str, Any]:
        heard = [text for part in message.attachments if isinstance(part, Voice) for text in part.heard]
        places = [(part.latitude, part.longitude) for part in message.attachments if isinstance(part, Location)]
        cards = [part.number for part in message.attachments if isinstance(part, IdCard)]
        metadata = {
            "channel": message.channel.value,
            "message_id": message.id,
            "today": self._today().isoformat(),
            "assurance": message.identity.assurance,
            "subject": message.identity.subject,
            "heard": heard,
            "place": places[-1] if places else None,
            "card": cards[-1] if cards else "",
            "origin": message.origin,
        }
        return {"sender": conversation, "message": message.payload or _typed(message.text), "metadata": metadata}


def _typed(text: str) -> str:
    """Return plain Chinese; a slash a person typed becomes full-width, or Rasa would take it for an intent."""
    plain = plain_chinese(text)
    stripped = plain.lstrip()
    return f"／{stripped[1:]}" if stripped.startswith("/") else plain


def _response(said: tuple[_Said, ...]) -> Response:
    """Put the messages of one turn together: the last outcome and evidence win."""
    replies: list[Reply] = []
    outcome, evidence = Outcome.CHATTED, Evidence()
    for one in said:
        if one.text:
            replies.append(_plain(one))
        if one.custom is None:
            continue
        outcome = one.custom.outcome or outcome
        evidence = one.custom.evidence or evidence
        if one.custom.reply is not None:
            replies.append(one.custom.reply)
        elif replies:
            replies[-1] = _completed(replies[-1], one.custom)
    return Response(replies=tuple(replies), outcome=outcome, evidence=evidence)


def _plain(one: _Said) -> Reply:
    buttons = tuple(Button(label=choice.title, payload=choice.payload) for choice in one.buttons or ())
    return Reply(text=one.text or "", buttons=buttons)


def _completed(reply: Reply, custom: _Custom) -> Reply:
    """Rasa sends a domain response's `custom` after its text: it belongs to that text."""
    return replace(
        reply,
        spoken=custom.spoken or reply.spoken,
        robot=custom.robot or reply.robot,
        private=custom.private or reply.private,
        handoff=custom.handoff or reply.handoff,
    )
