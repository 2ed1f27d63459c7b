"""Speaks to the action server as Rasa does: a scripted conversation that keeps slots and events between turns."""

from dataclasses import dataclass, field
from typing import Any

from aiohttp.test_utils import TestClient

from bot.messages import Reply
from bot.wire import from_builtins


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What came back for one turn."""

    replies: tuple[Reply, ...]
    outcome: str
    error: str
    evidence: dict[str, Any]

    @property
    def text(self) -> str:
        return "\n".join(reply.text for reply in self.replies)


@dataclass(slots=True)
class ScriptedRasa:
    """A conversation as Rasa would hold it. `today` goes into every message's metadata."""

    client: TestClient[Any, Any]
    today: str = "2026-11-23"
    channel: str = "web"
    slots: dict[str, Any] = field(default_factory=dict)
    events: list[dict[str, Any]] = field(default_factory=list)

    async def say(self, text: str, intent: str, action: str = "", **entities: str) -> Heard:
        """Send one turn to `action_<action or intent>`."""
        latest = {
            "text": text,
            "intent": {"name": intent, "confidence": 0.97},
            "entities": [{"entity": name, "value": value} for name, value in entities.items()],
            "metadata": {"channel": self.channel, "today": self.today, "assurance": 0, "subject": "", "heard": []},
        }
        self.events.append({"event": "user", "text": text, "parse_data": latest})
        payload = {
            "next_action": f"action_{action or intent}",
            "sender_id": "web-1",
            "tracker": {
                "sender_id": "web-1",
                "slots": dict(self.slots),
                "latest_message": latest,
                "events": list(self.events),
            },
            "version": "3.6.21",
        }
        response = await self.client.post("/webhook", json=payload)
        assert response.status == 200, await response.text()
        return self._heard(await response.json())

    def _heard(self, answer: dict[str, Any]) -> Heard:
        for event in answer["events"]:
            self.slots[event["name"]] = event["value"]
        customs = [message["custom"] for message in answer["responses"]]
        for custom in customs:
            self.events.append({"event": "bot", "text": None, "data": {"custom": custom}})
        return Heard(
            replies=tuple(from_builtins(custom["reply"], Reply) for custom in customs),
            outcome=customs[-1]["outcome"],
            error=customs[-1]["error"],
            evidence=customs[-1]["evidence"],
        )
