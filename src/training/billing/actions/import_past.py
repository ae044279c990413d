"""Sessions of former years come in from a spreadsheet, all of them or none; run again, what is there stays as it is.

Their figures count: sessions held, who came, what it cost. Nothing is told, invoiced or left to be done: no fact is put
in the outbox, and what they cost was invoiced elsewhere, which `past_booking` says.
"""

from __future__ import annotations

from collections.abc import Sequence

from training.attendance.actions import note_held
from training.billing.formats.past_sheet import PastRow
from training.billing.queries.past import PastLine, past_lines
from training.bookings.actions.past import NewPastBooking, write_past_bookings
from training.kernel import db
from training.kernel.actor import Actor
from training.kernel.permissions import Permission
from training.kernel.sheets import refuse
from training.records.actions.acting import acting
from training.scheduling.actions.past import NewPastSession, make_room, write_past_sessions


async def import_past(actor: Actor, rows: Sequence[PastRow]) -> int:
    """How many lines came in: those that say what is there already are left. Unreadable names those that cannot be."""
    async with acting(actor, "session.import") as change:
        actor.must(Permission.SESSIONS_PLAN)
        actor.must(Permission.SESSIONS_HOLD)
        change.about("platform", 1, "session")
        await db.execute("select pg_advisory_xact_lock(hashtextextended('session.import', 0))")
        found = await past_lines(rows)
        refuse(found.faults)
        fresh = [line for line in found.lines if not line.known]
        sessions = await _sessions(fresh)
        bookings = await write_past_bookings([_booking(line, sessions[n]) for n, line in enumerate(fresh)])
        made = {sessions[n]: line.ends_at for n, line in enumerate(fresh) if line.session is None}
        counted = zip(bookings, fresh, strict=True)
        await note_held(made, {b: line.row.present for b, line in counted if line.row.present is not None})
    return len(fresh)


async def _sessions(lines: Sequence[PastLine]) -> list[int]:
    """The session of each line: several lines of one are one, and one that is there gets room for them."""
    of_one: dict[object, list[PastLine]] = {}
    more: dict[int, int] = {}
    for line in lines:
        if line.session is None:
            of_one.setdefault(line.key, []).append(line)
        else:
            more[line.session] = more.get(line.session, 0) + line.row.seats
    await make_room(more)
    made = await write_past_sessions([_session(same) for same in of_one.values()])
    ids = dict(zip(of_one, made, strict=True))
    return [line.session or ids[line.key] for line in lines]


def _session(same: Sequence[PastLine]) -> NewPastSession:
    first = same[0]
    return NewPastSession(
        offer=first.offer,
        starts_at=first.starts_at,
        ends_at=first.ends_at,
        venue=first.venue,
        facilitators=tuple(sorted({person for line in same for person in line.facilitators})),
        capacity=sum(line.row.seats for line in same),
        note="\n".join(dict.fromkeys(line.note for line in same if line.note)),
    )


def _booking(line: PastLine, session: int) -> NewPastBooking:
    row = line.row
    return NewPastBooking(
        session=session,
        at=line.starts_at,
        organisation=line.organisation,
        contact=line.contact,
        seats=row.seats,
        price_cents=row.price_cents,
        worth_cents=row.worth_cents,
        purchase_order=row.purchase_order,
        invoice_number=row.invoice,
    )
