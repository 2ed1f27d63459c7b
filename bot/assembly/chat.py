"""The same conversation in a terminal; with `--jsonl` for scripts: a message a line in, a Turn a line out."""

import uuid
from dataclasses import dataclass
from pathlib import Path

from bot.assembly.programs import free_port, product
from bot.assembly.typed import typed_lines
from bot.conversation import Conversation
from bot.errors import FrameRefused
from bot.messages import ChannelName, Message, Reply
from bot.settings import Settings
from bot.wire import decode, encode


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of `chat --jsonl`; `id` makes a line a redelivery of an earlier one, `payload` taps a button."""

    conversation: str
    text: str | None = None
    channel: ChannelName = ChannelName.TERMINAL
    id: str = ""
    payload: str = ""


def on_free_ports(settings: Settings) -> Settings:
    """The same settings beside a running `make run`: own ports for Rasa and the actions."""
    return settings.model_copy(
        update={
            "rasa": settings.rasa.model_copy(update={"port": free_port()}),
            "actions": settings.actions.model_copy(update={"port": free_port()}),
            "fund": settings.fund.model_copy(update={"port": free_port()}),
        }
    )


def read_line(raw: str) -> Line:
    """Read one line; raises FrameRefused when it is not of that shape, or has neither text nor payload."""
    line = decode(raw, Line)
    if line.text is None and not line.payload:
        raise FrameRefused("text is missing")
    return line


def to_message(line: Line) -> Message:
    """What the line says, as a message of its channel."""
    return Message(
        channel=line.channel,
        sender=line.conversation,
        id=line.id or uuid.uuid4().hex,
        text=line.text or "",
        payload=line.payload,
    )


async def chat_jsonl(settings: Settings, model: Path) -> None:
    """Answer line by line, in order; a line that is none gets an error line, and the rest go on."""
    async with product(on_free_ports(settings), model, serve=False) as (running, _):
        async for raw in typed_lines():
            if raw.strip():
                print(await _answered(running.conversation, raw), flush=True)


async def _answered(conversation: Conversation, raw: str) -> str:
    try:
        line = read_line(raw)
    except FrameRefused as error:
        problem = {
            "error": error.code,
            "detail": f'one JSON object a line is needed ({error}): {{"conversation", "text"}}',
        }
        return encode(problem).decode()
    return encode(await conversation.handle(to_message(line))).decode()


async def chat(settings: Settings, model: Path) -> None:
    """Talk with a person until Ctrl-D or Ctrl-C."""
    async with product(on_free_ports(settings), model, serve=False) as (running, _):
        print("家家:您好,我是家家。请直接问;Ctrl-D 结束。")
        me = uuid.uuid4().hex
        async for raw in typed_lines(_prompt):
            turn = await running.conversation.handle(to_message(Line(conversation=me, text=raw.strip())))
            for reply in turn.replies:
                print(as_text(reply))
        print()


def _prompt() -> None:
    print("您:", end="", flush=True)


def as_text(reply: Reply) -> str:
    """A reply on the plainest channel: nothing is lost."""
    lines = [f"家家:{reply.text}"]
    for card in reply.cards:
        lines += [f"  【{card.title}】", *(f"    {row.label}:{row.value}" for row in card.rows)]
        lines += [f"    {card.link}"] if card.link else []
    lines += [f"  {number}. {button.label}" for number, button in enumerate(reply.buttons, 1)]
    lines += [
        f"  来源:{' · '.join(part for part in (s.title, s.issuer, s.doc_no, s.date) if part)}" for s in reply.sources
    ]
    return "\n".join(lines)
