"""What an organisation has in a session is one booking: found there, filled, joined by what was offered beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from training.bookings.actions.admissions import note_admission
from training.bookings.actions.ending import end_merged, expire_late
from training.bookings.actions.locking import LOCKED, Booked, LockedBooking
from training.bookings.actions.resizing import write_seats
from training.bookings.rules.groups import BookedAlready, joined_note, joined_references, mate_of
from training.bookings.rules.prices import merged
from training.bookings.rules.states import BookingState, SeatsOrigin
from training.bookings.tables import Booking, Participant
from training.catalogue.queries import tariffs as pricing
from training.directory.actions.locking import lock_organisation
from training.kernel import db, outbox
from training.kernel.actor import Actor
from training.kernel.i18n import _
from training.papers.rules.references import References
from training.scheduling.actions import planning as scheduling
from training.scheduling.rules import LockedSession, SessionState

# Nobody who locks the session first can meet this one; it is for doors that will be cut later.
db.refuse("booking_once", lambda: BookedAlready(_("Cette structure a déjà une réservation dans cette séance.")))


@dataclass(frozen=True, slots=True)
class GroupBooking:
    """A booking that the organisation has in the session and that may still come, locked."""

    row: LockedBooking
    references: References
    note: str
    named: int

    @property
    def unnamed(self) -> int:
        """Seats without a name."""
        return self.row.seats - self.named


async def group_of(session: LockedSession, organisation: int) -> tuple[LockedSession, list[GroupBooking]]:
    """What the organisation has there, and the session as it is since: what ran out before the sweep came is over."""
    found = await _group(session, organisation)
    live = [known for known in found if not await expire_late(known.row, session)]
    return (session if live == found else await scheduling.lock_session(session.id)), live


async def _group(session: LockedSession, organisation: int) -> list[GroupBooking]:
    return await db.rows(GroupBooking, _GROUP, session.id, organisation)


_GROUP = f"""
    select {LOCKED}, purchase_order, service_code, note,
           (select count(*) from participant where booking = booking.id) as named
    from booking where session = $1 and organisation = $2 and booking_may_come(state)
    order by doubled, id for update
"""


def chosen(group: Sequence[GroupBooking], wanted: BookingState, had: int | None = None) -> GroupBooking | None:
    """The booking that seats asked for now are added to, as `mate_of` decides."""
    place = mate_of([(known.row.reference, known.row.state, known.row.seats) for known in group], wanted, had)
    return None if place is None else group[place]


def told_too(known: GroupBooking, told: References, note: str) -> dict[str, object]:
    """What is told with more seats, by its column: an empty number is filled, another one refused, a note added."""
    references = joined_references(known.references, told, known.row.reference)
    return {**references.ordered, "note": joined_note(known.note, note)}


async def merge(offered: LockedBooking, session: LockedSession, *, by: Actor, into: int | None = None) -> Booked | None:
    """An offer is accepted, and the organisation has booked there by now: its seats and people join that booking.

    `into`: the other organisation that whoever asked is found to be. None: it has not. BookedAlready: what it has is
    not confirmed.
    """
    group = await _group(session, into or offered.organisation)
    joined = chosen(group, BookingState.CONFIRMED)
    if joined is None:
        return None
    mates = await _group(session, offered.organisation) if into else group
    own = next(known for known in mates if known.row.id == offered.id)
    seats = joined.row.seats + offered.seats
    kind = (await lock_organisation(joined.row.organisation)).kind
    today = await pricing.price_of(session.offer, kind, session.starts_at, seats)
    cost = merged(joined.row.price, offered.price, joined.row.seats, seats, today)
    await end_merged(offered, joined.row, by=by, held=session.state == SessionState.HELD)
    moved = await (
        Participant.update({Participant.booking: joined.row.id})
        .where(Participant.booking == offered.id)
        .returning(Participant.id)
    )
    await note_admission(offered, session, joined.row, [person["id"] for person in moved])
    spare = {n: text for n, text in own.references.given.items() if n not in joined.references.given}
    told = told_too(joined, References(**spare), own.note)
    await Booking.update(
        {
            Booking.purchase_order: told["purchase_order"],
            Booking.service_code: told["service_code"],
            Booking.note: told["note"],
        }
    ).where(Booking.id == joined.row.id)
    if spare:
        await outbox.put("booking.told_references", ("booking", joined.row.id))
    return await write_seats(joined.row, seats, cost, SeatsOrigin.MERGED, by=by)
