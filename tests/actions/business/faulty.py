"""A core system that misbehaves in one chosen way, and counts what reached it."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

OK_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
ACCOUNT = {
    "GRZH": "尾号 0001",
    "DWMC": "单位",
    "GRZHZT": "01",
    "GRZHYE": "100.00",
    "GRZHSNJZYE": "60.00",
    "GRZHDNGJYE": "40.00",
    "GRJCJS": "5000.00",
    "GRJCBL": "12.00",
    "DWJCBL": "12.00",
    "GRYJCE": "600.00",
    "DWYJCE": "600.00",
    "KHRQ": "2020-01-01",
    "JZNY": "202610",
}
FOREVER = 60.0


def answer(body: bytes, head: bytes = OK_HEAD) -> bytes:
    return head + f"Content-Length: {len(body)}\r\n\r\n".encode() + body


def of(plain: object) -> bytes:
    return answer(json.dumps(plain).encode())


@dataclass(slots=True, kw_only=True)
class FaultyServer:
    """Plays `fault` on every connection; `reached` holds the request lines with their idempotency keys."""

    fault: str
    reached: list[tuple[str, str]] = field(default_factory=list)
    port: int = 0

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await self._one(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        headers = {
            name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head.split("\r\n")[1:])
        }
        await reader.readexactly(int(headers.get("content-length", "0")))
        self.reached.append((head.split("\r\n")[0], headers.get("idempotency-key", "")))
        await FAULTS[self.fault](writer)
        return self.fault in LASTING


async def _silence(writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(FOREVER)


async def _hang_up(writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()


async def _reset_in_the_middle(writer: asyncio.StreamWriter) -> None:
    writer.write(OK_HEAD + b"Content-Length: 500\r\n\r\n" + b'{"GRZH": "')
    await writer.drain()
    writer.transport.abort()


async def _slow_drip(writer: asyncio.StreamWriter) -> None:
    writer.write(OK_HEAD + b"Content-Length: 500\r\n\r\n")
    for _ in range(600):
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(0.1)


async def _slow_headers(writer: asyncio.StreamWriter) -> None:
    for byte in OK_HEAD:
        writer.write(bytes([byte]))
        await writer.drain()
        await asyncio.sleep(0.1)


async def _huge(writer: asyncio.StreamWriter) -> None:
    writer.write(OK_HEAD + b"Content-Length: 99000000\r\n\r\n")
    for _ in range(90):
        writer.write(b"9" * 1_000_000)
        await writer.drain()


def _says(raw: bytes):
    async def say(writer: asyncio.StreamWriter) -> None:
        writer.write(raw)
        await writer.drain()

    return say


def _without(name: str) -> dict[str, str]:
    return {key: value for key, value in ACCOUNT.items() if key != name}


def _status(line: str, body: bytes = b"{}", more: str = "") -> bytes:
    return answer(body, f"HTTP/1.1 {line}\r\n{more}".encode())


FAULTS = {
    "silence": _silence,
    "hang-up": _hang_up,
    "reset-mid-body": _reset_in_the_middle,
    "slow-drip": _slow_drip,
    "slow-headers": _slow_headers,
    "huge": _huge,
    "not-http": _says(b"SSH-2.0-OpenSSH_9\r\n\r\n"),
    "500": _says(_status("500 Oops", b"<html>Traceback: secret</html>")),
    "502-html": _says(_status("502 Bad", b"<html></html>")),
    "503": _says(_status("503 Busy", b'{"code": "unavailable", "detail": "x"}')),
    "400-no-code": _says(_status("400 No", b'{"wrong": 1}')),
    "403-odd-detail": _says(_status("403 No", b'{"code": "not-eligible", "detail": {"a": 1}}')),
    "404-html": _says(_status("404 No", b"<html></html>")),
    "redirect": _says(_status("302 Found", b"", "Location: http://127.0.0.1:1/elsewhere\r\n")),
    "204": _says(b"HTTP/1.1 204 Nothing\r\n\r\n"),
    "empty": _says(answer(b"")),
    "not-json": _says(answer(b"{'GRZH': 1")),
    "not-utf-8": _says(answer(b'{"GRZH": "\xff\xfe"}')),
    "deep": _says(answer(b"[" * 200_000)),
    "bad-gzip": _says(answer(b"not gzip", OK_HEAD + b"Content-Encoding: gzip\r\n")),
    "list": _says(of([])),
    "null": _says(of(None)),
    "missing-field": _says(of(_without("GRZHYE"))),
    "number-for-money": _says(of(ACCOUNT | {"GRZHYE": 100.0})),
    "nan-for-money": _says(of(ACCOUNT | {"GRZHYE": "NaN"})),
    "huge-money": _says(of(ACCOUNT | {"GRZHYE": "9" * 50 + ".00"})),
    "number-for-text": _says(of(ACCOUNT | {"GRZH": 5})),
    "unknown-state": _says(of(ACCOUNT | {"GRZHZT": "77"})),
    "no-such-day": _says(of(ACCOUNT | {"KHRQ": "2020-02-31"})),
    "no-such-month": _says(of(ACCOUNT | {"JZNY": "202613"})),
}
LASTING = {"500", "503", "missing-field"}


@asynccontextmanager
async def faulty(fault: str) -> AsyncIterator[FaultyServer]:
    server = FaultyServer(fault=fault)
    tasks: set[asyncio.Task[None]] = set()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tasks.add(asyncio.create_task(server.serve(reader, writer)))

    listening = await asyncio.start_server(accept, "127.0.0.1", 0)
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listening.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@asynccontextmanager
async def losing_answers(port: int) -> AsyncIterator[int]:
    """A proxy that passes every request on, but throws the first answer away with the connection."""
    lost = 0
    tasks = set()

    async def pump(reader, writer):
        nonlocal lost
        up_reader, up_writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            length = next(
                (int(line[15:]) for line in head.decode().split("\r\n") if line.lower().startswith("content-length:")),
                0,
            )
            up_writer.write(head + await reader.readexactly(length))
            answer = await up_reader.read(65536)
            lost += 1
            if lost > 1:
                writer.write(answer)
                await writer.drain()
        finally:
            up_writer.close()
            writer.close()

    def accept(reader, writer):
        tasks.add(asyncio.create_task(pump(reader, writer)))

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await asyncio.gather(*tasks, return_exceptions=True)
