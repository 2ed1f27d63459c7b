"""Citizens at the whole counter: conversation boundary, real actions, running sandbox; only Rasa is played."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from actions.certificates.links_store import Links, prepare
from actions.counter.certificate import GetCertificate
from actions.counter.registry import Counter, counter_wishes
from actions.registry import assemble
from actions.server import ActionServer
from actions.wish import Wish
from bot.messages import Attachment, ChannelName, IdCard, Location, Message, Outcome, Reply, Response, Turn
from bot.store.database import Database
from bot.store.erasing import SqlErasing
from bot.store.identities import SqlIdentities
from bot.store.ratings import SqlRatings
from bot.wire import from_builtins
from tests.actions.business.town import MORNING, SandboxTown, founded_file, running_town
from tests.actions.numbers import FixedParameters
from tests.actions.shelf import ShelfRetriever
from tests.bot.heart import Heart, heart, migrated
from tests.fakes import FakeClock

ACTIONS = {"policy_question": "answer_policy", "nlu_fallback": "answer_policy", "greet": "chat"}


@dataclass(slots=True)
class PlayedRasa:
    """Calls the action server as Rasa would; the test says which intent a sentence has. Keeps every tracker."""

    intents: dict[str, str] = field(default_factory=dict)
    client: TestClient[Any, Any] | None = None
    slots: dict[str, dict[str, Any]] = field(default_factory=dict)
    events: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    async def respond(self, conversation: str, message: Message) -> Response:
        intent, entities = self._understood(message)
        latest = {
            "text": message.payload or message.text,
            "intent": {"name": intent, "confidence": 0.9},
            "entities": entities,
            "metadata": {
                "channel": message.channel.value,
                "today": "2026-11-02",
                "assurance": message.identity.assurance,
                "subject": message.identity.subject,
                "heard": [],
                "message_id": message.id,
                "origin": message.origin,
                "card": next((one.number for one in message.attachments if isinstance(one, IdCard)), ""),
                "place": next(
                    ((one.latitude, one.longitude) for one in message.attachments if isinstance(one, Location)), None
                ),
            },
        }
        events = self.events.setdefault(conversation, [])
        events.append({"event": "user", "text": latest["text"], "metadata": latest["metadata"]})
        slots = self.slots.setdefault(conversation, {})
        tracker = {"sender_id": conversation, "slots": slots, "latest_message": latest, "events": events}
        assert self.client is not None
        answer = await self.client.post(
            "/webhook", json={"next_action": f"action_{ACTIONS.get(intent, intent)}", "tracker": tracker}
        )
        return self._collected(conversation, await answer.json())

    def _understood(self, message: Message) -> tuple[str, list[dict[str, Any]]]:
        if not message.payload:
            return self.intents.get(message.text, "inform"), []
        name, _, values = message.payload[1:].partition("{")
        told = json.loads("{" + values) if values else {}
        return name, [{"entity": entity, "value": value} for entity, value in told.items()]

    def _collected(self, conversation: str, answer: dict[str, Any]) -> Response:
        for event in answer["events"]:
            self.slots[conversation][event["name"]] = event["value"]
        customs = [message["custom"] for message in answer["responses"]]
        self.events[conversation] += [{"event": "bot", "data": {"custom": custom}} for custom in customs]
        assert not [custom["error"] for custom in customs if custom["error"] == "unexpected"]
        return Response(
            replies=tuple(from_builtins(custom["reply"], Reply) for custom in customs),
            outcome=Outcome(customs[-1]["outcome"]),
        )


@dataclass(slots=True, kw_only=True)
class Visit:
    """The running parts, and one person's way of speaking to them."""

    town: SandboxTown
    home: Heart
    rasa: PlayedRasa
    clock: FakeClock
    identities: SqlIdentities
    database: Database
    wishes: tuple[Wish, ...]
    count: int = 0

    async def say(
        self,
        text: str,
        intent: str = "inform",
        *,
        who: str = "a",
        channel: ChannelName = ChannelName.WEB,
        payload: str = "",
        attachments: tuple[Attachment, ...] = (),
        origin: str = "",
    ) -> Turn:
        """Send one message; `intent` is what Rasa is to make of the words."""
        self.count += 1
        self.rasa.intents[text] = intent
        message = Message(
            channel=channel,
            sender=who,
            id=f"m{self.count}",
            text=text,
            payload=payload,
            attachments=attachments,
            origin=origin,
        )
        return await self.home.conversation.handle(message)

    async def card(self, number: str, *, who: str = "a") -> Turn:
        """Lay a card on the robot's reader."""
        return await self.say("", who=who, channel=ChannelName.ROBOT, attachments=(IdCard(number=number),))

    async def prove(self, story: str, *, who: str = "a", channel: ChannelName = ChannelName.WEB) -> Turn:
        """Prove to be one of the demo people by query password."""
        number, password = self.town.numbers(story)
        await self.say("我要验证身份", "prove_identity", who=who, channel=channel)
        await self.say(number, who=who, channel=channel)
        await self.say("用查询密码", "prove_identity", who=who, channel=channel)
        return await self.say(password, who=who, channel=channel)


def text(turn: Turn) -> str:
    """All that a turn says."""
    return "\n".join(reply.text for reply in turn.replies)


@asynccontextmanager
async def visit(folder: Path, *, port: Any = None) -> AsyncIterator[Visit]:
    """Run it all on one clock."""
    clock, rasa, retriever = FakeClock(MORNING), PlayedRasa(), ShelfRetriever()
    database = await migrated(folder / "jiajia.db")
    papers = await Database.open(f"sqlite:///{folder / 'papers.db'}", prepare=prepare)
    identities = SqlIdentities(database, clock)
    ratings = SqlRatings(database, clock)
    async with (
        running_town(founded_file(folder), clock) as town,
        heart(folder, rasa, now=clock, identities=identities, erasing=SqlErasing(database)) as home,
    ):
        counter = Counter(
            fund=town.system,
            identities=identities,
            vault=home.vault,
            retriever=retriever,
            now=clock,
            certificate=GetCertificate(town.system, Links(papers, clock), public_url="https://jiajia.test"),
            ratings=ratings,
        )
        wishes = counter_wishes(counter)
        app = web.Application()
        today = MORNING.date()
        actions = assemble(
            retriever=retriever,
            parameters=FixedParameters(),
            today=lambda: today,
            wishes=wishes,
            vault=home.vault,
        )
        ActionServer(actions).mount(app)
        async with TestClient(TestServer(app)) as client:
            rasa.client = client
            yield Visit(
                town=town, home=home, rasa=rasa, clock=clock, identities=identities, database=database, wishes=wishes
            )
    await papers.close()
    await database.close()
