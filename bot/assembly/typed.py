"""Lines from standard input that nobody has to wait for: Ctrl-C ends a program also while it listens."""

import asyncio
import contextlib
import os
import threading
from collections.abc import AsyncIterator, Callable

_AHEAD = 64  # lines of a script that are read before they are answered
_CHUNK = 65_536


async def typed_lines(prompt: Callable[[], None] = lambda: None, *, source: int = 0) -> AsyncIterator[str]:
    """Yield the lines of file descriptor `source`; `prompt` is called before each is waited for.

    A daemon thread reads the descriptor itself: a terminal, a pipe and a file alike, and leaving does not join it.
    """
    lines: asyncio.Queue[str | None] = asyncio.Queue(_AHEAD)
    loop = asyncio.get_running_loop()

    def put(line: str | None) -> None:
        asyncio.run_coroutine_threadsafe(lines.put(line), loop).result()

    threading.Thread(target=_read, args=(source, put), daemon=True).start()
    prompt()
    while (line := await lines.get()) is not None:
        yield line
        prompt()


def _read(source: int, put: Callable[[str | None], None]) -> None:
    left = b""
    with contextlib.suppress(RuntimeError):  # the program has ended meanwhile, and its loop with it
        while chunk := os.read(source, _CHUNK):
            *whole, left = (left + chunk).split(b"\n")
            for line in whole:
                put(line.decode("utf-8", "replace"))
        if left:
            put(left.decode("utf-8", "replace"))
        put(None)
