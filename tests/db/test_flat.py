"""At 10⁵ rows a page's statements keep their indexes, whatever values they are planned for."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Iterator
from typing import Any

import asyncpg
import httpx
import pytest

import crowd
import makers
from crowd_money import CLIENTS
from crowd_rows import ROWS
from databases import BASE_URL, elsewhere, on
from flat_addresses import ADDRESSES, NOT_ASKED, route_of
from training.app import create_app
from training.kernel import migrate

pytestmark = pytest.mark.anyio

WORSE = 3  # times what the plan for its own values costs: after five runs PostgreSQL may keep one plan for all values
CHEAP = 2_500  # what any plan may cost: some hundred rows by their index, a few milliseconds
NARROW = 400  # what reading a table may: ten thousand short rows, which cost less than fifty of them one by one

# Twenty thousand events would be written for the first time: the statement that lists them is what is looked at.
WHOLE = ("/agenda/public.ics", "/agenda/p/{team_feed}.ics")

# By a piece of the statement, why it may be dear or read whole tables; each says what bounds it.
EXCEPTIONS = {
    "where state = 'approved' order by fold(name)": "planning a private session offers all organisations",
    "with sold as (": "a closing adds up all that was ever issued and received: once a month, half a microsecond a row",
    "(select 1 from journal_exported": "a closing counts what no export has carried, of all there is: once a month",
    "with said as (": "what was served since the end of a year, once a year: whole tables are joined for its thousands",
    "with later as (": "what was invoiced since the end of a year, once a year: the same",
}

# By a piece of the statement, what it may cost at most for values that are not known, and why.
DEARER = {
    "spaced(": (11_000, "that one row in two hundred has a word is what PostgreSQL then thinks: a page of fifty found"),
    "pieces(": (11_000, "the same of a short word"),
    "$8::text[]) k (kind),": (
        13_000,
        "how many kinds are looked for it does not know: it thinks of ten, each read so far",
    ),
    "as undecided\n": (6_000, "a change of tariff counts every session to come of one offer, and who has booked it"),
}

# What grows as long as the platform lives: no list may read one of these whole.
GROWING = frozenset(table for table, count, _values in ROWS if count >= CLIENTS)

# Every other table, and why it stays small.
SMALL = {
    "accounting": "one row",
    "api_key": "one a program of a client or of the team",
    "backup": "one a backup, some a day: a thousand years make no page of it, and one is read by its time",
    "bank_statement": "one a file of the bank: some hundred in a platform's life",
    "commune": "those of the country, once imported",
    "commune_postcode": "those of the country, once imported",
    "csv_mapping": "one a bank",
    "credential": "some for each who works for the platform",
    "facilitator": "who works for the platform",
    "free_due": "what waits to be sent",
    "journal_export": "one a month or so",
    "journal_year": "one a year",
    "late_rate": "one a half-year",
    "offer_former_slug": "one a change of an offer's address",
    "offer_step": "some ten an offer",
    "ledger_series": "one a kind of paper and year",
    "limit_use": "emptied every day",
    "past_booking": "of former years, read with its booking",
    "lookalike": "few an organisation, and only those that look the same",
    "mail_service": "one row",
    "migration": "one a change of the schema",
    "offer": "what is taught",
    "offer_funding": "some an offer",
    "offer_facilitator": "who may deliver what is taught",
    "offer_picture": "one an offer, at most",
    "organisation_ending": "one an organisation that was refused or archived",
    "partner": "who works with the platform",
    "partner_contact": "some a partner",
    "partner_rate": "some a partner",
    "period_close": "one a month",
    "pgqueuer": "what waits to be done",
    "pgqueuer_log": "emptied after thirty days",
    "pgqueuer_schedules": "one a line of the timetable",
    "pgqueuer_statistics": "emptied after thirty days",
    "platform": "one row",
    "reminder_rule": "one a step",
    "request_key": "emptied after a day",
    "restoration": "one a restored copy",
    "supporter": "named on one page",
    "seen_setting": "one a setting",
    "sent_form": "emptied after a day",
    "set_up": "one a step of the first day, at most",
    "tariff": "some an offer",
    "theme": "what offers are about",
    "unavailability": "some for each who works for the platform",
    "unholding": "sessions marked as held by error",
    "venue": "where one goes",
}

Statements = dict[str, tuple[object, ...]]  # what was asked with, by the text


@pytest.fixture(scope="module")
async def asked(server: str, database_dsn: str) -> AsyncIterator[tuple[str, dict[str, Statements]]]:
    """The crowd's database, and what each address asked of it."""
    name = f"{database_dsn.rsplit('/', 1)[1].split('?')[0]}_crowd"
    admin = await asyncpg.connect(server)
    await admin.execute(f"create database {name} template template0")
    dsn = on(server, name)
    try:
        async with elsewhere(dsn):
            await migrate.migrate()
            names = await crowd.build()
            yield dsn, {path: found async for path, found in _asked(names)}
    finally:
        await admin.execute(f"drop database {name} with (force)")
        await admin.close()


async def _asked(names: dict[str, Any]) -> AsyncIterator[tuple[str, Statements]]:
    transport = httpx.ASGITransport(create_app())
    for who, addresses in ADDRESSES.items():
        headers = {"Authorization": f"Bearer {names[who]}"} if who.endswith("key") else {}
        async with httpx.AsyncClient(transport=transport, base_url=BASE_URL, headers=headers) as client:
            if "@" in who:
                await makers.sign_in(client, who)
            for address in addresses:
                known = {"If-None-Match": "*"} if address in WHOLE else {}
                with recorded() as found:
                    answer = await client.get(address.format(**names), headers=known)
                assert answer.status_code in (200, 304), (address, answer.status_code, answer.text[:200])
                if 'data-audience="office"' in answer.text:
                    assert answer.text.count('action="/gestion/recherche"') == 1, f"{address}: without the search box"
                yield f"{who} {address}", found


class recorded:  # noqa: N801 - read as a word
    """The reads that go to the database inside the block, with their parameters."""

    def __enter__(self) -> Statements:
        found: Statements = {}
        self.originals = {name: getattr(asyncpg.Connection, name) for name in ("fetch", "fetchrow", "fetchval")}

        def watching(original: Any) -> Any:
            async def watched(connection: Any, query: str, *args: object, **options: Any) -> Any:
                if query.lstrip().startswith(("select", "with")) and "for update" not in query:
                    found.setdefault(query, args)
                return await original(connection, query, *args, **options)

            return watched

        for name, original in self.originals.items():
            setattr(asyncpg.Connection, name, watching(original))
        return found

    def __exit__(self, *_: object) -> None:
        for name, original in self.originals.items():
            setattr(asyncpg.Connection, name, original)


@pytest.mark.parametrize("address", [f"{who} {address}" for who, found in ADDRESSES.items() for address in found])
async def test_its_statements_stay_flat(asked: tuple[str, dict[str, Statements]], address: str) -> None:
    dsn, found = asked
    connection = await asyncpg.connect(dsn)
    try:
        wrong = [words for sql, args in _strict(found[address]) async for words in _wrong(connection, sql, args)]
    finally:
        await connection.close()
    assert not wrong, "\n\n".join(wrong)


def test_every_address_is_asked_or_it_is_said_why_not() -> None:
    found = (route for route in create_app().routes if "GET" in getattr(route, "methods", ()))
    routes = [re.sub("/static/[^/]+/", "/static/", route.path) for route in found]
    asked = {address: route_of(address, routes) for addresses in ADDRESSES.values() for address in addresses}
    assert [address for address, route in asked.items() if not route] == [], "samples of no route"
    known = {*asked.values(), *NOT_ASKED}
    assert sorted(set(routes) - known) == [], "a sample in flat_addresses.ADDRESSES, or a reason in NOT_ASKED"
    assert sorted(NOT_ASKED.keys() - set(routes)) == []
    assert sorted(NOT_ASKED.keys() & set(asked.values())) == []


async def test_no_exception_is_for_a_statement_that_is_gone(asked: tuple[str, dict[str, Statements]]) -> None:
    _dsn, found = asked
    every = "\n".join(sql for statements in found.values() for sql in statements)
    assert [piece for piece in (*EXCEPTIONS, *DEARER) if piece not in every] == []


async def test_every_table_grows_in_the_crowd_or_it_is_said_why_it_stays_small(
    asked: tuple[str, dict[str, Statements]],
) -> None:
    connection = await asyncpg.connect(asked[0])
    found = await connection.fetch("select tablename from pg_tables where schemaname = 'public'")
    await connection.close()
    assert {record["tablename"] for record in found} == GROWING | SMALL.keys()
    assert GROWING & SMALL.keys() == set()


def _strict(found: Statements) -> Iterator[tuple[str, tuple[object, ...]]]:
    for sql, args in found.items():
        if not any(piece in sql for piece in EXCEPTIONS):
            yield sql, args


async def _wrong(connection: Any, sql: str, args: tuple[object, ...]) -> AsyncIterator[str]:
    custom = _plan(await connection.fetchval(f"explain (format json) {sql}", *args))
    generic = await _generic(connection, sql, len(args))
    for kind, plan in (("custom", custom), ("generic", generic)):
        for table in sorted(set(_read_whole(plan)) & GROWING):
            yield f"{kind} plan reads the whole of {table}: {sql}"
    dear = max((cost for piece, (cost, _why) in DEARER.items() if piece in sql), default=CHEAP)
    if generic["Total Cost"] > max(dear, WORSE * custom["Total Cost"]):
        yield f"generic plan costs {generic['Total Cost']:.0f}, custom {custom['Total Cost']:.0f}: {sql}"


async def _generic(connection: Any, sql: str, parameters: int) -> dict[str, Any]:
    """The plan for any values; PostgreSQL 15 has no explain (generic_plan)."""
    await connection.execute("set plan_cache_mode = force_generic_plan")
    await connection.execute(f"prepare page as {sql}")
    nulls = f"({', '.join(['null'] * parameters)})" if parameters else ""
    try:
        return _plan(await connection.fetchval(f"explain (format json) execute page{nulls}"))
    finally:
        await connection.execute("deallocate page; reset plan_cache_mode")


def _plan(said: str) -> dict[str, Any]:
    plan: dict[str, Any] = json.loads(said)[0]["Plan"]
    return plan


def _read_whole(plan: dict[str, Any]) -> Iterator[str]:
    if plan["Node Type"] == "Seq Scan" and plan["Total Cost"] > NARROW:
        yield plan["Relation Name"]
    for part in plan.get("Plans", ()):
        yield from _read_whole(part)
