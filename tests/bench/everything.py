"""`make bench`: every benchmark in turn, each within its minutes; one that breaks does not stop the others."""

import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass

import psutil

from bot.assembly.environments import ROOT
from bot.assembly.programs import train
from bot.settings import load
from tests.bench.__main__ import stock_model, stock_training
from tests.bench.family import adopt, end, family, stop_on_signals

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


PARTS = (  # nineteen minutes at the most, some ten on two free cores with everything trained
    _module("训练缺少的部分,含原厂配置", 240, "tests.bench.everything", "--train"),
    _module("一问一答:网关、直接问 Rasa、原厂配置", 420, "tests.bench"),
    _module("检索:现有条目和一万条", 60, "tests.bench.retrieval"),
    _module("一边问一边发布知识", 120, "tests.bench.swap"),
    _module("公众号的被动回复", 45, "tests.bench.wechat"),
    _module("核心系统和余额", 75, "tests.bench.business"),
    _module("电话:一通和十通", 150, "tests.bench.voice", "--only", "calls", "--calls", "1,10"),
)


def run(part: Part) -> Ran:
    """Run one benchmark; its figures go to our output, everything it started ends with it."""
    started, spared = time.monotonic(), psutil.Process().children()
    with family(part.command, ROOT, spared) as child:
        try:
            code: int | None = child.wait(part.seconds)
        except subprocess.TimeoutExpired:
            code = None
    return Ran(part=part, code=code, seconds=time.monotonic() - started)


def main(parts: Sequence[Part] = PARTS) -> int:
    """Run all, then say how each ended; 1 when one of them did not end well, 130 after Ctrl-C."""
    ran: list[Ran] = []
    spared = psutil.Process().children()
    try:
        for number, part in enumerate(parts, 1):
            print(f"▸ {number}/{len(parts)} {part.says}(至多 {part.seconds:.0f} 秒)…", flush=True)
            ran.append(run(part))
            print(f"  {ran[-1]}", flush=True)
    except KeyboardInterrupt:
        print("\n▸ 停下来,等它们结束…", flush=True)
        end(spared)
        return _told(ran, 130)
    return _told(ran, int(any(one.code != 0 for one in ran)))


def program(parts: Sequence[Part] = PARTS) -> int:
    """Run all as a program of its own, which a signal stops at any moment and which leaves no process behind."""
    adopt()
    stop_on_signals()
    return main(parts)


def _told(ran: Sequence[Ran], code: int) -> int:
    print("\n".join(["", *map(str, ran)]), flush=True)
    return code


if __name__ == "__main__":
    if "--train" in sys.argv[1:]:
        train(load(), said=sys.stdout)
        stock_model(stock_training())
    else:
        sys.exit(program())
