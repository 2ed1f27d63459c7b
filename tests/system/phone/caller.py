"""A caller on a SIP telephone: baresip under control, what is said into it, and what was heard in it."""

import array
import asyncio
import contextlib
import json
import random
import shutil
import signal
import socket
import subprocess
import time
import wave
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from voice.espeak import EspeakSynthesizer
from voice.spoken import sentences

RATE_HZ = 8_000
WINDOW = RATE_HZ // 50
LOUD = 200.0
ALIKE = 0.55  # correlation of two recordings of the same sentence, once through A-law and a jitter buffer
LONGEST_SAMPLE = 1.2


def wait_for(happened: Callable[[], object], seconds: float = 60.0, *, what: str = "", every: float = 0.1) -> None:
    """Ask again and again until it is so; the deadline is long because machines are slow, and tells nothing."""
    end = time.monotonic() + seconds
    while not happened():
        if time.monotonic() > end:
            raise AssertionError(f"it did not happen: {what}")
        time.sleep(every)


def free_port(kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    """Return a free port below those the kernel gives to outgoing connections: nobody takes it before it is used."""
    while True:
        port = random.randrange(20_000, 32_000)
        with socket.socket(socket.AF_INET, kind) as probe:
            with contextlib.suppress(OSError):
                probe.bind(("127.0.0.1", port))
                return port


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """One direction of a call, from the moment it was answered."""

    samples: np.ndarray

    @property
    def seconds(self) -> float:
        return len(self.samples) / RATE_HZ

    def voiced(self) -> list[bool]:
        """Return for every 20 ms whether there is sound."""
        whole = self.samples[: len(self.samples) // WINDOW * WINDOW].reshape(-1, WINDOW)
        return [bool(power > LOUD) for power in np.sqrt((whole**2).mean(axis=1))]

    def longest_silence(self, begin: float, end: float) -> float:
        """Return the longest stretch without sound between two moments."""
        longest = now = 0
        for loud in self.voiced()[int(begin * 50) : int(end * 50)]:
            now = 0 if loud else now + 1
            longest = max(longest, now)
        return longest / 50

    def last_sound(self, before: float) -> float:
        """Return the last moment before `before` at which there was sound; 0 when there was none."""
        return max((at / 50 for at, loud in enumerate(self.voiced()[: int(before * 50)]) if loud), default=0.0)

    def loudness(self, begin: float, end: float) -> float:
        """Return the root mean square between two moments."""
        return float(np.sqrt(np.mean(self.samples[int(begin * RATE_HZ) : int(end * RATE_HZ)] ** 2)))

    def find(self, sentence: str, after: float = 0.0, *, speed: float = 1.0) -> float | None:
        """Return the moment at which our voice says this sentence at this speed, or None when it does not."""
        sample = _sample(sentence, speed)
        sound = self.samples[int(after * RATE_HZ) :]
        if len(sound) < len(sample):
            return None
        size = 1 << (len(sound) + len(sample) - 1).bit_length()
        product = np.fft.irfft(np.fft.rfft(sound, size) * np.conj(np.fft.rfft(sample, size)), size)
        product = product[: len(sound) - len(sample) + 1]
        energy = np.concatenate(([0.0], np.cumsum(sound**2)))
        power = energy[len(sample) :] - energy[: -len(sample)]
        alike = product / np.sqrt(np.maximum(power, 1.0) * float((sample**2).sum()))
        best = int(alike.argmax())
        return after + best / RATE_HZ if alike[best] > ALIKE else None


@cache
def _sample(sentence: str, speed: float) -> np.ndarray:
    """Return the beginning of a sentence as our voice says it, silence cut off."""

    first = sentences(sentence)[0]

    async def spoken() -> bytes:
        return b"".join([piece async for piece in EspeakSynthesizer().speak(first, speed=speed)])

    sound = np.frombuffer(asyncio.run(spoken()), dtype="<i2").astype(np.float64)
    loud = np.flatnonzero(np.abs(sound) > LOUD)
    return sound[loud[0] : loud[-1] + 1][: int(LONGEST_SAMPLE * RATE_HZ)]


class Caller:
    """A telephone that calls 12329; the call lasts as long as the block, unless somebody hangs up."""

    def __init__(self, folder: Path, *, exchange: int, number: str = "13800001111") -> None:
        self._folder = folder
        self._exchange = exchange
        self._number = number
        self._control = free_port()
        self._port = free_port(socket.SOCK_DGRAM)
        self._process: subprocess.Popen[bytes] | None = None
        self._spoken = 0

    def __enter__(self) -> "Caller":
        self._folder.mkdir(parents=True, exist_ok=True)
        self._write("silence.wav", b"")
        names = {"folder": self._folder, "port": self._port, "control": self._control}
        (self._folder / "config").write_text(_CONFIG.format(**names))
        account = f"<sip:{self._number}@127.0.0.1:{self._port}>;regint=0;audio_codecs=pcma\n"
        (self._folder / "accounts").write_text(account)
        (self._folder / "contacts").touch()
        with (self._folder / "baresip.log").open("wb") as log:
            self._process = subprocess.Popen(
                ["baresip", "-f", str(self._folder)], stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL
            )
        try:
            wait_for(self._listens, what="baresip listens")
            self._command("dial", f"sip:12329@127.0.0.1:{self._exchange}")
        except AssertionError:
            self.__exit__()
            raise AssertionError(self.log[-1_000:]) from None
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is None or self._process.poll() is not None:
            return
        self._process.send_signal(signal.SIGINT)
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(10)

    def say(self, sound: bytes) -> None:
        """Speak; silence follows."""
        self._spoken += 1
        self._command("ausrc", f"aufile,{self._write(f'say-{self._spoken}.wav', sound)}")

    def asks(self, question: bytes, answered: Callable[[], object]) -> None:
        """Say something until it is answered, as people do who were not understood; at most three times."""
        for within in (40.0, 40.0):
            self.say(question)
            with contextlib.suppress(AssertionError):
                return wait_for(answered, within, every=0.5)
        self.say(question)
        return wait_for(answered, 120, every=0.5, what="the question is answered")

    def press(self, keys: str) -> None:
        """Press keys one after the other, as RFC 4733 events."""
        for key in keys:
            self._command("sndcode", key)
            time.sleep(0.25)

    def hang_up(self) -> None:
        self._command("hangup", "")

    @property
    def log(self) -> str:
        return (self._folder / "baresip.log").read_text(encoding="utf-8", errors="replace")

    @property
    def hung_up(self) -> bool:
        """Whether the other side has ended the call."""
        return "session closed" in self.log.lower() or "call terminated" in self.log.lower()

    @property
    def heard(self) -> Recording:
        return self._recording("dec")

    @property
    def said(self) -> Recording:
        return self._recording("enc")

    def hears(self, sentence: str, *, after: float = 0.0, within: float = 120.0, speed: float = 1.0) -> float:
        """Wait until our voice has said a sentence into this telephone; return the moment it began."""
        found: list[float] = []

        def heard() -> bool:
            moment = self.heard.find(sentence, after, speed=speed)
            found.extend([moment] if moment is not None else [])
            return bool(found)

        wait_for(heard, within, what=f"heard: {sentence}", every=0.4)
        return found[0]

    def _recording(self, direction: str) -> Recording:
        file = next(self._folder.glob(f"dump-*-{direction}.wav"), None)
        data = file.read_bytes()[44:] if file else b""  # the header is finished only when the call is
        samples = array.array("h", data[: len(data) // 2 * 2])
        return Recording(samples=np.asarray(samples, dtype=np.float64))

    def _write(self, name: str, sound: bytes) -> Path:
        with wave.open(str(self._folder / name), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(RATE_HZ)
            file.writeframes(sound + bytes(RATE_HZ * 2 * 300))
        return self._folder / name

    def _listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self._control)) == 0

    def _command(self, command: str, words: str) -> None:
        asked = json.dumps({"command": command, "params": words})
        with socket.create_connection(("127.0.0.1", self._control), timeout=10) as control:
            control.sendall(f"{len(asked)}:{asked},".encode())
            control.recv(4_096)


def baresip_modules() -> str:
    """Where Debian keeps baresip's modules on this machine."""
    found = next(Path("/usr/lib").rglob("baresip/modules/ctrl_tcp.so"), None)
    return str(found.parent) if found and shutil.which("baresip") else ""


_CONFIG = (
    """poll_method epoll
sip_listen 127.0.0.1:{port}
ctrl_tcp_listen 127.0.0.1:{control}
audio_player aubridge,nil
audio_source aufile,{folder}/silence.wav
audio_alert aubridge,nil
ausrc_srate 8000
auplay_srate 8000
ausrc_channels 1
auplay_channels 1
rtp_ports 13000-15999
module_path """
    + baresip_modules()
    + """
module g711.so
module aufile.so
module aubridge.so
module sndfile.so
module_tmp uuid.so
module_tmp account.so
module_app menu.so
module_app ctrl_tcp.so
snd_path {folder}
"""
)
