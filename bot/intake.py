"""Decides what of a received message can be taken at all, and makes it safe to store."""

import re
from dataclasses import replace

from bot.errors import FrameRefused, InputRefused, MessageEmpty, MessageTooLong
from bot.messages import CARD_READERS, IdCard, Message, Voice

LONGEST_ID = 200
LONGEST_PAYLOAD = 4_000
_PAYLOAD = re.compile(r"/[a-z][a-z0-9_]*(?:\{.*\})?", re.DOTALL)
_PROOF = "/prove_identity"  # what a card laid on the reader says
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


def identified(message: Message) -> None:
    """Raise FrameRefused when the message cannot be told from others, now or at its redelivery."""
    for name, value in (("id", message.id), ("sender", message.sender)):
        if not 0 < len(value) <= LONGEST_ID or not value.isprintable():
            raise FrameRefused(f"wrong field $.{name}")


def accepted(message: Message, *, longest_text: int) -> Message:
    """Return the message with its words as text; raises InputRefused and its kinds."""
    text = _clean(message.text) or _heard(message)
    if any(isinstance(part, IdCard) for part in message.attachments):
        if message.channel not in CARD_READERS:
            raise FrameRefused("wrong field $.attachments")
        message = replace(message, payload=_PROOF)
    if len(text) > longest_text:
        raise MessageTooLong
    if message.payload:
        if len(message.payload) > LONGEST_PAYLOAD or not _PAYLOAD.fullmatch(message.payload):
            raise FrameRefused("wrong field $.payload")
        return replace(message, text=text, payload=_clean(message.payload))
    if text:
        return replace(message, text=text)
    raise InputRefused if message.attachments else MessageEmpty


def _heard(message: Message) -> str:
    return next((_clean(part.heard[0]) for part in message.attachments if isinstance(part, Voice) and part.heard), "")


def _clean(text: str) -> str:
    """Drop what databases and terminals choke on: control characters and half characters."""
    return _CONTROL.sub("", text).strip()
