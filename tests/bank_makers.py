"""Makers for tests of the bank: what is owed, and statements in CSV invented for them."""

from __future__ import annotations

from datetime import date

import makers
from training.billing.actions.receivables import NewReceivable, open_receivables
from training.kernel import db
from training.kernel.actor import SYSTEM
from training.payments.actions.import_statement import import_statement
from training.payments.queries import statements
from training.payments.rules.columns import Meaning

MAPPING = (Meaning.DATE, Meaning.LABEL, Meaning.AMOUNT, Meaning.PAYER)
HEADER = "Date;Libellé;Montant;Émetteur"


def csv(*rows: str, header: str = HEADER) -> bytes:
    return "\n".join((header, *rows, "")).encode()


def row(label: str, amount: str, day: str = "15/02/2027", payer: str = "SGC D'ALENCON") -> str:
    return f"{day};{label};{amount};{payer}"


async def owed(*numbers: str, cents: int = 35_000, payer: int | None = None) -> list[int]:
    """Open receivables of one organisation, one a number."""
    if payer is None:
        payer = await makers.make_organisation()
    issued = {"issued_on": date(2027, 1, 10), "due_on": date(2027, 2, 9)}
    async with db.atomic():
        return await open_receivables(
            [NewReceivable(number=number, payer=payer, gross_cents=cents, **issued) for number in numbers]
        )


async def imported(*rows: str, name: str = "fevrier.csv") -> int:
    return await import_statement(SYSTEM, name, csv(*rows), MAPPING)


async def line_ids(statement: int) -> list[int]:
    return [line.id for line in await statements.lines(statement=statement)]


async def due(receivable: int) -> int:
    return int(await db.value("select gross_cents - settled_cents from receivable where id = $1", receivable))
