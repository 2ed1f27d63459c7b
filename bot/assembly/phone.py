"""Assembles the telephone's process: ears, voice, the door Asterisk dials, and the HTTP the dialplan asks.

It is a process of its own because Vosk's library and PyTorch's must not be opened in one, and because speech must not
wait for anything else; what it says it asks of the gateway (decision 0010).
"""

import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import yaml
from aiohttp import web

from bot.assembly.serving import open_port
from bot.clock import utc_now
from bot.errors import Misconfigured, SpeechUnavailable
from bot.guard import Guard
from bot.log import logger
from bot.messages import ChannelName
from bot.ports import Synthesizer
from bot.settings import Settings
from knowledge_base.content import load_content
from voice import prompts
from voice.audiosocket_door import AudioSocketDoor
from voice.cached import CachedSynthesizer, RecordedPrompts, recordings
from voice.calls import Calls
from voice.espeak import EspeakSynthesizer
from voice.gateway import HttpGateway
from voice.hours import Hours
from voice.http_voice import HttpSynthesizer
from voice.office import Office
from voice.pbx import PbxDoor
from voice.pbx_sounds import write_sounds
from voice.phrasing import Phrasing
from voice.piper import PiperSynthesizer
from voice.ranking import Ranking
from voice.service import PhoneService
from voice.speech_door import SpeechDoor
from voice.spoken import SpokenForms
from voice.transcribing import RecordedSpeech
from voice.vocabulary import Vocabulary
from voice.vosk_recognizer import VoskRecognizer
from voice.websocket_door import WebSocketDoor

PHONE_READY = "phone.ready"
PHONE_DEAF = "phone.deaf"
LARGEST_RECORDING_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What was opened: whether it answers calls, and why it does not hear, if it does not."""

    calls: bool
    deaf: str = ""


@asynccontextmanager
async def phone(settings: Settings) -> AsyncIterator[Line]:
    """Hear recorded messages, and answer calls if the phone is one of the channels, until the block ends."""
    token = settings.phone_token.get_secret_value()
    if not token:
        raise Misconfigured(
            "JIAJIA_PHONE_TOKEN: the telephone's process needs it; the dialplan and the gateway show the same token"
        )
    async with AsyncExitStack() as stack:
        words, phrasing = vocabulary_of(settings.knowledge.directory), phrasing_of(settings.knowledge.directory)
        recognizer, deaf = _recognizer(stack, settings, Ranking(phrasing, words))
        app = web.Application(client_max_size=LARGEST_RECORDING_BYTES)
        SpeechDoor(RecordedSpeech(recognizer, words) if recognizer else None, Guard(token)).mount(app)
        answers = ChannelName.PHONE in settings.channels.enabled
        if answers:
            await _calls(stack, settings, app, recognizer=recognizer, words=words, phrasing=phrasing)
        app.router.add_get("/ready", _ready)
        await open_port(stack, app, settings.phone.host, settings.phone.http_port)
        logger().info(PHONE_READY, calls=answers, hears=recognizer is not None, voice=settings.phone.voice)
        yield Line(calls=answers, deaf=deaf)


async def _ready(_: web.Request) -> web.Response:
    return web.Response(text="ready")


async def _calls(
    stack: AsyncExitStack,
    settings: Settings,
    app: web.Application,
    *,
    recognizer: VoskRecognizer | None,
    words: Vocabulary,
    phrasing: Phrasing,
) -> None:
    token = settings.phone_token.get_secret_value()
    calls = Calls(time.monotonic)
    service = PhoneService(
        office=_office(stack, settings),
        recognizer=recognizer,
        synthesizer=await _voice(stack, settings),
        vocabulary=words,
        phrasing=phrasing,
        calls=calls,
        capacity=settings.phone.capacity,
    )
    door = AudioSocketDoor(service.answer)
    await door.open(settings.phone.host, settings.phone.port)
    stack.push_async_callback(door.close)
    PbxDoor(calls, Guard(token)).mount(app)
    WebSocketDoor(service.answer, Guard(token)).mount(app)


def vocabulary_of(folder: Path) -> Vocabulary:
    """The words of the knowledge base by their sound: of a group its head first, then its other words."""
    groups = yaml.safe_load((folder / "synonyms.yml").read_text(encoding="utf-8"))["groups"]
    return Vocabulary([*(group[0] for group in groups), *(word for group in groups for word in group[1:])])


def phrasing_of(folder: Path) -> Phrasing:
    """How the knowledge base's questions are put."""
    return Phrasing(question for entry in load_content(folder).entries for question in entry.questions())


def gateway_url(settings: Settings) -> str:
    """Where the gateway's inside port is."""
    return settings.phone.gateway or f"http://{settings.actions.host}:{settings.actions.port}"


def _office(stack: AsyncExitStack, settings: Settings) -> Office:
    try:
        hours = Hours(settings.phone.hours, utc_now)
    except ValueError as error:
        raise Misconfigured(f"phone.hours: {error}") from error
    gateway = HttpGateway(gateway_url(settings), settings.phone_token.get_secret_value())
    stack.push_async_callback(gateway.close)
    return Office(gateway=gateway, forms=SpokenForms(), hours=hours)


def _recognizer(stack: AsyncExitStack, settings: Settings, ranking: Ranking) -> tuple[VoskRecognizer | None, str]:
    """The ears; without them the line goes by keys, and start-up says why."""
    asked = settings.phone
    try:
        found = VoskRecognizer.load(
            asked.model, folder=asked.models, sha256=asked.model_sha256, threads=asked.threads, ranking=ranking
        )
    except SpeechUnavailable as error:
        logger().error(PHONE_DEAF, why=str(error))
        return None, str(error)
    stack.callback(found.close)
    return found, ""


async def _voice(stack: AsyncExitStack, settings: Settings) -> Synthesizer:
    """The voice, with its prompts made beforehand; a line that cannot speak does not open."""
    try:
        cached = CachedSynthesizer(await _engine(stack, settings.phone.voice))
        folder = settings.phone.prompts
        voice: Synthesizer = RecordedPrompts(recordings(Path(folder)), cached) if folder else cached
        await cached.warm(prompts.ALL)
    except SpeechUnavailable as error:
        raise Misconfigured(f"phone.voice: {error}") from error
    return voice


async def announcements(settings: Settings, folder: Path) -> int:
    """Speak the PBX's own announcements into files; raises SpeechUnavailable."""
    async with AsyncExitStack() as stack:
        return await write_sounds(await _engine(stack, settings.phone.voice), folder)


async def _engine(stack: AsyncExitStack, voice: str) -> Synthesizer:
    if voice.startswith(("http://", "https://")):
        return HttpSynthesizer(await stack.enter_async_context(aiohttp.ClientSession()), url=voice)
    if voice.endswith(".onnx"):
        piper = PiperSynthesizer(voice=Path(voice))
        piper.check()
        return piper
    espeak = EspeakSynthesizer()
    espeak.check()
    return espeak
