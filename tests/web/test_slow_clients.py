"""The real web server on this machine, before clients that connect and say nothing, or half of what they say."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator

import pytest

from training.app import create_app
from training.cli import serving
from training.web import patience

pytestmark = pytest.mark.anyio
HOST = "127.0.0.1"
PATIENCE = 25  # seconds on the slowest machine; what is wrong here waits for ever
POST = b"POST /connexion HTTP/1.1\r\nHost: testserver.local\r\nContent-Type: application/x-www-form-urlencoded\r\n"


@contextlib.asynccontextmanager
async def served() -> AsyncIterator[int]:
    """The application without a database: `/healthz` asks for none."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port = int(probe.getsockname()[1])
    server = serving.listening(create_app(), HOST, port)
    task = asyncio.create_task(server.serve())
    try:
        while not await healthy(port):  # noqa: ASYNC110 - it is another thread's doing
            await asyncio.sleep(0.05)
        yield port
    finally:
        server.stop()
        await task


async def healthy(port: int) -> bool:
    with contextlib.suppress(OSError):
        return b"200 OK" in await said(port, b"GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
    return False


async def said(port: int, request: bytes) -> bytes:
    """What the server answers until it closes."""
    reader, writer = await asyncio.open_connection(HOST, port)
    try:
        writer.write(request)
        async with asyncio.timeout(PATIENCE):
            return await reader.read()
    finally:
        writer.close()


async def test_five_hundred_idle_connections_keep_nobody_waiting():
    """At 130, granian took no more: nobody else was answered until one of them left."""
    async with served() as port:
        idle = [await asyncio.open_connection(HOST, port) for _each in range(500)]
        assert await healthy(port)
        for _reader, writer in idle:
            writer.close()


async def test_a_connection_that_says_nothing_or_half_a_head_is_closed(monkeypatch):
    assert serving.HEAD == 30
    monkeypatch.setattr(serving, "HEAD", 0.5)
    async with served() as port:
        heads = (b"", b"GET /healthz HTTP/1.1\r\nHost:", b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
        answers = await asyncio.gather(*(said(port, head) for head in heads))
    assert [answer[:15] for answer in answers] == [b"", b"", b"HTTP/1.1 200 OK"]


async def test_a_body_that_stops_half_way_is_given_up(monkeypatch):
    """It held its connection, and the request that read it, for ever."""
    assert patience.SILENCE == 30
    monkeypatch.setattr(patience, "SILENCE", 0.5)
    async with served() as port:
        lengths = (b"Content-Length: 100\r\n\r\nemail=a", b"Transfer-Encoding: chunked\r\n\r\n7\r\nemail=a\r\n")
        answers = await asyncio.gather(*(said(port, POST + rest) for rest in lengths))
    for answer in answers:
        assert answer.startswith(b"HTTP/1.1 408 ")
        assert b"connection: close" in answer.lower()


async def test_a_body_that_drips_is_given_up_too(monkeypatch):
    monkeypatch.setattr(patience, "SILENCE", 0.5)
    monkeypatch.setattr(patience, "WHOLE", 1.0)
    async with served() as port:
        reader, writer = await asyncio.open_connection(HOST, port)
        writer.write(POST + b"Content-Length: 100\r\n\r\n")
        answer = asyncio.create_task(reader.read())
        async with asyncio.timeout(PATIENCE):
            while not answer.done():
                writer.write(b"a")
                await asyncio.sleep(0.2)
        writer.close()
    assert answer.result().startswith(b"HTTP/1.1 408 ")
