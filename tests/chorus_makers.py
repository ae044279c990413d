"""Makers for the tests of what public buyers need: an invoice of a town hall, and its steps on Chorus Pro."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import makers
from training.attendance.actions import hold_session
from training.billing.actions.transmit import record
from training.billing.queries import invoices as queries
from training.billing.queries.invoices import InvoiceView
from training.billing.rules.transmission import STATUSES, Status, TransmissionStep
from training.kernel import clock, db
from training.kernel.actor import SYSTEM
from training.papers.rules.references import References
from training.worker import drain

ISSUED = date(2027, 3, 10)  # the town's session is that day, and its invoice
LATER = makers.NOON + timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Billed:
    """A town whose session was held and invoiced; the invoice is as it stood then."""

    town: makers.Town
    invoice: InvoiceView

    async def now(self) -> InvoiceView:
        """The invoice as it stands."""
        found = await queries.invoice(SYSTEM.scope, self.invoice.id)
        assert found is not None
        return found

    @property
    def number(self) -> str:
        """Its number."""
        assert self.invoice.number is not None
        return self.invoice.number


async def billed(town: makers.Town | None = None, **booking: object) -> Billed:
    """Forty seats, thirty-seven came, invoiced the day of the session (under a frozen clock)."""
    town = town or await makers.make_town()
    booked = await makers.make_booking(town, 40, **booking)
    await drain()
    with clock.frozen(town.ends_at):
        await hold_session(SYSTEM, town.session, {booked.id: 37})
        await drain()
    (invoice,) = [i for i in (await queries.invoices_of(SYSTEM.scope, [booked.id]))[booked.id] if i.number]
    return Billed(town, invoice)


async def walk(bill: Billed, *statuses: Status) -> None:
    """Write steps down, one a day from the day after the issue."""
    for n, status in enumerate(statuses, 1):
        terms = STATUSES[status]
        note = "Il manque la feuille de présence." if terms.needs_note else ""
        facts = {"references": References(purchase_order="ENG-NEUF")} if terms.takes_facts else {}
        await record(SYSTEM, bill.invoice.id, TransmissionStep(status, ISSUED + timedelta(days=n), note=note, **facts))


async def bytes_of(bill: Billed) -> list[bytes]:
    """The exact bytes that the ledger keeps of an invoice, and its hash."""
    sql = """
        select array[convert_to(e.snapshot, 'UTF8'), p.content, d.content, e.hash]
        from ledger_entry e join file p on p.id = e.paper join file d on d.id = e.data where e.number = $1
    """
    return list(await db.value(sql, bill.number))
