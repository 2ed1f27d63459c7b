"""A telephone exchange for system tests: Asterisk 22 in its own root with the configuration of deploy/asterisk, and the
whole product beside it as `make run` starts it (real Rasa, the stand-in core system, the telephone's process).

Everything stays on loopback. `JIAJIA_TEST_ASTERISK` names the root that tests/system/asterisk_root.sh makes.
"""

import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from pathlib import Path

import psutil
import pytest

from bot.assembly.environments import RASA, ROOT
from bot.messages import Turn
from bot.wire import decode
from tests.system.phone.caller import baresip_modules, free_port, wait_for
from tests.system.phone.curators import shelf_of_its_own
from tests.voice.phone import AUDIO, MODEL

ASTERISK = Path(os.environ.get("JIAJIA_TEST_ASTERISK", "/var/lib/jiajia-test/asterisk"))
CONFIG = "etc/jiajia"
TOKEN = "test-token"
START = 420  # seconds until everything is ready, training included
_PROGRAMS = (("sipp", "sip-tester"), ("espeak-ng", "espeak-ng"))


def missing() -> str:
    """Say what is not there, and how to get it."""
    lacks = [f"{name} (apt install {package})" for name, package in _PROGRAMS if shutil.which(name) is None]
    if not baresip_modules():
        lacks.append("baresip (apt install baresip-core)")
    if os.geteuid() != 0:
        lacks.append("root, for chroot")
    if not (ASTERISK / "usr/sbin/asterisk").exists():
        lacks.append(
            f"Asterisk in {ASTERISK}: sh tests/system/asterisk_root.sh <folder>, JIAJIA_TEST_ASTERISK=<folder>"
        )
    if not (ROOT / RASA.folder).exists():
        lacks.append(".venv-rasa: make env")
    return "; ".join(lacks)


needs_exchange = pytest.mark.skipif(bool(missing()), reason=f"no telephone exchange: {missing()}")
needs_speech = pytest.mark.skipif(
    not MODEL.is_dir() or not AUDIO.is_dir(),
    reason=f"no Vosk model at {MODEL} or no recorded speech at {AUDIO}: both lie in ../shared beside the clone; "
    "another model from alphacephei.com/vosk/models and recordings of one's own do as well",
)


class Asterisk:
    """A running Asterisk; where the files of deploy/asterisk name ports, free ones are put."""

    def __init__(self) -> None:
        self.sip, self.agent = free_port(socket.SOCK_DGRAM), free_port(socket.SOCK_DGRAM)
        self.audio, self.http = free_port(), free_port()
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        folder = ASTERISK / CONFIG
        shutil.rmtree(folder, ignore_errors=True)
        for name in ("run", "log", "spool"):
            (folder / name).mkdir(parents=True)
        for file in (ROOT / "deploy" / "asterisk").glob("*.conf"):
            written = file.read_text(encoding="utf-8")
            written = written.replace("127.0.0.1:5080", f"127.0.0.1:{self.sip}")
            (folder / file.name).write_text(written.replace("127.0.0.1:5090", f"127.0.0.1:{self.agent}"))
        (folder / "jiajia_token.conf").write_text(
            f"JIAJIA_TOKEN={TOKEN}\nJIAJIA_HTTP=http://127.0.0.1:{self.http}\nJIAJIA_AUDIO=127.0.0.1:{self.audio}\n"
        )
        (folder / "asterisk.conf").write_text(_ASTERISK_CONF.format(modules=_modules()))
        sounds = ASTERISK / "usr/share/asterisk/sounds/zh"
        subprocess.run([sys.executable, "-m", "voice", "sounds", str(sounds)], cwd=ROOT, check=True)
        command = ["chroot", str(ASTERISK), "asterisk", "-f", "-C", f"/{CONFIG}/asterisk.conf"]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for(lambda: "fully booted" in self.ask("core waitfullybooted"), 120, what="Asterisk is up")

    def ask(self, command: str) -> str:
        done = subprocess.run(
            ["chroot", str(ASTERISK), "asterisk", "-C", f"/{CONFIG}/asterisk.conf", "-rx", command],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        return done.stdout

    @property
    def waiting(self) -> int:
        """How many callers the agents' queue holds."""
        found = re.search(r"service has (\d+) calls", self.ask("queue show service"))
        return int(found[1]) if found else 0

    @property
    def calls(self) -> int:
        found = re.search(r"(\d+) active call", self.ask("core show channels"))
        return int(found[1]) if found else 0

    def point_at(self, audio: int, http: int) -> None:
        """Send the next calls to another telephone process."""
        self.ask(f"dialplan set global JIAJIA_AUDIO 127.0.0.1:{audio}")
        self.ask(f"dialplan set global JIAJIA_HTTP http://127.0.0.1:{http}")

    def stop(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)
            self._process.wait(60)


class Product:
    """`python -m bot run` with the telephone enabled."""

    def __init__(self, folder: Path, exchange: Asterisk) -> None:
        self._folder = folder
        self._log = folder / "run.log"
        self.versions = folder / "versions"
        self.fund = free_port()
        names = {
            "CHANNELS__ENABLED": "web,phone",
            "PHONE_TOKEN": TOKEN,
            "PHONE__PORT": exchange.audio,
            "PHONE__HTTP_PORT": exchange.http,
            "PHONE__MODEL": MODEL if MODEL.is_dir() else "",
            "PHONE__HOURS": "",
            "GATEWAY__PORT": free_port(),
            "ACTIONS__PORT": free_port(),
            "RASA__PORT": free_port(),
            "FUND__PORT": self.fund,
            "FUND__STORE": f"sqlite:///{folder}/sandbox.db",
            "RASA__TRACKER": f"sqlite:///{folder}/tracker.db",
            "STORE__URL": f"sqlite:///{folder}/jiajia.db",
            "KNOWLEDGE__VERSIONS": self.versions,
        }
        self.environment = {**os.environ, **{f"JIAJIA_{name}": str(value) for name, value in names.items()}}
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        shelf_of_its_own(self.versions)
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "bot", "run"], cwd=ROOT, env=self.environment, stdout=log, stderr=log
            )
        wait_for(self._ready, START, what="the product is ready")

    def _ready(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, self.log[-2000:]
        return "✔ 家家准备好了" in self.log

    @property
    def log(self) -> str:
        return self._log.read_text(encoding="utf-8")

    def telephones(self) -> list[psutil.Process]:
        """The telephone's process, if it runs."""
        return [child for child in self._children() if "voice" in child.cmdline()]

    def telephone(self) -> psutil.Process:
        return self.telephones()[0]

    def rasa(self) -> psutil.Process:
        return next(child for child in self._children() if "rasa" in child.cmdline())

    def rasa_answers(self) -> bool:
        return _answers(int(self.environment["JIAJIA_RASA__PORT"]))

    def answers(self) -> bool:
        """Whether the telephone's process takes calls."""
        return _answers(int(self.environment["JIAJIA_PHONE__HTTP_PORT"]))

    def lines(self) -> int:
        """How many calls' sockets the telephone's process holds."""
        port = int(self.environment["JIAJIA_PHONE__PORT"])
        held = self.telephone().net_connections(kind="tcp")
        return sum(one.laddr.port == port and one.status != psutil.CONN_LISTEN for one in held)

    def _children(self) -> list[psutil.Process]:
        assert self._process is not None
        return [one for one in psutil.Process(self._process.pid).children() if one.status() != psutil.STATUS_ZOMBIE]

    def command(self, verb: str) -> str:
        """Run `python -m bot <verb>` on this product's settings; return what it prints."""
        command = [sys.executable, "-m", "bot", verb]
        done = subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=True)
        return done.stdout

    @contextmanager
    def another_telephone(self, **settings: object) -> Iterator[tuple[int, int]]:
        """A second telephone process on the same gateway, with other settings; yields its ports."""
        audio, http = free_port(), free_port()
        own = {"PORT": audio, "HTTP_PORT": http} | settings
        environment = {**self.environment, **{f"JIAJIA_PHONE__{name}": str(value) for name, value in own.items()}}
        with (self._folder / "another.log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "voice"], cwd=ROOT, env=environment, stdout=log, stderr=log
            )
        try:
            wait_for(lambda: _answers(http), 120, what="the second telephone process answers")
            yield audio, http
        finally:
            process.terminate()
            process.wait(30)

    def turns(self) -> list[Turn]:
        """Every turn of every call, as the store keeps it."""
        with sqlite3.connect(self._folder / "jiajia.db", timeout=30) as store:
            rows = store.execute("select body, seq from turns where channel = 'phone' order by seq").fetchall()
        return [decode(body, Turn) for body, _ in rows]

    def personas(self) -> list[tuple[str, str, str]]:
        """The demo's people: story, identity number, query password."""
        rows = re.findall(r"<tr><td>(.+?)</td><td>(\d{17}[\dX])</td><td>(\d{6})</td></tr>", self.demo_page())
        return [(unescape(story), number, password) for story, number, password in rows]

    def demo_page(self) -> str:
        """The stand-in core system's page: its people, and the text messages that were sent."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.fund}/demo", timeout=30) as page:
            return unescape(page.read().decode())

    def live_call(self) -> str:
        """The UUID of the call that began last."""
        begun = [line for line in self.log.splitlines() if '"event": "call.begun"' in line]
        return str(json.loads(begun[-1][begun[-1].index("{") :])["call"])

    def stop(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(60)


@contextmanager
def agent(folder: Path, exchange: Asterisk) -> Iterator[Path]:
    """An agent's telephone that answers; yields the file of SIP messages it got."""
    folder.mkdir(parents=True, exist_ok=True)
    messages = folder / "agent.sip"
    messages.touch()
    command = ["sipp", "-sn", "uas", "-i", "127.0.0.1", "-p", str(exchange.agent), "-nostdin"]
    command += ["-trace_msg", "-message_file", str(messages)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder)
    try:
        yield messages
    finally:
        process.kill()
        process.wait(10)


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _modules() -> str:
    """Where the root keeps Asterisk's modules, as seen from inside."""
    found = next((ASTERISK / "usr/lib").rglob("asterisk/modules"))
    return f"/{found.relative_to(ASTERISK)}"


_ASTERISK_CONF = f"""[directories]
astetcdir => /{CONFIG}
astrundir => /{CONFIG}/run
astlogdir => /{CONFIG}/log
astspooldir => /{CONFIG}/spool
astdbdir => /{CONFIG}/spool
astmoddir => {{modules}}
astvarlibdir => /var/lib/asterisk
astdatadir => /usr/share/asterisk
"""
