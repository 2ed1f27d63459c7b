"""Keeps one Rasa server alive beside the gateway: starts it, waits for it, restarts it, never leaves it behind."""

import asyncio
import ctypes
import os
import signal
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import aiohttp

from bot.errors import DialogueUnavailable, Misconfigured
from bot.log import logger

PR_SET_PDEATHSIG = 1
QUIET = {
    "RASA_TELEMETRY_ENABLED": "false",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "OMP_NUM_THREADS": "1",
    "TF_ENABLE_ONEDNN_OPTS": "0",
    "PYTHONWARNINGS": "ignore",
    "PYTHONUTF8": "1",
}


def _die_with_parent() -> None:
    """In the child, before exec: the kernel ends it when we are gone, however we went (Linux prctl(2))."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class RasaProcess:
    """One `rasa run` child. `extra` is added to its environment (ports, action URL, tracker database)."""

    def __init__(
        self, *, python: Path, root: Path, model: Path, port: int, log: Path, extra: Mapping[str, str]
    ) -> None:
        self._root, self._port, self._log = root, port, log
        self._environment = {**os.environ, **QUIET, **extra}
        self._command = [str(python), "-m", "rasa", "run", "--model", str(model), "--port", str(port)]
        self._command += [
            "--interface",
            "127.0.0.1",
            "--endpoints",
            "endpoints.yml",
            "--credentials",
            "credentials.yml",
        ]
        self._child: asyncio.subprocess.Process | None = None
        self._keeper: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int:
        """The child's process id, 0 when none runs."""
        return self._child.pid if self._child and self._child.returncode is None else 0

    async def start(self) -> None:
        """Spawn the child and the task that restarts it should it die."""
        await self._spawn()
        self._keeper = asyncio.create_task(self._keep())

    async def _spawn(self) -> None:
        self._log.parent.mkdir(parents=True, exist_ok=True)
        with self._log.open("ab") as log:
            self._child = await asyncio.create_subprocess_exec(
                *self._command,
                cwd=self._root,
                env=self._environment,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=_die_with_parent,
            )

    async def _keep(self) -> None:
        delay = 1.0
        while self._child:
            started = time.monotonic()
            code = await self._child.wait()
            delay = 1.0 if time.monotonic() - started > 60 else min(delay * 2, 30.0)
            logger().warning("rasa.exited", code=code, restart_in=delay)
            await asyncio.sleep(delay)
            await self._spawn()

    async def ready(self, within: float) -> None:
        """Return when a model answers; raises Misconfigured naming the log when the first start fails."""
        deadline = time.monotonic() + within
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=2)) as session:
            while time.monotonic() < deadline:
                if self._child and self._child.returncode is not None:
                    raise Misconfigured(f"Rasa 没有启动成功(退出码 {self._child.returncode}),原因见 {self._log}")
                try:
                    async with session.get(f"http://127.0.0.1:{self._port}/") as response:
                        if response.status == 200:
                            return
                except (aiohttp.ClientError, TimeoutError):
                    pass
                await asyncio.sleep(0.2)
        raise DialogueUnavailable(f"Rasa {within:.0f} 秒内没有就绪,见 {self._log}")

    async def stop(self) -> None:
        """End the child politely, then firmly; returns when it is gone."""
        if self._keeper:
            self._keeper.cancel()
            await asyncio.gather(self._keeper, return_exceptions=True)
        if not self.pid or not self._child:
            return
        self._signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(self._child.wait(), 8)
        except TimeoutError:
            self._signal(signal.SIGKILL)
            await self._child.wait()

    def _signal(self, number: signal.Signals) -> None:
        try:
            os.killpg(self.pid, number)
        except ProcessLookupError:
            print("Rasa 已经退出。", file=sys.stderr)
