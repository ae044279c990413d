"""The client under which the server is measured: HTTP/1.1 over plain sockets, in a process of its own.

It knows just enough of HTTP to be far cheaper than what it measures, and reports how busy it was itself.
`fire()` is called by the bench; `python -m bench.load` is what it starts: a JSON order in, a JSON answer out.
"""

from __future__ import annotations

import asyncio
import collections
import json
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import cast

import uvloop

from bench.report import percentile

PATIENCE = 60.0  # seconds; a server that stopped answering must not stop the bench


@dataclass(frozen=True, slots=True)
class Asked:
    """One request, ready to be written."""

    path: str
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""

    def to_bytes(self) -> bytes:
        """As it goes on the wire."""
        body = self.body.encode()
        headers = {"Host": "127.0.0.1", **self.headers, **({"Content-Length": str(len(body))} if body else {})}
        head = [f"{self.method} {self.path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
        return "\r\n".join([*head, "", ""]).encode() + body


@dataclass(frozen=True, slots=True)
class Order:
    """What to send: `requests` once each, or over and over for `seconds`; from `clients` connections at a time."""

    port: int
    requests: Sequence[Asked]
    clients: int = 8
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    """What came back. `latencies` in milliseconds; `busy` is the client's own share of a core."""

    seconds: float
    statuses: Mapping[str, int]
    latencies: Sequence[float]
    octets: int
    busy: float

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.latencies) / self.seconds

    def expect(self, status: int) -> Answered:
        """Itself, when every answer had this status."""
        if set(self.statuses) != {str(status)}:
            raise RuntimeError(f"expected {status} only, got {dict(self.statuses)}")
        return self

    def percentile(self, per_cent: int) -> float:
        """Of the latencies, in milliseconds."""
        return percentile(self.latencies, per_cent)


def fire(order: Order) -> Answered:
    """Send an order from another process and wait for its answer."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.load"],
        input=json.dumps(asdict(order)),
        capture_output=True,
        text=True,
        timeout=120,
    )
    if done.returncode:
        raise RuntimeError(f"the client failed: {done.stderr.strip()[-2000:]}")
    return Answered(**json.loads(done.stdout))


class _Client(asyncio.Protocol):
    """One connection: a request after the other, the next as soon as the last octet is there."""

    def __init__(self, requests: Iterator[bytes], done: asyncio.Future[None]) -> None:
        self.requests, self.done = requests, done
        self.statuses: collections.Counter[str] = collections.Counter()
        self.latencies: list[float] = []
        self.octets = self.missing = 0
        self.head = b""
        self.sent = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)  # uvloop's is none by inheritance
        self._next()

    def data_received(self, data: bytes) -> None:
        self.octets += len(data)
        if self.missing:
            self.missing -= len(data)
        else:
            self.head += data
            if (end := self.head.find(b"\r\n\r\n")) < 0:
                return
            head, self.head = self.head[:end].lower(), self.head[end + 4 :]
            _before, found, after = head.partition(b"\r\ncontent-length:")
            if not found and head[9:12] not in (b"204", b"304"):
                raise RuntimeError(f"an answer without a length: {head!r}")
            self.missing = int(after.partition(b"\r\n")[0] or 0) - len(self.head)
            if head[9:12] == b"304":  # RFC 9110 15.4.5: the length is that of the answer not sent
                self.missing = 0
            self.statuses[head[9:12].decode()] += 1
            self.head = b""
        if self.missing == 0:
            self.latencies.append((time.perf_counter() - self.sent) * 1000)
            self._next()

    def connection_lost(self, error: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(error or ConnectionError("the server closed the connection"))

    def _next(self) -> None:
        request = next(self.requests, None)
        if request is None:
            self.done.set_result(None)
            self.transport.close()
            return
        self.sent = time.perf_counter()
        self.transport.write(request)


async def send(order: Order) -> Answered:
    """Do what an order says, in this loop."""
    loop = asyncio.get_running_loop()
    raw = [request.to_bytes() for request in order.requests]
    until = None if order.seconds is None else time.perf_counter() + order.seconds
    requests = iter(raw) if until is None else _over_and_over(raw, until)
    started, cpu = time.perf_counter(), time.process_time()
    clients = []
    for _n in range(order.clients):
        done: asyncio.Future[None] = loop.create_future()
        _t, client = await loop.create_connection(lambda d=done: _Client(requests, d), "127.0.0.1", order.port)  # type: ignore[misc]
        clients.append(client)
    await asyncio.gather(*(client.done for client in clients))
    seconds = time.perf_counter() - started
    return Answered(
        seconds=seconds,
        statuses=dict(sum((client.statuses for client in clients), collections.Counter[str]())),
        latencies=[latency for client in clients for latency in client.latencies],
        octets=sum(client.octets for client in clients),
        busy=(time.process_time() - cpu) / seconds,
    )


def _over_and_over(requests: Sequence[bytes], until: float) -> Iterator[bytes]:
    while True:
        for request in requests:
            if time.perf_counter() > until:
                return
            yield request


def main() -> None:
    """The order is on standard input."""
    given = json.load(sys.stdin)
    requests = [Asked(**request) for request in given.pop("requests")]
    json.dump(asdict(uvloop.run(send(Order(requests=requests, **given)))), sys.stdout)


if __name__ == "__main__":
    main()
