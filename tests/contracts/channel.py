"""What every door promises, whatever its protocol: subclass it and say how a citizen speaks through that door."""

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol

import pytest

from bot.messages import Button, Outcome, Reply, Response
from tests.fakes import ScriptedAnswering, ScriptedDialogue


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What came back for one message: every word that was shown or said, and the choices offered."""

    text: str
    labels: tuple[str, ...] = ()


class Citizen(Protocol):
    """Somebody at the door. `say` waits for the answer; the same `id` is the same message delivered again."""

    async def say(self, text: str, *, id: str) -> Heard: ...


class Door(Protocol):
    """A running channel: `arrive` brings another citizen, whom the channel takes for somebody else."""

    def arrive(self, name: str) -> AbstractAsyncContextManager[Citizen]: ...


class ChannelContract(ABC):
    """Subclass, and run the channel on the answering you are given."""

    @abstractmethod
    def run(self, answering: ScriptedAnswering) -> AbstractAsyncContextManager[Door]: ...

    @pytest.fixture
    def dialogue(self) -> ScriptedDialogue:
        return ScriptedDialogue({"选": choices("租房提取", "买房提取"), "两句": two_replies()})

    @pytest.fixture
    def answering(self, dialogue: ScriptedDialogue) -> ScriptedAnswering:
        return ScriptedAnswering(dialogue)

    @pytest.fixture
    async def door(self, answering: ScriptedAnswering) -> AsyncIterator[Door]:
        async with self.run(answering) as running:
            yield running

    async def test_a_question_gets_its_answer(self, door: Door) -> None:
        async with door.arrive("王") as citizen:
            heard = await citizen.say("租房能提多少", id="1")

        assert "听到了:租房能提多少" in heard.text

    async def test_a_redelivered_message_is_answered_once(self, door: Door, dialogue: ScriptedDialogue) -> None:
        async with door.arrive("王") as citizen:
            first = await citizen.say("租房能提多少", id="1")
            again = await citizen.say("租房能提多少", id="1")
            await citizen.say("利率多少", id="2")

        assert [message.text for message in dialogue.asked] == ["租房能提多少", "利率多少"]
        assert again == first

    async def test_every_reply_of_a_turn_arrives(self, door: Door) -> None:
        async with door.arrive("王") as citizen:
            heard = await citizen.say("两句", id="1")

        assert "第一句" in heard.text
        assert "第二句" in heard.text

    async def test_choices_can_be_seen_or_heard(self, door: Door) -> None:
        async with door.arrive("王") as citizen:
            heard = await citizen.say("选", id="1")

        assert all(label in heard.text or label in heard.labels for label in ("租房提取", "买房提取"))

    async def test_two_citizens_have_two_conversations(self, door: Door, dialogue: ScriptedDialogue) -> None:
        async with door.arrive("王") as wang, door.arrive("李") as li:
            await wang.say("租房能提多少", id="1")
            await li.say("租房能提多少", id="1")

        assert len(set(dialogue.conversations)) == 2

    async def test_the_heart_hears_the_words_as_they_were_said(self, door: Door, dialogue: ScriptedDialogue) -> None:
        async with door.arrive("王") as citizen:
            await citizen.say("我想提3万块,“租房”用 <b>", id="1")

        assert dialogue.asked[0].text == "我想提3万块,“租房”用 <b>"
        assert dialogue.asked[0].payload == ""

    async def test_an_answer_to_one_is_not_shown_to_another(self, door: Door) -> None:
        async with door.arrive("王") as wang, door.arrive("李") as li:
            await wang.say("只有我能看", id="1")
            heard = await li.say("利率多少", id="2")

        assert "只有我能看" not in heard.text


def choices(*labels: str) -> Response:
    buttons = tuple(Button(label=label, payload=f'/choose_entry{{"entry":"{label}"}}') for label in labels)
    return Response(replies=(Reply(text="您想问哪一个?", buttons=buttons),), outcome=Outcome.CLARIFIED)


def two_replies() -> Response:
    return Response(replies=(Reply(text="第一句"), Reply(text="第二句")))
