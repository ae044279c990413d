"""What makes a payer owe: an invoice that is issued, or one of the ledger that was there before ours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date

from training.billing.tables.receivables import Receivable
from training.kernel import clock, db
from training.kernel.errors import Conflict
from training.kernel.i18n import _

db.refuse(
    "receivable_number_once", lambda: Conflict(_("Une facture porte déjà ce numéro dans le registre."), field="number")
)
AT_ONCE = 500  # rows of one statement


@dataclass(frozen=True, slots=True, kw_only=True)
class NewReceivable:
    """What is owed. `invoice` None: of the ledger that was there before ours."""

    invoice: int | None = None
    number: str
    payer: int
    issued_on: date
    due_on: date | None
    gross_cents: int


async def open_receivables(new: Sequence[NewReceivable]) -> list[int]:
    """Their ids, in the same order; inside the action that issues or takes over."""
    made: list[int] = []
    for start in range(0, len(new), AT_ONCE):
        rows = (Receivable(**asdict(one), created_at=clock.now()) for one in new[start : start + AT_ONCE])
        made += [int(row["id"]) for row in await Receivable.insert(*rows).returning(Receivable.id)]
    return made
