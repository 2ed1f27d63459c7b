"""Bus and locks inside one process: the embedded default, until Redis joins several."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from weakref import WeakSet


class MemoryLocks:
    """One holder at a time per key, first come first served; a key nobody wants takes no memory."""

    def __init__(self) -> None:
        self._locks: dict[str, tuple[asyncio.Lock, int]] = {}

    def __len__(self) -> int:
        return len(self._locks)

    @asynccontextmanager
    async def hold(self, key: str) -> AsyncIterator[None]:
        lock, users = self._locks.get(key, (None, 0))
        lock = lock or asyncio.Lock()
        self._locks[key] = (lock, users + 1)
        try:
            async with lock:
                yield
        finally:
            self._leave(key)

    def _leave(self, key: str) -> None:
        lock, users = self._locks[key]
        if users == 1:
            del self._locks[key]
        else:
            self._locks[key] = (lock, users - 1)


class MemoryBus:
    """Tells every subscriber in this process; a slow one loses its oldest hints, never its memory."""

    def __init__(self, *, backlog: int = 100) -> None:
        self._backlog = backlog
        self._topics: dict[str, WeakSet[_Subscription]] = {}

    def __len__(self) -> int:
        return len(self._topics)

    async def publish(self, topic: str, text: str) -> None:
        for subscription in tuple(self._topics.get(topic, ())):
            subscription.offer(text)

    def subscribe(self, topic: str) -> AsyncIterator[str]:
        """Listen from this moment on; leaving is `aclose()` or simply letting go of the iterator."""
        subscription = _Subscription(self, topic, self._backlog)
        self._topics.setdefault(topic, WeakSet()).add(subscription)
        return subscription

    def leave(self, topic: str, subscription: "_Subscription | None" = None) -> None:
        listening = self._topics.get(topic)
        if listening is None:
            return
        if subscription is not None:
            listening.discard(subscription)
        if not listening:
            del self._topics[topic]


class _Subscription:
    """One reader's place in a topic."""

    def __init__(self, bus: MemoryBus, topic: str, backlog: int) -> None:
        self._bus = bus
        self._topic = topic
        self._hints: deque[str] = deque(maxlen=backlog)
        self._woken = asyncio.Event()
        self._open = True

    def __aiter__(self) -> "_Subscription":
        return self

    async def __anext__(self) -> str:
        while not self._hints:
            if not self._open:
                raise StopAsyncIteration
            self._woken.clear()
            await self._woken.wait()
        return self._hints.popleft()

    async def aclose(self) -> None:
        self._open = False
        self._woken.set()
        self._bus.leave(self._topic, self)

    def offer(self, text: str) -> None:
        self._hints.append(text)
        self._woken.set()

    def __del__(self) -> None:
        self._bus.leave(self._topic, self)
