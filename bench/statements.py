"""Bank statements: ten thousand lines matched with as many open invoices, whose numbers people retype as they do."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta

import uvloop

from bench.report import Figure, Part, share
from bench.town import Town
from training.kernel import clock, db
from training.kernel.actor import SYSTEM
from training.payments.actions.import_statement import import_statement
from training.payments.queries import statements
from training.payments.rules.columns import Meaning

FEW, MANY = 1_000, 10_000  # lines of a file
STEPS = 4
YEAR = 2019  # of the ledger that these invoices come from
GROWTH = 12.0  # times as long for ten times as many lines: it may not grow faster than the file
RIGHT = 100.0  # per cent of the lines with a number
COLUMNS = (Meaning.DATE, Meaning.LABEL, Meaning.DEBIT, Meaning.CREDIT)

OWED = """
    insert into receivable (number, payer, issued_on, gross_cents, created_at)
    select 'B' || $2::int || '-' || lpad(n::text, 5, '0'), $1, $3, 10000 + n % 700 * 50, $4
    from generate_series(1, $5) n
"""


def spelled(n: int) -> str:
    """A number as a payer types it; every tenth types none."""
    ways = (
        f"VIR FACTURE B{YEAR}-{n:05d}",
        f"PAIEMENT B {YEAR} {n:05d} MERCI",
        f"B{YEAR}{n:05d}",
        f"vir b{YEAR}-{n:05d} session velo",
        f"SGC ALENCON MANDAT 771 B{YEAR}/{n:05d}",
        f"FACT. {YEAR}-{n:05d}",
        f"REGLEMENT B{YEAR} - {n:05d} DU 12/03/2027",
        f"B-{YEAR}-{n:05d}",
        f"N/REF B{YEAR}_{n:05d}",
        "VIREMENT SEPA",
    )
    return ways[n % len(ways)]


def written(count: int, day: date) -> bytes:
    """A statement in CSV as a French bank writes it."""

    def lines() -> Iterator[str]:
        yield "Date;Libellé;Débit;Crédit"
        for n in range(1, count + 1):
            cents = 10_000 + n % 700 * 50
            yield f"{day:%d/%m/%Y};{spelled(n)};;{cents // 100},{cents % 100:02d}"

    return "\n".join(lines()).encode()


async def rounds(dsn: str, payer: int, step: Callable[[], None]) -> tuple[dict[int, float], dict[int, float], float]:
    """Seconds of importing and of matching, by the size of the file; and the share of numbered lines matched right."""
    imports, matches, right = {}, {}, 0.0
    async with db.connected(dsn):
        async with db.atomic():
            await db.execute(OWED, payer, YEAR, date(YEAR, 6, 1), clock.now(), MANY)
        numbers = {row["id"]: row["number"] for row in await db.pool().fetch("select id, number from receivable")}
        for size in (FEW, MANY):
            begun = time.perf_counter()
            content = written(size, clock.today() - timedelta(days=size // FEW))
            statement = await import_statement(SYSTEM, f"{size}.csv", content, COLUMNS)
            imports[size] = time.perf_counter() - begun
            step()
            begun = time.perf_counter()
            proposed = await statements.proposals(statement)
            matches[size] = time.perf_counter() - begun
            step()
            good = sum(_is_right(one, numbers) for one in proposed)
            right = good / sum("VIREMENT SEPA" not in one.line.label for one in proposed)
    return imports, matches, right


def _is_right(one: statements.Proposed, numbers: dict[int, str]) -> bool:
    named = [numbers[id_] for id_ in one.proposal.settles]
    return len(named) == 1 and named[0][-5:] in one.line.label and one.proposal.kind == "exact"


def measure(dsn: str, town: Town, step: Callable[[], None]) -> Part:
    """A file of a thousand lines, then one ten times as long, against the same open invoices."""
    imports, matches, right = uvloop.run(rounds(dsn, town.customers[0].organisation, step))
    growth = matches[MANY] / matches[FEW]
    return Part(
        f"Bank statement of {MANY:,} lines",
        (
            Figure("matched", MANY / matches[MANY], " lines/s", f"{matches[MANY]:.1f} s; {MANY:,} open invoices"),
            Figure("imported", MANY / imports[MANY], " lines/s", f"{imports[MANY]:.1f} s, CSV, one transaction"),
            Figure(f"matching {MANY:,} / {FEW:,} lines", growth, "×", at_most=GROWTH),
            share("numbers found again", right, RIGHT, "nine spellings; the exact amount"),
        ),
    )
