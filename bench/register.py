"""The accountant's register with a hundred invoices and with a hundred thousand: what a page and what totals cost."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

import uvloop

from bench.growing import FLAT, FewAndMany, few_and_many, without_triggers
from bench.report import Figure, Part
from bench.town import Town
from training.accounting.queries import register
from training.accounting.queries.register import Filter
from training.billing.queries import invoices
from training.kernel import clock, db
from training.kernel.actor import SYSTEM
from training.records.actions.files import keep_file

FEW, MANY = 100, 100_000
STEPS = 3
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


async def rounds(dsn: str, town: Town, step: Callable[[], None]) -> FewAndMany:
    """The same questions with few and with many."""
    month = Filter(first=clock.today() - timedelta(days=MONTH), last=clock.today())
    asked: dict[str, Callable[[], Awaitable[object]]] = {
        "first page": lambda: register.register(Filter()),
        "page further on": lambda: register.register(Filter(), (clock.today() - timedelta(days=14), 0)),
        "page of issued invoices": lambda: invoices.invoices(SYSTEM.scope),
        "a month’s totals": lambda: register.sums(month),
        "totals of everything": lambda: register.sums(Filter()),
    }
    return await few_and_many(
        dsn,
        asked,
        few=lambda: emptied_then(make(town, MANY - FEW + 1, MANY)),
        more=lambda: make(town, 1, MANY - FEW),
        check=shown,
        step=step,
    )


async def emptied_then(making: Awaitable[None]) -> None:
    """What was issued before goes, whose numbers are of other series."""
    async with db.atomic():
        for table in ("settlement", "payment", "receivable", "billable", "invoice_line", "invoice", "ledger_entry"):
            await db.execute(f"truncate {table} cascade")
        await db.execute(
            "insert into ledger_series (key, prefix, first_number, next_number, last_hash)"
            " values ('bench', 'B', 1, 1, '')"
        )
    await making


async def shown() -> bool:
    """Whether the register shows what was made."""
    return (await register.sums(Filter())).documents == MANY and len(await register.register(Filter())) == 50


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
