"""Venues as the office lists and changes them, with what comes there."""

from __future__ import annotations

from dataclasses import dataclass, replace

from training.kernel import clock, db
from training.kernel.clauses import Clauses
from training.kernel.errors import NotFound
from training.kernel.i18n import _
from training.kernel.searching import SearchPlace, words_in
from training.records.queries import last_change_of
from training.reporting.office.edits import EditShown, edits_of
from training.reporting.paging import cut


@dataclass(frozen=True, slots=True)
class VenueListed:
    """A venue in the list; `coming`: dates ahead there."""

    id: int
    name: str
    city: str
    capacity: int
    contact_name: str | None
    contact_email: str | None
    contact_phone: str | None
    active: bool
    coming: int


_VENUES = """
    select v.id, v.name, c.name as city, v.capacity, v.contact_name, v.contact_email,
           v.contact_phone, v.active,
           (select count(*) from venue_use u
            where u.venue = v.id and u.holds and u.during && tstzrange({now}, null)) as coming
    from venue v join commune c on c.id = v.commune
"""


async def venues(search: str, *, after: int | None, limit: int) -> list[VenueListed]:
    """Venues by town, those in use first; `after` is the id of the last one of the page before."""
    where = Clauses()
    if search.strip():
        where.add(words_in(where.value, search, SearchPlace("' ' || v.name || ' ' || c.name")))
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
class VenueAlike:
    """Another venue, as one that is like this one is named."""

    id: int
    name: str
    address: str
    city: str
    capacity: int
    active: bool


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
    contact_phone: str | None
    wheelchair: str
    equipment: str
    note: str
    latitude: float | None
    longitude: float | None
    zone: str
    active: bool
    coming: int
    seen: int
    rooms: tuple[VenueAlike, ...] = ()  # of the same building
    edits: tuple[EditShown, ...] = ()

    @property
    def position(self) -> str:
        """As maps give it, "" when nobody has."""
        return "" if self.latitude is None or self.longitude is None else f"{self.latitude}, {self.longitude}"


# The pages


@dataclass(frozen=True, slots=True)
class OfficeVenues:
    """A page of the list. `following`: the id of its last one when there are more."""

    venues: list[VenueListed]
    following: int | None


async def venues_page(search: str, *, after: int | None, limit: int) -> OfficeVenues:
    """What the page of venues shows, in one statement."""
    shown, last = cut(await venues(search, after=after, limit=limit + 1), limit)
    return OfficeVenues(shown, last.id if last else None)


async def venue_page(id: int) -> VenueShown:  # noqa: A002
    """What the page of a venue shows, in two statements and those of its edits; NotFound when there is none."""
    found = await db.row(
        VenueShown,
        f"""
        select v.id, v.name, v.address, c.postcode, c.name as city, v.capacity, v.access, v.contact_name,
               v.contact_email, v.contact_phone, v.wheelchair, v.equipment, v.note, v.latitude, v.longitude, v.zone,
               v.active, {last_change_of("venue", "v.id")} as seen,
               (select count(*) from venue_use u
                where u.venue = v.id and u.holds and u.during && tstzrange($2, null)) as coming
        from venue v join commune c on c.id = v.commune where v.id = $1
        """,
        id,
        clock.now(),
    )
    if found is None:
        raise NotFound(_("Ce lieu n’existe pas."))
    rooms = await db.rows(VenueAlike, _ROOMS, id)
    return replace(found, rooms=tuple(rooms), edits=tuple(await edits_of("venue", id)))


# Rooms of one building are venues of one address in one commune.
_ROOMS = """
    select o.id, o.name, o.address, c.name as city, o.capacity, o.active
    from venue v join venue o on o.commune = v.commune and o.id <> v.id and v.address <> ''
         and commune_key(o.address) = commune_key(v.address)
    join commune c on c.id = o.commune
    where v.id = $1 order by not o.active, fold(o.name), o.id
"""


async def venues_alike(name: str, city: str) -> list[VenueAlike]:
    """Venues of a commune that may be the one somebody is about to add: named alike, the most alike first."""
    return await db.rows(VenueAlike, _ALIKE, name, city)


_ALIKE = """
    select v.id, v.name, v.address, c.name as city, v.capacity, v.active
    from venue v join commune c on c.id = v.commune
    where commune_key(c.name) = commune_key($2) and similarity(commune_key(v.name), commune_key($1)) >= 0.6
    order by similarity(commune_key(v.name), commune_key($1)) desc, v.id limit 5
"""
