"""A benchmark and everything it starts, whatever session or parent they have: nobody of them is left behind."""

import ctypes
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

GRACE = 15.0  # seconds to end politely
_PR_SET_CHILD_SUBREAPER = 36  # linux/prctl.h


def adopt() -> None:
    """Whoever below us loses its parent becomes our child, so that it can be found: Rasa has a session of its own."""
    if ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl")


def stop_on_signals() -> None:
    """The first Ctrl-C or SIGTERM is a KeyboardInterrupt; more of them do not disturb the tidying up."""

    def stop(_signal: int, _frame: object) -> None:
        for each in (signal.SIGINT, signal.SIGTERM):
            signal.signal(each, signal.SIG_IGN)
        raise KeyboardInterrupt

    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, stop)


@contextmanager
def family(command: Sequence[str], folder: Path, spared: Sequence[psutil.Process]) -> Iterator[subprocess.Popen[bytes]]:
    """Run a command out of the terminal's reach; at the end all our children but the `spared` are ended with theirs."""
    child = subprocess.Popen(command, cwd=folder, start_new_session=True)
    try:
        yield child
    finally:
        end(spared)
        child.wait()


def end(spared: Sequence[psutil.Process] = ()) -> None:
    """Ask each of our children to end, and kill what is still there after its grace, to the last grandchild."""
    asked = _ours(spared)
    left = {*asked, *_below(asked)}
    for child in asked:
        child.terminate()  # not waited for yet, so its number is no one else's
    gone, _ = psutil.wait_procs(asked, GRACE)
    left -= set(gone)
    while left := left | {*(ours := _ours(spared)), *_below(ours)}:
        for one in left:
            with suppress(psutil.NoSuchProcess):
                one.kill()
        gone, _ = psutil.wait_procs(left, 1.0)
        left -= set(gone)


def _ours(spared: Sequence[psutil.Process]) -> list[psutil.Process]:
    return [child for child in psutil.Process().children() if child not in spared]


def _below(processes: Sequence[psutil.Process]) -> Iterator[psutil.Process]:
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            yield from process.children(recursive=True)
