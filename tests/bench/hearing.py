"""How well callers are understood, beside a bare Vosk loop on the same recordings: half of the phone's figures."""

import asyncio
import json
import time
import wave
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import vosk

from bot.assembly.phone import phrasing_of, vocabulary_of
from tests.voice.nonsense import everything
from tests.voice.phone import AUDIO, MODEL, recorded, transcripts
from voice.audio import FRAME_BYTES, RATE_HZ, seconds
from voice.ears import Ears, Utterance
from voice.ranking import Ranking
from voice.slots import DISTRICT, OPEN, YES_NO, Slot, digits
from voice.slots import Kind as SlotKind
from voice.transcribing import RecordedSpeech
from voice.vocabulary import Vocabulary
from voice.vosk_recognizer import VoskRecognizer

KNOWLEDGE = Path("knowledge_base")
SENTENCES, SHORT = ("cmn_test", "han_test"), ("cmn_slot", "han_slot")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One figure beside what is aimed at."""

    what: str
    measured: str
    target: str = ""

    def __str__(self) -> str:
        return f"| {self.what} | {self.measured} | {self.target} |"


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


def accuracy(title: str, wanted: dict[int, str], heard: Callable[[int], str]) -> Row:
    """Print one row, and return it: character error rate, whole sentences right."""
    got = {number: heard(number) for number in wanted}
    wrong = sum(edits(wanted[number], got[number]) for number in wanted)
    right = sum(wanted[number] == got[number] for number in wanted)
    row = Row(what=title, measured=f"{wrong / sum(map(len, wanted.values())):.1%}, {right}/{len(wanted)}")
    print(row, flush=True)
    return row


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


def measured() -> list[Row]:
    """Measure all of it; every row is printed as soon as it is known."""
    vocabulary, phrasing = vocabulary_of(KNOWLEDGE), phrasing_of(KNOWLEDGE)
    model = vosk.Model(model_path=str(MODEL))
    plain, ours = VoskRecognizer(model), VoskRecognizer(model, ranking=Ranking(phrasing, vocabulary))
    rows = [*sentences(ours, plain, model, vocabulary), *slots(ours, plain, model, vocabulary)]
    rows += [*nonsense(ours, plain, vocabulary), *real_time_factor(ours, model, vocabulary)]
    plain.close()
    ours.close()
    return rows


def sentences(ours: VoskRecognizer, plain: VoskRecognizer, model: vosk.Model, vocabulary: Vocabulary) -> Iterator[Row]:
    """How well whole questions are understood: at 16 kHz as recorded messages, through the telephone as on a call."""
    empty = Vocabulary(())
    for name in SENTENCES:
        wanted = transcripts(name)
        for band in ("16k", "tel"):
            files = {n: AUDIO / name / f"{n}-{band}.wav" for n in wanted}
            yield accuracy(f"{name} {band}, bare Vosk", wanted, lambda n: bare(model, files[n]))  # noqa: B023
        for title, ears, words in (("as Vosk has it", plain, empty), ("vocabulary and repair", ours, vocabulary)):
            wide = {n: asyncio.run(recorded_message(ears, words, name, n)) for n in wanted}
            yield accuracy(f"{name} 16k, recorded message, {title}", wanted, lambda n: wide[n])  # noqa: B023
            got = asyncio.run(_all(ears, words, name, wanted, lambda _: OPEN))
            yield accuracy(f"{name} tel, our ears, {title}", wanted, lambda n: got[n])  # noqa: B023


def slots(ours: VoskRecognizer, plain: VoskRecognizer, model: vosk.Model, vocabulary: Vocabulary) -> Iterator[Row]:
    """How often a short answer is understood in the slot it is given to."""
    for name in SHORT:
        wanted = transcripts(name)
        for band in ("16k", "tel"):
            files = {n: AUDIO / name / f"{n}-{band}.wav" for n in wanted}
            yield accuracy(f"{name} {band}, bare Vosk", wanted, lambda n: bare(model, files[n]))  # noqa: B023
            bound = {n: bare(model, files[n], slot_of(text).words) for n, text in wanted.items()}
            yield accuracy(f"{name} {band}, bare Vosk with the slot's grammar", wanted, lambda n: bound[n])  # noqa: B023
        for title, ears, words in (("as Vosk has it", plain, Vocabulary(())), ("vocabulary, repair", ours, vocabulary)):
            got = asyncio.run(_all(ears, words, name, wanted, slot_of))
            yield accuracy(f"{name} tel, our ears, {title}", wanted, lambda n: got[n])  # noqa: B023


def nonsense(ours: VoskRecognizer, plain: VoskRecognizer, vocabulary: Vocabulary) -> Iterator[Row]:
    """How many sounds without meaning are taken for a caller's words, without and with sureness."""
    for title, ears in (("without sureness", plain), ("as the line does it", ours)):
        taken, all_of_them = Counter[str](), Counter[str]()
        for kind, sound in everything():
            all_of_them[kind] += 1
            taken[kind] += bool(asyncio.run(through_ears(ears, vocabulary, sound, OPEN))[0])
        parts = ", ".join(f"{kind} {taken[kind]}/{count}" for kind, count in all_of_them.items())
        row = Row(what=f"no words taken for some, {title}", measured=f"{taken.total()}/{all_of_them.total()}: {parts}")
        print(row, flush=True)
        yield row


async def _all(
    recognizer: VoskRecognizer, words: Vocabulary, name: str, wanted: dict[int, str], slot: Callable[[str], Slot]
) -> dict[int, str]:
    return {
        n: (await through_ears(recognizer, words, recorded(f"{name}/{n}"), slot(text)))[0] for n, text in wanted.items()
    }


def real_time_factor(ours: VoskRecognizer, model: vosk.Model, vocabulary: Vocabulary) -> Iterator[Row]:
    """Processor seconds per second of sound: Vosk alone, and our whole ear with the silence around."""
    names = [f"cmn_test/{n}" for n in range(12)]
    lasts = sum(seconds(recorded(name)) for name in names)
    began = time.process_time()
    for name in names:
        bare(model, AUDIO / f"{name}-tel.wav")
    alone = (time.process_time() - began) / lasts
    began = time.process_time()
    for name in names:
        asyncio.run(through_ears(ours, vocabulary, recorded(name), OPEN))
    ear = (time.process_time() - began) / (lasts + len(names) * 2.5)
    yield Row(what="real-time factor: bare Vosk / our ears", measured=f"{alone:.3f} / {ear:.3f}")
