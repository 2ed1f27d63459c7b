"""Measures the phone line beside a bare Vosk loop on the same recordings, in the same run.

`python -m tests.bench.voice [--calls 1,5,10]` prints accuracy at 16 kHz and through an 8 kHz telephone band (bare, with
our turn-taking, with vocabulary repair), slots with their grammars, the time from the end of speech to the first sound,
the reaction to barge-in, the real-time factor, and calls at once. It needs the model and recordings of ../shared.
"""

import argparse
import asyncio
import json
import multiprocessing
import statistics
import time
import wave
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from uuid import UUID

import psutil
import vosk

from bot.assembly.phone import phrasing_of, vocabulary_of
from bot.clock import utc_now
from bot.log import configure
from bot.messages import Reply, Response
from tests.fakes import ScriptedAnswering, ScriptedDialogue, ScriptedGateway
from tests.voice.phone import AUDIO, MODEL, Pbx, recorded, transcripts
from voice import audiosocket, prompts
from voice.audio import FRAME_BYTES, FRAME_SECONDS, RATE_HZ, loudness, seconds
from voice.audiosocket import Kind
from voice.audiosocket_door import AudioSocketDoor
from voice.cached import CachedSynthesizer
from voice.calls import Calls
from voice.ears import Ears, Utterance
from voice.espeak import EspeakSynthesizer
from voice.hours import Hours
from voice.office import Office
from voice.ranking import Ranking
from voice.service import PhoneService
from voice.slots import DISTRICT, OPEN, YES_NO, Slot, digits
from voice.slots import Kind as SlotKind
from voice.spoken import SpokenForms
from voice.transcribing import RecordedSpeech
from voice.vocabulary import Vocabulary
from voice.vosk_recognizer import VoskRecognizer

KNOWLEDGE = Path("knowledge_base")
SENTENCES, SHORT = ("cmn_test", "han_test"), ("cmn_slot", "han_slot")
ANSWER = "租房提取每户每年最多 16800 元,夫妻合并计算。"


def edits(said: str, heard: str) -> int:
    """Return the Levenshtein distance in characters."""
    row = list(range(len(heard) + 1))
    for i, a in enumerate(said, 1):
        before, row[0] = row[0], i
        for j, b in enumerate(heard, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (a != b))
    return row[-1]


def bare(model: vosk.Model, file: Path, grammar: tuple[str, ...] = ()) -> str:
    """Decode one file as Vosk's own example does."""
    with wave.open(str(file)) as sound:
        words = (json.dumps(grammar, ensure_ascii=False),) if grammar else ()
        recognizer = vosk.KaldiRecognizer(model, sound.getframerate(), *words)
        parts = []
        while data := sound.readframes(4_000):
            if recognizer.AcceptWaveform(data):
                parts.append(json.loads(recognizer.Result())["text"])
        parts.append(json.loads(recognizer.FinalResult())["text"])
    return "".join(parts).replace(" ", "").replace("[unk]", "")


async def through_ears(recognizer: VoskRecognizer, vocabulary: Vocabulary, said: bytes, slot: Slot) -> tuple[str, ...]:
    """Have our ears take some sound from the line, silence before and after it."""
    ears = Ears(recognizer.hearing(), vocabulary)
    ears.expect(slot)
    sound = bytes(RATE_HZ) + said + bytes(4 * RATE_HZ)
    turns: list[tuple[str, ...]] = []
    for at in range(0, len(sound) - FRAME_BYTES, FRAME_BYTES):
        async for event in ears.feed(sound[at : at + FRAME_BYTES]):
            if isinstance(event, Utterance):
                turns.append(event.guesses)
    return ("".join(one[0] for one in turns if one), *(guess for one in turns[:1] for guess in one[1:]))


def accuracy(title: str, wanted: dict[int, str], heard: Callable[[int], str]) -> None:
    """Print one row: character error rate, whole sentences right."""
    got = {number: heard(number) for number in wanted}
    wrong = sum(edits(wanted[number], got[number]) for number in wanted)
    right = sum(wanted[number] == got[number] for number in wanted)
    rate = wrong / sum(map(len, wanted.values()))
    print(f"| {title} | {rate:6.1%} | {right}/{len(wanted)} |", flush=True)


def slot_of(words: str) -> Slot:
    """Return the slot in which a short answer would be given."""
    if all(char in "零一二三四五六七八九幺" for char in words):
        return digits(SlotKind.DIGITS, len(words))
    if words in DISTRICT.words:
        return DISTRICT
    return YES_NO


async def recorded_message(recognizer: VoskRecognizer, vocabulary: Vocabulary, name: str, number: int) -> str:
    """Have a whole recording understood, as WeChat's are."""
    data = (AUDIO / name / f"{number}-16k.wav").read_bytes()
    guesses = await RecordedSpeech(recognizer, vocabulary).transcribe(data, "audio/wav")
    return guesses[0] if guesses else ""


def hearing(recognizer: VoskRecognizer, plain: VoskRecognizer, model: vosk.Model, vocabulary: Vocabulary) -> None:
    """Print how well recordings are understood."""
    print("\n| sentences | CER | whole |\n|---|--:|--:|")
    empty = Vocabulary(())
    for name in SENTENCES:
        wanted = transcripts(name)
        for band in ("16k", "tel"):
            accuracy(f"{name} {band}, bare Vosk", wanted, lambda n: bare(model, AUDIO / name / f"{n}-{band}.wav"))  # noqa: B023
        for title, ears, words in (
            ("our ears", plain, empty),
            ("our ears + homophones", plain, vocabulary),
            ("our ears + questions' phrasing and words alike", recognizer, vocabulary),
        ):
            got = asyncio.run(_all(ears, words, name, wanted, lambda _: OPEN))
            accuracy(f"{name} tel, {title}", wanted, lambda n: got[n])  # noqa: B023
        for title, ears, words in (("as Vosk has it", plain, empty), ("all of it", recognizer, vocabulary)):
            wide = {n: asyncio.run(recorded_message(ears, words, name, n)) for n in wanted}
            accuracy(f"{name} 16k, recorded message, {title}", wanted, lambda n: wide[n])  # noqa: B023
    slots(recognizer, plain, model, vocabulary)


def slots(recognizer: VoskRecognizer, plain: VoskRecognizer, model: vosk.Model, vocabulary: Vocabulary) -> None:
    """Print how often a short answer is understood in the slot it is given to."""
    print("\n| short answers | CER | whole |\n|---|--:|--:|")
    for name in SHORT:
        wanted = transcripts(name)
        for band in ("16k", "tel"):
            files = {n: AUDIO / name / f"{n}-{band}.wav" for n in wanted}
            accuracy(f"{name} {band}, bare Vosk", wanted, lambda n: bare(model, files[n]))  # noqa: B023
            bound = {n: bare(model, files[n], slot_of(text).words) for n, text in wanted.items()}
            accuracy(f"{name} {band}, bare Vosk with the slot's grammar", wanted, lambda n: bound[n])  # noqa: B023
        for title, ears, words in (
            ("our ears", plain, Vocabulary(())),
            ("+ vocabulary, repair", recognizer, vocabulary),
        ):
            got = asyncio.run(_all(ears, words, name, wanted, slot_of))
            accuracy(f"{name} tel, {title}", wanted, lambda n: got[n])  # noqa: B023


async def _all(
    recognizer: VoskRecognizer, words: Vocabulary, name: str, wanted: dict[int, str], slot: Callable[[str], Slot]
) -> dict[int, str]:
    return {
        n: (await through_ears(recognizer, words, recorded(f"{name}/{n}"), slot(text)))[0] for n, text in wanted.items()
    }


def real_time_factor(recognizer: VoskRecognizer, model: vosk.Model, vocabulary: Vocabulary) -> None:
    """Print processor seconds per second of sound: Vosk alone, and our whole ear."""
    names = [f"cmn_test/{n}" for n in range(12)]
    lasts = sum(seconds(recorded(name)) for name in names)
    began = time.process_time()
    for name in names:
        bare(model, AUDIO / f"{name}-tel.wav")
    alone = (time.process_time() - began) / lasts
    began = time.process_time()
    for name in names:
        asyncio.run(through_ears(recognizer, vocabulary, recorded(name), OPEN))
    ours = (time.process_time() - began) / (lasts + len(names) * 2.5)
    print(f"\nreal-time factor: bare Vosk {alone:.3f}, our ears (with the silence around) {ours:.3f}")


async def one_call(port: int, number: int, name: str) -> tuple[float, float]:
    """Call, ask once the greeting has begun (barge-in), and time both silences; sound is sent at the pace of life."""
    pbx = await Pbx.dial(port, str(UUID(int=number + 1)))
    loop = asyncio.get_running_loop()
    frames: list[tuple[float, bool]] = []

    async def listen() -> None:
        while (frame := await audiosocket.read_frame(pbx.reader)).kind != Kind.HANG_UP:
            frames.append((loop.time(), loudness(frame.payload) > 150))

    listening = asyncio.create_task(listen())
    said = recorded(name)
    begun, ended = await _pace(pbx, bytes(int(2.5 * RATE_HZ) * 2), said, bytes(int(4.5 * RATE_HZ) * 2))
    pbx.send(Kind.HANG_UP)
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)
    await pbx.close()
    stopped = max((at for at, loud in frames if loud and at < begun + 1.5), default=begun)
    answered = next((at for at, loud in frames if loud and at > ended), float("inf"))
    return answered - ended, stopped - begun


async def _pace(pbx: Pbx, before: bytes, said: bytes, behind: bytes) -> tuple[float, float]:
    """Send in real time; return when speech began and ended, by its own sound."""
    loop = asyncio.get_running_loop()
    whole = before + said + behind
    voiced = [
        at for at in range(0, len(said) - FRAME_BYTES, FRAME_BYTES) if loudness(said[at : at + FRAME_BYTES]) > 300
    ]
    first, last = (len(before) + at for at in (voiced[0], voiced[-1]))
    due, begun, ended = loop.time(), 0.0, 0.0
    for at in range(0, len(whole) - FRAME_BYTES, FRAME_BYTES):
        pbx.send(Kind.SOUND, whole[at : at + FRAME_BYTES])
        begun = loop.time() if not begun and at >= first else begun
        ended = loop.time() if not ended and at >= last else ended
        due += FRAME_SECONDS
        await asyncio.sleep(max(0.0, due - loop.time()))
    return begun, ended


def serve(told: Connection) -> None:
    """The telephone in a process of its own, as in life: what its callers do costs it nothing."""
    asyncio.run(_serve(told))


async def _serve(told: Connection) -> None:
    vosk.SetLogLevel(-1)
    configure(level="WARNING")
    vocabulary, phrasing = vocabulary_of(KNOWLEDGE), phrasing_of(KNOWLEDGE)
    voice = CachedSynthesizer(EspeakSynthesizer())
    await voice.warm(prompts.ALL)
    answering = ScriptedAnswering(ScriptedDialogue(lambda _: _answered()))
    service = PhoneService(
        office=Office(gateway=ScriptedGateway(answering), forms=SpokenForms(), hours=Hours("", utc_now)),
        recognizer=VoskRecognizer.load(str(MODEL), folder=Path(), ranking=Ranking(phrasing, vocabulary)),
        synthesizer=voice,
        vocabulary=vocabulary,
        phrasing=phrasing,
        calls=Calls(time.monotonic),
        capacity=1_000,
    )
    told.send(await AudioSocketDoor(service.answer).open("127.0.0.1", 0))
    await asyncio.Event().wait()


def calling(at_once: list[int]) -> None:
    """Print the two reaction times for several numbers of calls at once, and what they cost the telephone's process."""
    mine, its = multiprocessing.get_context("spawn").Pipe()
    process = multiprocessing.get_context("spawn").Process(target=serve, args=(its,), daemon=True)
    process.start()
    port, telephone = mine.recv(), psutil.Process(process.pid)
    print("\n| calls at once | end of speech → first sound p50 / p95 | begin of speech → we are silent | CPU | RSS |")
    print("|--:|---|---|--:|--:|")
    for count in at_once:
        began, busy = time.monotonic(), sum(telephone.cpu_times()[:2])
        times = asyncio.run(_laps(port, count))
        cpu = (sum(telephone.cpu_times()[:2]) - busy) / (time.monotonic() - began)
        spread = " | ".join(_spread([pair[which] for pair in times]) for which in (0, 1))
        print(f"| {count} | {spread} | {cpu:.0%} | {telephone.memory_info().rss / 1_048_576:.0f} MB |", flush=True)
    process.terminate()
    process.join()


async def _laps(port: int, count: int) -> list[tuple[float, float]]:
    times: list[tuple[float, float]] = []
    for lap in range(max(1, 6 // count)):
        numbers = [(100 * count + 10_000 * lap + n, f"cmn_test/{(5 * lap + n) % 24}") for n in range(count)]
        times += await asyncio.gather(*(one_call(port, number, name) for number, name in numbers))
    return times


def _answered() -> Response:
    return Response(replies=(Reply(text=ANSWER),))


def _spread(times: list[float]) -> str:
    ordered = sorted(times)
    return f"{statistics.median(ordered):.2f} / {ordered[min(int(len(ordered) * 0.95), len(ordered) - 1)]:.2f} s"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", default="1,5,10,20", help="numbers of calls at once")
    parser.add_argument("--only", choices=("hearing", "calls"), default="")
    asked = parser.parse_args()
    if not MODEL.is_dir() or not AUDIO.is_dir():
        print(f"the phone is not measured: no Vosk model at {MODEL} or no recorded speech at {AUDIO} (../shared)")
        return
    vosk.SetLogLevel(-1)
    if asked.only != "calls":
        vocabulary = vocabulary_of(KNOWLEDGE)
        ranking = Ranking(phrasing_of(KNOWLEDGE), vocabulary)
        recognizer = VoskRecognizer.load(str(MODEL), folder=Path(), ranking=ranking)
        model = vosk.Model(model_path=str(MODEL))
        hearing(recognizer, VoskRecognizer.load(str(MODEL), folder=Path()), model, vocabulary)
        real_time_factor(recognizer, model, vocabulary)
        recognizer.close()
    if asked.only != "hearing":
        calling([int(n) for n in asked.calls.split(",")])


if __name__ == "__main__":
    main()
