"""One search among everything, with a thousand things of each kind and with a hundred thousand: what its SQL costs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import uvloop

from bench.growing import FewAndMany, few_and_many
from bench.report import Figure, Part
from training.kernel import clock, db
from training.kernel.actor import SYSTEM
from training.reporting.office.search.finding import find
from training.reporting.office.search.page import BEST, search_page

FEW, MANY = 1_000, 100_000
STEPS = 3
FLAT = 1.5  # times: a hundred times as many things, and what is found of them costs the same
KINDS = ("session", "organisation", "contact", "booking")
SOUGHT = "banc99123"  # one of each kind has it: of those that are there before, and not of the nearest 400

NAMED = "gehkiiea"  # ten of each kind are called so, with few and with many

# A thing every ten minutes, up to now. One in ten has a name of its own, one in a hundred is of one town and offer.
DOCUMENTS = """
    insert into search_entry (kind, subject, at, ended, lexemes)
    select kind, 1000000 + n, at, false, array_to_tsvector(
        array[kind, 'commune', 'velo', 'ville' || n % 100, 'banc' || n, '=banc' || n, name, '=' || name]
        || day_codes(at) || time_codes(at)
    )
    from generate_series($1::int, $2::int) n, unnest($5::text[]) kind,
         lateral (select $3::timestamptz - ($4::int - n) * interval '10 minutes',
                         translate(left(md5((n / 10)::text), 8), '0123456789', 'ghijklmnop')) t (at, name)
"""
WORDS = """
    insert into search_word (word)
    select translate(left(md5(n::text), 8), '0123456789', 'ghijklmnop')
    from generate_series($1::int / 10, $2::int / 10) n
"""
# The same rows of the same index, without anything of ours.
PLAIN = "select * from search_entry where kind = 'booking' order by at desc limit 400"
ASKED = {
    "a word that all have": "commune",
    "a word of one in a hundred": "ville7",
    "one by its number": SOUGHT,
    "how the name of ten begins": NAMED[:4],
    "three words of several": "velo ville7 mardi",
    "a word with a slip": "comune ville77",
    "what nothing has": "zzzz commune",
    "one letter": "r",
}


async def make(first: int, last: int) -> None:
    """Documents as triggers leave them."""
    async with db.atomic():
        await db.execute(DOCUMENTS, first, last, clock.now(), MANY, list(KINDS))
        await db.execute(WORDS, first, last)
    await db.connection().execute("vacuum analyze search_entry, search_word")


async def few() -> None:
    """The newest of them alone."""
    async with db.atomic():
        await db.execute("truncate search_entry, search_word")
        await db.execute("insert into search_word (word) values ('commune'), ('velo')")
    await make(MANY - FEW + 1, MANY)


def asking(text: str) -> Callable[[], Awaitable[object]]:
    """The question that a text is."""
    return lambda: search_page(SYSTEM, text)


async def found() -> bool:
    """Whether the search finds one of each kind."""
    return [hits.subjects[0] for hits in (await find(SOUGHT, KINDS, BEST)).values()] == [1_099_123] * len(KINDS)


async def rounds(dsn: str, step: Callable[[], None]) -> FewAndMany:
    """The same questions with few and with many."""
    asked = {name: asking(text) for name, text in ASKED.items()}
    asked["the same rows, plain asyncpg"] = lambda: db.connection().fetch(PLAIN)
    return await few_and_many(dsn, asked, few=few, more=lambda: make(1, MANY - FEW), check=found, step=step)


def measure(dsn: str, step: Callable[[], None]) -> Part:
    """Last but for the lists: what was searched before goes."""
    before, after = uvloop.run(rounds(dsn, step))
    *ours, plain = before
    grown = after[plain] / before[plain]
    return Part(
        f"One search among {MANY:,} of each kind",
        (
            *(
                Figure(f"{name}: {MANY:,} / {FEW:,}", after[name] / before[name] / max(1, grown), "×",
                       f"{before[name]:.1f} and {after[name]:.1f} ms", at_most=FLAT)
                for name in ours
            ),
            Figure(plain, grown, "×", f"{before[plain]:.1f} and {after[plain]:.1f} ms"),
        ),
    )  # fmt: skip
