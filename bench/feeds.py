"""Calendar feeds of a thousand and ten thousand events: the first fetch, the next ones, those that end in 304."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

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
MANY = 10_000
CLIENTS = 4
SECONDS = 2.0
REBUILDS = 3
PEER, PEER_CACHED = 2.0, 230.0  # feeds/s: written anew, and from a cache that is up to five minutes behind
LIMIT = 230.0  # ours are never behind


async def rebuilt(dsn: str, facilitator: int, events: int) -> float:
    """Seconds that a feed takes when nothing of it is remembered: its statement, its texts, icalendar."""
    async with db.connected(dsn):
        seconds, rounds = 0.0, REBUILDS if events == EVENTS else 1
        for _n in range(rounds):
            started = time.perf_counter()
            listed = await queries.listing(Source(FeedKind.FACILITATOR, (facilitator,)), "")
            facts = [queries.written(row).facts for row in await queries.facts(listed, listed.digests)]
            texts = [rules.event(f, Audience.FACILITATOR, base_url="http://127.0.0.1", contact="-") for f in facts]
            feed(Head("-"), texts)
            seconds += time.perf_counter() - started
        if len(facts) != events:
            raise RuntimeError(f"a feed of {len(facts)} events")
    return seconds / rounds


async def enlarge(dsn: str, facilitator: int) -> None:
    """As many more dates as make ten thousand: short ones in the evenings, twenty a session, written by SQL.

    Through the actions they would take longer than all that is measured.
    """
    async with db.connected(dsn):
        async with db.atomic():
            await db.execute(_MORE, facilitator, (MANY - EVENTS) // DATES, DATES)
        await db.connection().execute("vacuum analyze")


_MORE = """
    with model as (
        select s.* from session s join slot t on t.session = s.id join assignment a on a.slot = t.id
        where a.facilitator = $1 limit 1
    ), sessions as (
        insert into session (
            offer, kind, organisation, state, capacity, closes_at, created_at, updated_at, published_at
        )
        select offer, kind, organisation, state, capacity, closes_at, created_at, updated_at, published_at
        from model, generate_series(1, $2::int)
        returning id, updated_at
    ), numbered as (
        select s.id, s.updated_at, n, (row_number() over () - 1)::int as nth
        from sessions s, generate_series(1, $3::int) n
    ), dates as (
        insert into slot (session, position, uid, starts_at, ends_at, updated_at)
        select id, n, gen_random_uuid() || '@bench', x.starts_at, x.starts_at + interval '10 minutes', updated_at
        from numbered, lateral (
            select date_trunc('day', now()) + make_interval(days => 1 + nth / 17, hours => 20, mins => nth % 17 * 11)
                   as starts_at
        ) x
        returning id, updated_at
    )
    insert into assignment (slot, facilitator, state, created_at, updated_at)
    select id, $1, 'confirmed', updated_at, updated_at from dates
"""


@dataclass(frozen=True, slots=True)
class _Fetched:
    """One feed as its programs meet it."""

    size: int
    cold: Answered
    warm: Answered
    same: Answered


def _fetched(port: int, path: str, events: int) -> _Fetched:
    cold = fire(Order(port, [Asked(path)], 1)).expect(200)
    answer = httpx.get(f"http://127.0.0.1:{port}{path}", timeout=30)
    if answer.content.count(b"BEGIN:VEVENT") != events:
        raise RuntimeError("the feed does not hold its events")
    warm = fire(Order(port, [Asked(path)], CLIENTS, SECONDS)).expect(200)
    known = Asked(path, headers={"If-None-Match": answer.headers["etag"]})
    same = fire(Order(port, [known], CLIENTS, SECONDS)).expect(304)
    return _Fetched(len(answer.content), cold, warm, same)


def _part(events: int, got: _Fetched, rebuild: float, limit: float | None) -> Part:
    def how(answered: Answered) -> str:
        return f"{CLIENTS} clients, median {answered.percentile(50):.1f} ms"

    peers = (f"{PEER:g} /s", f"{PEER_CACHED:g} /s, 5 min late") if events == EVENTS else ("", "")
    return Part(
        f"Feed of {events:,} events",
        (
            Figure("cold", got.cold.percentile(50), "ms", f"nothing written yet, {got.size / 1024:,.0f} KiB"),
            Figure("warm", got.warm.rate, "/s", how(got.warm), at_least=limit, peer=peers[1]),
            Figure("304", got.same.rate, "/s", how(got.same), at_least=limit, peer=peers[1]),
            Figure("rebuilt by icalendar", 1 / rebuild, "/s", f"{rebuild * 1000:,.0f} ms, no HTTP", peer=peers[0]),
            Figure("warm / rebuilt", got.warm.rate * rebuild, "×", "what remembering the events' bytes gains"),
        ),
    )


def measure(here: Site, dsn: str, town: Town, step: Callable[[], None]) -> list[Part]:
    """One server, started for this: its first fetch is cold. The other measures come before: the town grows here."""
    path, parts = f"/agenda/p/{town.feed}.ics", []
    with serving(here, "--no-worker") as server:
        for events in (EVENTS, MANY):
            if events == MANY:
                uvloop.run(enlarge(dsn, town.facilitator))
            got = _fetched(server.port, path, events)
            step()
            rebuild = uvloop.run(rebuilt(dsn, town.facilitator, events))
            parts.append(_part(events, got, rebuild, LIMIT if events == EVENTS else None))
            step()
    return parts
