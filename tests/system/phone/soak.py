"""Short calls over real SIP, many of them, and what they leave behind in the telephone's process.

`python -m tests.system.phone.soak [--calls 1000]` starts Asterisk and the whole product, and prints a row a lap; the
test beside it does the same with sixty calls.
"""

import argparse
import json
import socket
import subprocess
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.system.phone.caller import free_port, wait_for
from tests.system.phone.telephone import Asterisk, Product, missing
from tests.voice.phone import recorded

LAPS = (100, 500, 1_000)
A_SECOND, AT_ONCE = 5, 16
QUESTION = "cmn_test/4"
SCENARIO = Path(__file__).with_name("soak.xml")


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The telephone's process between calls."""

    rss_bytes: int
    files: int
    threads: int
    sockets: int
    children: int

    def __str__(self) -> str:
        held = f"{self.files} | {self.threads} | {self.sockets} | {self.children}"
        return f"{self.rss_bytes / 1_048_576:.1f} MiB | {held}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lap:
    """Some calls: how many the line took, how each of them ended, what sipp said."""

    calls: int
    code: int
    begun: int
    ended: Counter[str]
    said: str


def lap(exchange: Asterisk, product: Product, calls: int, folder: Path) -> Lap:
    """Have sipp make so many calls, at most sixteen at once."""
    speech = _speech(folder)
    scenario = folder / "soak.xml"
    scenario.write_text(SCENARIO.read_text(encoding="utf-8").replace("SPEECH", speech.name), encoding="utf-8")
    command = ["sipp", "-sf", str(scenario), "-s", "12329", "-i", "127.0.0.1", "-p", str(free_port(socket.SOCK_DGRAM))]
    command += ["-mp", "16000", "-nostdin"]
    command += ["-r", str(A_SECOND), "-l", str(AT_ONCE), "-m", str(calls), f"127.0.0.1:{exchange.sip}"]
    before = len(product.log)
    done = subprocess.run(command, capture_output=True, text=True, timeout=120 + calls * 2, check=False, cwd=folder)
    wait_for(lambda: exchange.calls == 0, 90, what="the exchange is free")
    events = list(_events(product.log[before:]))
    ended = Counter(f"{event['why']}/{event['end']}" for event in events if event["event"] == "call.ended")
    begun = sum(event["event"] == "call.begun" for event in events)
    return Lap(calls=calls, code=done.returncode, begun=begun, ended=ended, said=(done.stdout + done.stderr)[-2_000:])


def state(product: Product) -> State:
    """Wait until no line is left, and look at the process."""
    wait_for(lambda: product.lines() == 0, 90, what="the telephone's process has closed every line")
    telephone = product.telephone()
    return State(
        rss_bytes=telephone.memory_info().rss,
        files=telephone.num_fds(),
        threads=telephone.num_threads(),
        sockets=len(telephone.net_connections(kind="all")),
        children=sum(child.status() != psutil.STATUS_ZOMBIE for child in telephone.children()),
    )


def _events(log: str) -> list[dict[str, str]]:
    lines = [line[line.index("{") :] for line in log.splitlines() if '"event": "call.' in line]
    return [json.loads(line) for line in lines]


def _speech(folder: Path) -> Path:
    """A recorded question as A-law, which sipp plays."""
    written = folder / "question.alaw"
    command = ["ffmpeg", "-loglevel", "error", "-f", "s16le", "-ar", "8000", "-ac", "1", "-i", "-", "-f", "alaw"]
    if not written.exists():
        subprocess.run([*command, str(written)], input=recorded(QUESTION), check=True)
    return written


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=LAPS[-1])
    calls = parser.parse_args().calls
    if missing():
        parser.exit(1, f"no telephone exchange: {missing()}\n")
    exchange = Asterisk()
    with tempfile.TemporaryDirectory() as place:
        exchange.start()
        product = Product(Path(place), exchange)
        try:
            product.start()
            _print_laps(exchange, product, calls, Path(place))
        finally:
            product.stop()
            exchange.stop()


def _print_laps(exchange: Asterisk, product: Product, calls: int, folder: Path) -> None:
    print("| calls | RSS | files | threads | sockets | children | taken | how they ended |")
    print("|--:|--:|--:|--:|--:|--:|--:|---|")
    print(f"| 0 | {state(product)} | | |", flush=True)
    done = 0
    for target in (*(one for one in LAPS if one < calls), calls):
        ran = lap(exchange, product, target - done, folder)
        done = target
        ways = ", ".join(f"{way} {count}" for way, count in ran.ended.most_common())
        print(f"| {done} | {state(product)} | {ran.begun}/{ran.calls} | {ways} |", flush=True)
        if ran.code:
            print(ran.said)


if __name__ == "__main__":
    main()
