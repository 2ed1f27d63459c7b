"""The real product, with its real model and knowledge, holds every dialogue as it is written."""

import asyncio
import sys
from pathlib import Path

import pytest

from bot.assembly.chat import Line, on_free_ports, to_message
from bot.assembly.core_system import demo_page
from bot.assembly.environments import RASA, ROOT
from bot.assembly.programs import product, train
from bot.conversation import Conversation
from bot.settings import Settings
from tests.dialogues.script import Dialogue, dialogues, filled, problems, tapped

pytestmark = pytest.mark.model
DIALOGUES = dialogues()


async def held(conversation: Conversation, dialogue: Dialogue, demo: str = "") -> list[str]:
    """Return what went otherwise than it is written."""
    found, turn = [], None
    for line in dialogue.lines:
        button = tapped(line.typed, turn.replies[-1].buttons if turn else ())
        said = Line(
            conversation=dialogue.name,
            channel=dialogue.channel,
            text=button.label if button else await filled(line.typed, demo),
            payload=button.payload if button and button.payload.startswith("/") else "",
        )
        turn = await conversation.handle(to_message(said))
        found += problems(turn, line.expected)
    return found


async def _all(settings: Settings, model: Path) -> dict[str, list[str]]:
    async with product(on_free_ports(settings), model, serve=False) as (running, _):
        demo = demo_page(running.settings)
        return {dialogue.name: await held(running.conversation, dialogue, demo) for dialogue in DIALOGUES}


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    if not (ROOT / RASA.folder).exists():
        pytest.skip("needs .venv-rasa: run `make env`")
    folder = tmp_path_factory.mktemp("dialogues")
    with pytest.MonkeyPatch.context() as patch:
        for name, file in (("STORE__URL", "jiajia"), ("FUND__STORE", "sandbox"), ("RASA__TRACKER", "tracker")):
            patch.setenv(f"JIAJIA_{name}", f"sqlite:///{folder}/{file}.db")
        settings = Settings()
    return asyncio.run(_all(settings, train(settings, said=sys.stderr)))


def test_there_are_enough_dialogues_and_each_has_a_name_of_its_own() -> None:
    assert len({dialogue.name for dialogue in DIALOGUES}) == len(DIALOGUES) >= 150


@pytest.mark.parametrize("dialogue", DIALOGUES, ids=lambda dialogue: dialogue.name)
def test_a_dialogue_goes_as_it_is_written(dialogue: Dialogue, outcomes: dict[str, list[str]]) -> None:
    assert outcomes[dialogue.name] == []
