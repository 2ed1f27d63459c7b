"""A telephone for tests: a line without a network, ears and a voice that follow a script, a PBX on AudioSocket."""

import asyncio
import wave
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import numpy as np
import pytest

from bot.errors import SpeechUnavailable
from bot.messages import Button, Expects, Handoff, Outcome, Reply, Response
from tests.fakes import ScriptedAnswering, ScriptedDialogue, ScriptedGateway
from voice import audiosocket
from voice.audio import FRAME_BYTES, RATE_HZ, resampled
from voice.audiosocket import Kind
from voice.calls import CallOutcome, Calls
from voice.hours import Hours
from voice.line import Ended, Heard, Key, Sound
from voice.office import Office, Patience
from voice.service import PhoneService
from voice.spoken import SpokenForms
from voice.vocabulary import Vocabulary

SHARED = Path(__file__).parents[2].parent / "shared"
MODEL = SHARED / "models" / "vosk-cn-ctc-small"
AUDIO = SHARED / "audio"
NEEDS_MODEL = pytest.mark.skipif(
    not MODEL.is_dir(),
    reason=f"no Vosk model at {MODEL}: get vosk-model-small-cn-0.22 from alphacephei.com/vosk/models and put it there",
)
NEEDS_AUDIO = pytest.mark.skipif(not AUDIO.is_dir(), reason=f"no recorded speech at {AUDIO}")
CALL = "6f8ad1f6-6a4b-4c2e-9a43-0a6f2b1c7d10"
QUICK = Patience(answer=0.3, keys=0.15, looking=0.15, rating=0.3, longest_call=20.0)
OPEN_HOURS = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)  # Monday, ten in the morning in Xining
CLOSED_HOURS = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)  # Sunday


class TextVoice:
    """Speaks by writing the text into the sound: what was said can be read from the line.

    A frame lasts as on a real line, so a sentence takes its time; `broken` is an engine that fails.
    """

    def __init__(self, *, frames: int = 4, broken: bool = False) -> None:
        self.frames = frames
        self.broken = broken
        self.asked: list[tuple[str, float]] = []

    async def speak(self, text: str, *, speed: float = 1.0) -> AsyncIterator[bytes]:
        if self.broken:
            raise SpeechUnavailable("scripted")
        self.asked.append((text, speed))
        yield text[: FRAME_BYTES // 2].ljust(FRAME_BYTES // 2).encode("utf-16-le")
        for _ in range(self.frames):
            yield "·".encode("utf-16-le") * (FRAME_BYTES // 2)


class ScriptedHearing:
    """Understands what a test wrote into the sound: `said("公积金")` is heard as 公积金 whatever the grammar."""

    def __init__(self, results: list[tuple[str, ...]]) -> None:
        self.results = results
        self.begun: list[tuple[str, ...]] = []
        self.fed = 0
        self.sure = True

    async def begin(self, words: tuple[str, ...] = ()) -> None:
        self.begun.append(words)
        self.fed = 0

    async def feed(self, sound: bytes) -> str:
        self.fed += len(sound)
        guesses = self.results[0] if self.results else ()
        return guesses[0] if guesses and self.fed > 10 * FRAME_BYTES else ""

    async def finish(self) -> tuple[str, ...]:
        return self.results.pop(0) if self.results else ()


class ScriptedRecognizer:
    """Every call hears the same script; `fading` understands words that are none in the end."""

    def __init__(self, *results: tuple[str, ...], broken: bool = False, fading: bool = False) -> None:
        self.results = list(results)
        self.broken = broken
        self.fading = fading

    def hearing(self, rate_hz: int = RATE_HZ) -> ScriptedHearing:
        if self.broken:
            raise SpeechUnavailable("scripted")
        return FadingHearing([("呃",)]) if self.fading else ScriptedHearing(list(self.results))


class FadingHearing(ScriptedHearing):
    async def finish(self) -> tuple[str, ...]:
        return ()


class TestLine:
    """A line whose other end is the test: `press`, `speak`, `hang_up`; `spoken` is what the caller heard."""

    __test__ = False

    def __init__(self) -> None:
        self._in: asyncio.Queue[Heard] = asyncio.Queue()
        self.sent: list[bytes] = []
        self.closed = False

    async def receive(self) -> Heard:
        return await self._in.get()

    async def send(self, sound: bytes) -> None:
        self.sent.append(sound)

    async def close(self) -> None:
        self.closed = True

    def press(self, keys: str) -> None:
        for key in keys:
            self._in.put_nowait(Key(key=key))

    def feed(self, sound: bytes) -> None:
        for at in range(0, len(sound), FRAME_BYTES):
            self._in.put_nowait(Sound(data=sound[at : at + FRAME_BYTES]))

    def speak(self, seconds: float = 0.6, silence: float = 1.6) -> None:
        self.feed(speech(seconds) + bytes(int(silence * RATE_HZ) * 2))

    def hang_up(self, why: str = "hung-up") -> None:
        self._in.put_nowait(Ended(why=why))

    @property
    def spoken(self) -> str:
        texts = (frame.decode("utf-16-le", errors="replace") for frame in self.sent)
        return "".join(text.strip() for text in texts if text[0] not in "·\0")

    async def hears(self, words: str, *, within: float = 5.0, times: int = 1) -> None:
        """Wait until the caller has heard these words, so many times."""
        try:
            async with asyncio.timeout(within):
                while self.spoken.count(words) < times:  # noqa: ASYNC110 - watched from outside
                    await asyncio.sleep(0.005)
        except TimeoutError:
            raise AssertionError(f"{words} was not said; said was: {self.spoken[-200:]}") from None


def speech(seconds: float, *, pitch: float = 140.0, loud: float = 6_000.0) -> bytes:
    """Sound that a voice detector takes for a vowel: harmonics under a syllable's rise and fall."""
    at = np.arange(int(seconds * RATE_HZ)) / RATE_HZ
    tone = sum(np.sin(2 * np.pi * pitch * n * at + n) / n for n in range(1, 18))
    envelope = 0.55 + 0.45 * np.sin(2 * np.pi * 4 * at)
    return (loud * envelope * tone / 2).astype("<i2").tobytes()


def noise(seconds: float, *, loud: float = 150.0, seed: int = 7) -> bytes:
    """Line noise."""
    samples = np.random.default_rng(seed).normal(0, loud, int(seconds * RATE_HZ))
    return samples.astype("<i2").tobytes()


def recorded(name: str) -> bytes:
    """Read a recording of ../shared/audio as the line brings it, e.g. `cmn_test/9`."""
    with wave.open(str(AUDIO / f"{name}-tel.wav")) as file:
        return resampled(file.readframes(file.getnframes()), file.getframerate())


def transcripts(name: str) -> dict[int, str]:
    lines = (AUDIO / name / "transcripts.tsv").read_text(encoding="utf-8").splitlines()
    return {int(number): text for number, text in (line.split("\t")[:2] for line in lines)}


HANDOFF = Response(
    replies=(Reply(text="好的", handoff=Handoff(reason="citizen-asked", summary="市民:租房能提多少")),),
    outcome=Outcome.HANDED_OFF,
)
CHOICES = Response(
    replies=(
        Reply(
            text="您想问哪一个?",
            buttons=(
                Button(label="租房提取", payload="/choose_entry{1}"),
                Button(label="买房提取", payload="/choose_entry{2}"),
            ),
        ),
    ),
    outcome=Outcome.CLARIFIED,
)
ASKS_IDENTITY = Response(replies=(Reply(text="请输入您的身份证号。", expects=Expects.IDENTITY),), outcome=Outcome.ASKED)
ASKS_PASSWORD = Response(replies=(Reply(text="请输入 6 位查询密码。", expects=Expects.SECRET),), outcome=Outcome.ASKED)
ASKS_YES_NO = Response(
    replies=(
        Reply(
            text="确认提交吗?", buttons=(Button(label="确认", payload="/affirm"), Button(label="取消", payload="/deny"))
        ),
    ),
    outcome=Outcome.ASKED,
)
SCRIPT: dict[str, Response | str | Exception] = {
    "/request_human": HANDOFF,
    "租房": "租房每年最多 16800 元。",
    "查公积金余额": ASKS_IDENTITY,
    "选": CHOICES,
    "密码": ASKS_PASSWORD,
    "提交": ASKS_YES_NO,
    "长": Response(replies=(Reply(text="第一句说得比较长,是为了凑够一段。" * 10),)),
    "不懂": Response(replies=(Reply(text="没有查到。"),), outcome=Outcome.DECLINED),
}


class Exchange:
    """A phone service with everything scripted, and the lines into it."""

    def __init__(
        self,
        *results: tuple[str, ...],
        deaf: bool = False,
        fading: bool = False,
        now: datetime = OPEN_HOURS,
        **gateway: object,
    ) -> None:
        self.dialogue = ScriptedDialogue(dict(SCRIPT))
        self.answering = ScriptedAnswering(self.dialogue)
        self.voice = TextVoice()
        self.calls = Calls(lambda: 0.0)
        self.gateway = ScriptedGateway(self.answering, **gateway)  # type: ignore[arg-type]
        self.service = PhoneService(
            office=Office(
                gateway=self.gateway,
                forms=SpokenForms(),
                hours=Hours("1-5 08:30-17:30", lambda: now),
                patience=QUICK,
            ),
            recognizer=None if deaf else ScriptedRecognizer(*results, fading=fading),
            synthesizer=self.voice,
            vocabulary=Vocabulary(["公积金", "租房提取"]),
            calls=self.calls,
            capacity=3,
            frame_seconds=0.002,
        )

    @asynccontextmanager
    async def call(self, call: str = CALL, *, caller: str = "") -> AsyncIterator[TestLine]:
        """Ring; when the block ends the caller hangs up, if the call is not over by then."""
        self.calls.register(call, caller)
        line = TestLine()
        answering = asyncio.create_task(self.service.answer(call, line))
        try:
            yield line
        finally:
            line.hang_up()
            async with asyncio.timeout(5):
                await answering

    async def outcome(self, call: str = CALL, *, within: float = 5.0) -> CallOutcome:
        """Wait for the call's end."""
        async with asyncio.timeout(within):
            while (outcome := self.calls.outcome(call)) is None:  # noqa: ASYNC110 - watched from outside
                await asyncio.sleep(0.005)
        return outcome

    @property
    def asked(self) -> list[str]:
        return [message.payload or message.text for message in self.dialogue.asked]


class Pbx:
    """The other end of AudioSocket, as Asterisk behaves: announces the call, then sends what it is told."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer
        self.heard = b""

    @classmethod
    async def dial(cls, port: int, call: str | None = CALL) -> "Pbx":
        pbx = cls(*await asyncio.open_connection("127.0.0.1", port))
        if call:
            pbx.send(Kind.UUID, UUID(call).bytes)
        return pbx

    def send(self, kind: int, payload: bytes = b"") -> None:
        self.writer.write(audiosocket.HEADER.pack(kind, len(payload)) + payload)

    async def listen(self) -> str:
        """Take everything until the line ends; return how it ended."""
        try:
            while True:
                frame = await audiosocket.read_frame(self.reader)
                if frame.kind == Kind.HANG_UP:
                    return "hung-up"
                self.heard += frame.payload
        except (asyncio.IncompleteReadError, ConnectionError):
            return "dropped"

    async def close(self) -> None:
        self.writer.close()
        await asyncio.gather(self.writer.wait_closed(), return_exceptions=True)
