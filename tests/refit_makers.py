"""Bookings by the seat whose number of seats changes, for tests of what is billed then."""

from __future__ import annotations

import makers
from draft_makers import drafts, town_of
from training.billing.queries import invoices as queries
from training.billing.queries.refitting import ProposedCredit, proposals, too_much
from training.bookings.actions.booking import NewBooking, book
from training.bookings.actions.resizing import resize
from training.catalogue.rules.tariffs import TariffMode
from training.kernel import db
from training.kernel.actor import SYSTEM
from training.worker import drain

UNIT = 1_250


async def per_seat(seats: int = 3, *, present: bool = False, **payer: object) -> tuple[makers.Town, int, int]:
    """A booking by the seat at 12.50 €, of an association that is billed when it is confirmed."""
    town = await town_of(**{"buyer": "association", "billing_moment": "confirmed", **payer})
    offer = await makers.make_offer("place", mode=TariffMode.PER_SEAT, cents=UNIT)
    await db.execute("update offer set bill_present = $1 where slug = 'place'", present)
    session = await makers.make_session(offer, starts_at=town.starts_at)
    booked = await book(SYSTEM, NewBooking(session, town.organisation, seats))
    await drain()
    return town, session, booked.id


async def to(booking: int, seats: int) -> None:
    await resize(SYSTEM, booking, seats)
    await drain()


async def only() -> queries.InvoiceView:
    (draft,) = await drafts()
    return draft


async def proposed(invoice: int, reference: str) -> ProposedCredit | None:
    """What is proposed for one booking of an invoice."""
    return next((each for each in await proposals(invoice) if each.reference == reference), None)


async def sums() -> tuple[int, int]:
    """Billed (issued less credited, and drafts) and proposed to be credited."""
    sql = "select sum(case when kind = 'credit_note' then -net_cents else net_cents end)::bigint from invoice"
    return await db.value(sql) or 0, sum(c.left_cents for c in await too_much(SYSTEM.scope))
