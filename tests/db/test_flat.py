"""At 10⁵ rows a page's statements keep their indexes, whatever values they are planned for."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import asdict
from typing import Any

import asyncpg
import httpx
import pytest

import crowd
import makers
from conftest import BASE_URL, elsewhere
from databases import on
from training.app import create_app
from training.kernel import migrate

pytestmark = pytest.mark.anyio

WORSE = 3  # times what the plan for its own values costs: after five runs PostgreSQL may keep one plan for all values
CHEAP = 2_500  # what any plan may cost: some hundred rows by their index, a few milliseconds

# By who asks: a visitor, the organisation's contact, the team, a facilitator, a program with a key.
ADDRESSES = {
    "": (
        "/", "/catalogue", "/catalogue?q=velo", "/catalogue?theme=Th%C3%A8me+1", "/catalogue/{offer}", "/seances",
        "/seances?theme=Th%C3%A8me+1", "/seances?offre={offer}", "/seances?commune=c7", "/seances/{session}",
        "/integrer/seances", "/agenda/public.ics", "/agenda/public.ics?commune=c7", "/agenda/p/{feed}.ics",
        "/agenda/seances/{slot}.ics", "/sitemap.xml", "/api/v1/offers", "/api/v1/offers/{offer}", "/api/v1/sessions",
        "/api/v1/sessions?offer={offer}",
    ),
    "rh@mairie.example.org": (
        "/espace/{slug}", "/espace/{slug}/reservations", "/espace/{slug}/reservations/{booking}",
        "/espace/{slug}/factures", "/espace/{slug}/agenda", "/espace/{slug}/collegues",
    ),
    "equipe@example.org": (
        "/gestion", "/gestion/reservations", "/gestion/reservations?etat=pending", "/gestion/reservations?q=R-77",
        "/gestion/reservations?q=commune", "/gestion/reservations?q=zzzz", "/gestion/reservations?structure={slug}",
        "/gestion/reservations/{booking}", "/gestion/seances", "/gestion/seances?periode=passees",
        "/gestion/seances?periode=a-marquer", "/gestion/seances?etat=draft", "/gestion/seances?offre={offer}",
        "/gestion/seances?commune=c7", "/gestion/seances/{session}", "/gestion/seances/nouvelle", "/gestion/structures",
        "/gestion/structures?etat=pending", "/gestion/structures?q=commune", "/gestion/structures/{slug}",
        "/gestion/lieux", "/gestion/lieux/{venue}", "/gestion/courriels", "/gestion/courriels?etat=failed",
        "/gestion/courriels?q=reservation", "/gestion/courriels?q=zzzz", "/gestion/courriels/{mail}",
        "/gestion/agendas", "/gestion/factures", "/gestion/factures?etat=late", "/gestion/factures/{invoice}",
        "/gestion/factures/{invoice}/piste", "/gestion/factures/brouillons", "/gestion/factures/chorus",
        "/gestion/paiements", "/gestion/paiements?q=P77", "/gestion/paiements/{payment}", "/gestion/relances",
        "/gestion/banque", "/gestion/catalogue", "/gestion/file", "/gestion/acces", "/gestion/acces?etat=autres",
        "/gestion/acces?etat=a-decider", "/gestion/acces?q=zzzz", "/gestion/animation",
    ),
    "anime@example.org": ("/animation", "/animation/passees", "/animation/seances/{session}", "/animation/agenda"),
    "key": ("/api/v1/bookings", "/api/v1/bookings/{booking}", "/api/v1/invoices"),
}  # fmt: skip

# By a piece of the statement, why it may.
EXCEPTIONS = {
    "hash_record_extended": "a feed is all that its window of 21 months holds",
    "with found as materialized": "a search for a word that the newest hardly have: its matches, by their trigrams",
    "where state = 'approved' order by fold(name)": "planning a private session chooses among all organisations",
    "select state, count(*) as n from organisation": "the tabs say how many there are in each state",
    "and s.state <> 'cancelled'": "a week: of a range that it does not know PostgreSQL thinks one in two hundred",
    "a.facilitator = any($1)": "all that one facilitator was ever asked for",
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
            names = asdict(await crowd.build())
            yield dsn, {path: found async for path, found in _asked(names)}
    finally:
        await admin.execute(f"drop database {name} with (force)")
        await admin.close()


async def _asked(names: dict[str, Any]) -> AsyncIterator[tuple[str, Statements]]:
    transport = httpx.ASGITransport(create_app())
    for who, addresses in ADDRESSES.items():
        headers = {"Authorization": f"Bearer {names['key']}"} if who == "key" else {}
        async with httpx.AsyncClient(transport=transport, base_url=BASE_URL, headers=headers) as client:
            if "@" in who:
                await makers.sign_in(client, who)
            for address in addresses:
                with recorded() as found:
                    answer = await client.get(address.format(**names))
                assert answer.status_code == 200, (address, answer.status_code, answer.text[:200])
                yield address, found


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


@pytest.mark.parametrize("address", [address for addresses in ADDRESSES.values() for address in addresses])
async def test_its_statements_stay_flat(asked: tuple[str, dict[str, Statements]], address: str) -> None:
    dsn, found = asked
    connection = await asyncpg.connect(dsn)
    try:
        wrong = [words for sql, args in _strict(found[address]) async for words in _wrong(connection, sql, args)]
    finally:
        await connection.close()
    assert not wrong, "\n\n".join(wrong)


async def test_no_exception_is_for_a_statement_that_is_gone(asked: tuple[str, dict[str, Statements]]) -> None:
    _dsn, found = asked
    every = "\n".join(sql for statements in found.values() for sql in statements)
    assert [piece for piece in EXCEPTIONS if piece not in every] == []


def _strict(found: Statements) -> Iterator[tuple[str, tuple[object, ...]]]:
    for sql, args in found.items():
        if not any(piece in sql for piece in EXCEPTIONS):
            yield sql, args


async def _wrong(connection: Any, sql: str, args: tuple[object, ...]) -> AsyncIterator[str]:
    custom = _plan(await connection.fetchval(f"explain (format json) {sql}", *args))
    generic = await _generic(connection, sql, len(args))
    for kind, plan in (("custom", custom), ("generic", generic)):
        for table in sorted(set(_read_whole(plan)) & crowd.GROWING):
            yield f"{kind} plan reads the whole of {table}: {sql}"
    if generic["Total Cost"] > max(CHEAP, WORSE * custom["Total Cost"]):
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
    if plan["Node Type"] == "Seq Scan":
        yield plan["Relation Name"]
    for part in plan.get("Plans", ()):
        yield from _read_whole(part)
