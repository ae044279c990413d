"""Slots as calendars need them: one by one for invitations and files, and a feed's in one statement."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time

from training.calendar.rules import CANCELLED_STAYS, FORMAT, FUTURE, PAST, Audience, FeedKind, SlotFacts
from training.kernel import clock, db

# What each kind of feed holds. Each gives, by slot: whose words (audience), seats, organisation, whether it is off for
# this reader, and when their own part was last revised. Parameters from $5 on are the subject's.
_MINE = {
    FeedKind.PUBLIC: """
        select t.id as slot, 'public' as audience, 0::bigint as seats, null::text as organisation, false as off,
               s.published_at as revised_at
        from session s join slot t on t.session = s.id join offer o on o.id = s.offer
        left join partner p on p.id = o.partner
        left join venue_use u on u.slot = t.id left join venue v on v.id = u.venue
        left join commune c on c.id = v.commune
        where s.kind = 'open' and s.published_at is not null
          and ($5 = '' or o.theme = $5) and ($6 = '' or c.insee = $6) and ($7 = '' or p.slug = $7)
    """,
    FeedKind.ORGANISATION: """
        select t.id, 'organisation', coalesce(b.seats, 0), null, b.seats is null, b.updated_at
        from (
            select session, max(updated_at) as updated_at, sum(seats) filter (where state = 'confirmed') as seats
            from booking
            where organisation = $5 and confirmed_at is not null and state in ('confirmed', 'cancelled')
            group by session
        ) b join slot t on t.session = b.session
    """,
    FeedKind.FACILITATOR: """
        select a.slot, 'facilitator', s.seats_taken, w.names, a.state <> 'confirmed', a.updated_at
        from assignment a join slot t on t.id = a.slot join session s on s.id = t.session {who}
        where a.facilitator = $5 and a.state in ('confirmed', 'withdrawn', 'replaced')
    """,
    FeedKind.PARTNER: """
        select t.id, 'partner', s.seats_taken, w.names, false, s.updated_at
        from session s join slot t on t.session = s.id join offer o on o.id = s.offer {who}
        where s.published_at is not null and (o.partner = $5 or exists (
            select from assignment a join facilitator f on f.id = a.facilitator
            where a.slot = t.id and a.state = 'confirmed' and f.partner = $5
        ))
    """,
    FeedKind.VENUE: """
        select u.slot, 'host', s.seats_taken, null, false, s.updated_at
        from venue_use u join slot t on t.id = u.slot join session s on s.id = t.session
        where u.venue = $5 and s.published_at is not null
    """,
    FeedKind.STAFF: """
        select t.id, 'staff', s.seats_taken, w.names, false, s.updated_at
        from session s join slot t on t.session = s.id {who}
        where s.published_at is not null and $5::text is not null
    """,
    # the strongest reason that an address has: to facilitate, to have booked, to take part
    FeedKind.PERSON: """
        select distinct on (x.slot) x.slot, x.audience, x.seats, x.organisation, x.off, x.revised_at from (
            select 1 as rank, a.slot, 'facilitator' as audience, s.seats_taken::bigint as seats,
                   null::text as organisation, false as off, a.updated_at as revised_at
            from facilitator f join assignment a on a.facilitator = f.id and a.state = 'confirmed'
            join slot t on t.id = a.slot join session s on s.id = t.session where lower(f.email) = lower($5)
            union all
            select 2, t.id, 'organisation', sum(b.seats), null, false, max(b.updated_at)
            from contact c join booking b on b.contact = c.id and b.state = 'confirmed'
            join slot t on t.session = b.session where lower(c.email) = lower($5) group by t.id
            union all
            select 3, t.id, 'participant', 0, null, false, b.updated_at
            from participant p join booking b on b.id = p.booking and b.state = 'confirmed'
            join slot t on t.session = b.session where lower(p.email) = lower($5)
        ) x order by x.slot, x.rank
    """,
}
_WHO = """
    left join lateral (
        select string_agg(distinct g.name, ', ') as names
        from booking b join organisation g on g.id = b.organisation
        where s.seats_taken > 0 and b.session = s.id and b.state = 'confirmed'
    ) w on true
"""
_JOINS = """
    join slot t on t.id = m.slot
    join session s on s.id = t.session
    join offer o on o.id = s.offer
    left join partner p on p.id = o.partner
    left join venue_use u on u.slot = t.id
    left join venue v on v.id = u.venue
    left join commune c on c.id = v.commune
"""
_REVISED = "greatest(t.updated_at, s.updated_at, o.updated_at, v.updated_at, m.revised_at)"
_FACTS = f"""
    t.id as slot, s.id as session, t.uid, t.sequence, t.position,
    (select count(*) from slot where session = s.id) as slots,
    t.starts_at, t.ends_at, s.state, {_REVISED} as revised_at,
    o.title, o.summary, o.theme, p.name as partner,
    v.name as venue, v.address, c.postcode, c.name as city, v.access, v.latitude, v.longitude, v.zone,
    m.seats, m.organisation, m.off as cancelled
"""
# The versions of the rows that a text is written from (xmin names the transaction that wrote a row), and what of the
# session, of bookings and of seats counts for this reader. $4 is what else the text says: site, telephone, format.
_ROW = f"""
    row($4::text, t.id, t.xmin, s.state, s.updated_at, o.xmin, p.xmin, u.xmin, v.xmin, c.xmin,
        m.audience, m.seats, m.organisation, m.off, {_REVISED})
"""
# 128 bits by PostgreSQL's own hash of a row: it needs no text of it, and costs a tenth of a digest of that text
_DIGEST = f"int8send(hash_record_extended({_ROW}, 1)) || int8send(hash_record_extended({_ROW}, 2))"
_DIGEST_BYTES = 16
_SHOWN = "t.ends_at > $1 and t.starts_at < $2 and (s.state <> 'cancelled' and not m.off or t.ends_at > $3)"


def _statement(kind: FeedKind, columns: str, more: str = "") -> str:
    mine = _MINE[kind].replace("{who}", _WHO)
    names = "m (slot, audience, seats, organisation, off, revised_at)"
    return f"select {columns} from ({mine}) {names} {_JOINS} where {_SHOWN} {more}"


_LISTING = {
    kind: f"""
        select coalesce(string_agg(x.digest, ''::bytea order by x.starts_at, x.slot), ''::bytea) as digests,
               max(x.revised_at) as revised_at, coalesce(array_agg(distinct x.zone), '{{}}') as zones
        from ({_statement(kind, f"t.starts_at, t.id as slot, {_REVISED} as revised_at, v.zone, {_DIGEST} as digest")}) x
    """
    for kind in FeedKind
}
_WRITE = {kind: _statement(kind, f"{_DIGEST} as digest, m.audience, {_FACTS}") for kind in FeedKind}


@dataclass(frozen=True, slots=True)
class Source:
    """Which feed: its kind and its subject (ids, an address, or the filters of the public one)."""

    kind: FeedKind
    subject: tuple[object, ...] = ()


@dataclass(frozen=True, slots=True)
class Listing:
    """What a feed holds now: a digest an event, in the order of the file. Nothing is written yet."""

    source: Source
    digests: tuple[bytes, ...]
    revised_at: datetime | None
    zones: tuple[str, ...]
    salt: str

    def etag(self, *said: str) -> str:
        """The strong entity tag of the file that these events make, headed by `said` (RFC 9110 8.8.3)."""
        head = "\x00".join((self.salt, *self.zones, *said)).encode()
        return f'"{hashlib.sha256(head + b"".join(self.digests)).hexdigest()[:32]}"'


async def listing(source: Source, said: str) -> Listing:
    """What a feed holds, in one statement. `said` is what every event says beside its own: site and telephone."""
    salt = f"{FORMAT}|{said}"
    found = await db.connection().fetchrow(_LISTING[source.kind], *_bounds(), salt, *source.subject)
    digests = found["digests"]
    return Listing(
        source,
        tuple(digests[i : i + _DIGEST_BYTES] for i in range(0, len(digests), _DIGEST_BYTES)),
        found["revised_at"],
        tuple(sorted(filter(None, found["zones"]))),
        salt,
    )


@dataclass(frozen=True, slots=True)
class Written:
    """Facts with the digest that names what is written from them."""

    digest: bytes
    audience: Audience
    facts: SlotFacts


async def facts(wanted: Listing) -> list[Written]:
    """The facts of every event of a feed, read again: each with the digest of what it says now."""
    records = await db.connection().fetch(_WRITE[wanted.source.kind], *_bounds(), wanted.salt, *wanted.source.subject)
    return [_written(**record) for record in records]


def _written(digest: bytes, audience: str, **columns: object) -> Written:
    return Written(digest, Audience(audience), _facts(**columns))


def _bounds() -> tuple[datetime, datetime, datetime]:
    """The window, by whole days: it moves at midnight, not with every fetch."""
    midnight = clock.at(clock.today(), time())
    return midnight - PAST, midnight + FUTURE, midnight - CANCELLED_STAYS


def _facts(**columns: object) -> SlotFacts:
    return SlotFacts(**{**columns, "seats": int(columns["seats"] or 0)})  # type: ignore[call-overload]


_ONE = (
    f"select {_FACTS} from {{mine}} m (slot, audience, seats, organisation, off, revised_at) {_JOINS} where t.id = $1"
)


async def for_organisation(slot: int, organisation: int) -> SlotFacts | None:
    """One slot as an organisation that booked it reads it."""
    mine = _MINE[FeedKind.ORGANISATION].replace("$5", "$2")
    return await db.row(_facts, _ONE.format(mine=f"({mine})"), slot, organisation)


async def for_facilitator(slot: int, facilitator: int) -> SlotFacts | None:
    """One slot as its facilitator reads it."""
    mine = _MINE[FeedKind.FACILITATOR].replace("{who}", _WHO).replace("$5", "$2")
    return await db.row(_facts, _ONE.format(mine=f"({mine})"), slot, facilitator)


async def for_anybody(slots: Sequence[int]) -> list[SlotFacts]:
    """Some slots of open sessions as anybody reads them, in order of time."""
    mine = "select t.id, '', 0, null, false, null::timestamptz from slot t where t.id = any($1)"
    sql = _ONE.format(mine=f"({mine})").replace("t.id = $1", "s.kind = 'open' and s.published_at is not null")
    return await db.rows(_facts, sql + " and s.state <> 'cancelled' order by t.starts_at", list(slots))


async def for_anyone(slot: int) -> SlotFacts | None:
    """One slot, whatever its session's state, as somebody reads it who neither books nor facilitates."""
    mine = """
        select t.id, '', s.seats_taken, null, s.state in ('draft', 'cancelled'), s.updated_at
        from slot t join session s on s.id = t.session
    """
    return await db.row(_facts, _ONE.format(mine=f"({mine})"), slot)
