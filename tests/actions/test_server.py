"""The webhook's own promises."""

from dataclasses import fields
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import yaml
from aiohttp.test_utils import TestClient

from actions.call import Memory
from actions.registry import assemble
from tests.actions.numbers import FixedParameters
from tests.actions.rasa import ScriptedRasa
from tests.actions.shelf import ShelfRetriever

DOMAIN = yaml.safe_load(Path("domain.yml").read_text(encoding="utf-8"))
ACTIONS = DOMAIN["actions"]


async def test_health_counts_the_actions(client: TestClient[Any, Any]) -> None:
    body = await (await client.get("/health")).json()

    assert body["status"] == "ok"
    assert body["actions"] > 40


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"[]", 400),
        (b"{", 400),
        (b'{"next_action": 3, "tracker": {}}', 400),
        (b'{"next_action": "action_help"}', 400),
        (b'{"next_action": "action_help", "tracker": {"sender_id": null}}', 400),
        (b'{"next_action": "action_nobody", "tracker": {"sender_id": "a"}}', 404),
    ],
)
async def test_a_malformed_call_gets_a_typed_error(client: TestClient[Any, Any], body: bytes, status: int) -> None:
    response = await client.post("/webhook", data=body)

    assert response.status == status
    assert "error" in await response.json()


async def test_an_oversize_call_is_refused_unread(client: TestClient[Any, Any]) -> None:
    response = await client.post("/webhook", data=BytesIO(b" " * (5 * 1024 * 1024)))

    assert (response.status, (await response.json())["code"]) == (413, "too-large")


async def test_a_tracker_of_the_wrong_shape_still_gets_words(client: TestClient[Any, Any]) -> None:
    tracker = {"sender_id": "a", "latest_message": {"text": ["x"], "intent": 3}, "slots": {}, "events": []}

    response = await client.post("/webhook", json={"next_action": "action_help", "tracker": tracker})

    assert (await response.json())["responses"][0]["custom"]["error"] == "frame-refused"


async def test_a_slot_from_an_older_release_is_forgotten_not_fatal(rasa: ScriptedRasa) -> None:
    rasa.slots["wish"] = ["something", "old"]

    heard = await rasa.say("你能做什么", "help")

    assert heard.error == ""


async def test_every_action_of_the_domain_exists_and_says_something(client: TestClient[Any, Any]) -> None:
    for name in ACTIONS:
        heard = await ScriptedRasa(client).say("", name.removeprefix("action_"))
        assert heard.text, name
        assert heard.error == "", name


def test_the_domain_knows_what_actions_remember_and_what_buttons_carry() -> None:
    assert {field.name for field in fields(Memory)} <= DOMAIN["slots"].keys()
    assert {"entry", "choice", "rate_score"} <= set(DOMAIN["entities"])


async def test_every_registered_action_stands_in_the_domain(retriever: ShelfRetriever) -> None:
    built = assemble(retriever=retriever, parameters=FixedParameters(), today=lambda: date(2026, 11, 23))

    assert {action.name() for action in built} == set(ACTIONS)
