"""`make bench`: every benchmark in turn, each within its minutes; one that breaks does not stop the others."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from bot.assembly.environments import ROOT
from bot.assembly.programs import train
from bot.settings import load
from tests.bench.__main__ import stock_model, stock_training

GRACE = 15.0  # seconds to end politely
PYTHON = sys.executable


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One benchmark: what it measures, how it is called, and how long it may take."""

    says: str
    command: Sequence[str]
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """How it ended: `code` is None when its time was over."""

    part: Part
    code: int | None
    seconds: float

    def __str__(self) -> str:
        ended = {0: "✔", None: f"✘ 没有在 {self.part.seconds:.0f} 秒内完成"}.get(self.code, f"✘ 退出码 {self.code}")
        return f"{ended} {self.part.says}({self.seconds:.0f} 秒)"


def _module(says: str, seconds: float, *words: str) -> Part:
    return Part(says=says, command=(PYTHON, "-m", *words), seconds=seconds)


PARTS = (  # fifteen minutes at the most, some eight on two free cores with everything trained
    _module("训练缺少的部分,含原厂配置", 240, "tests.bench.everything", "--train"),
    _module("一问一答:网关、直接问 Rasa、原厂配置", 210, "tests.bench"),
    _module("检索:现有条目和一万条", 90, "tests.bench.retrieval"),
    _module("一边问一边发布知识", 120, "tests.bench.swap"),
    _module("公众号的被动回复", 60, "tests.bench.wechat"),
    _module("核心系统和余额", 90, "tests.bench.business"),
    _module("电话:一通和十通", 90, "tests.bench.voice", "--only", "calls", "--calls", "1,10"),
)


def run(part: Part) -> Ran:
    """Run one benchmark; its figures go to our output, its whole family of processes ends with it."""
    started = time.monotonic()
    with _family(part.command) as child:
        try:
            code: int | None = child.wait(part.seconds)
        except subprocess.TimeoutExpired:
            code = None
    return Ran(part=part, code=code, seconds=time.monotonic() - started)


@contextmanager
def _family(command: Sequence[str]) -> Iterator[subprocess.Popen[bytes]]:
    """A process in a group of its own, of which nobody is left behind, also after Ctrl-C."""
    child = subprocess.Popen(command, cwd=ROOT, start_new_session=True)
    try:
        yield child
    finally:
        child.send_signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(GRACE)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()


def main(parts: Sequence[Part] = PARTS) -> int:
    """Run all, then say how each ended; 1 when one of them did not end well."""
    ran = []
    for number, part in enumerate(parts, 1):
        print(f"▸ {number}/{len(parts)} {part.says}(至多 {part.seconds:.0f} 秒)…", flush=True)
        ran.append(run(part))
        print(f"  {ran[-1]}", flush=True)
    print("\n".join(["", *map(str, ran)]))
    return int(any(one.code != 0 for one in ran))


if __name__ == "__main__":
    if "--train" in sys.argv[1:]:
        train(load(), said=sys.stdout)
        stock_model(stock_training())
    else:
        sys.exit(main())
