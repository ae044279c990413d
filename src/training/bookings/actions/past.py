"""Bookings of former years are written as they were: confirmed, invoiced elsewhere, and told to nobody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from training.bookings.rules.seats import new_reference
from training.bookings.rules.states import BookingState
from training.bookings.tables import Booking, PastBooking
from training.catalogue.rules.tariffs import TariffMode
from training.kernel import clock

AT_ONCE = 500  # rows of one statement


@dataclass(frozen=True, slots=True)
class NewPastBooking:
    """Who came to a session of former years. Cents, net, for the whole group; 0 is free.

    `at`: when it began. Nobody knows when it was booked: before that.
    """

    session: int
    at: datetime
    organisation: int
    contact: int
    seats: int
    price_cents: int
    worth_cents: int | None
    purchase_order: str | None
    invoice_number: str


async def write_past_bookings(new: Sequence[NewPastBooking]) -> list[int]:
    """Their ids, in the same order; inside the action that brings them."""
    made: list[int] = []
    for at in range(0, len(new), AT_ONCE):
        few = new[at : at + AT_ONCE]
        ids = [int(row["id"]) for row in await Booking.insert(*map(_booking, few)).returning(Booking.id)]
        await PastBooking.insert(
            *(
                PastBooking(booking=booking, invoice_number=one.invoice_number, came_at=clock.now())
                for booking, one in zip(ids, few, strict=True)
            )
        )
        made += ids
    return made


def _booking(one: NewPastBooking) -> Booking:
    return Booking(
        reference=new_reference(),
        session=one.session,
        organisation=one.organisation,
        contact=one.contact,
        state=BookingState.CONFIRMED,
        seats=one.seats,
        tariff_mode=TariffMode.FLAT if one.price_cents else TariffMode.FREE,
        unit_price_cents=one.price_cents,
        price_cents=one.price_cents,
        reference_cents=one.worth_cents,
        purchase_order=one.purchase_order,
        created_at=one.at,
        updated_at=clock.now(),
        confirmed_at=one.at,
    )
