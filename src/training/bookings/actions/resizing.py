"""The number of seats of a booking changes, by the tariff that was promised; each change is a row (`seats_change`)."""

from __future__ import annotations

from training.bookings.actions.locking import Booked, LockedBooking, lock_booking, standing_of
from training.bookings.rules import who_may
from training.bookings.rules.prices import check_accepted, resized
from training.bookings.rules.seats import check_more, check_named, check_waiting
from training.bookings.rules.states import OCCUPYING, SeatsOrigin
from training.bookings.tables import Booking, SeatsChange
from training.catalogue.queries import tariffs as pricing
from training.catalogue.rules.tariffs import Price
from training.directory.actions.locking import lock_organisation
from training.directory.rules.organisations import OrganisationState
from training.kernel import clock, db, limits, outbox
from training.kernel.actor import Actor
from training.kernel.permissions import Permission
from training.records.actions.acting import acting
from training.scheduling.rules import LockedSession


async def resize(actor: Actor, booking: int, seats: int, *, accept_price_cents: int | None = None) -> Booked:
    """Give a booking another number of seats. The same number again is no change, and no fact.

    Invalid, SessionClosed, SessionFull, PriceRisen, Forbidden, NotFound; Conflict when it is too late.
    """
    async with acting(actor, "booking.resize", ("booking", booking)) as change:
        row, session = await lock_booking(booking)
        actor.must(Permission.BOOKINGS_MAKE, organisation=row.organisation)
        if seats == row.seats:
            return row.booked
        if seats < row.seats:
            actor.must(Permission.BOOKINGS_CANCEL, organisation=row.organisation)
        change.about("booking", booking, "seats", "price_cents")
        await _check(row, session, seats, team=actor.may(Permission.BOOKINGS_MAKE))
        organisation = await lock_organisation(row.organisation)
        if seats > row.seats:
            organisation.check_current()
        await not_too_often(row.organisation, organisation.state, by=actor)
        today = await pricing.price_of(session.offer, organisation.kind, session.starts_at, seats)
        cost = resized(row.price, row.seats, seats, today)
        check_accepted(accept_price_cents, cost)
        return await write_seats(row, seats, cost, SeatsOrigin.RESIZED, by=actor)


async def _check(row: LockedBooking, session: LockedSession, seats: int, *, team: bool) -> None:
    now = clock.now()
    who_may.check_resize(standing_of(row, session), now, before=row.seats, seats=seats, team=team)
    if seats < row.seats:
        named = await db.value("select count(*) from participant where booking = $1", row.id)
        check_named(named, seats)
    elif row.state in OCCUPYING:
        check_more(session, row.organisation, row.seats, seats, now, team=team)
    else:
        check_waiting(session, seats)


async def not_too_often(organisation: int, state: OrganisationState, *, by: Actor) -> None:
    """Asking for seats, or for others, holds them and writes to people: so many times, but for the team."""
    if by.may(Permission.BOOKINGS_MAKE):
        return
    if state == OrganisationState.PENDING:
        await limits.take(limits.BOOKED_UNKNOWN, organisation)
    elif by.kind == "user":  # a program's measure is its key's: web/api/throttle.py
        await limits.take(limits.BOOKED, by.id)


async def write_seats(row: LockedBooking, seats: int, cost: Price, origin: SeatsOrigin, *, by: Actor) -> Booked:
    """Part of the action that changes the number of seats of a locked booking: the row of it, and the fact."""
    now = clock.now()
    await Booking.update(
        {
            Booking.seats: seats,
            Booking.tariff_mode: cost.mode,
            Booking.unit_price_cents: cost.unit_price_cents,
            Booking.price_cents: cost.price_cents,
            Booking.reference_cents: cost.reference_cents,
            Booking.updated_at: now,
        }
    ).where(Booking.id == row.id)
    await SeatsChange.insert(
        SeatsChange(
            booking=row.id,
            seats_before=row.seats,
            seats=seats,
            price_before_cents=row.price_cents,
            price_cents=cost.price_cents,
            origin=origin,
            actor_kind=by.kind,
            actor_id=by.id,
            changed_at=now,
        )
    )
    await outbox.put("booking.resized", ("booking", row.id))
    return Booked(row.id, row.reference, row.state, row.session, seats, cost.price_cents)
