"""The office's list of bookings with a thousand and with a hundred thousand: what a page and what a search cost."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import uvloop

from bench.growing import FLAT, FewAndMany, few_and_many, without_triggers
from bench.report import Figure, Part
from bench.town import Town
from training.kernel import clock, db
from training.kernel.actor import SYSTEM
from training.reporting.office.bookings import OfficeBookings, bookings_page

FEW, MANY = 1_000, 100_000
PAGE = 50
STEPS = 3
SOUGHT = "BANC-00000077"  # few have it, and none of the newest
BRIEF = "42"  # one in twenty has it: a page of them is not among the first five hundred

# An organisation books ten times; one booking a minute up to now, of the town's sessions in turn.
ORGANISATIONS = """
    insert into organisation
    select r.* from organisation o, generate_series($1::int / 10, $2::int / 10) n, jsonb_populate_record(
        o, jsonb_build_object('id', 1000000 + n, 'slug', 'banc-' || n, 'siret', null, 'name', 'Banc ' || md5(n::text))
    ) r
    where o.id = (select min(id) from organisation) on conflict do nothing
"""
CONTACTS = """
    insert into contact
    select r.* from contact c, generate_series($1::int / 10, $2::int / 10) n, jsonb_populate_record(
        c, jsonb_build_object('id', 1000000 + n, 'organisation', 1000000 + n, 'name', 'Rachel ' || md5(n::text))
    ) r
    where c.id = (select min(id) from contact) on conflict do nothing
"""
BOOKINGS = """
    insert into booking (reference, session, organisation, contact, state, seats, tariff_mode, unit_price_cents,
                         price_cents, created_at, updated_at, confirmed_at)
    select 'BANC-' || lpad(n::text, 8, '0'), ($3::bigint[])[1 + n % cardinality($3)], 1000000 + n / 10,
           1000000 + n / 10, 'confirmed', 1, 'flat', 35000, 35000,
           $4::timestamptz - ($5::int - n) * interval '1 minute', $4, $4
    from generate_series($1::int, $2::int) n
"""
# The same rows of the same index, without anything of ours.
PLAIN = f"select * from booking order by created_at desc, id desc limit {PAGE + 1}"


async def make(town: Town, first: int, last: int) -> None:
    """Rows as booking leaves them, without their seats."""
    async with without_triggers("organisation", "contact", "booking"):
        await db.execute(ORGANISATIONS, first, last)
        await db.execute(CONTACTS, first, last)
        await db.execute(BOOKINGS, first, last, list(town.sessions), clock.now(), MANY)
    await db.connection().execute("vacuum analyze")


async def rounds(dsn: str, town: Town, step: Callable[[], None]) -> FewAndMany:
    """The same questions with few and with many."""
    asked: dict[str, Callable[[], Awaitable[object]]] = {
        "first page": page,
        "one sought by its reference": lambda: page(SOUGHT),
        "those sought by two characters": lambda: page(BRIEF),
        "the same rows, plain asyncpg": lambda: db.connection().fetch(PLAIN),
    }
    return await few_and_many(
        dsn,
        asked,
        few=lambda: emptied_then(make(town, MANY - FEW + 1, MANY)),
        more=lambda: make(town, 1, MANY - FEW),
        check=found,
        step=step,
    )


def page(search: str = "") -> Awaitable[OfficeBookings]:
    """The first page of the list."""
    return bookings_page(SYSTEM.scope, state="", organisation="", search=search, after=None, limit=PAGE)


async def emptied_then(making: Awaitable[None]) -> None:
    """What was booked before goes."""
    async with db.atomic():
        await db.execute("truncate booking cascade")
    await making


async def found() -> bool:
    """Whether the list finds what was made."""
    return [booking.reference for booking in (await page(SOUGHT)).bookings] == [SOUGHT]


def measure(dsn: str, town: Town, step: Callable[[], None]) -> Part:
    """Last of all: what was booked before goes."""
    few, many = uvloop.run(rounds(dsn, town, step))
    *ours, plain = few
    grown = many[plain] / few[plain]
    return Part(
        f"Office’s list of {MANY:,} bookings",
        (
            *(
                Figure(f"{name}: {MANY:,} / {FEW:,}", many[name] / few[name] / grown, "×",
                       f"{few[name]:.1f} and {many[name]:.1f} ms, beside what plain asyncpg grew", at_most=FLAT)
                for name in ours
            ),
            Figure(plain, grown, "×", f"{few[plain]:.1f} and {many[plain]:.1f} ms"),
        ),
    )  # fmt: skip
