"""Whole frames over one lasting connection between a gateway and Rasa; both ends and both Pythons use this module.

A frame is its length (4 bytes), its kind (1), the number of the call it belongs to (4), then JSON. The gateway asks
(`ASK`, answered by `SAID`), and over the same connection Rasa has an action run (`RUN`, answered by `RAN`); `FAILED`
answers either.
"""

import asyncio
import os
import socket
import struct
from collections import deque
from collections.abc import Callable
from itertools import count
from typing import cast

ASK, SAID, RUN, RAN, FAILED = b"A", b"S", b"R", b"D", b"F"
MOST_BYTES = 8 * 1024 * 1024
_HEAD = struct.Struct(">IcI")
_PEER = struct.Struct("3i")  # pid, uid, gid: unix(7), SO_PEERCRED

Received = Callable[["Wire", bytes, int, bytes], None]


class CallFailed(Exception):
    """The other end answered FAILED (with why, as JSON), or is gone (with nothing)."""

    def __init__(self, reason: bytes = b"") -> None:
        super().__init__("call failed")  # the reason may quote what a citizen said
        self.reason = reason


class Wire(asyncio.Protocol):
    """One end: gives requests to `received`, and answers to whoever waits for them."""

    def __init__(self, received: Received) -> None:
        self._received = received
        self._transport: asyncio.WriteTransport | None = None
        self._buffer = bytearray()
        self._waiting: dict[int, asyncio.Future[bytes]] = {}
        self._numbers = count(1)
        self._requests: deque[tuple[bytes, int, bytes]] = deque()

    @property
    def open(self) -> bool:
        """Whether the other end is there."""
        return self._transport is not None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin, if the other end is a process of our own user: an abstract address can be called by anybody here."""
        ours = cast(asyncio.WriteTransport, transport)  # uvloop's is one, without saying so
        if user_at(transport.get_extra_info("socket")) != os.getuid():
            ours.abort()
            return
        # uvloop keeps what is written until all that is ready has run, so that both ends would take turns idling; over
        # the limit it sends at once.
        ours.set_write_buffer_limits(high=0)
        self._transport = ours

    def connection_lost(self, exc: Exception | None) -> None:
        """End; nobody waits for ever."""
        self._transport = None
        waiting, self._waiting = self._waiting, {}
        for answer in waiting.values():
            if not answer.done():
                answer.set_exception(CallFailed())

    def data_received(self, data: bytes) -> None:
        """Cut what arrives into frames."""
        buffer = self._buffer
        buffer += data
        while len(buffer) >= _HEAD.size:
            length, kind, number = _HEAD.unpack_from(buffer)
            end = _HEAD.size + length
            if length > MOST_BYTES:
                self.close()
                return
            if len(buffer) < end:
                return
            frame = bytes(buffer[_HEAD.size : end])
            del buffer[:end]
            self._take(kind, number, frame)

    def send(self, kind: bytes, number: int, frame: bytes) -> None:
        """Send one frame; to an end that is gone it is lost, as its caller finds out."""
        if self._transport is not None:
            self._transport.write(_HEAD.pack(len(frame), kind, number) + frame)

    async def call(self, kind: bytes, frame: bytes) -> bytes:
        """Send a request and return its answer; raises CallFailed. The caller keeps the deadline."""
        if self._transport is None or len(frame) > MOST_BYTES:
            raise CallFailed
        number = next(self._numbers) & 0xFFFFFFFF
        answer: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self._waiting[number] = answer
        try:
            self.send(kind, number, frame)
            return await answer
        finally:
            self._waiting.pop(number, None)

    def close(self) -> None:
        """Hang up."""
        if self._transport is not None:
            self._transport.close()

    def _take(self, kind: bytes, number: int, frame: bytes) -> None:
        if kind in (ASK, RUN):
            if not self._requests:
                asyncio.get_running_loop().call_soon(self._begin)
            self._requests.append((kind, number, frame))
            return
        answer = self._waiting.get(number)
        if answer is None or answer.done():  # given up meanwhile
            return
        if kind == FAILED:
            answer.set_exception(CallFailed(frame))
        else:
            answer.set_result(frame)

    def _begin(self) -> None:
        """Begin one request a round of the loop, so that answers are not kept behind all that came at once."""
        request = self._requests.popleft()
        if self._requests:
            asyncio.get_running_loop().call_soon(self._begin)
        self._received(self, *request)


def user_at(end: socket.socket) -> int:
    """The user whose process is at the other end of a Unix socket, as the kernel noted it when they connected."""
    _, user, _ = _PEER.unpack(end.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _PEER.size))
    return int(user)
