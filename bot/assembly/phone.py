"""Assembles the 12329 line: ears, voice, the door Asterisk dials, and the HTTP the dialplan asks."""

import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import aiohttp
import yaml
from aiohttp import web

from bot.assembly.heart import Heart
from bot.clock import utc_now
from bot.errors import Misconfigured, SpeechUnavailable
from bot.log import logger
from bot.ports import Synthesizer
from bot.settings import Settings
from bot.store.ratings import SqlRatings
from voice import prompts
from voice.audiosocket_door import AudioSocketDoor
from voice.cached import CachedSynthesizer, RecordedPrompts, recordings
from voice.calls import Calls
from voice.espeak import EspeakSynthesizer
from voice.guard import Guard
from voice.hours import Hours
from voice.http_voice import HttpSynthesizer
from voice.office import Office
from voice.pbx import PbxDoor
from voice.piper import PiperSynthesizer
from voice.service import PhoneService
from voice.spoken import SpokenForms
from voice.vocabulary import Vocabulary
from voice.vosk_recognizer import VoskRecognizer
from voice.websocket_door import WebSocketDoor

PHONE_READY = "phone.ready"
PHONE_DEAF = "phone.deaf"


@asynccontextmanager
async def phone(heart: Heart) -> AsyncIterator[web.Application]:
    """Open the line until the block ends; the application holds its HTTP side."""
    settings = heart.settings
    token = settings.phone_token.get_secret_value()
    if not token:
        raise Misconfigured("JIAJIA_PHONE_TOKEN: the phone line needs it; the dialplan shows the same token")
    async with AsyncExitStack() as stack:
        synthesizer = await _voice(stack, settings)
        recognizer = _recognizer(stack, settings)
        calls = Calls(time.monotonic)
        service = PhoneService(
            office=_office(heart),
            recognizer=recognizer,
            synthesizer=synthesizer,
            vocabulary=vocabulary_of(settings.knowledge.directory),
            calls=calls,
            capacity=settings.phone.capacity,
        )
        door = AudioSocketDoor(service.answer)
        await door.open(settings.phone.host, settings.phone.port)
        stack.push_async_callback(door.close)
        app = web.Application()
        PbxDoor(calls, Guard(token)).mount(app)
        WebSocketDoor(service.answer, Guard(token)).mount(app)
        logger().info(PHONE_READY, port=settings.phone.port, hears=recognizer is not None, voice=settings.phone.voice)
        yield app


def vocabulary_of(folder: Path) -> Vocabulary:
    """The words of the knowledge base by their sound: of a group its head first, then its other words."""
    groups = yaml.safe_load((folder / "synonyms.yml").read_text(encoding="utf-8"))["groups"]
    return Vocabulary([*(group[0] for group in groups), *(word for group in groups for word in group[1:])])


def _office(heart: Heart) -> Office:
    try:
        hours = Hours(heart.settings.phone.hours, utc_now)
    except ValueError as error:
        raise Misconfigured(f"phone.hours: {error}") from error
    return Office(
        answering=heart.conversation,
        forms=SpokenForms(),
        hours=hours,
        ratings=SqlRatings(heart.database, utc_now),
        vault=heart.vault,
        identities=heart.identities,
        sms=heart.sms,
    )


def _recognizer(stack: AsyncExitStack, settings: Settings) -> VoskRecognizer | None:
    """The ears; without them the line goes by keys, and the log says why."""
    asked = settings.phone
    try:
        found = VoskRecognizer.load(asked.model, folder=asked.models, sha256=asked.model_sha256, threads=asked.threads)
    except SpeechUnavailable as error:
        logger().error(PHONE_DEAF, why=str(error))
        return None
    stack.callback(found.close)
    return found


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
