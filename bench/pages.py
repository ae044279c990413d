"""The page of fifty coming sessions: through HTTP, against a bare route, and against its own template and SQL alone."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Callable
from typing import Any

import asyncpg
import jinja2
import uvloop

from bench import recorded
from bench.bare import PAGE
from bench.load import Asked, Order, fire
from bench.recorded import Statement
from bench.report import Figure, Part, percentile, share
from bench.site import Site, bare, inside, serving
from bench.town import SESSIONS

PATH = "/seances"
CLIENTS = 8
ROUNDS, SECONDS = 5, 1.0
PEER = 13.0  # pages/s
LIMIT = 40.0  # per cent of template and SQL alone

Words = tuple[jinja2.Template, dict[str, Any]]


async def anatomy(dsn: str) -> tuple[list[Statement], Words]:
    """What one page says to the database, and the template with the data that it is rendered from."""
    rendered: list[Words] = []
    original = jinja2.Template.render

    def render(self: jinja2.Template, *args: Any, **context: Any) -> str:
        rendered.append((self, dict(*args, **context)))
        return original(self, *args, **context)

    async with inside(dsn) as browser:
        (await browser.get(PATH)).raise_for_status()  # imports and caches of the first page are not the page
        jinja2.Template.render = render  # type: ignore[method-assign]
        try:
            with recorded.recording() as heard:
                page = await browser.get(PATH)
        finally:
            jinja2.Template.render = original  # type: ignore[method-assign]
    if page.text.count("/seances/") < SESSIONS:
        raise RuntimeError(f"{PATH} does not show {SESSIONS} sessions")
    (words,) = rendered
    return heard, words


async def alone(dsn: str, statements: list[Statement], words: Words, seconds: float) -> float:
    """Pages a second without HTTP: as many tasks as there are clients, each with a connection of its own."""
    template, context = words
    until = time.perf_counter() + seconds

    async def one() -> int:
        connection = await asyncpg.connect(dsn)
        count = 0
        while time.perf_counter() < until:
            await recorded.say(connection, statements)
            template.render(context)
            count += 1
        await connection.close()
        return count

    started = time.perf_counter()
    counts = await asyncio.gather(*(one() for _n in range(CLIENTS)))
    return sum(counts) / (time.perf_counter() - started)


def measure(here: Site, dsn: str, step: Callable[[], None]) -> Part:
    """Rounds in turn, so that a busy moment of the machine falls on all three."""
    statements, words = uvloop.run(anatomy(dsn))
    pages, bares, alones = list[float](), list[float](), list[float]()
    latencies = list[float]()
    order = {"requests": [Asked(PATH)], "clients": CLIENTS, "seconds": SECONDS}
    with serving(here, "--no-worker") as server, bare(here) as beside:
        fire(Order(server.port, [Asked(PATH)], CLIENTS, seconds=0.5)).expect(200)
        for _round in range(ROUNDS):
            page = fire(Order(server.port, **order)).expect(200)  # type: ignore[arg-type]
            pages.append(page.rate)
            latencies += page.latencies
            bares.append(fire(Order(beside.port, [Asked("/")], CLIENTS, seconds=SECONDS)).expect(200).rate)
            alones.append(uvloop.run(alone(dsn, statements, words, SECONDS)))
            step()
    rate, route, parts = (statistics.median(rates) for rates in (pages, bares, alones))
    shares = [page / own for page, own in zip(pages, alones, strict=True)]
    return Part(
        f"Catalogue page of {SESSIONS} sessions",
        (
            Figure("pages", rate, "/s", f"{PATH}, {CLIENTS} clients", peer=f"{PEER:g} /s"),
            Figure("p50", percentile(latencies, 50), "ms"),
            Figure("p95", percentile(latencies, 95), "ms"),
            Figure("a bare Litestar route", route, "/s", f"a constant page of {len(PAGE) // 1024} KiB"),
            Figure("its template and SQL alone", parts, "/s", f"{len(statements)} statements, no HTTP"),
            Figure("page / bare route", 100 * rate / route, "%"),
            share("page / template and SQL alone", statistics.median(shares), LIMIT, f"median of {ROUNDS} rounds"),
        ),
    )
