"""Runs a program on some data and takes what it writes, in a thread of its own.

Not by asyncio's subprocess: when its reader is cancelled with more than a buffer unread, waiting for the killed
program never ends (seen twice in 1,300 calls that hung up while being spoken to). A cancelled wait here leaves the
thread alone, and the program's deadline ends it.
"""

import asyncio
import subprocess
from collections.abc import Sequence

from bot.errors import SpeechUnavailable


async def output_of(command: Sequence[str], data: bytes, *, deadline: float) -> bytes:
    """Return what the program wrote; raises SpeechUnavailable when it is not there, fails or takes too long."""

    def run() -> bytes:
        done = subprocess.run(  # noqa: S603 - the program is the installation's own
            command, input=data, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=deadline, check=True
        )
        return done.stdout

    try:
        return await asyncio.to_thread(run)
    except OSError as error:
        raise SpeechUnavailable(f"{command[0]} cannot be started") from error
    except subprocess.SubprocessError as error:
        raise SpeechUnavailable(f"{command[0]} made no sound") from error
