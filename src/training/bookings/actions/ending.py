"""Bookings end: declined, cancelled, expired, or with their session; and come back with it."""

from __future__ import annotations

from collections.abc import Sequence

from training.bookings.actions.locking import LOCKED, LockedBooking, lock_booking, standing_of
from training.bookings.rules import states, who_may
from training.bookings.rules.returning import Back, Fallen, comes_back
from training.bookings.rules.seats import request_ends
from training.bookings.rules.states import BookingState, EndedBy
from training.bookings.tables import Booking
from training.kernel import clock, db, outbox
from training.kernel.actor import SYSTEM, Actor
from training.kernel.errors import Invalid
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.records.actions.acting import acting
from training.scheduling.actions import planning as scheduling
from training.scheduling.rules import LockedSession, SessionState, check_call_off, check_reinstate


async def decline(actor: Actor, booking: int, reason: str) -> None:
    """Refuse a pending request: its seats are free again and its contact is told why."""
    async with acting(actor, "booking.decline", ("booking", booking)) as change:
        actor.must(Permission.BOOKINGS_CONFIRM)
        change.about("booking", booking, "state")
        row, session = await lock_booking(booking)
        who_may.check_decline(standing_of(row, session))
        await _end(actor, [row], BookingState.DECLINED, EndedBy.PLATFORM, reason)
        await outbox.put("booking.declined", ("booking", booking))


async def cancel(actor: Actor, booking: int, reason: str = "") -> None:
    """Give the seats back; whoever was invited is told. Conflict when it is too late or already done."""
    async with acting(actor, "booking.cancel", ("booking", booking)) as change:
        change.about("booking", booking, "state")
        row, session = await lock_booking(booking)
        actor.must(Permission.BOOKINGS_CANCEL, organisation=row.organisation)
        team = actor.may(Permission.BOOKINGS_CANCEL)
        who_may.check_cancel(standing_of(row, session), clock.now(), team=team)
        await _end(actor, [row], BookingState.CANCELLED, EndedBy.PLATFORM if team else EndedBy.ORGANISATION, reason)
        await outbox.put("booking.cancelled", ("booking", booking))


async def call_off_session(actor: Actor, session: int, reason: str) -> None:
    """Cancel a session and every live booking of it, together; everybody concerned is told once.

    One that was never published is given up so, and needs no reason. No session is ever deleted.
    """
    async with acting(actor, "session.call-off", ("session", session)) as change:
        actor.must(Permission.SESSIONS_PLAN, session=session)
        change.about("session", session, "state")
        locked = await scheduling.lock_session(session)
        reason = reason.strip()
        if not reason and locked.state == SessionState.DRAFT:
            reason = _("Retirée avant d’être publiée.")
        if not reason:
            raise Invalid(_("Donnez le motif : ce texte part dans le courriel à chaque structure."), field="reason")
        check_call_off(locked.state)
        call_off = await scheduling.mark_cancelled(session, reason, by=actor)
        live = await _locked("session = $1 and booking_may_come(state)", session)
        await _end(actor, live, BookingState.CANCELLED, EndedBy.PLATFORM, reason, call_off)
        await outbox.put("session.cancelled", ("session", session))


async def reinstate_session(actor: Actor, session: int) -> None:
    """A session that was called off takes place after all, and with it what fell with it, as far as seats remain.

    An option comes back with a fresh term; whose seats cannot come back is told. VenueTaken, FacilitatorBusy.
    Conflict: it was not called off, or is past.
    """
    async with acting(actor, "session.reinstate", ("session", session)) as change:
        actor.must(Permission.SESSIONS_PLAN, session=session)
        change.about("session", session, "state")
        locked = await scheduling.lock_session(session)
        check_reinstate(locked.state, locked.starts_at, clock.now())
        call_off = await scheduling.mark_reinstated(session)
        left = locked.seats_left
        for fallen in await _fallen(call_off):
            back = comes_back(fallen, locked, left, clock.now())
            if back is not None:
                await _bring_back(fallen.id, back)
                left -= fallen.seats if back.state in states.OCCUPYING else 0
            await outbox.put("booking.reinstated" if back else "booking.not_reinstated", ("booking", fallen.id))
        await outbox.put("session.reinstated", ("session", session))


async def _fallen(call_off: int) -> list[Fallen]:
    """What fell with a session and has not come back: those who were confirmed first, then in the order they asked."""
    sql = """
        select b.id, b.seats, e.earlier, g.state as organisation
        from booking_ending e join booking b on b.id = e.booking join organisation g on g.id = b.organisation
        where e.call_off = $1 and e.undone_at is null
        order by e.earlier <> 'confirmed', b.id for update of b
    """
    return await db.rows(Fallen, sql, call_off)


async def _bring_back(booking: int, back: Back) -> None:
    now = clock.now()
    await db.execute(_CLOSE, booking, now)
    await Booking.update(
        {
            Booking.state: back.state,
            Booking.expires_at: back.expires_at,
            Booking.cancelled_at: None,
            Booking.cancelled_by: None,
            Booking.cancel_reason: None,
            Booking.updated_at: now,
        }
    ).where(Booking.id == booking)
    if back.state == BookingState.CONFIRMED:  # what was confirmed before keeps its day
        confirmed = (Booking.id == booking) & Booking.confirmed_at.is_null()
        await Booking.update({Booking.confirmed_at: now}).where(confirmed)


_CLOSE = "update booking_ending set undone_at = $2 where booking = $1 and undone_at is null"


async def end_absent(actor: Actor, booking: int) -> None:
    """The session was held, nobody had confirmed this booking, and nobody of it came: it ends, and nothing is sent.

    Conflict: the session was not held, or the booking is decided.
    """
    async with acting(actor, "booking.end-absent", ("booking", booking)) as change:
        row, session = await lock_booking(booking)
        actor.must(Permission.SESSIONS_HOLD, session=row.session)
        change.about("booking", booking, "state")
        who_may.check_decide(standing_of(row, session))
        await _end(actor, [row], BookingState.EXPIRED, EndedBy.PLATFORM, "", held=True)


async def end_with_organisation(actor: Actor, booking: int, ending: int, reason: str, *, undecided_only: bool) -> bool:
    """A booking ends because its organisation did: a request is declined, anything else cancelled. False: it changed.

    Part of the reaction that ends them all; nothing is sent from here.
    """
    async with acting(actor, "booking.end-with-organisation", ("booking", booking)) as change:
        actor.must(Permission.PLATFORM_RUN)
        change.about("booking", booking, "state")
        row, session = await lock_booking(booking)
        kept = undecided_only and row.state == BookingState.CONFIRMED
        if row.state in states.ENDED or kept or session.state == SessionState.HELD:
            return False
        becomes = BookingState.DECLINED if row.state == BookingState.PENDING else BookingState.CANCELLED
        await _end(actor, [row], becomes, EndedBy.PLATFORM, reason, organisation_ending=ending)
    return True


async def end_merged(row: LockedBooking, joined: LockedBooking, *, by: Actor, held: bool) -> None:
    """An accepted offer goes on in the booking beside it: one group, one booking. `held`: its session was by then."""
    who = EndedBy.PLATFORM if by.may(Permission.BOOKINGS_CONFIRM) else EndedBy.ORGANISATION
    await _end(by, [row], BookingState.CANCELLED, who, "", held=held, merged_into=joined.id)


async def undo_absences(session: int) -> None:
    """The session was not held after all: what ended as it was decided is undecided again (attendance says so)."""
    sql = """
        select b.id, e.earlier from booking_ending e join booking b on b.id = e.booking
        where b.session = $1 and e.held and e.undone_at is null order by b.id for update of b
    """
    for record in await db.connection().fetch(sql, session):
        terms = "select expires_at from booking where id = $1"
        back = Back(BookingState(record["earlier"]), await db.value(terms, record["id"]))
        await _bring_back(record["id"], back)


async def expire_options(actor: Actor = SYSTEM) -> int:
    """Sweep requests, options and offers past their time (this only frees seats: accepting one late is refused anyway).

    Once the session has started, or was held before its date, nothing ends by itself: its people may be there, and the
    team says so afterwards. Nor does it while a move is settling: terms follow it (`terms.refit_terms`).
    """
    actor.must(Permission.PLATFORM_RUN)
    await _date_requests(actor)
    due = await db.connection().fetch(_DUE, clock.now())
    for record in due:
        async with acting(actor, "booking.expire", ("booking", record["id"])):
            row, session = await lock_booking(record["id"])
            if _runs_out(row, session):
                await _expire(actor, row)
    return len(due)


def _runs_out(row: LockedBooking, session: LockedSession) -> bool:
    return session.state != SessionState.HELD and states.is_late(row.state, row.expires_at, clock.now())


async def _expire(actor: Actor, row: LockedBooking) -> None:
    await _end(actor, [row], BookingState.EXPIRED, EndedBy.SYSTEM, "")
    await outbox.put("booking.expired", ("booking", row.id))


async def expire_late(row: LockedBooking, session: LockedSession) -> bool:
    """Whether a locked booking was past its time, and so is over now: its organisation asks for seats again."""
    late = _runs_out(row, session)
    if late:
        async with acting(SYSTEM, "booking.expire", ("booking", row.id)):
            await _expire(SYSTEM, row)
    return late


_DUE = """
    select b.id from booking b join session s on s.id = b.session
    where booking_expires(b.state) and b.expires_at <= $1
      and s.starts_at > $1 and s.state <> 'held' and s.tell_after is null
    order by b.id
"""


async def _date_requests(actor: Actor) -> None:
    """Requests from before they had a term get one that counts from now: nobody loses what nobody told them of."""
    sql = """
        select b.id from booking b join session s on s.id = b.session
        where b.state = 'pending' and b.expires_at is null and s.starts_at > $1 and s.state <> 'held' order by b.id
    """
    for record in await db.connection().fetch(sql, clock.now()):
        async with acting(actor, "booking.date-request", ("booking", record["id"])):
            row, session = await lock_booking(record["id"])
            undated = row.state == BookingState.PENDING and row.expires_at is None
            if undated and session.state != SessionState.HELD:
                ends = request_ends(session, clock.now())
                await Booking.update({Booking.expires_at: ends}).where(Booking.id == row.id)


async def _locked(which: str, subject: int) -> list[LockedBooking]:
    """Bookings whose session is locked, locked themselves, by id."""
    sql = f"select {LOCKED} from booking where {which} order by id for update"
    return await db.rows(LockedBooking, sql, subject)


async def _end(
    actor: Actor,
    rows: Sequence[LockedBooking],
    state: BookingState,
    by: EndedBy,
    reason: str,
    call_off: int | None = None,
    *,
    held: bool = False,
    merged_into: int | None = None,
    organisation_ending: int | None = None,
) -> None:
    """The one door by which bookings end, with the row that says who ended them, why, and with what."""
    for row in rows:
        states.check_move(row.state, state, row.expires_at, clock.now())
    ids, said = [row.id for row in rows], reason.strip() or None
    what = (call_off, held, merged_into, organisation_ending)
    await db.execute(_END, ids, state, clock.now(), by, said, actor.kind, actor.id, *what)


_END = """
    with was as (select id, state from booking where id = any($1)),
    ended as (
        update booking b set state = $2, cancelled_at = $3, cancelled_by = $4, cancel_reason = $5, updated_at = $3
        from was w where b.id = w.id
    )
    insert into booking_ending (booking, state, earlier, ended_by, ended_at, reason, actor_kind, actor_id, call_off,
                                held, merged_into, organisation_ending)
    select id, $2, state, $4, $3, $5, $6, $7, $8, $9, $10, $11 from was order by id
"""
