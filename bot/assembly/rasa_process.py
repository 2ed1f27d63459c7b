"""Keeps one Rasa server alive beside the gateway, and waits until it answers."""

import asyncio
import os
import time
from collections.abc import Mapping
from pathlib import Path

import aiohttp

from bot.assembly.child import Child
from bot.errors import DialogueUnavailable, Misconfigured

QUIET = {
    "RASA_TELEMETRY_ENABLED": "false",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "PYTHONWARNINGS": "ignore",
    "PYTHONUTF8": "1",
}
LEAN = {"OMP_NUM_THREADS": "1", "TF_ENABLE_ONEDNN_OPTS": "0"}
"""One turn is one small multiplication: threads and oneDNN cost more than they bring."""


class RasaProcess:
    """One `rasa run` child. `extra` is added to its environment (action URL, tracker database); `files` is the folder
    of endpoints.yml and credentials.yml when it is not the root.
    """

    def __init__(
        self,
        *,
        python: Path,
        root: Path,
        model: Path,
        port: int,
        log: Path,
        extra: Mapping[str, str],
        files: Path = Path(),
    ) -> None:
        self._port, self._log = port, log
        endpoints, credentials = str(files / "endpoints.yml"), str(files / "credentials.yml")
        command = [str(python), "-m", "rasa", "run", "--model", str(model), "--port", str(port)]
        command += ["--interface", "127.0.0.1", "--endpoints", endpoints, "--credentials", credentials]
        self._child = Child("rasa", command, cwd=root, environment={**os.environ, **QUIET, **extra}, log=log)

    @property
    def pid(self) -> int:
        """The child's process id, 0 when none runs."""
        return self._child.pid

    async def start(self) -> None:
        """Spawn the child and the task that restarts it should it die."""
        await self._child.start()
        self._child.keep()

    async def ready(self, within: float) -> None:
        """Return when a model answers; raises Misconfigured naming the log when the first start fails."""
        deadline = time.monotonic() + within
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=2)) as session:
            while time.monotonic() < deadline:
                if self._child.code is not None:
                    raise Misconfigured(f"Rasa 没有启动成功(退出码 {self._child.code}),原因见 {self._log}")
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
        await self._child.stop()
