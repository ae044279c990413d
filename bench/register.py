"""The accountant's register with a hundred invoices and with a hundred thousand: what a page and what totals cost."""

from __future__ import annotations

import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta

import uvloop

from bench.report import Figure, Part
from bench.town import Town
from training.accounting.queries import register
from training.accounting.queries.register import Filter
from training.billing.queries import invoices
from training.kernel import clock, db
from training.kernel.actor import SYSTEM
from training.records.actions.files import keep_file

FEW, MANY = 100, 100_000
ROUNDS = 15
STEPS = 3
FLAT = 3.0  # times: a page of so many thousand may cost what a page of a hundred does, and a little
MONTH = 30  # days; the newest hundred are of these

# Numbers and days go up together, the last hundred are of the last month, and what was due by now is paid.
MAKE = """
    with day as (
        select n, case when n > $7 - 100 then $4::date - (($7 - n) * 29 / 100)
                       else $4::date - 31 - ($7 - n) / 50 end as issued_on
        from generate_series($1::int, $2::int) n
    ), entry as (
        insert into ledger_entry (series, position, number, issued_on, subject_kind, subject_id, snapshot, paper,
                                  previous_hash, hash, frozen_at)
        select s.id, 1000000 + n, 'B2020-' || lpad(n::text, 6, '0'), issued_on, 'bench', n, '{}', $6, '', '', $5
        from day, ledger_series s where s.key = 'bench' order by n
        returning id, number, issued_on, position - 1000000 as n
    ), made as (
        insert into invoice (kind, state, payer, number, issued_on, due_on, vat_regime, net_cents, vat_cents,
                             gross_cents, entry, created_at)
        select 'invoice', 'issued', ($3::bigint[])[1 + n % cardinality($3)], number, issued_on, issued_on + 30,
               'out_of_scope', 10000 + n, 0, 10000 + n, id, $5
        from entry order by n
        returning id, payer, number, issued_on, due_on, gross_cents
    ), line as (
        insert into invoice_line (invoice, position, description, quantity, unit_price_cents, net_cents, served_from,
                                  served_until)
        select id, 1, 'Sensibilisation', 1, gross_cents, gross_cents, issued_on, issued_on from made
    )
    insert into receivable (invoice, number, payer, issued_on, due_on, gross_cents, settled_cents, created_at)
    select id, number, payer, issued_on, due_on, gross_cents, case when due_on < $4 then gross_cents else 0 end, $5
    from made
"""


async def make(town: Town, first: int, last: int) -> None:
    """Rows as issuing leaves them, without their papers: a hundred thousand of those would be another bench."""
    payers = [customer.organisation for customer in town.customers]
    async with without_triggers("ledger_entry", "invoice", "invoice_line", "receivable"):
        paper = await keep_file(b"%PDF of the bench", "application/pdf")
        await db.execute(MAKE, first, last, payers, clock.today(), clock.now(), paper, MANY)
    await db.connection().execute("vacuum analyze")


@contextlib.asynccontextmanager
async def without_triggers(*tables: str) -> AsyncIterator[None]:
    """A transaction in which rows come as they are: the owner of the tables may say so, a superuser need not."""
    async with db.atomic():
        for table in tables:
            await db.execute(f"alter table {table} disable trigger user")
        yield
        for table in tables:
            await db.execute(f"alter table {table} enable trigger user")


async def times(asked: dict[str, Callable[[], Awaitable[object]]]) -> dict[str, float]:
    """Milliseconds of each, asked in turn: the least, for few and many are not measured at the same moment."""
    waits: dict[str, list[float]] = {name: [] for name in asked}
    for _round in range(ROUNDS):
        for name, ask in asked.items():
            begun = time.perf_counter()
            await ask()
            waits[name].append((time.perf_counter() - begun) * 1000)
    return {name: min(found) for name, found in waits.items()}


async def rounds(dsn: str, town: Town, step: Callable[[], None]) -> tuple[dict[str, float], dict[str, float]]:
    """The same questions with few and with many."""
    month = Filter(first=clock.today() - timedelta(days=MONTH), last=clock.today())
    asked: dict[str, Callable[[], Awaitable[object]]] = {
        "first page": lambda: register.register(Filter()),
        "page further on": lambda: register.register(Filter(), (clock.today() - timedelta(days=14), 0)),
        "page of issued invoices": lambda: invoices.invoices(SYSTEM.scope),
        "a month’s totals": lambda: register.sums(month),
        "totals of everything": lambda: register.sums(Filter()),
    }
    async with db.connected(dsn):
        async with db.atomic():
            for table in ("settlement", "payment", "receivable", "billable", "invoice_line", "invoice", "ledger_entry"):
                await db.execute(f"truncate {table} cascade")
            await db.execute(
                "insert into ledger_series (key, prefix, first_number, next_number, last_hash)"
                " values ('bench', 'B', 1, 1, '')"
            )
        await make(town, MANY - FEW + 1, MANY)
        few = await times(asked)
        step()
        await make(town, 1, MANY - FEW)
        step()
    async with db.connected(dsn):  # new connections: a plan is chosen by what the same statement cost before
        many = await times(asked)
        step()
        if (await register.sums(Filter())).documents != MANY or len(await register.register(Filter())) != 50:
            raise RuntimeError("the register does not show what was made")
    return few, many


def measure(dsn: str, town: Town, step: Callable[[], None]) -> Part:
    """Last of all: what was issued before goes."""
    few, many = uvloop.run(rounds(dsn, town, step))
    flat = [
        Figure(f"{name}: {MANY:,} / {FEW}", many[name] / few[name], "×", f"{few[name]:.1f} and {many[name]:.1f} ms",
               at_most=FLAT)
        for name in list(few)[:-1]
    ]  # fmt: skip
    every = list(few)[-1]
    note = f"{few[every]:.1f} ms with {FEW}: every row is added up"
    return Part(f"Register of {MANY:,} invoices", (*flat, Figure(every, many[every], "ms", note)))
