"""Promises about what Rasa loads, run inside Rasa's own Python (`python -m unittest tests.bot.rasa_parts.in_rasa`)."""

import asyncio
import json
import logging
import os
import socket
import unittest
from pathlib import Path
from types import SimpleNamespace

import jsonschema
from aiohttp import web
from rasa.core.actions.action import RemoteAction
from rasa.core.agent import load_agent
from rasa.core.channels.channel import UserMessage
from rasa.core.tracker_store import TrackerStore
from rasa.engine.graph import GraphSchema
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.nlu.featurizers.sparse_featurizer.lexical_syntactic_featurizer import LexicalSyntacticFeaturizer
from rasa.nlu.tokenizers.jieba_tokenizer import JiebaTokenizer
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActiveLoop,
    BotUttered,
    ConversationPaused,
    SessionStarted,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.trackers import EventVerbosity
from rasa.utils.endpoints import ClientResponseError, EndpointConfig
from rasa.utils.log_utils import configure_structlog

from bot.rasa_parts.action_calls import ActionAnswerRefused, OpenEndpoint, checked
from bot.rasa_parts.frames import ASK, FAILED, RAN, RUN, CallFailed, Wire
from bot.rasa_parts.line import ADDRESS, Line
from bot.rasa_parts.remembered import LINES
from bot.rasa_parts.runner import SequentialRunner
from bot.rasa_parts.tracker_store import StateTrackerStore
from bot.rasa_parts.understanding import quicken

configure_structlog(logging.WARNING)
DOMAIN = Domain.from_yaml(
    """
version: "3.1"
intents: [ask]
slots:
  wish: {type: any, mappings: [{type: custom}]}
  topic: {type: text, influence_conversation: false, mappings: [{type: custom}]}
actions: [action_answer]
"""
)


class Remembering(unittest.IsolatedAsyncioTestCase):
    """What the tracker store keeps from one turn to the next."""

    def setUp(self):
        self.url = os.environ["TEST_TRACKER_URL"]
        self.name = self.id().rsplit(".", 1)[1][:60]

    def file(self):
        return Path(self.url.removeprefix("sqlite:///")).read_bytes()

    def server(self):
        """As endpoints.yml makes it, in one more Rasa server."""
        config = EndpointConfig(self.url, type="bot.rasa_parts.tracker_store.StateTrackerStore")
        store = TrackerStore.create(config, DOMAIN)
        self.assertIsInstance(store, StateTrackerStore)
        self.addCleanup(store._engine.dispose)
        return store

    async def turn(self, store, text, *replies, slots=(), message_id=""):
        tracker = await store.get_or_create_tracker(self.name, append_action_listen=False)
        if not tracker.applied_events():
            tracker.update(ActionExecuted("action_session_start"))
            tracker.update(SessionStarted())
            tracker.update(ActionExecuted("action_listen"))
        named = {"message_id": message_id} if message_id else None
        tracker.update(UserUttered(text, {"name": "ask", "confidence": 0.9}, input_channel="rest", metadata=named))
        tracker.update(ActionExecuted("action_answer"))
        for reply in replies:
            tracker.update(BotUttered(None, {"custom": {"reply": {"text": reply}, "evidence": {"score": 1}}}))
        for key, value in slots:
            tracker.update(SlotSet(key, value))
        tracker.update(ActionExecuted("action_listen"))
        await store.save(tracker)
        return tracker

    async def remembered(self, store):
        tracker = await store.retrieve(self.name)
        return tracker.current_state(EventVerbosity.ALL)

    async def test_another_server_goes_on_where_the_first_one_stopped(self):
        wish = {"name": "withdraw", "values": {"rent": "1500"}, "after": None}
        await self.turn(self.server(), "我想提", "提多少?", slots=[("wish", wish), ("topic", "loan")])

        state = await self.remembered(self.server())

        self.assertEqual(state["slots"]["wish"], wish)
        self.assertEqual(state["slots"]["topic"], "loan")
        self.assertEqual(state["latest_message"]["text"], "我想提")
        self.assertEqual(state["latest_input_channel"], "rest")
        self.assertEqual(state["latest_action_name"], "action_listen")
        self.assertIsNone(state["followup_action"])

    async def test_a_message_is_known_by_its_id_when_it_comes_again(self):
        await self.turn(self.server(), "确认", "已提交", message_id="m7")
        await self.turn(self.server(), "好的", "不客气", message_id="m8")

        state = await self.remembered(self.server())

        users = [one for one in state["events"] if one["event"] == "user"]
        self.assertEqual([one["metadata"] for one in users], [{"message_id": "m7"}, {"message_id": "m8"}])

    async def test_a_slot_that_was_emptied_stays_empty(self):
        store = self.server()
        await self.turn(store, "一", "1", slots=[("topic", "loan")])
        await self.turn(store, "二", "2", slots=[("topic", None)])

        self.assertIsNone((await self.remembered(store))["slots"]["topic"])

    async def test_only_the_latest_replies_are_kept_whole_and_without_evidence(self):
        store = self.server()
        await self.turn(store, "一", "第一答")
        await self.turn(store, "二", "第二答", "又一句")

        said = [event for event in (await self.remembered(store))["events"] if event["event"] in ("user", "bot")]

        self.assertEqual([event["text"] for event in said], ["一", "第一答", "二", "第二答", "又一句"])
        self.assertEqual(said[1]["data"], {})
        self.assertEqual(said[4]["data"], {"custom": {"reply": {"text": "又一句"}}})

    async def test_a_long_conversation_does_not_grow(self):
        store = self.server()
        for number in range(LINES):
            await self.turn(store, f"问{number}", f"答{number}")

        said = [event for event in (await self.remembered(store))["events"] if event["event"] in ("user", "bot")]

        self.assertEqual(len(said), LINES)
        self.assertEqual(said[-1]["text"], f"答{LINES - 1}")

    async def test_a_new_session_begins_with_nothing(self):
        store = self.server()
        tracker = await self.turn(store, "旧的", "答", slots=[("topic", "loan")])
        tracker.update(SessionStarted())
        await store.save(tracker)
        await self.turn(store, "新的", "答")

        state = await self.remembered(store)

        self.assertEqual([event["text"] for event in state["events"] if event["event"] == "user"], ["新的"])
        self.assertIsNone(state["slots"]["topic"])

    async def test_a_conversation_in_which_nothing_was_said_takes_no_row(self):
        store = self.server()

        await store.get_or_create_tracker(self.name)

        self.assertIsNone(await store.retrieve(self.name))
        self.assertNotIn(self.name, await store.keys())

    async def test_an_active_loop_and_a_pause_are_not_forgotten(self):
        store = self.server()
        tracker = await self.turn(store, "表", "填")
        tracker.update(ActiveLoop("some_form"))
        tracker.update(ConversationPaused())
        await store.save(tracker)

        state = await self.remembered(store)

        self.assertEqual(state["active_loop"]["name"], "some_form")
        self.assertTrue(state["paused"])

    async def test_a_slot_that_a_newer_domain_dropped_is_let_go(self):
        await self.turn(self.server(), "问", "答", slots=[("topic", "loan")])
        newer = self.server()
        newer.domain = Domain.from_yaml('version: "3.1"\nintents: [ask]')

        self.assertNotIn("topic", (await self.remembered(newer))["slots"])

    async def test_what_was_overwritten_is_not_left_in_the_file(self):
        if not self.url.startswith("sqlite"):
            self.skipTest("PostgreSQL leaves that to VACUUM")
        store = self.server()
        await self.turn(store, "头一句" * 2000, "答")
        for number in range(LINES):
            await self.turn(store, f"问{number}", "答")
        with store._engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

        self.assertNotIn("头一句".encode(), self.file())


class Running(unittest.TestCase):
    """The graph runner, beside Rasa's own, on the trained model."""

    def test_every_sentence_is_understood_and_decided_as_by_rasas_own_runner(self):
        processor = asyncio.run(load_agent(os.environ["TEST_MODEL"])).processor
        own = SequentialRunner(processor.graph_runner)
        target, core = processor.model_metadata.nlu_target, processor.model_metadata.core_target

        for text in ("租房一年最多能提多少", "我要查余额", "提 3000 元", "转人工", "/answer_entry", "?"):
            tracker = asyncio.run(processor.get_tracker(text))
            parsed = []
            for runner in (processor.graph_runner, own):
                message = UserMessage(text, sender_id="one")
                heard = runner.run({"__message__": [message], "__tracker__": tracker}, [target])[target][0]
                parsed.append(heard.as_dict(only_output_properties=True))
            self.assertEqual(parsed[0], parsed[1], text)
            tracker.update(ActionExecuted("action_listen"))
            tracker.update(UserUttered(text, parsed[0]["intent"], parsed[0]["entities"], parsed[0]))
            decided = [r.run({"__tracker__": tracker}, [core])[core] for r in (processor.graph_runner, own)]
            self.assertEqual(decided[0].probabilities, decided[1].probabilities, text)

    def test_it_takes_its_nodes_from_the_runner_that_loaded_them(self):
        empty = DaskGraphRunner(GraphSchema({}), None, None)

        self.assertEqual(SequentialRunner(empty).run({"given": 1}, ["given"]), {"given": 1})


class Understanding(unittest.TestCase):
    """The quick way to an intent, beside Rasa's own components, on the trained model and on pipelines of others."""

    TEXTS = (
        "租房一年最多能提多少",
        "我要查余额",
        "查YUE 3000块",
        "转人工",
        "/answer_entry",
        "?",
        " 提 前 还 ",
        "公" * 300,
    )

    def test_the_trained_model_understands_the_same(self):
        processor = asyncio.run(load_agent(os.environ["TEST_MODEL"])).processor
        target, runner = processor.model_metadata.nlu_target, SequentialRunner(processor.graph_runner)

        def understood():
            inputs = [{"__message__": [UserMessage(text, sender_id="one")], "__tracker__": None} for text in self.TEXTS]
            return [runner.run(one, [target])[target][0].as_dict(only_output_properties=True) for one in inputs]

        before = understood()
        self.assertTrue(quicken(runner.nodes))
        for text, was, now in zip(self.TEXTS, before, understood(), strict=True):
            self.assertEqual(was["entities"], now["entities"], text)
            ranked, again = was["intent_ranking"], now["intent_ranking"]
            self.assertEqual([one["name"] for one in ranked], [one["name"] for one in again], text)
            for one, other in zip(ranked, again, strict=True):
                self.assertAlmostEqual(one["confidence"], other["confidence"], places=12, msg=text)

    def test_a_pipeline_with_anything_else_in_it_stays_as_it_is(self):
        words, heard = (
            JiebaTokenizer.__new__(JiebaTokenizer),
            LexicalSyntacticFeaturizer.__new__(LexicalSyntacticFeaturizer),
        )
        nodes = [SimpleNamespace(_component=part, _fn=type(part).process) for part in (words, heard)]

        self.assertFalse(quicken(nodes))
        self.assertFalse(quicken(nodes[:1]))


class Calling(unittest.IsolatedAsyncioTestCase):
    """The way to the action server."""

    async def asyncSetUp(self):
        self.peers = set()
        app = web.Application()
        app.router.add_post("/webhook", self.answer)
        self.runner = web.AppRunner(app)
        await self.runner.setup()
        site = web.TCPSite(self.runner, "127.0.0.1", 0)
        await site.start()
        port = self.runner.addresses[0][1]
        configured = EndpointConfig(f"http://127.0.0.1:{port}/webhook", enable_selective_domain=True)
        self.endpoint = OpenEndpoint.like(configured)
        self.addAsyncCleanup(self.runner.cleanup)
        self.addAsyncCleanup(self.endpoint.close)

    async def answer(self, request):
        self.peers.add(request.transport.get_extra_info("peername"))
        body = await request.json()
        if body["next_action"] == "action_refuses":
            return web.json_response({"error": "no", "action_name": "action_refuses"}, status=400)
        return web.json_response({"events": [], "responses": [{"text": body["next_action"]}]})

    async def test_many_calls_go_over_one_connection(self):
        answers = [await self.endpoint.request(method="post", json={"next_action": "你好"}, timeout=9) for _ in "123"]

        self.assertEqual(answers[-1]["responses"], [{"text": "你好"}])
        self.assertEqual(len(self.peers), 1)

    async def test_a_refusal_reaches_rasa_as_it_expects_it(self):
        with self.assertRaises(ClientResponseError) as raised:
            await self.endpoint.request(json={"next_action": "action_refuses"})

        self.assertEqual(raised.exception.status, 400)
        self.assertEqual(json.loads(raised.exception.text)["action_name"], "action_refuses")

    async def test_what_endpoints_yml_says_still_holds(self):
        self.assertTrue(RemoteAction("action_a", self.endpoint)._is_selective_domain_enabled())


class AskedOverTheLine(unittest.IsolatedAsyncioTestCase):
    """A question that comes over the gateway's line has its actions run by that gateway."""

    async def asyncSetUp(self):
        self.handle, self.run = self.uses_an_action, lambda body: (RAN, {"ran": json.loads(body)["next_action"]})
        os.environ[ADDRESS] = f"@jiajia-test-{os.getpid()}-{self.id()}"[:90]
        self.line = Line(lambda message: self.handle(message), "rest")
        await self.line.open()
        end = socket.socket(socket.AF_UNIX)
        end.connect("\0" + os.environ[ADDRESS][1:])
        loop = asyncio.get_running_loop()
        _, self.wire = await loop.create_unix_connection(lambda: Wire(self.received), sock=end)

    async def asyncTearDown(self):
        del os.environ[ADDRESS]
        self.wire.close()
        await self.line.close()

    def received(self, wire, kind, number, frame):
        self.assertEqual(kind, RUN)
        kind, answer = self.run(frame)
        wire.send(kind, number, json.dumps(answer).encode())

    async def uses_an_action(self, message):
        endpoint = OpenEndpoint("http://127.0.0.1:9/webhook")
        try:
            said = json.dumps(await endpoint.request(json={"next_action": message.text}))
        except ClientResponseError as error:
            said = f"{error.status} {error.text}"
        await message.output_channel.send_text_message(message.sender_id, said)

    async def ask(self, text):
        asked = json.dumps({"sender": "s1", "message": text, "metadata": {}}).encode()
        return json.loads(await asyncio.wait_for(self.wire.call(ASK, asked), 10))

    async def test_the_action_is_run_by_who_asked(self):
        self.assertEqual(await self.ask("action_a"), [{"recipient_id": "s1", "text": '{"ran": "action_a"}'}])

    async def test_a_refused_action_is_refused_as_over_http(self):
        self.run = lambda _body: (FAILED, {"status": 400, "text": "why"})
        self.assertEqual((await self.ask("action_a"))[0]["text"], "400 why")

    async def test_questions_that_come_together_reach_their_actions_one_after_another(self):
        seen = []

        async def takes_steps(message):
            for step in ("begins", "goes on", "asks"):
                seen.append(f"{message.text} {step}")
                await asyncio.sleep(0)
            await self.uses_an_action(message)

        self.handle = takes_steps
        await asyncio.gather(self.ask("a"), self.ask("b"))
        self.assertEqual(seen, [f"{text} {step}" for text in "ab" for step in ("begins", "goes on", "asks")])

    async def test_a_question_that_does_not_come_to_its_action_holds_nobody_up(self):
        other_began = asyncio.Event()

        async def waits_for_the_other(message):
            await (other_began.wait() if message.text == "slow" else asyncio.sleep(0))
            other_began.set()
            await self.uses_an_action(message)

        self.handle = waits_for_the_other
        slow, quick = await asyncio.gather(self.ask("slow"), self.ask("quick"))
        self.assertEqual([json.loads(said[0]["text"])["ran"] for said in (slow, quick)], ["slow", "quick"])

    async def test_what_breaks_inside_is_told_at_once(self):
        async def breaks(_message):
            raise ZeroDivisionError

        self.handle = breaks
        with self.assertRaises(CallFailed), self.assertLogs("bot.rasa_parts.line"):
            await self.ask("x")


class Checking(unittest.TestCase):
    """What the action server answers is held to Rasa's own format."""

    GOOD = (
        {},
        {"events": [], "responses": []},
        {"events": [{"event": "slot", "name": "topic", "value": None}], "responses": [{"text": "好"}]},
    )
    BAD = (
        {"events": {}},
        {"events": ["slot"]},
        {"events": [{"event": 1}]},
        {"responses": "好"},
        {"responses": ["好"]},
        [],
        "好",
        None,
    )

    def test_what_rasas_schema_takes_is_taken_and_what_it_refuses_is_refused(self):
        schema = RemoteAction.action_response_format_spec()
        for result in self.GOOD:
            jsonschema.validate(result, schema)
            self.assertTrue(checked(result))
        for result in self.BAD:
            with self.assertRaises(jsonschema.ValidationError):
                jsonschema.validate(result, schema)
            with self.assertRaises(ActionAnswerRefused):
                checked(result)


if __name__ == "__main__":
    unittest.main()
