"""A calendar feed of a thousand events: the first fetch, the following ones, and those that end in 304."""

from __future__ import annotations

import time
from collections.abc import Callable

import httpx
import uvloop

from bench.load import Answered, Asked, Order, fire
from bench.report import Figure, Part
from bench.site import Site, serving
from bench.town import DATES, SERIES, Town
from training.calendar import rules
from training.calendar.formats.feed import Head, feed
from training.calendar.queries import slots as queries
from training.calendar.queries.slots import Source
from training.calendar.rules import Audience, FeedKind
from training.kernel import db

EVENTS = SERIES * DATES
CLIENTS = 4
SECONDS = 2.0
REBUILDS = 5
PEER = 2.0  # feeds/s


async def rebuilt(dsn: str, facilitator: int) -> float:
    """Seconds that a feed takes when nothing of it is remembered: its statement, its texts, icalendar."""
    async with db.connected(dsn):
        seconds = 0.0
        for _n in range(REBUILDS):
            started = time.perf_counter()
            listed = await queries.listing(Source(FeedKind.FACILITATOR, (facilitator,)), "")
            facts = [written.facts for written in await queries.facts(listed)]
            events = [rules.event(f, Audience.FACILITATOR, base_url="http://127.0.0.1", contact="-") for f in facts]
            feed(Head("-"), events)
            seconds += time.perf_counter() - started
        if len(facts) != EVENTS:
            raise RuntimeError(f"a feed of {len(facts)} events")
    return seconds / REBUILDS


def _how(answered: Answered) -> str:
    return f"{CLIENTS} clients, median {answered.percentile(50):.1f} ms"


def measure(here: Site, dsn: str, town: Town, step: Callable[[], None]) -> Part:
    """One server, started for this: its first fetch is cold."""
    path = f"/agenda/p/{town.feed}.ics"
    with serving(here, "--no-worker") as server:
        cold = fire(Order(server.port, [Asked(path)], 1)).expect(200)
        answer = httpx.get(f"http://127.0.0.1:{server.port}{path}")
        if answer.content.count(b"BEGIN:VEVENT") != EVENTS:
            raise RuntimeError("the feed does not hold its events")
        step()
        warm = fire(Order(server.port, [Asked(path)], CLIENTS, SECONDS)).expect(200)
        known = Asked(path, headers={"If-None-Match": answer.headers["etag"]})
        same = fire(Order(server.port, [known], CLIENTS, SECONDS)).expect(304)
        step()
    rebuild = uvloop.run(rebuilt(dsn, town.facilitator))
    step()
    size = len(answer.content) / 1024
    return Part(
        f"Feed of {EVENTS:,} events",
        (
            Figure("cold", cold.percentile(50), "ms", f"the first fetch after a start, {size:.0f} KiB"),
            Figure("warm", warm.rate, "/s", _how(warm), peer=f"{PEER:g} /s"),
            Figure("304", same.rate, "/s", _how(same)),
            Figure("rebuilt by icalendar each time", 1 / rebuild, "/s", f"{rebuild * 1000:.0f} ms, no HTTP"),
            Figure("warm / rebuilt", warm.rate * rebuild, "×", "what remembering the events' bytes gains"),
        ),
    )
