"""`make chat` as a person types it: at a real terminal, with the real product, left by Ctrl-D and by Ctrl-C."""

import asyncio
import os
import pty
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import psutil
import pytest

from bot.assembly.environments import RASA, ROOT

pytestmark = [pytest.mark.system, pytest.mark.model]
PROMPT, CTRL_C, CTRL_D = "您:", b"\x03", b"\x04"


class Terminal:
    """Keys in, and all that is on the screen."""

    def __init__(self, keys: int, child: asyncio.subprocess.Process) -> None:
        self.child, self._keys, self._screen = child, keys, b""
        asyncio.get_running_loop().add_reader(keys, self._seen)

    def _seen(self) -> None:
        try:
            self._screen += os.read(self._keys, 65_536)
        except OSError:  # the other side is closed
            asyncio.get_running_loop().remove_reader(self._keys)

    async def types(self, keys: bytes | str) -> str:
        """Press these keys; return what is shown until the next prompt, or the end."""
        before = len(self._screen)
        os.write(self._keys, keys if isinstance(keys, bytes) else f"{keys}\n".encode())
        return await self.shows(before)

    async def shows(self, before: int = 0) -> str:
        async with asyncio.timeout(420):
            while PROMPT.encode() not in self._screen[before:] and self.child.returncode is None:  # noqa: ASYNC110
                await asyncio.sleep(0.1)
        return self._screen[before:].decode()


@asynccontextmanager
async def chat(folder: Path) -> AsyncIterator[Terminal]:
    if not (ROOT / RASA.folder).exists():
        pytest.skip("needs .venv-rasa: run `make env`")
    names = {"STORE__URL": "jiajia", "RASA__TRACKER": "tracker", "FUND__STORE": "sandbox"}
    environment = {f"JIAJIA_{name}": f"sqlite:///{folder}/{file}.db" for name, file in names.items()}
    keys, screen = pty.openpty()
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "chat"),
        cwd=ROOT,
        env=os.environ | environment,
        stdin=screen,
        stdout=screen,
        stderr=screen,
        preexec_fn=lambda: os.login_tty(screen),
    )
    os.close(screen)
    terminal = Terminal(keys, child)
    try:
        yield terminal
    finally:
        asyncio.get_running_loop().remove_reader(keys)
        if child.returncode is None:
            child.kill()
            await child.wait()
        os.close(keys)


@pytest.mark.parametrize("leaving", [CTRL_C, CTRL_D], ids=["ctrl-c", "ctrl-d"])
async def test_a_typed_conversation_shows_everything_and_ends_when_it_is_left(tmp_path: Path, leaving: bytes) -> None:
    async with chat(tmp_path) as terminal:
        greeting = await terminal.shows()
        answer = await terminal.types("租房一年最多能提多少?")
        chosen = await terminal.types("1")
        family = psutil.Process(terminal.child.pid).children(recursive=True)

        await terminal.types(leaving)
        ended = await asyncio.wait_for(terminal.child.wait(), 40)

    assert "Ctrl-D" in greeting
    assert "Warning" not in greeting
    for part in ("16800", "【租房提取每年上限】", "  1. 按月、按季还是按年提?", "来源:"):
        assert part in answer
    assert "三种都可以" in chosen
    assert ended == 0
    _, alive = psutil.wait_procs(family, timeout=5)
    assert (bool(family), alive) == (True, [])
