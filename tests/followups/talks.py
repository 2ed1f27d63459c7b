"""Holds whole conversations with the real product: `read.txt` is mended for, `unread.txt` is only counted."""

import asyncio
import sys
import tempfile
from pathlib import Path

import pytest

from bot.assembly.chat import on_free_ports
from bot.assembly.programs import product, train
from bot.settings import Settings
from tests.dialogues.script import dialogues_of
from tests.dialogues.test_dialogues import held

HERE = Path(__file__).parent
PARTS = ("read", "unread")


async def _talked(settings: Settings, model: Path) -> dict[str, dict[str, list[str]]]:
    async with product(on_free_ports(settings), model, serve=False) as (running, _):
        return {
            part: {one.name: await held(running.conversation, one) for one in dialogues_of(HERE / f"{part}.txt")}
            for part in PARTS
        }


def talked() -> dict[str, dict[str, list[str]]]:
    """Return, by part and dialogue, what went otherwise than it is written."""
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        for name, file in (("STORE__URL", "jiajia"), ("FUND__STORE", "sandbox"), ("RASA__TRACKER", "tracker")):
            patch.setenv(f"JIAJIA_{name}", f"sqlite:///{folder}/{file}.db")
        settings = Settings()
        return asyncio.run(_talked(settings, train(settings, said=sys.stderr)))


def report(held_by_part: dict[str, dict[str, list[str]]]) -> str:
    """Return how many went as written, and of the read ones what did not."""
    lines = []
    for part, every in held_by_part.items():
        wrong = sum(len(found) for found in every.values())
        whole = sum(not found for found in every.values())
        lines.append(f"dialogues {part}: {whole} of {len(every)} wholly as written; {wrong} expectations missed")
    lines += [f"{name}: {line}" for name, found in held_by_part["read"].items() for line in found]
    return "\n".join(lines)
