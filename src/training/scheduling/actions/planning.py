"""The plan is made: venues, sessions with their slots, their states. Bookings are not known here."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from training.catalogue.actions.publishing import lock_offer
from training.catalogue.rules.offers import check_plans
from training.directory.actions.communes import commune_named
from training.directory.actions.facilitators import add_facilitator
from training.directory.actions.locking import hold_current
from training.kernel import clock, db, outbox
from training.kernel.actor import Actor
from training.kernel.errors import Conflict, NotFound
from training.kernel.i18n import SOURCE, _
from training.kernel.permissions import Permission
from training.records.actions.acting import acting
from training.scheduling import rules
from training.scheduling.actions.people import check_people
from training.scheduling.actions.sequence import grown
from training.scheduling.rules import AssignmentState, LockedSession, SessionKind, SessionState, SlotTimes
from training.scheduling.tables import Assignment, CallOff, Session, Slot, Venue, VenueUse

UID_HOST = "seances.training"  # part of every uid for ever: changing it would double every event in every calendar

db.refuse(
    "assignment_no_overlap", lambda: rules.FacilitatorBusy(_("Cette personne anime déjà une séance à cette heure-là."))
)
db.refuse("venue_use_no_overlap", lambda: rules.VenueTaken(_("Ce lieu est déjà pris à cette heure-là.")))


@dataclass(frozen=True, slots=True)
class NewSlot:
    """A date of a session: aware instants, its venue, who facilitates (confirmed at once)."""

    starts_at: datetime
    ends_at: datetime
    venue: int | None
    facilitators: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class NewRoom:
    """A venue that is written with the session held there."""

    name: str
    address: str
    city: str
    postcode: str


@dataclass(frozen=True, slots=True)
class NewPerson:
    """A facilitator of ours who is written with the session they deliver."""

    name: str
    email: str


@dataclass(frozen=True, slots=True)
class NewSession:
    """A session to plan. `closes_at` None: bookings close when it starts.

    `room` and `person` are made with it, for the dates that have none.
    """

    offer: int
    capacity: int
    slots: tuple[NewSlot, ...]
    organisation: int | None = None  # private to it
    closes_at: datetime | None = None
    note: str = ""
    state: SessionState = SessionState.PUBLISHED
    room: NewRoom | None = None
    person: NewPerson | None = None


async def add_venue(actor: Actor, **values: Any) -> int:
    """A room somewhere: in a `commune`, or in the one that `city` and `postcode` name. Its clock is that of Paris.

    Invalid, beside what is wrong: nothing is at such coordinates, no commune is named so, its clock is another.
    """
    async with acting(actor, "venue.add") as change:
        actor.must(Permission.SESSIONS_PLAN)
        rules.check_where(values)
        placed = await _in_commune(actor, values)
        made = await Venue.insert(Venue(**{"updated_at": clock.now(), **placed})).returning(Venue.id)
        change.about("venue", made[0]["id"])
        return int(made[0]["id"])


async def _in_commune(actor: Actor, values: Mapping[str, Any], here: int | None = None) -> dict[str, Any]:
    """A venue's values with the commune that was typed, and its clock, unless it is in that one already (`here`)."""
    placed = dict(values)
    if "city" in placed:
        placed["commune"] = await commune_named(actor, placed.pop("city"), placed.pop("postcode"))
    if placed.get("commune") == here:
        placed.pop("commune", None)
    elif "commune" in placed:
        postcode = await db.value("select postcode from commune where id = $1", placed["commune"])
        placed["zone"] = rules.zone_of(postcode or "")
        rules.check_paris_time(placed["zone"], "postcode")
    return placed


async def plan_session(actor: Actor, new: NewSession, *, knowing: bool = False) -> int:
    """Plan a session with its slots, venues and facilitators.

    VenueTaken, FacilitatorBusy, Invalid; FacilitatorAway, unless it is known; Conflict: a facilitator left, or its
    offer is archived.
    """
    now = clock.now()
    async with acting(actor, "session.plan") as change:
        actor.must(Permission.SESSIONS_PLAN)
        if new.organisation is not None:
            await hold_current(new.organisation)
        slots = sorted(await _slots_of(actor, new), key=lambda s: s.starts_at)
        rules.check_slots([SlotTimes(s.starts_at, s.ends_at) for s in slots])
        check_plans(await lock_offer(new.offer, share=True))
        whom = {each for slot in slots for each in slot.facilitators}
        await check_people({f: [s.starts_at for s in slots if f in s.facilitators] for f in whom}, knowing)
        made = await Session.insert(
            Session(
                offer=new.offer,
                kind=SessionKind.PRIVATE if new.organisation else SessionKind.OPEN,
                organisation=new.organisation,
                state=new.state,
                capacity=new.capacity,
                closes_at=new.closes_at or slots[0].starts_at,
                note=new.note,
                published_at=now if new.state in rules.BOOKABLE else None,
                created_at=now,
                updated_at=now,
            )
        ).returning(Session.id)
        session = int(made[0]["id"])
        change.about("session", session)
        for position, slot in enumerate(slots, 1):
            await _add_slot(session, position, slot)
        await check_clashes()
        if new.state in rules.BOOKABLE:
            await _invite_facilitators(session)
    return session


async def _slots_of(actor: Actor, new: NewSession) -> list[NewSlot]:
    """Its dates, with what was written for those that have no venue or nobody."""
    room = await _room(actor, new.room, new.capacity) if new.room else None
    people = (await _person(actor, new.person),) if new.person else ()
    return [replace(s, venue=s.venue or room, facilitators=s.facilitators or people) for s in new.slots]


async def _room(actor: Actor, room: NewRoom, capacity: int) -> int:
    commune = await commune_named(actor, room.city, room.postcode)
    sql = "select min(id) from venue where active and commune = $1 and commune_key(name) = commune_key($2)"
    known = await db.value(sql, commune, room.name)  # they did not see it in the list: it is the same
    if known is not None:
        return int(known)
    return await add_venue(actor, name=room.name, address=room.address, commune=commune, capacity=capacity, access="")


async def _person(actor: Actor, person: NewPerson) -> int:
    known = await db.value("select min(id) from facilitator where active and lower(email) = lower($1)", person.email)
    return int(known or await add_facilitator(actor, name=person.name, email=person.email, locale=SOURCE))


async def _add_slot(session: int, position: int, new: NewSlot) -> None:
    now = clock.now()
    made = await Slot.insert(
        Slot(
            session=session,
            position=position,
            uid=f"{uuid.uuid4()}@{UID_HOST}",
            starts_at=new.starts_at,
            ends_at=new.ends_at,
            updated_at=now,
        )
    ).returning(Slot.id)
    slot = int(made[0]["id"])
    if new.venue is not None:
        await VenueUse.insert(VenueUse(slot=slot, venue=new.venue))
    for facilitator in new.facilitators:
        await Assignment.insert(
            Assignment(
                slot=slot, facilitator=facilitator, state=AssignmentState.CONFIRMED, created_at=now, updated_at=now
            )
        )


async def publish_session(actor: Actor, session: int) -> None:
    """Open a draft to bookings; its facilitators are invited."""
    async with acting(actor, "session.publish", ("session", session)):
        actor.must(Permission.SESSIONS_PLAN, session=session)
        rules.check_publish((await lock_session(session)).state)
        await _move(session, SessionState.PUBLISHED, {Session.published_at: clock.now()})
        await _invite_facilitators(session)


async def mark_held(session: int) -> None:
    """The session took place (attendance says when that may be said)."""
    await _move(session, SessionState.HELD)


async def mark_unheld(session: int, earlier: SessionState) -> None:
    """It was not held after all: back to where it was. The one move that is no move: a mistake put right."""
    if earlier not in rules.BOOKABLE:
        raise ValueError(earlier)
    row = await Session.select(Session.state).where(Session.id == session).first().lock_rows("UPDATE")
    if row is None:
        raise NotFound(_("Cette séance n’existe pas."))
    if row["state"] != SessionState.HELD:
        raise Conflict(_("Personne n’a encore confirmé que cette séance a eu lieu."))
    await Session.update({Session.state: earlier, Session.updated_at: clock.now()}).where(Session.id == session)


async def mark_cancelled(session: int, reason: str, *, by: Actor) -> int:
    """The session does not take place: rooms and facilitators are free, its events are cancelled (bookings says so).

    Returns the row that what falls with it names.
    """
    was = (await lock_session(session)).state
    await _move(session, SessionState.CANCELLED, {Session.cancel_reason: reason})
    off = CallOff(
        session=session,
        called_off_at=clock.now(),
        actor_kind=by.kind,
        actor_id=by.id,
        reason=reason,
        earlier=was,
    )
    call_off = int((await CallOff.insert(off).returning(CallOff.id))[0]["id"])
    slots = Slot.select(Slot.id).where(Slot.session == session)
    await VenueUse.update({VenueUse.holds: False}).where(VenueUse.slot.is_in(slots))
    await Slot.update(grown()).where(Slot.session == session)
    falling = Assignment.slot.is_in(slots) & Assignment.state.is_in([s.value for s in rules.HOLDING])
    fell = await Assignment.select(Assignment.id).where(falling).order_by(Assignment.id).lock_rows("UPDATE")
    await end_assignments([row["id"] for row in fell], AssignmentState.WITHDRAWN, call_off, by=by)
    return call_off


async def lock_session(session: int) -> LockedSession:
    """Lock a session's row, first of all locks (docs/locking.md). NotFound when there is none."""
    sql = f"select {', '.join(LockedSession.__slots__)} from session where id = $1 for update"
    found = await db.row(LockedSession, sql, session)
    if found is None:
        raise NotFound(_("Cette séance n’existe pas."))
    return found


async def _move(session: int, wanted: SessionState, also: dict[Any, Any] | None = None) -> None:
    row = await Session.select(Session.state).where(Session.id == session).first().lock_rows("UPDATE")
    if row is None:
        raise NotFound(_("Cette séance n’existe pas."))
    rules.check_move(SessionState(row["state"]), wanted)
    values = {Session.state: wanted, Session.updated_at: clock.now(), **(also or {})}
    await Session.update(values).where(Session.id == session)


async def check_clashes() -> None:
    """Deferred constraints speak now, while there is somebody to hear which one it was."""
    await db.execute("set constraints venue_use_no_overlap, assignment_no_overlap immediate")
    await db.execute("set constraints venue_use_no_overlap, assignment_no_overlap deferred")


async def _invite_facilitators(session: int) -> None:
    assignments = (
        await Assignment.select(Assignment.id)
        .where((Assignment.slot.session == session) & (Assignment.state == AssignmentState.CONFIRMED))
        .order_by(Assignment.id)
    )
    for assignment in assignments:
        await outbox.put("assignment.confirmed", ("assignment", int(assignment["id"])))


async def mark_reinstated(session: int) -> int:
    """A session that was called off is as it was before, with its rooms and those who fell with it (bookings says so).

    Returns the row of its call-off, now closed: what else names it may come back.
    """
    off = await CallOff.select().where((CallOff.session == session) & CallOff.undone_at.is_null()).first()
    if off is None:
        raise Conflict(_("Cette séance n’est pas annulée."))
    await _move(session, SessionState(off["earlier"]), {Session.cancel_reason: None})
    await CallOff.update({CallOff.undone_at: clock.now()}).where(CallOff.id == off["id"])
    slots = Slot.select(Slot.id).where(Slot.session == session)
    await VenueUse.update({VenueUse.holds: True}).where(VenueUse.slot.is_in(slots))
    await Slot.update(grown()).where(Slot.session == session)
    await db.execute(_RISE, off["id"], clock.now())
    await check_clashes()
    if off["earlier"] in rules.BOOKABLE:
        await _invite_facilitators(session)
    return int(off["id"])


_RISE = """
    with fell as (
        update assignment_ending e set undone_at = $2 from assignment a, slot t, facilitator f
        where e.call_off = $1 and e.undone_at is null and a.id = e.assignment and t.id = a.slot and f.id = a.facilitator
          and coalesce(f.left_on > (t.starts_at at time zone 'Europe/Paris')::date, f.active)  -- who left stays away
        returning e.assignment, e.earlier
    )
    update assignment a set state = f.earlier, updated_at = $2 from fell f where a.id = f.assignment
"""


async def end_assignments(
    assignments: Sequence[int], state: AssignmentState, call_off: int | None = None, *, by: Actor
) -> None:
    """Write that some are not expected any more; their rows are locked, and hold until now."""
    await db.execute(_END, list(assignments), state, clock.now(), by.kind, by.id, call_off)


_END = """
    with was as (select id, state from assignment where id = any($1)),
    ended as (update assignment a set state = $2, updated_at = $3 from was w where a.id = w.id)
    insert into assignment_ending (assignment, state, earlier, ended_at, actor_kind, actor_id, call_off)
    select id, $2, state, $3, $4, $5, $6 from was order by id
"""


async def note_told(call_off: int) -> bool:
    """Its people are about to be told, in this transaction. False: they were."""
    sql = "update call_off set told_at = $2 where id = $1 and told_at is null returning id"
    return await db.value(sql, call_off, clock.now()) is not None


async def session_of(slot: int) -> int:
    """The session of a slot. NotFound when there is none."""
    session = await db.value("select session from slot where id = $1", slot)
    if session is None:
        raise NotFound(_("Cette date n’existe pas."))
    return int(session)


async def lock_alive(session: int) -> LockedSession:
    """Lock a session that can still change. Conflict: held or cancelled."""
    locked = await lock_session(session)
    rules.check_change(locked.state)
    return locked
