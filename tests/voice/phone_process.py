"""The phone line as a program for system tests: real ears, real voice, real doors; only the answers are written here.

`python -m tests.voice.phone_process <audio port> <http port>`;
the token is `test-token`. Prints `ready` when it listens.
"""

import asyncio
import sys
import time
from pathlib import Path

from aiohttp import web

from bot.clock import utc_now
from bot.guard import Guard
from bot.messages import Message, Outcome, Reply, Response
from tests.fakes import ScriptedAnswering, ScriptedDialogue, ScriptedGateway
from tests.voice.phone import HANDOFF, MODEL
from voice import prompts
from voice.audiosocket_door import AudioSocketDoor
from voice.cached import CachedSynthesizer
from voice.calls import Calls
from voice.espeak import EspeakSynthesizer
from voice.hours import Hours
from voice.office import Office
from voice.pbx import PbxDoor
from voice.service import PhoneService
from voice.spoken import SpokenForms
from voice.vocabulary import Vocabulary
from voice.vosk_recognizer import VoskRecognizer

TOKEN = "test-token"
ANSWER = "租房提取每户每年最多 16800 元,夫妻合并计算。"
ANSWERS = {
    "租房": ANSWER,
    "利率": "首套公积金贷款,五年以上年利率 2.6%。",
    "余额": "余额是 12345.67 元。",
    "网点": "办理网点在城西区。",
}


def answer(message: Message) -> Response:
    """Answer by the words in the question; print what was heard, so that a test can tell."""
    print("heard", message.payload or message.text, flush=True)
    if message.payload == "/request_human":
        return HANDOFF
    said = next((words for key, words in ANSWERS.items() if key in message.text), "")
    if said:
        return Response(replies=(Reply(text=said),))
    return Response(replies=(Reply(text="这个问题我没有查到可靠的答案。"),), outcome=Outcome.DECLINED)


async def main(audio_port: int, http_port: int, capacity: int = 20) -> None:
    calls = Calls(time.monotonic)
    voice = CachedSynthesizer(EspeakSynthesizer())
    await voice.warm(prompts.ALL)
    service = PhoneService(
        office=Office(
            gateway=ScriptedGateway(ScriptedAnswering(ScriptedDialogue(answer))),
            forms=SpokenForms(),
            hours=Hours("", utc_now),
        ),
        recognizer=VoskRecognizer.load(str(MODEL), folder=Path()),
        synthesizer=voice,
        vocabulary=Vocabulary(["公积金", "租房", "提取", "利率", "余额", "网点", "贷款", "材料"]),
        calls=calls,
        capacity=capacity,
    )
    door = AudioSocketDoor(service.answer)
    await door.open("127.0.0.1", audio_port)
    app = web.Application()
    PbxDoor(calls, Guard(TOKEN)).mount(app)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", http_port).start()
    print("ready", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(*map(int, sys.argv[1:])))
