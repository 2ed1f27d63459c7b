"""Asterisk's AudioSocket: a TCP connection per call, frames of one byte kind, two bytes length, payload.

The protocol is Asterisk's (docs.asterisk.org, Configuration/Channel-Drivers/AudioSocket): 0x00 hang-up, 0x01 UUID of
16 bytes, 0x03 one ASCII key, 0x10 8 kHz signed linear little-endian sound, 0xff error. The length is big-endian.
"""

import asyncio
import struct
from dataclasses import dataclass
from enum import IntEnum
from uuid import UUID

from bot.errors import FrameRefused
from voice.audio import RATE_HZ, SAMPLE_BYTES
from voice.line import KEYS, Ended, Heard, Key, Sound

HEADER = struct.Struct(">BH")
LONGEST_PAYLOAD = RATE_HZ * SAMPLE_BYTES // 2  # half a second; Asterisk sends 20 ms
UUID_BYTES = 16


class Kind(IntEnum):
    """What a frame carries."""

    HANG_UP = 0x00
    UUID = 0x01
    KEY = 0x03
    SOUND = 0x10
    ERROR = 0xFF


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """One frame as it stands on the wire."""

    kind: int
    payload: bytes = b""


def encoded(kind: Kind, payload: bytes = b"") -> bytes:
    """Return a frame's bytes."""
    return HEADER.pack(kind, len(payload)) + payload


async def read_frame(reader: asyncio.StreamReader) -> Frame:
    """Read the next frame. Raises FrameRefused for a length nobody sends, IncompleteReadError when the line ends."""
    kind, length = HEADER.unpack(await reader.readexactly(HEADER.size))
    if length > LONGEST_PAYLOAD:
        raise FrameRefused("frame too long")
    return Frame(kind=kind, payload=await reader.readexactly(length) if length else b"")


def call_of(frame: Frame) -> UUID:
    """Return the call a first frame announces; raises FrameRefused when it announces none."""
    if frame.kind != Kind.UUID or len(frame.payload) != UUID_BYTES:
        raise FrameRefused("the first frame must be a UUID")
    return UUID(bytes=frame.payload)


def heard(frame: Frame) -> Heard | None:
    """Return what a frame means for the call, or None when it means nothing; raises FrameRefused."""
    if frame.kind == Kind.SOUND:
        if len(frame.payload) % SAMPLE_BYTES:
            raise FrameRefused("half a sample")
        return Sound(data=frame.payload)
    if frame.kind == Kind.KEY:
        key = frame.payload.decode("ascii", errors="replace")
        return Key(key=key) if key in KEYS and len(key) == 1 else None  # A-D are nobody's keys here
    if frame.kind == Kind.HANG_UP:
        return Ended()
    if frame.kind == Kind.ERROR:
        return Ended(why="pbx-error")
    raise FrameRefused("unknown kind of frame")
