"""A session was held: said once, by whom may say it, with how many came; or it was said by mistake."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from training.attendance import rules
from training.attendance.tables import HeadCount, Holding, Unholding
from training.bookings.actions.admissions import undo_admissions
from training.bookings.actions.booking import confirm
from training.bookings.actions.ending import undo_absences
from training.bookings.actions.locking import lock_booking, standing_of
from training.bookings.queries import came_from_former_years
from training.bookings.rules.who_may import check_decide
from training.kernel import clock, db, outbox
from training.kernel.actor import Actor
from training.kernel.errors import Conflict, Invalid
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.records.actions.acting import acting
from training.scheduling.actions import planning as scheduling
from training.scheduling.rules import SessionState

db.refuse("holding_session_once", lambda: Conflict(_("Quelqu’un a déjà confirmé que cette séance a eu lieu.")))


async def hold_session(
    actor: Actor,
    session: int,
    present: Mapping[int, int] | None = None,
    early_reason: str = "",
    more: Mapping[int, int] | None = None,
) -> int:
    """Mark a session as held, and answer how many bookings were confirmed.

    `present` gives, by booking, how many came (all the seats where it is silent).
    More than were booked is asked about: `more` says so once more, with the same number. What nobody had confirmed
    waits: `admit` and `bookings.actions.ending.end_absent` decide it. Before the last slot's end it needs
    `early_reason` and Permission.SESSIONS_HOLD_EARLY. Conflict: cancelled or already held. Invalid: a head-count that
    cannot be.
    """
    async with acting(actor, "session.hold", ("session", session)) as change:
        actor.must(Permission.SESSIONS_HOLD, session=session)
        change.about("session", session, "state", *(["early"] if early_reason else []))
        locked = await scheduling.lock_session(session)
        may_early = actor.may(Permission.SESSIONS_HOLD_EARLY, session=session)
        rules.check_hold(locked.state, locked.ends_at, clock.now(), early_reason, may_early=may_early)
        await scheduling.mark_held(session)
        early = early_reason.strip() if clock.now() < locked.ends_at else ""
        await Holding.insert(
            Holding(
                session=session,
                held_at=clock.now(),
                early_reason=early or None,
                earlier=locked.state,
                actor_kind=actor.kind,
            )
        )
        counted = await _count(session, present or {}, more or {})
        await outbox.put("session.held", ("session", session))
    return counted


async def admit(actor: Actor, booking: int, present: int, more: int | None = None) -> None:
    """They came though nobody had confirmed their booking: it is confirmed, counted, and billed with the others.

    `more` as in `hold_session`. Conflict: the session was not held, or the booking is decided. Invalid: nobody, or more
    than were booked.
    """
    async with acting(actor, "booking.admit", ("booking", booking)) as change:
        row, session = await lock_booking(booking)
        actor.must(Permission.SESSIONS_HOLD, session=row.session)
        change.about("booking", booking, "state", "present")
        check_decide(standing_of(row, session))
        if present < 1:
            raise Invalid(_("Indiquez combien de personnes sont venues : une au moins."), field=f"present-{booking}")
        rules.check_present({booking: row.seats}, {booking: present}, {} if more is None else {booking: more})
        await db.execute(_COUNTED, await confirm(actor, booking), present, clock.now())


# An offer joins what its organisation had booked, which is counted.
_COUNTED = """
    insert into head_count (booking, present, counted_at) values ($1, $2, $3)
    on conflict (booking) do update set present = head_count.present + excluded.present
"""


async def unhold_session(actor: Actor, session: int, reason: str) -> None:
    """A session was marked as held by mistake: it is as before, with what was decided since, without its head-counts.

    `billing.actions.undo_held` says whether it may be, for it knows what is issued. Conflict: not held. Invalid: no
    reason.
    """
    async with acting(actor, "session.unhold", ("session", session)) as change:
        actor.must(Permission.SESSIONS_HOLD, session=session)
        if not reason.strip():
            raise Invalid(_("Donnez le motif : il reste dans l’historique."), field="reason")
        if len(reason.strip()) > 400:
            raise Invalid(_("Le motif tient en 400 caractères."), field="reason")
        change.about("session", session, "state")
        rules.check_undo_held((await scheduling.lock_session(session)).state)
        holding = await Holding.select().where(Holding.session == session).first()
        if holding is None:
            raise Conflict(_("Personne n’a encore confirmé que cette séance a eu lieu."))
        rules.check_ours(past=await came_from_former_years(session))
        await scheduling.mark_unheld(session, SessionState(holding["earlier"]))
        await Unholding.insert(
            Unholding(session=session, held_at=holding["held_at"], undone_at=clock.now(), reason=reason.strip())
        )
        await Holding.delete().where(Holding.session == session)
        await undo_admissions(session, by=actor)  # first: seats that were joined are theirs again
        await undo_absences(session)
        await db.execute("delete from head_count h using booking b where b.id = h.booking and b.session = $1", session)


async def _count(session: int, present: Mapping[int, int], more: Mapping[int, int]) -> int:
    booked = await db.connection().fetch(
        "select id, seats from booking where session = $1 and state = 'confirmed' order by id for update", session
    )
    seats = {int(record["id"]): int(record["seats"]) for record in booked}
    rules.check_present(seats, present, more)
    now = clock.now()
    counts = [HeadCount(booking=b, present=present.get(b, n), counted_at=now) for b, n in seats.items()]
    if counts:
        await HeadCount.insert(*counts)
    return len(counts)


async def note_held(ended: Mapping[int, datetime], present: Mapping[int, int]) -> None:
    """That sessions of former years were held when they ended, and how many came by booking; where nobody counted, not.

    Nothing follows from it: no fact. Inside the action that brings them.
    """
    sql = "insert into holding (session, held_at) select * from unnest($1::bigint[], $2::timestamptz[])"
    await db.execute(sql, list(ended), list(ended.values()))
    sql = "insert into head_count (booking, present, counted_at) select *, $3 from unnest($1::bigint[], $2::int[])"
    await db.execute(sql, list(present), list(present.values()), clock.now())
