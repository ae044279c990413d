"""Confirmed after the session was held: how it was before is a row, and comes back where « réalisée » is undone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from training.bookings.actions.locking import LOCKED, LockedBooking
from training.bookings.actions.resizing import write_seats
from training.bookings.rules.states import BookingState, SeatsOrigin
from training.bookings.tables import Admission, Booking, Participant
from training.catalogue.rules.tariffs import Price, TariffMode
from training.kernel import clock, db, outbox
from training.kernel.actor import Actor
from training.scheduling.rules import LockedSession, SessionState


async def note_admission(
    row: LockedBooking,
    session: LockedSession,
    joined: LockedBooking | None = None,
    participants: Sequence[int] = (),
) -> None:
    """Part of the action that confirms a locked booking, before it does: how it is, or what it joins, with whom."""
    if session.state != SessionState.HELD:
        return
    known = joined or row
    await Admission.insert(
        Admission(
            booking=row.id,
            joined=joined.id if joined else None,
            participants=list(participants),
            state=row.state,
            expires_at=row.expires_at,
            seats=known.seats,
            tariff_mode=known.tariff_mode,
            unit_price_cents=known.unit_price_cents,
            price_cents=known.price_cents,
            reference_cents=known.reference_cents,
            admitted_at=clock.now(),
        )
    )


@dataclass(frozen=True, slots=True)
class _Admitted:
    id: int
    booking: int
    joined: int | None
    participants: list[int]
    state: BookingState
    expires_at: datetime | None
    seats: int
    tariff_mode: TariffMode
    unit_price_cents: int
    price_cents: int
    reference_cents: int | None

    @property
    def price(self) -> Price:
        return Price(self.tariff_mode, self.unit_price_cents, self.price_cents, self.reference_cents)


_ADMITTED = f"""
    select {", ".join(f"a.{name}" for name in _Admitted.__slots__)}
    from admission a join booking b on b.id = coalesce(a.joined, a.booking)
    where b.session = $1 and a.undone_at is null and b.state = 'confirmed' order by a.id desc for update of b
"""


async def undo_admissions(session: int, *, by: Actor) -> None:
    """The session was not held after all: who was said to have come is undecided again, at the price promised before.

    What an offer had joined has its own seats again; the offer itself comes back with `ending.undo_absences`.
    """
    for one in await db.rows(_Admitted, _ADMITTED, session):
        if one.joined is None:
            await _undecide(one)
        else:
            await _part(one, one.joined, by)
        await Admission.update({Admission.undone_at: clock.now()}).where(Admission.id == one.id)
        await outbox.put("booking.undecided", ("booking", one.booking))


async def _undecide(one: _Admitted) -> None:
    await Booking.update(
        {
            Booking.state: one.state,
            Booking.expires_at: one.expires_at,
            Booking.tariff_mode: one.tariff_mode,
            Booking.unit_price_cents: one.unit_price_cents,
            Booking.price_cents: one.price_cents,
            Booking.reference_cents: one.reference_cents,
            Booking.confirmed_at: None,
            Booking.updated_at: clock.now(),
        }
    ).where(Booking.id == one.booking)


async def _part(one: _Admitted, joined: int, by: Actor) -> None:
    row = await db.row(LockedBooking, f"select {LOCKED} from booking where id = $1", joined)
    assert row is not None  # noqa: S101 - locked above
    await write_seats(row, one.seats, one.price, SeatsOrigin.RESIZED, by=by)
    await Participant.update({Participant.booking: one.booking}).where(Participant.id.is_in(one.participants or [0]))
