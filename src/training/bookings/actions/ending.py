"""Bookings end: declined, cancelled, expired, or with their session; and come back with it."""

from __future__ import annotations

from operator import itemgetter

from training.bookings.actions.booking import LockedBooking, lock_booking, standing_of
from training.bookings.rules import states, who_may
from training.bookings.rules.states import BookingState, EndedBy
from training.bookings.tables import Booking
from training.kernel import clock, db, outbox
from training.kernel.actor import SYSTEM, Actor
from training.kernel.errors import Invalid
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.records.actions import acting
from training.scheduling.actions import planning as scheduling
from training.scheduling.rules import check_call_off, check_reinstate


async def decline(actor: Actor, booking: int, reason: str) -> None:
    """Refuse a pending request: its seats are free again and its contact is told why."""
    async with acting(actor, "booking.decline", ("booking", booking)) as change:
        actor.must(Permission.BOOKINGS_CONFIRM)
        change.about("booking", booking, "state")
        row, session = await lock_booking(booking)
        who_may.check_decline(standing_of(row, session))
        await _end(row, BookingState.DECLINED, EndedBy.PLATFORM, reason)
        await outbox.put("booking.declined", ("booking", booking))


async def cancel(actor: Actor, booking: int, reason: str = "") -> None:
    """Give the seats back; whoever was invited is told. Conflict when it is too late or already done."""
    async with acting(actor, "booking.cancel", ("booking", booking)) as change:
        change.about("booking", booking, "state")
        row, session = await lock_booking(booking)
        actor.must(Permission.BOOKINGS_CANCEL, organisation=row.organisation)
        team = actor.may(Permission.BOOKINGS_CANCEL)
        who_may.check_cancel(standing_of(row, session), clock.now(), team=team)
        await _end(row, BookingState.CANCELLED, EndedBy.PLATFORM if team else EndedBy.ORGANISATION, reason)
        await outbox.put("booking.cancelled", ("booking", booking))


async def call_off_session(actor: Actor, session: int, reason: str) -> None:
    """Cancel a session and every live booking of it, together; everybody concerned is told once."""
    async with acting(actor, "session.call-off", ("session", session)) as change:
        actor.must(Permission.SESSIONS_PLAN, session=session)
        if not reason.strip():
            raise Invalid(_("Dites pourquoi : ce texte part dans le courriel à chaque structure."), field="reason")
        change.about("session", session, "state")
        check_call_off((await scheduling.lock_session(session)).state)
        await scheduling.mark_cancelled(session, reason)
        now = clock.now()
        await Booking.update(
            {
                Booking.state: BookingState.CANCELLED,
                Booking.cancelled_at: now,
                Booking.cancelled_by: EndedBy.PLATFORM,
                Booking.cancel_reason: reason,
                Booking.updated_at: now,
            }
        ).where(
            (Booking.session == session)
            & Booking.state.is_in([s.value for s in (*states.OCCUPYING, BookingState.WAITING)])
        )
        await outbox.put("session.cancelled", ("session", session))


async def reinstate_session(actor: Actor, session: int) -> None:
    """A session that was called off takes place after all, and with it the bookings that fell with it.

    VenueTaken, FacilitatorBusy. Conflict: it was not called off, or is past.
    """
    async with acting(actor, "session.reinstate", ("session", session)) as change:
        actor.must(Permission.SESSIONS_PLAN, session=session)
        change.about("session", session, "state")
        locked = await scheduling.lock_session(session)
        check_reinstate(locked.state, locked.starts_at, clock.now())
        reason = await db.value("select cancel_reason from session where id = $1", session)
        await scheduling.mark_reinstated(session)
        fell = await db.connection().fetch(
            """
            update booking set state = 'confirmed', cancelled_at = null, cancelled_by = null, cancel_reason = null,
                   updated_at = $3
            where session = $1 and state = 'cancelled' and cancelled_by = 'platform' and cancel_reason = $2
              and confirmed_at is not null
            returning id
            """,
            session,
            reason,
            clock.now(),
        )
        for record in sorted(fell, key=itemgetter("id")):
            await outbox.put("booking.confirmed", ("booking", record["id"]))
        await outbox.put("session.reinstated", ("session", session))


async def close_undecided(actor: Actor, session: int) -> None:
    """The session was held: what nobody confirmed before is over, and its people are told (attendance says when)."""
    sql = "select id from booking where session = $1 and state in ('pending', 'option', 'offered') order by id"
    async with acting(actor, "booking.close-undecided", ("session", session)):
        actor.must(Permission.SESSIONS_HOLD, session=session)
        for record in await db.connection().fetch(sql, session):
            row, _session = await lock_booking(record["id"])
            state = BookingState.DECLINED if row.state == BookingState.PENDING else BookingState.EXPIRED
            await _end(row, state, EndedBy.SYSTEM, "")
            await outbox.put(f"booking.{state}", ("booking", row.id))


async def expire_options(actor: Actor = SYSTEM) -> int:
    """Sweep options and offers past their time (the sweep only frees seats: accepting one late is refused anyway)."""
    actor.must(Permission.PLATFORM_RUN)
    due = await db.connection().fetch(
        "select id from booking where state in ('option', 'offered') and expires_at <= $1 order by id", clock.now()
    )
    for record in due:
        async with acting(actor, "booking.expire", ("booking", record["id"])):
            row, _session = await lock_booking(record["id"])
            if row.state in states.EXPIRING and row.expires_at and row.expires_at <= clock.now():
                await _end(row, BookingState.EXPIRED, EndedBy.SYSTEM, "")
                await outbox.put("booking.expired", ("booking", record["id"]))
    return len(due)


async def _end(row: LockedBooking, state: BookingState, by: EndedBy, reason: str) -> None:
    now = clock.now()
    states.check_move(row.state, state, row.expires_at, now)
    await Booking.update(
        {
            Booking.state: state,
            Booking.cancelled_at: now,
            Booking.cancelled_by: by,
            Booking.cancel_reason: reason.strip() or None,
            Booking.updated_at: now,
        }
    ).where(Booking.id == row.id)
