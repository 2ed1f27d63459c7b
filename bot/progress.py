"""Tells every few seconds that a long step still goes on, and how far it is; needs nothing but Python."""

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

EVERY = 10.0


@contextmanager
def going_on(state: Callable[[], str], every: float = EVERY) -> Iterator[None]:
    """Say on stderr what `state` tells and the seconds spent, every so often until the block ends."""
    started, ended = time.monotonic(), threading.Event()

    def tell() -> None:
        while not ended.wait(every):
            print(f"  …{state()}({time.monotonic() - started:.0f} 秒)", file=sys.stderr, flush=True)

    teller = threading.Thread(target=tell, daemon=True)
    teller.start()
    try:
        yield
    finally:
        ended.set()
        teller.join()
