"""Clients that ask questions one after another and the figures of how long the answers took."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

Ask = Callable[[str], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Turns per second and latency percentiles in milliseconds."""

    turns_per_second: float
    p50_ms: float
    p95_ms: float
    p99_ms: float
    errors: int
    cpu_ms: float = 0.0
    """CPU that the measured processes spent on one turn."""


def percentile(ordered: Sequence[float], share: float) -> float:
    """The value below which `share` of the ordered values lie."""
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0


async def drive(asks: Sequence[Ask], questions: Sequence[str], seconds: float, *, every: float = 0.0) -> Figures:
    """Let each client ask round robin for `seconds`, one question `every` so many seconds or as fast as it can."""
    taken: list[float] = []
    errors = 0

    async def client(number: int, ask: Ask) -> None:
        nonlocal errors
        turn = number
        due = begin + every * number / len(asks)
        while (started := time.perf_counter()) < end:
            if started < due:
                await asyncio.sleep(due - started)
                started = time.perf_counter()
            due += every
            try:
                await ask(questions[turn % len(questions)])
                taken.append(time.perf_counter() - started)
            except (TimeoutError, OSError, ValueError):
                errors += 1
            turn += len(asks)

    begin = time.perf_counter()
    end = begin + seconds
    await asyncio.gather(*(client(number, ask) for number, ask in enumerate(asks)))
    elapsed = time.perf_counter() - begin
    ordered = sorted(value * 1000 for value in taken)
    return Figures(
        turns_per_second=len(ordered) / elapsed,
        p50_ms=percentile(ordered, 0.50),
        p95_ms=percentile(ordered, 0.95),
        p99_ms=percentile(ordered, 0.99),
        errors=errors,
    )
