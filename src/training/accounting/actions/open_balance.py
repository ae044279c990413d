"""Take over what another ledger left to be paid: receivables without an invoice of ours, one by one or from a file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from training.accounting.formats.opening_csv import OpeningRow
from training.accounting.queries import opening as reading
from training.accounting.rules.opening import mistakes
from training.billing.actions.periods import check_day
from training.billing.actions.receivables import NewReceivable, open_receivables
from training.kernel import clock
from training.kernel.actor import Actor
from training.kernel.errors import Conflict, Invalid
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.kernel.sheets import refuse
from training.records.actions.acting import acting


@dataclass(frozen=True, slots=True)
class Opening:
    """What is still owed for an invoice of another ledger: `gross_cents` is what is left of it. `payer`: its id."""

    number: str
    payer: int
    issued_on: date
    due_on: date
    gross_cents: int


async def open_balance(actor: Actor, new: Opening) -> int:
    """Take one over. Returns the receivable's id. Invalid: what cannot be. Conflict: the number is known."""
    actor.must(Permission.ACCOUNTS_KEEP)
    prefixes = await reading.prefixes()
    if errors := mistakes(new.number, new.issued_on, new.due_on, new.gross_cents, prefixes, clock.today()):
        raise Invalid(errors)
    async with acting(actor, "receivable.open") as change:
        await _check_new(new.number, new.issued_on)
        (made,) = await open_receivables([_receivable(new)])
        change.about("receivable", made)
    return made


async def open_balances(actor: Actor, rows: Sequence[OpeningRow]) -> int:
    """Take over a file, all of it or nothing. Returns how many. Unreadable names the lines."""
    actor.must(Permission.ACCOUNTS_KEEP)
    async with acting(actor, "receivable.open-many"):
        held = await reading.rows_held(rows)
        refuse(held.faults)
        owed = [
            Opening(row.number, held.payers[row.payer].id, row.issued_on, row.due_on, row.gross_cents) for row in rows
        ]
        await open_receivables([_receivable(one) for one in owed])
    return len(rows)


async def _check_new(number: str, issued_on: date) -> None:
    if known := await reading.taken([number]):
        raise Conflict(_("Déjà dans le registre : {numbers}.").format(numbers=", ".join(known)), field="number")
    try:
        await check_day(issued_on)
    except Invalid as refusal:
        raise Invalid(refusal.detail, field="issued_on") from None


def _receivable(new: Opening) -> NewReceivable:
    return NewReceivable(
        number=new.number.strip(),
        payer=new.payer,
        issued_on=new.issued_on,
        due_on=new.due_on,
        gross_cents=new.gross_cents,
    )
