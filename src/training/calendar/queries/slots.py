"""Slots as calendars need them, in one statement a feed."""

from __future__ import annotations

from datetime import datetime

from training.calendar.rules import CANCELLED_STAYS, FUTURE, PAST, SlotFacts
from training.kernel import clock, db

_FACTS = """
    select t.id as slot, s.id as session, t.uid, t.sequence, t.position,
           (select count(*) from slot where session = s.id) as slots,
           t.starts_at, t.ends_at, s.state,
           greatest(t.updated_at, s.updated_at, o.updated_at, v.updated_at, {revised}) as revised_at,
           o.title, o.summary, o.theme, p.name as partner,
           v.name as venue, v.address, c.postcode, c.name as city, v.access, v.latitude, v.longitude, v.zone,
           {seats} as seats, {organisation} as organisation, {cancelled} as cancelled
    from slot t
    join session s on s.id = t.session
    join offer o on o.id = s.offer
    left join partner p on p.id = o.partner
    left join venue_use u on u.slot = t.id
    left join venue v on v.id = u.venue
    left join commune c on c.id = v.commune
"""
_WINDOW = " and t.ends_at > $1 and t.starts_at < $2 "

_PUBLIC = (
    _FACTS.format(revised="s.updated_at", seats="0", organisation="null", cancelled="false")
    + """
    where s.kind = 'open' and s.state in ('published', 'confirmed', 'held')
"""
)
_ORGANISATION = (
    _FACTS.format(
        revised="b.updated_at", seats="b.seats", organisation="null", cancelled="b.state is distinct from 'confirmed'"
    )
    + """
    join lateral (
        select max(updated_at) as updated_at, sum(seats) filter (where state = 'confirmed') as seats,
               case when bool_or(state = 'confirmed') then 'confirmed' end as state
        from booking where session = s.id and organisation = {organisation}
          and confirmed_at is not null and state in ('confirmed', 'cancelled')
        having count(*) > 0
    ) b on true
    where true
"""
)
_FACILITATOR = (
    _FACTS.format(
        revised="a.updated_at",
        seats="s.seats_taken",
        organisation="(select string_agg(distinct g.name, ', ') from booking b"
        " join organisation g on g.id = b.organisation where b.session = s.id and b.state = 'confirmed')",
        cancelled="a.state <> 'confirmed'",
    )
    + """
    join assignment a on a.slot = t.id
    where a.facilitator = {facilitator} and a.state in ('confirmed', 'withdrawn')
"""
)


_BARE = _FACTS.format(
    revised="s.updated_at",
    seats="s.seats_taken",
    organisation="null",
    cancelled="s.state in ('draft', 'cancelled')",
)


def _within() -> tuple[datetime, datetime]:
    now = clock.now()
    return now - PAST, now + FUTURE


def _shown(facts: list[SlotFacts]) -> list[SlotFacts]:
    now = clock.now()
    return [f for f in facts if not (f.cancelled or f.state == "cancelled") or f.ends_at + CANCELLED_STAYS > now]


def _rounded(**columns: object) -> SlotFacts:
    return SlotFacts(**{**columns, "seats": int(columns["seats"] or 0)})  # type: ignore[call-overload]


async def public() -> list[SlotFacts]:
    """The open sessions of the catalogue."""
    return await db.rows(_rounded, _PUBLIC + _WINDOW, *_within())


async def of_organisation(organisation: int) -> list[SlotFacts]:
    """The slots that an organisation booked; those it cancelled, for a while."""
    sql = _ORGANISATION.format(organisation="$3")
    return _shown(await db.rows(_rounded, sql + _WINDOW, *_within(), organisation))


async def of_facilitator(facilitator: int) -> list[SlotFacts]:
    """The slots where a facilitator is expected; those called off, for a while."""
    sql = _FACILITATOR.format(facilitator="$3")
    return _shown(await db.rows(_rounded, sql + _WINDOW, *_within(), facilitator))


async def for_organisation(slot: int, organisation: int) -> SlotFacts | None:
    """One slot as an organisation that booked it reads it."""
    return await db.row(_rounded, _ORGANISATION.format(organisation="$2") + " and t.id = $1", slot, organisation)


async def for_facilitator(slot: int, facilitator: int) -> SlotFacts | None:
    """One slot as its facilitator reads it."""
    return await db.row(_rounded, _FACILITATOR.format(facilitator="$2") + " and t.id = $1", slot, facilitator)


async def for_anybody(slot: int) -> SlotFacts | None:
    """One slot of an open session as anybody reads it."""
    return await db.row(_rounded, _PUBLIC + " and t.id = $1", slot)


async def for_anyone(slot: int) -> SlotFacts | None:
    """One slot, whatever its session's state, as somebody reads it who neither books nor facilitates."""
    return await db.row(_rounded, _BARE + " where t.id = $1", slot)
