"""Keeps a child process alive: starts it, restarts it when it dies, ends it politely, never leaves it behind."""

import asyncio
import ctypes
import os
import signal
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from bot.log import logger

PR_SET_PDEATHSIG = 1
CHILD_EXITED = "child.exited"


def die_with_parent() -> None:
    """In the child, before exec: the kernel ends it when we are gone, however we went (Linux prctl(2))."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Child:
    """One program beside ours; its output goes to `log`, or where ours goes when there is none."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        *,
        cwd: Path | str,
        environment: Mapping[str, str],
        log: Path | None = None,
    ) -> None:
        self._name, self._command, self._cwd, self._log = name, tuple(command), cwd, log
        self._environment = dict(environment)
        self._process: asyncio.subprocess.Process | None = None
        self._keeper: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int:
        """The child's process id, 0 when none runs."""
        return self._process.pid if self._process and self._process.returncode is None else 0

    @property
    def code(self) -> int | None:
        """How it ended, None while it runs."""
        return self._process.returncode if self._process else None

    async def start(self) -> None:
        """Spawn it."""
        if self._log is None:
            await self._spawn(None)
            return
        self._log.parent.mkdir(parents=True, exist_ok=True)
        with self._log.open("ab") as log:
            await self._spawn(log.fileno())

    def keep(self) -> None:
        """From now on restart it should it die."""
        self._keeper = asyncio.create_task(self._keep())

    async def stop(self) -> None:
        """End it politely, then firmly; returns when it is gone."""
        if self._keeper:
            self._keeper.cancel()
            await asyncio.gather(self._keeper, return_exceptions=True)
        if not self.pid or not self._process:
            return
        self._signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(self._process.wait(), 8)
        except TimeoutError:
            self._signal(signal.SIGKILL)
            await self._process.wait()

    async def _spawn(self, output: int | None) -> None:
        self._process = await asyncio.create_subprocess_exec(
            *self._command,
            cwd=self._cwd,
            env=self._environment,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            preexec_fn=die_with_parent,
        )

    async def _keep(self) -> None:
        delay = 1.0
        while self._process:
            started = time.monotonic()
            code = await self._process.wait()
            delay = 1.0 if time.monotonic() - started > 60 else min(delay * 2, 30.0)
            logger().warning(CHILD_EXITED, child=self._name, code=code, restart_in=delay)
            await asyncio.sleep(delay)
            await self.start()

    def _signal(self, number: signal.Signals) -> None:
        try:
            os.killpg(self.pid, number)
        except ProcessLookupError:
            logger().info(CHILD_EXITED, child=self._name, code=self.code, restart_in=0)
