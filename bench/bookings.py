"""Bookings through the API by eight programs, against the same statements said by plain asyncpg, eight at a time."""

from __future__ import annotations

import asyncio
import itertools
import json
import statistics
import time
from collections.abc import Callable, Iterator

import asyncpg
import uvloop

from bench import recorded
from bench.load import Answered, Asked, Order, fire
from bench.recorded import Script
from bench.report import Figure, Part, percentile, share
from bench.site import Site, inside, serving
from bench.town import CLIENTS, SESSIONS, Customer, Town
from training.kernel import db
from training.kernel.links import digest

PATH = "/api/v1/bookings"
ROUNDS, BOOKINGS = 6, 250  # of each kind in a round
PEER = 12.5  # orders/s
LIMIT = 35.0  # per cent of the raw statements


def asked(customer: Customer, session: int) -> Asked:
    """A booking as a program asks for it."""
    headers = {"Authorization": f"Bearer {customer.key}", "Content-Type": "application/json"}
    return Asked(PATH, "POST", headers, json.dumps({"session": session, "seats": 1}))


def wanted(town: Town) -> Iterator[tuple[Customer, int]]:
    """Who books what next: neighbours in this order share neither organisation nor session."""
    return zip(itertools.cycle(town.customers), itertools.cycle(town.sessions), strict=False)


def given(customer: Customer, session: int) -> dict[str, object]:
    """The values of a booking that its asker chooses."""
    return {"key": digest(customer.key), "organisation": customer.organisation, "session": session}


async def listen(dsn: str, town: Town) -> Script:
    """What two bookings said to the database, made into something that can be said again."""
    said = []
    # far from each other: no id of the one is the id of something else in the other
    samples = [(town.customers[1], town.sessions[20]), (town.customers[2], town.sessions[33])]
    async with inside(dsn) as program:
        for customer, session in (*samples, *samples):
            request = asked(customer, session)
            with recorded.recording() as heard:
                answer = await program.post(PATH, content=request.body, headers=dict(request.headers))
            if answer.status_code != 201:
                raise RuntimeError(f"a booking was answered {answer.status_code}: {answer.text}")
            said.append((heard, given(customer, session)))
    return Script(*said[-2], *said[-1])  # the first two only warmed up


async def check(dsn: str) -> None:
    """Every booking of this run, said by whichever, has its own key's audit row and its own fact in the queue."""
    async with db.connected(dsn):
        whole, made, sessions = await db.connection().fetchrow(_CHECK)
    if whole != made or sessions < SESSIONS:
        raise RuntimeError(
            f"of {made} bookings in {sessions} sessions only {whole} are whole: the replay is not the same"
        )


_CHECK = """
    select count(*) filter (where k.organisation = b.organisation and f.booking is not null), count(*),
           count(distinct b.session)
    from audit a
    join booking b on b.id = a.subject_id
    join api_key k on k.id = a.actor_id
    left join (
        select (convert_from(payload, 'utf8')::json -> 'subject' ->> 1)::bigint as booking from pgqueuer
    ) f on f.booking = b.id
    where a.action = 'booking.make' and a.actor_kind = 'apikey'
"""


async def raw(dsn: str, script: Script, town: Town, count: int) -> tuple[float, list[float]]:
    """Seconds for `count` bookings said by plain asyncpg, and the milliseconds of each."""
    todo = itertools.islice(wanted(town), count)
    connections = [await asyncpg.connect(dsn) for _n in range(CLIENTS)]
    for connection, (customer, session) in zip(connections, wanted(town), strict=False):
        await script.run(connection, given(customer, session))  # prepares its statements
    latencies: list[float] = []

    async def one(connection: asyncpg.Connection) -> None:
        for customer, session in todo:
            started = time.perf_counter()
            await script.run(connection, given(customer, session))
            latencies.append((time.perf_counter() - started) * 1000)

    started = time.perf_counter()
    await asyncio.gather(*map(one, connections))
    seconds = time.perf_counter() - started
    for connection in connections:
        await connection.close()
    return seconds, latencies


def measure(here: Site, dsn: str, town: Town, step: Callable[[], None]) -> Part:
    """Rounds in turn. Without the worker: the raw statements do none of its work."""
    script = uvloop.run(listen(dsn, town))
    answers: list[Answered] = []
    raw_rates, raw_waits = list[float](), list[float]()
    order = [asked(customer, session) for customer, session in itertools.islice(wanted(town), BOOKINGS)]
    with serving(here, "--no-worker") as server:
        fire(Order(server.port, order[: 8 * CLIENTS], CLIENTS)).expect(201)
        for _round in range(ROUNDS):
            answers.append(fire(Order(server.port, order, CLIENTS)).expect(201))
            seconds, waits = uvloop.run(raw(dsn, script, town, BOOKINGS))
            raw_rates.append(BOOKINGS / seconds)
            raw_waits += waits
            step()
    uvloop.run(check(dsn))
    rate = statistics.median(answer.rate for answer in answers)
    ratio = statistics.median(answer.rate / plain for answer, plain in zip(answers, raw_rates, strict=True))
    waits = [wait for answer in answers for wait in answer.latencies]
    busy = max(answer.busy for answer in answers)
    return Part(
        "Bookings through the API",
        (
            Figure("bookings", rate, "/s", f"POST {PATH}, {CLIENTS} clients, no worker; client {busy:.0%} of a core",
                   peer=f"{PEER:g} /s"),
            Figure("p50", percentile(waits, 50), "ms"),
            Figure("p95", percentile(waits, 95), "ms"),
            Figure("the same statements, plain asyncpg", statistics.median(raw_rates), "/s",
                   f"{len(script.steps)} statements, {CLIENTS} connections; "
                   f"p50 {percentile(raw_waits, 50):.1f} ms, p95 {percentile(raw_waits, 95):.1f} ms"),
            share("API / plain asyncpg", ratio, LIMIT, f"median of {ROUNDS} rounds"),
        ),
    )  # fmt: skip
