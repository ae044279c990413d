"""Which invoice a booking has in the demonstration's ledger, and what is still due of it. Only reading."""

from __future__ import annotations

from training.kernel import db

# of one that was replaced, the one that replaces it
_INVOICE = """
    select i.id from invoice i join invoice_line l on l.invoice = i.id
    where l.booking = $1 and i.state = 'issued' and i.kind = 'invoice' order by i.id desc limit 1
"""


async def invoice_of(booking: int) -> int | None:
    """The issued invoice of a booking; None while there is none."""
    found = await db.value(_INVOICE, booking)
    return None if found is None else int(found)


async def receivable_of(booking: int) -> int | None:
    """What is owed by that invoice."""
    found = await db.value(f"select id from receivable where invoice = ({_INVOICE})", booking)
    return None if found is None else int(found)


async def due(receivable: int) -> int:
    """Cents that are still to be paid."""
    return int(await db.value("select gross_cents - settled_cents from receivable where id = $1", receivable))
