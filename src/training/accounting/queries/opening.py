"""What the file of another ledger is held against: who owes its lines, which numbers are taken, what is closed."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from training.accounting.formats.opening_csv import OpeningRow
from training.accounting.rules.opening import BooksNow, file_faults
from training.billing.queries.periods import closed_until
from training.billing.rules.states import PREFIXES
from training.kernel import clock, db
from training.kernel.sheets import Fault


@dataclass(frozen=True, slots=True)
class NamedPayer:
    """The organisation that was meant by what was typed."""

    id: int
    name: str


async def payers(typed: Iterable[str]) -> dict[str, NamedPayer]:
    """What was typed → the organisation: by its SIRET, the name in its address, or its whole name if one has it."""
    wanted = sorted({text for text in typed if text.strip()})
    sql = """
        select t.typed, min(o.id) as id, min(o.name) as name from unnest($1::text[]) as t (typed)
        join organisation o on o.siret = regexp_replace(t.typed, '\\s|\u00a0', '', 'g') or o.slug = lower(t.typed)
                            or fold(o.name) = fold(t.typed)
        group by t.typed having count(*) = 1
    """
    found = await db.connection().fetch(sql, wanted)
    return {record["typed"]: NamedPayer(record["id"], record["name"]) for record in found}


async def prefixes() -> set[str]:
    """Those of our own series, opened or not."""
    found = await db.connection().fetch("select prefix from ledger_series")
    return {record["prefix"] for record in found} | set(PREFIXES.values())


async def taken(numbers: Iterable[str]) -> list[str]:
    """Those of some numbers that the register has already, whatever their capitals."""
    sql = """
        select number from receivable where upper(number) = any($1) union
        select number from invoice where number = any($1) order by 1
    """
    return [r["number"] for r in await db.connection().fetch(sql, [number.upper() for number in numbers])]


@dataclass(frozen=True, slots=True)
class RowsHeld:
    """The rows of a file held against the books: who owes them, as typed, and what is wrong, by line."""

    payers: dict[str, NamedPayer]
    faults: list[Fault]


async def rows_held(rows: Sequence[OpeningRow]) -> RowsHeld:
    """What our books say of the rows of a file, in four statements."""
    known = await payers(row.payer for row in rows)
    numbers = {number.upper() for number in await taken(row.number for row in rows)}
    books = BooksNow(await prefixes(), numbers, await closed_until(), clock.today())
    return RowsHeld(known, await asyncio.to_thread(file_faults, rows, known, books))
