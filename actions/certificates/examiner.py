"""Has uploaded files examined, a few at a time, each in a process that is killed when it takes too long."""

import asyncio
import sys
from dataclasses import dataclass, field
from pathlib import Path

from actions.certificates.examining import Checked, Trust, Verdict
from bot.log import logger

ROOT = Path(__file__).parents[2]
COMMAND = (sys.executable, "-m", "actions.certificates.examining")
AT_ONCE, MOST_WAITING = 2, 16
UNCHECKED = "certificate.unchecked"


@dataclass(slots=True, kw_only=True)
class Examiner:
    """Whom to trust, and the seconds a citizen waits for the verdict, waiting for a turn included."""

    trust: Trust
    patience: float = 15.0
    command: tuple[str, ...] = COMMAND
    _waiting: int = 0
    _turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    async def check(self, pdf: bytes) -> Checked:
        """The verdict; UNCHECKED when there was none in time, too many wait, or the file was too much."""
        if self._waiting >= MOST_WAITING:
            logger().warning(UNCHECKED, reason="crowd")
            return Checked(verdict=Verdict.UNCHECKED)
        self._waiting += 1
        try:
            async with asyncio.timeout(self.patience), self._turns:
                return await self._examined(pdf)
        except TimeoutError:
            logger().warning(UNCHECKED, reason="patience")
        except (OSError, ValueError, KeyError, TypeError) as error:  # it was killed by its limits, or never started
            logger().warning(UNCHECKED, reason=type(error).__name__)
        finally:
            self._waiting -= 1
        return Checked(verdict=Verdict.UNCHECKED)

    async def _examined(self, pdf: bytes) -> Checked:
        """Run one process; whatever ends this wait ends the process too. It gets none of our secrets."""
        child = await asyncio.create_subprocess_exec(
            *self.command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            cwd=ROOT,
            env={},
        )
        try:
            answer, _ = await child.communicate(self.trust.written() + pdf)
        finally:
            if child.returncode is None:
                child.kill()
                await child.wait()
        return Checked.read(answer)
