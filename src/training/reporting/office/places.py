"""What the team looks after beside sessions: venues with what comes there, and whose calendars can be handed over."""

from __future__ import annotations

from dataclasses import dataclass

from training.kernel import clock, db
from training.kernel.clauses import Clauses, containing


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a list to choose from: what is sent, what is read."""

    value: str
    text: str


@dataclass(frozen=True, slots=True)
class VenueListed:
    """A venue in the list; `coming`: dates ahead there."""

    id: int
    name: str
    city: str
    capacity: int
    contact_name: str | None
    contact_email: str | None
    active: bool
    coming: int


_VENUES = """
    select v.id, v.name, c.name as city, v.capacity, v.contact_name, v.contact_email, v.active,
           (select count(*) from venue_use u
            where u.venue = v.id and u.holds and u.during && tstzrange({now}, null)) as coming
    from venue v join commune c on c.id = v.commune
"""


async def venues(search: str = "", *, after: int | None = None, limit: int = 50) -> list[VenueListed]:
    """Venues by town, those in use first; `after` is the id of the last one of the page before."""
    where = Clauses()
    if search.strip():
        pattern = where.value(containing(search))
        where.add(f"(fold(v.name) like fold({pattern}) or fold(c.name) like fold({pattern}))")
    if after is not None:
        where.add(_AFTER, after)
    sql = _VENUES.format(now=where.value(clock.now()))
    order = f"order by not v.active, fold(c.name), fold(v.name), v.id limit {limit:d}"
    return await db.rows(VenueListed, f"{sql} where {where} {order}", *where.values)


_AFTER = """
    (not v.active, fold(c.name), fold(v.name), v.id) > (
        select not w.active, fold(d.name), fold(w.name), w.id
        from venue w join commune d on d.id = w.commune where w.id = {}
    )
"""


@dataclass(frozen=True, slots=True)
class VenueShown:
    """A venue with all that its page says."""

    id: int
    name: str
    address: str
    postcode: str
    city: str
    capacity: int
    access: str
    contact_name: str | None
    contact_email: str | None
    zone: str
    active: bool
    coming: int


async def venue(id: int) -> VenueShown | None:  # noqa: A002
    """One venue."""
    return await db.row(
        VenueShown,
        """
        select v.id, v.name, v.address, c.postcode, c.name as city, v.capacity, v.access, v.contact_name,
               v.contact_email, v.zone, v.active,
               (select count(*) from venue_use u
                where u.venue = v.id and u.holds and u.during && tstzrange($2, null)) as coming
        from venue v join commune c on c.id = v.commune where v.id = $1
        """,
        id,
        clock.now(),
    )


async def communes() -> list[Choice]:
    """Every commune we know, by name: where a venue can be."""
    sql = "select id::text as value, name || ' (' || postcode || ')' as text from commune order by fold(name), id"
    return await db.rows(Choice, sql)


@dataclass(frozen=True, slots=True)
class Subjects:
    """Whose calendars can be handed over, each list by name."""

    partners: list[Choice]
    venues: list[Choice]
    facilitators: list[Choice]


async def subjects() -> Subjects:
    """Partners, venues and facilitators, in one statement."""
    records = await db.connection().fetch("""
        select kind, value, text from (
            select 'partners' as kind, id::text as value, name as text, fold(name) as rank from partner where active
            union all
            select 'venues', v.id::text, c.name || ', ' || v.name, fold(c.name || ', ' || v.name)
            from venue v join commune c on c.id = v.commune where v.active
            union all
            select 'facilitators', id::text, name, fold(name) from facilitator where active
        ) x order by kind, rank, value
    """)
    found: dict[str, list[Choice]] = {"partners": [], "venues": [], "facilitators": []}
    for record in records:
        found[record["kind"]].append(Choice(record["value"], record["text"]))
    return Subjects(**found)
