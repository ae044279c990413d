"""The plan changes: other times, places, seats. Who is invited is told once it has been quiet for a minute."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from training.kernel import clock, db, outbox
from training.kernel.actor import SYSTEM, Actor
from training.kernel.errors import Conflict, Invalid, NotFound
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.records.actions.acting import acting
from training.scheduling import rules
from training.scheduling.actions.planning import _in_commune, check_clashes, lock_alive
from training.scheduling.actions.sequence import grown
from training.scheduling.rules import SlotTimes
from training.scheduling.tables import Session, Slot, Venue, VenueUse


async def edit_venue(
    actor: Actor, venue: int, values: Mapping[str, Any], *, rooms: Collection[int] = (), seen: int | None = None
) -> None:
    """Correct a venue's facts, in the commune that `city` and `postcode` name; whoever was invited there is told.

    `rooms`: others of its building, of which the same holds: where it is, how one gets in, who opens.
    Invalid: one overseas, known from before they were refused, can be corrected but not offered for new sessions.
    """
    async with acting(actor, "venue.edit", ("venue", venue)) as change:
        actor.must(Permission.SESSIONS_PLAN)
        rules.check_where(values)
        was = await db.connection().fetchrow("select commune, zone from venue where id = $1", venue)
        if was is None:
            raise NotFound(_("Ce lieu n’existe pas."))
        placed = await _in_commune(actor, values, was["commune"])
        if placed.get("active"):
            rules.check_paris_time(placed.get("zone", was["zone"]), "active")
        await change.edit(Venue, venue, placed, seen=seen)
        edited = {edit.field for edit in change.edits}
        if WHERE & edited:
            here = VenueUse.select(VenueUse.slot).where(VenueUse.venue == venue)
            await Slot.update(grown()).where(Slot.id.is_in(here) & (Slot.ends_at > clock.now()))
        if edited - OURS:
            await _tell_later(
                "id in (select t.session from slot t join venue_use u on u.slot = t.id where u.venue = $1)", venue
            )
        for room in sorted(rooms):
            await edit_venue(actor, room, {name: values[name] for name in BUILDING if name in values})


OPENS = ("contact_name", "contact_email", "contact_phone")
WHERE = frozenset({"name", "address", "commune"})  # what a calendar shows of a place
BUILDING = ("address", "city", "postcode", "latitude", "longitude", "access", *OPENS)  # what its rooms share
OURS = frozenset({"capacity", "equipment", "note", "active"})  # what only the team reads of it


@dataclass(frozen=True, slots=True)
class Moved:
    """Where a slot goes: aware instants, and its venue (None: not known)."""

    starts_at: datetime
    ends_at: datetime
    venue: int | None


async def move_session(actor: Actor, session: int, moves: Mapping[int, Moved], *, seen: int | None = None) -> None:
    """Other times or places for some slots of a session; whoever is invited is told once it has been quiet a minute.

    VenueTaken, FacilitatorBusy (everybody comes along), Invalid. Conflict: held or cancelled.
    """
    async with acting(actor, "session.move", ("session", session)) as change:
        actor.must(Permission.SESSIONS_PLAN, session=session)
        locked = await lock_alive(session)
        slots = {row.id: row for row in await db.rows(_Placed, _PLACED, session)}
        if moves.keys() - slots.keys():
            raise NotFound(_("Cette date n’existe pas."))
        after = [moves.get(row.id) or Moved(row.starts_at, row.ends_at, row.venue) for row in slots.values()]
        rules.check_slots([SlotTimes(m.starts_at, m.ends_at) for m in after])
        for slot, move in moves.items():
            for name in ("starts_at", "ends_at", "venue"):
                change.edited(name, getattr(slots[slot], name), getattr(move, name))
        await change.check_seen(seen, {edit.field for edit in change.edits})
        for slot, move in sorted(moves.items()):
            await _move_slot(slots[slot], move)
        await check_clashes()
        await _in_order(session)
        start = min(m.starts_at for m in after)
        # bookings closed when it started: they still do; a day set on purpose stays, unless it is past the start
        closes_at = start if locked.closes_at == locked.starts_at else min(locked.closes_at, start)
        await Session.update({Session.closes_at: closes_at, Session.updated_at: clock.now()}).where(
            Session.id == session
        )
        await _tell_later("id = $1", session)


@dataclass(frozen=True, slots=True)
class _Placed:
    id: int
    starts_at: datetime
    ends_at: datetime
    venue: int | None


_PLACED = """
    select t.id, t.starts_at, t.ends_at, u.venue from slot t left join venue_use u on u.slot = t.id
    where t.session = $1 order by t.position
"""


async def _move_slot(was: _Placed, move: Moved) -> None:
    if (was.starts_at, was.ends_at, was.venue) == (move.starts_at, move.ends_at, move.venue):
        return
    await Slot.update({**grown(), Slot.starts_at: move.starts_at, Slot.ends_at: move.ends_at}).where(Slot.id == was.id)
    if was.venue == move.venue:
        return
    if move.venue is None:
        await VenueUse.delete().where(VenueUse.slot == was.id)
    elif was.venue is None:
        await VenueUse.insert(VenueUse(slot=was.id, venue=move.venue))
    else:
        await VenueUse.update({VenueUse.venue: move.venue}).where(VenueUse.slot == was.id)


async def _in_order(session: int) -> None:
    """Positions follow the clock: « (1/3) » is the first to come."""
    ordered = "select id, row_number() over (order by starts_at, id) as n from slot where session = $1"
    for sign in ("-", ""):  # through numbers that nobody has: two rows may not meet on their way
        await db.execute(
            f"update slot t set position = {sign}o.n from ({ordered}) o where o.id = t.id"
            f" and exists (select from ({ordered}) w join slot x on x.id = w.id where abs(x.position) <> w.n"
            " or x.position < 0)",
            session,
        )


async def edit_session(
    actor: Actor, session: int, *, capacity: int, closes_at: datetime, note: str, seen: int | None = None
) -> None:
    """Seats, the end of bookings, the note. Conflict when more seats are taken than that."""
    async with acting(actor, "session.edit", ("session", session)) as change:
        actor.must(Permission.SESSIONS_PLAN, session=session)
        if capacity < 1:
            raise Invalid(_("Une séance a au moins une place."), field="capacity")
        locked = await lock_alive(session)
        if capacity < locked.seats_taken:
            words = _("{n} places sont déjà prises.")
            raise Conflict(words.format(n=locked.seats_taken), field="capacity")
        values = {"capacity": capacity, "closes_at": min(closes_at, locked.starts_at), "note": note}
        await change.edit(Session, session, values, seen=seen)
        if values["closes_at"] != locked.closes_at:
            await _tell_later("id = $1", session)  # no calendar knows; what waits for a decision has another term


async def renew_session_link(actor: Actor, session: int) -> None:
    """Revoke the links to a session that is not for everybody; calendars and the next mails carry a fresh one."""
    async with acting(actor, "session.renew-link", ("session", session)) as change:
        actor.must(Permission.SESSIONS_PLAN, session=session)
        change.about("session", session, "generation")
        generation = await db.value("select generation from session where id = $1 for update", session)
        if generation is None:
            raise NotFound(_("Cette séance n’existe pas."))
        await Session.update({Session.generation: generation + 1}).where(Session.id == session)


async def tell_later_of_offer(actor: Actor, offer: int) -> None:
    """An offer's words changed: whoever is invited to its coming sessions is told."""
    async with acting(actor, "session.offer-changed", ("offer", offer)):
        actor.must(Permission.PLATFORM_RUN)
        await _tell_later("offer = $1", offer)


async def tell_later_of_facilitator(actor: Actor, facilitator: int) -> None:
    """A facilitator reads their mail elsewhere: at the old address the coming dates go, at the new one they come."""
    async with acting(actor, "session.facilitator-readdressed", ("facilitator", facilitator)):
        actor.must(Permission.PLATFORM_RUN)
        await _tell_later(
            "id in (select t.session from assignment a join slot t on t.id = a.slot where a.facilitator = $1)",
            facilitator,
        )


async def tell_of_changes(actor: Actor = SYSTEM) -> int:
    """Sessions that have been quiet since their last change: one word about all of it."""
    actor.must(Permission.PLATFORM_RUN)
    due = await db.connection().fetch("select id from session where tell_after <= $1 order by id", clock.now())
    for record in due:
        async with acting(actor, "session.tell", ("session", record["id"])):
            sql = "update session set tell_after = null where id = $1 and tell_after <= $2 returning id"
            if await db.value(sql, record["id"], clock.now()):
                await outbox.put("session.changed", ("session", record["id"]))
    return len(due)


async def tell_later(actor: Actor, sessions: Collection[int]) -> None:
    """Something about these sessions changed elsewhere: whoever is invited is told once it has been quiet."""
    async with acting(actor, "session.tell-later"):
        actor.must(Permission.PLATFORM_RUN)
        await _tell_later("id = any($1)", sorted(sessions))


async def _tell_later(which: str, subject: object) -> None:
    """What its events say is revised (RFC 5545 3.8.7.3), and whoever was told otherwise hears of it."""
    await db.execute(
        f"""
        update session set tell_after = $2, updated_at = $3 where {which} and session_bookable(state)
          and exists (select from slot where session = session.id and ends_at > $3)
        """,
        subject,
        clock.now() + rules.QUIET,
        clock.now(),
    )
