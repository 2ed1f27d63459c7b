"""A telephone exchange for system tests: Asterisk 22 in its own root, our service beside it, baresip and sipp calling.

Everything stays on loopback. `JIAJIA_TEST_ASTERISK` names the root that tests/system/asterisk_root.sh makes.
"""

import array
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.voice.phone import AUDIO, MODEL

ROOT = Path(__file__).parents[2]
ASTERISK = Path(os.environ.get("JIAJIA_TEST_ASTERISK", "/var/lib/jiajia-test/asterisk"))
CONFIG = "etc/jiajia"
SIP, AUDIO_PORT, HTTP_PORT, AGENT = 5080, 9092, 9093, 5090
RATE_HZ = 8_000
WINDOW = RATE_HZ // 50
LOUD = 200.0
QUIET_MODULES = (
    "res_config_odbc",
    "res_config_pgsql",
    "chan_iax2",
    "chan_ooh323",
    "res_ari",
    "chan_unistim",
    "pbx_dundi",
)


def missing() -> str:
    """Say what is not there, and how to get it."""
    lacks = [f"{name} (apt install {package})" for name, package in _PROGRAMS if shutil.which(name) is None]
    if os.geteuid() != 0:
        lacks.append("root, for chroot")
    if not (ASTERISK / "usr/sbin/asterisk").exists():
        lacks.append(
            f"Asterisk in {ASTERISK}: sh tests/system/asterisk_root.sh <folder>, JIAJIA_TEST_ASTERISK=<folder>"
        )
    if not MODEL.is_dir() or not AUDIO.is_dir():
        lacks.append(f"a Vosk model at {MODEL} and recorded speech at {AUDIO}")
    return "; ".join(lacks)


_PROGRAMS = (("baresip", "baresip-core"), ("sipp", "sip-tester"), ("espeak-ng", "espeak-ng"))
needs_exchange = pytest.mark.skipif(bool(missing()), reason=f"no telephone exchange: {missing()}")


class Asterisk:
    """A running Asterisk with the configuration of deploy/asterisk."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        folder = ASTERISK / CONFIG
        shutil.rmtree(folder, ignore_errors=True)
        for name in ("run", "log", "spool"):
            (folder / name).mkdir(parents=True)
        for file in (ROOT / "deploy" / "asterisk").glob("*.conf"):
            shutil.copy(file, folder)
        (folder / "jiajia_token.conf").write_text("JIAJIA_TOKEN=test-token\n")
        (folder / "asterisk.conf").write_text(_ASTERISK_CONF)
        unwanted = "".join(f"noload => {name}.so\n" for name in QUIET_MODULES)
        (folder / "modules.conf").write_text(f"[modules]\nautoload=yes\n{unwanted}")
        command = ["chroot", str(ASTERISK), "asterisk", "-f", "-C", f"/{CONFIG}/asterisk.conf"]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for(lambda: "Asterisk 22" in self.ask("core waitfullybooted") + self.ask("core show version"), 30)

    def ask(self, command: str) -> str:
        done = subprocess.run(
            ["chroot", str(ASTERISK), "asterisk", "-C", f"/{CONFIG}/asterisk.conf", "-rx", command],
            capture_output=True,
            text=True,
            timeout=20,
            check=False,
        )
        return done.stdout

    @property
    def waiting(self) -> int:
        """How many callers the agents' queue holds."""
        found = re.search(r"service has (\d+) calls", self.ask("queue show service"))
        return int(found[1]) if found else 0

    def stop(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)
            self._process.wait(20)


class Service:
    """Our phone line, as its own process."""

    def __init__(self, folder: Path) -> None:
        self._log = folder / "service.log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "tests.voice.phone_process", str(AUDIO_PORT), str(HTTP_PORT)]
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT)
        wait_for(lambda: "ready" in self.log, 60)

    @property
    def log(self) -> str:
        return self._log.read_text(encoding="utf-8")

    @property
    def heard(self) -> list[str]:
        return re.findall(r"^heard (.+)$", self.log, re.M)

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait(10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """What one caller heard, from the moment the call was answered."""

    samples: array.array

    @property
    def seconds(self) -> float:
        return len(self.samples) / RATE_HZ

    def loud(self, begin: float, end: float) -> float:
        """Return the share of 20 ms windows between two moments that carry sound."""
        windows = range(int(begin * RATE_HZ), min(int(end * RATE_HZ), len(self.samples) - WINDOW), WINDOW)
        voiced = sum(_power(self.samples[at : at + WINDOW]) > LOUD for at in windows)
        return voiced / max(len(windows), 1)

    def first_sound(self, after: float) -> float:
        """Return the moment after `after` from which there is sound; infinity when there is none."""
        for at in range(int(after * RATE_HZ), len(self.samples) - WINDOW, WINDOW):
            if _power(self.samples[at : at + WINDOW]) > LOUD:
                return at / RATE_HZ
        return float("inf")

    def last_sound(self, before: float) -> float:
        """Return the last moment before `before` at which there was sound."""
        for at in range(min(int(before * RATE_HZ), len(self.samples) - WINDOW), 0, -WINDOW):
            if _power(self.samples[at : at + WINDOW]) > LOUD:
                return at / RATE_HZ
        return 0.0


@contextmanager
def baresip(folder: Path, sound: bytes, *, seconds: int, port: int = 5071) -> Iterator[None]:
    """Call 12329 with `sound` as the caller's side; the call lasts until the block ends, at most `seconds`."""
    folder.mkdir(parents=True, exist_ok=True)
    with wave.open(str(folder / "say.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(sound + bytes(RATE_HZ * 2 * 30))
    (folder / "config").write_text(_BARESIP.format(folder=folder, port=port, rtp=13_000 + (port - 5071) * 20))
    (folder / "accounts").write_text(f"<sip:caller{port}@127.0.0.1:{port}>;regint=0;audio_codecs=pcma\n")
    (folder / "contacts").touch()
    command = ["baresip", "-f", str(folder), "-e", f"/dial sip:12329@127.0.0.1:{SIP}", "-t", str(seconds)]
    with (folder / "baresip.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(5)


def recording(folder: Path) -> Recording:
    """Read what the caller heard."""
    with wave.open(str(next(folder.glob("dump-*-dec.wav")))) as file:
        return Recording(samples=array.array("h", file.readframes(file.getnframes())))


@contextmanager
def agent(folder: Path) -> Iterator[Path]:
    """An agent's telephone that answers; yields the file of SIP messages it got."""
    folder.mkdir(parents=True, exist_ok=True)
    messages = folder / "agent.sip"
    command = ["sipp", "-sn", "uas", "-i", "127.0.0.1", "-p", str(AGENT), "-trace_msg", "-message_file", str(messages)]
    process = subprocess.Popen([*command, "-nostdin"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder)
    try:
        yield messages
    finally:
        process.kill()
        process.wait(5)


def press_and_wait(folder: Path, key: str, *, after_ms: int, hold_ms: int, port: int = 5075) -> None:
    """Call with sipp, send one RFC 4733 key after a while, stay on the line, hang up."""
    folder.mkdir(parents=True, exist_ok=True)
    scenario = folder / "press.xml"
    tone = next(Path("/usr/share").rglob(f"dtmf_2833_{ {'*': 'star', '#': 'pound'}.get(key, key) }.pcap"))
    scenario.write_text(_SIPP.format(tone=tone, after=after_ms, hold=hold_ms))
    command = ["sipp", f"127.0.0.1:{SIP}", "-sf", str(scenario), "-i", "127.0.0.1", "-p", str(port)]
    command += ["-s", "12329", "-m", "1", "-nostdin", "-mp", str(14_000 + port - 5075)]
    subprocess.run(command, cwd=folder, capture_output=True, timeout=60, check=False)


def wait_for(happened: object, seconds: float) -> None:
    """Ask again and again until it is so."""
    end = time.monotonic() + seconds
    while not happened():  # type: ignore[operator]
        if time.monotonic() > end:
            raise AssertionError("it did not happen")
        time.sleep(0.1)


def _power(samples: array.array) -> float:
    return (sum(value * value for value in samples) / len(samples)) ** 0.5


_ASTERISK_CONF = f"""[directories]
astetcdir => /{CONFIG}
astrundir => /{CONFIG}/run
astlogdir => /{CONFIG}/log
astspooldir => /{CONFIG}/spool
astdbdir => /{CONFIG}/spool
astmoddir => /usr/lib/x86_64-linux-gnu/asterisk/modules
astvarlibdir => /var/lib/asterisk
astdatadir => /usr/share/asterisk
"""
_BARESIP = """poll_method epoll
sip_listen 127.0.0.1:{port}
audio_player aubridge,nil
audio_source aufile,{folder}/say.wav
audio_alert aubridge,nil
ausrc_srate 8000
auplay_srate 8000
ausrc_channels 1
auplay_channels 1
rtp_ports {rtp}-1{rtp}
module_path /usr/lib/baresip/modules
module g711.so
module aufile.so
module aubridge.so
module sndfile.so
module_tmp uuid.so
module_tmp account.so
module_app menu.so
snd_path {folder}
""".replace("{rtp}-1{rtp}", "{rtp}-13999")
_SIPP = """<?xml version="1.0" encoding="UTF-8"?>
<scenario name="one key">
<send retrans="500"><![CDATA[
INVITE sip:[service]@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:13800001111@[local_ip]:[local_port]>;tag=[call_number]
To: <sip:[service]@[remote_ip]:[remote_port]>
Call-ID: [call_id]
CSeq: 1 INVITE
Contact: <sip:13800001111@[local_ip]:[local_port]>
Max-Forwards: 70
Content-Type: application/sdp
Content-Length: [len]

v=0
o=caller 1 1 IN IP4 [local_ip]
s=-
c=IN IP4 [media_ip]
t=0 0
m=audio [auto_media_port] RTP/AVP 8 101
a=rtpmap:8 PCMA/8000
a=rtpmap:101 telephone-event/8000
a=fmtp:101 0-15
]]></send>
<recv response="100" optional="true"/>
<recv response="180" optional="true"/>
<recv response="200" rrs="true"/>
<send><![CDATA[
ACK sip:[service]@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:13800001111@[local_ip]:[local_port]>;tag=[call_number]
[last_To:]
Call-ID: [call_id]
CSeq: 1 ACK
Max-Forwards: 70
Content-Length: 0

]]></send>
<pause milliseconds="{after}"/>
<nop><action><exec play_pcap_audio="{tone}"/></action></nop>
<pause milliseconds="{hold}"/>
<send retrans="500"><![CDATA[
BYE sip:[service]@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:13800001111@[local_ip]:[local_port]>;tag=[call_number]
[last_To:]
Call-ID: [call_id]
CSeq: 2 BYE
Max-Forwards: 70
Content-Length: 0

]]></send>
<recv response="200"/>
</scenario>
"""
