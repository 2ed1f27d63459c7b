"""Takes personal numbers out of what comes in, and out of what is recorded of what goes out."""

from collections.abc import Callable
from dataclasses import replace

from bot.masking import ID, scrub, shortened
from bot.masking import mask as mask_numbers
from bot.messages import Attachment, Button, Card, Handoff, IdCard, Location, Message, Reply, Row, Voice
from bot.passcodes import mask_passcodes
from bot.pieces import Pieces
from bot.ports import Vault
from bot.vault import PLACEHOLDER
from bot.wire import encode

Rewrite = Callable[[str], str]
CLEAN = 4096
"""So many texts without a number are remembered, then all are forgotten."""


class Privacy:
    """Masks messages into the vault, and shows replies without the numbers that lie there."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self._pieces = Pieces()
        self._clean: set[str] = set()

    async def masked(self, conversation: str, message: Message, *, proving: bool = False) -> Message:
        """Return the message with a placeholder for every personal number or secret, whatever field it came in."""

        async def put(kind: str, value: str) -> str:
            return await self._vault.put(conversation, kind, value)

        async def mask(text: str) -> str:
            masked = await mask_numbers(text, put)
            return await mask_passcodes(masked, put, asked=proving or names_somebody(masked))

        async def whole(text: str) -> str:
            """A message may be the end of a number that began in the one before."""
            end = self._pieces.ended(conversation, text, secret=proving)
            return f"{text[: end.start]}{await put(end.kind, end.value)}{text[end.end :]}" if end else await mask(text)

        async def attachment(part: Attachment) -> Attachment:
            if isinstance(part, Voice):
                return replace(part, heard=tuple([await mask(text) for text in part.heard]))
            if isinstance(part, IdCard):
                return replace(part, number=await put(ID, part.number))
            return replace(part, label=await mask(part.label)) if isinstance(part, Location) else part

        return replace(
            message,
            text=await whole(message.text),
            payload=await mask(message.payload),
            attachments=tuple([await attachment(part) for part in message.attachments]),
        )

    async def shown(self, conversation: str, replies: tuple[Reply, ...]) -> tuple[Reply, ...]:
        """Return what the citizen sees: placeholders as 前3后4, full numbers only where a reply is private."""
        known: dict[str, str] = {}
        for found in PLACEHOLDER.finditer(encode(replies).decode()):
            value = await self._vault.get(conversation, found[0])
            known[found[0]] = shortened(value) if value else found[0]

        def reveal(text: str) -> str:
            return PLACEHOLDER.sub(lambda found: known.get(found[0], found[0]), text) if known else text

        return tuple(
            rewritten(reply, reveal) if reply.private else rewritten(reply, lambda text: self._scrubbed(reveal(text)))
            for reply in replies
        )

    def _scrubbed(self, text: str) -> str:
        """Scrub what is shown; answers that are the same for everybody, and hold no number, are remembered."""
        if text in self._clean:
            return text
        shown = scrub(text)
        if shown == text:
            if len(self._clean) >= CLEAN:
                self._clean.clear()
            self._clean.add(text)
        return shown


def names_somebody(masked: str) -> bool:
    """Say whether a masked text holds an ID number: a code or password may come next."""
    return f"〔{ID}·" in masked


def recorded(shown: tuple[Reply, ...]) -> tuple[Reply, ...]:
    """Return what may be written down of what is shown: every full number scrubbed, also where a reply is private."""
    return tuple(rewritten(reply, scrub if reply.private else _as_it_is, payloads=scrub) for reply in shown)


def _as_it_is(text: str) -> str:
    return text


def rewritten(reply: Reply, rewrite: Rewrite, *, payloads: Rewrite | None = None) -> Reply:
    """Apply `rewrite` to everything a citizen or agent reads; sources are ours and stay."""
    return replace(
        reply,
        text=rewrite(reply.text),
        spoken=rewrite(reply.spoken),
        robot=rewrite(reply.robot),
        cards=tuple(_card(card, rewrite) for card in reply.cards),
        buttons=tuple(
            Button(label=rewrite(button.label), payload=payloads(button.payload) if payloads else button.payload)
            for button in reply.buttons
        ),
        handoff=_handoff(reply.handoff, rewrite),
    )


def _card(card: Card, rewrite: Rewrite) -> Card:
    rows = tuple(Row(label=rewrite(row.label), value=rewrite(row.value)) for row in card.rows)
    return replace(card, title=rewrite(card.title), rows=rows, link=rewrite(card.link))


def _handoff(handoff: Handoff | None, rewrite: Rewrite) -> Handoff | None:
    return handoff and Handoff(reason=rewrite(handoff.reason), summary=rewrite(handoff.summary))
