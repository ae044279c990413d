"""Slots as calendars need them: one by one for invitations and files, and a feed's in one statement."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time
from functools import cache
from typing import Any

from training.calendar.rules import CANCELLED_STAYS, FORMAT, FUTURE, PAST, Audience, FeedKind, SlotFacts
from training.kernel import clock, db
from training.kernel.row_mapping import maker


@dataclass(frozen=True, slots=True)
class _Mine:
    """Which slots `t` of sessions `s` a reader has, and what is said of each to them, as SQL.

    `seats` and `organisation` as in `SlotFacts`; `off`: not for this reader any more; `revised_at`: when their own part
    of it last changed. Parameters from $5 on are the subject's.
    """

    source: str
    where: str
    audience: str
    seats: str = "s.seats_taken"
    organisation: str = "null::text"
    off: str = "false"
    revised_at: str = "s.updated_at"


_ALL = "session s join slot t on t.session = s.id"
_WHO = """
    left join lateral (
        select string_agg(distinct g.name, ', ') filter (where b.state = 'confirmed') as names,
               sum(b.seats) filter (where b.state = 'confirmed') as seats, max(b.updated_at) as revised_at
        from booking b join organisation g on g.id = b.organisation where b.session = s.id
    ) w on true
"""
# Who reads how many are booked has it revised when one of them changes; a reason that ends takes no revision back.
_BOOKED_AT = "(select max(updated_at) from booking where session = s.id)"
_ASSIGNED_AT = "(select max(updated_at) from assignment where slot = t.id)"
_SEEN = "s.published_at is not null"  # a draft is nobody's business yet
_MINE = {
    FeedKind.PUBLIC: _Mine(
        _ALL,
        f"s.kind = 'open' and {_SEEN} and o.state = 'published'",
        "'public'",
        seats="0",
        revised_at="s.published_at",
    ),
    FeedKind.ORGANISATION: _Mine(
        """
        (
            select session, max(updated_at) as revised_at, sum(seats) filter (where state = 'confirmed') as seats
            from booking
            where organisation = $5 and confirmed_at is not null and state in ('confirmed', 'cancelled')
            group by session
        ) m join slot t on t.session = m.session join session s on s.id = t.session
        """,
        "true",
        "'organisation'",
        seats="coalesce(m.seats, 0)",
        off="m.seats is null",
        revised_at="m.revised_at",
    ),
    FeedKind.FACILITATOR: _Mine(
        f"assignment a join slot t on t.id = a.slot join session s on s.id = t.session {_WHO}",
        f"a.facilitator = $5 and a.state in ('confirmed', 'withdrawn', 'replaced') and {_SEEN}",
        "'facilitator'",
        seats="w.seats",
        organisation="w.names",
        off="a.state <> 'confirmed'",
        revised_at="a.updated_at, w.revised_at",
    ),
    FeedKind.PARTNER: _Mine(
        f"{_ALL} {_WHO}",
        f"""{_SEEN} and (o.partner = $5 or exists (
            select from assignment a join facilitator f on f.id = a.facilitator
            where a.slot = t.id and a.state = 'confirmed' and f.partner = $5
        ))""",
        "'partner'",
        seats="w.seats",
        organisation="w.names",
        revised_at="w.revised_at",
    ),
    FeedKind.VENUE: _Mine(_ALL, f"u.venue = $5 and {_SEEN}", "'host'", revised_at=_BOOKED_AT),
    FeedKind.STAFF: _Mine(
        f"{_ALL} {_WHO}", _SEEN, "'staff'", seats="w.seats", organisation="w.names", revised_at="w.revised_at"
    ),
    # the strongest reason that an address has: to facilitate, to have booked, to take part
    FeedKind.PERSON: _Mine(
        """
        (
            select distinct on (x.slot) x.slot, x.audience, x.seats from (
                select 1 as rank, a.slot, 'facilitator' as audience, s.seats_taken::bigint as seats
                from facilitator f join assignment a on a.facilitator = f.id and a.state = 'confirmed'
                join slot t on t.id = a.slot join session s on s.id = t.session where lower(f.email) = lower($5)
                union all
                select 2, t.id, 'organisation', sum(b.seats)
                from contact c join booking b on b.contact = c.id and b.state = 'confirmed'
                join slot t on t.session = b.session where lower(c.email) = lower($5) group by t.id
                union all
                select 3, t.id, 'participant', 0
                from participant p join booking b on b.id = p.booking and b.state = 'confirmed'
                join slot t on t.session = b.session where lower(p.email) = lower($5)
            ) x order by x.slot, x.rank
        ) m join slot t on t.id = m.slot join session s on s.id = t.session
        """,
        _SEEN,
        "m.audience",
        seats="m.seats",
        revised_at=f"{_BOOKED_AT}, {_ASSIGNED_AT}",
    ),
}
_WORDS = """
    join offer o on o.id = s.offer
    left join partner p on p.id = o.partner
    left join venue_use u on u.slot = t.id
    left join venue v on v.id = u.venue
    left join commune c on c.id = v.commune
"""


def _revised(mine: _Mine) -> str:
    return f"greatest(t.updated_at, s.updated_at, o.updated_at, v.updated_at, {mine.revised_at})"


def _facts_of(mine: _Mine) -> str:
    return f"""
        t.id as slot, s.id as session, t.uid, t.sequence, t.position,
        (select count(*) from slot where session = s.id) as slots,
        t.starts_at, t.ends_at, s.state, {_revised(mine)} as revised_at,
        o.title, o.summary, o.theme, p.name as partner,
        v.name as venue, v.address, c.postcode, c.name as city, v.access, v.latitude, v.longitude, v.zone,
        nullif(concat_ws(', ', v.contact_name, v.contact_phone), '') as opens,
        s.kind = 'private' as private, s.generation,
        coalesce({mine.seats}, 0)::int as seats, {mine.organisation} as organisation, {mine.off} as cancelled
    """


def _digest_of(mine: _Mine) -> str:
    """The slot, and 64 bits of all that its text is written from, by PostgreSQL's own hash of a row: it needs no text
    of that row, and costs a tenth of a digest of it.

    Of long rows their version (xmin names the transaction that wrote it); of those that say by themselves when they
    changed that too, and of the others what is said: in a restored database the versions begin anew. $4 is what else
    the text says: site, telephone, format.
    """
    row = f"""
        row($4::text, t.xmin, s.state, s.updated_at, s.generation, o.xmin, v.xmin, v.id, p.name, c.name, c.postcode,
            ({mine.audience})::text, {mine.seats}, {mine.organisation}, {mine.off}, {_revised(mine)})
    """
    return f"int8send(t.id) || int8send(hash_record_extended({row}, 0))"


_DIGEST_BYTES = 16


_WINDOW = "t.ends_at > $1 and t.starts_at < $2"
# What ends in the window began at most the longest of all dates before it: a piece of the index of beginnings. Only
# where nothing but the window bounds a feed: PostgreSQL knows nothing of such a limit, expects one date in two hundred,
# and of somebody's own dates would then look for each one apart, at twice the cost.
_PIECE = "t.starts_at > $1::timestamptz - (select max(ends_at - starts_at) from slot)"


def _statement(mine: _Mine, columns: str) -> str:
    window = f"{_WINDOW} and {_PIECE}" if mine.source.startswith(_ALL) else _WINDOW
    shown = f"{window} and (s.state <> 'cancelled' and not ({mine.off}) or t.ends_at > $3)"
    return f"select {columns} from {mine.source} {_WORDS} where {mine.where} and {shown}"


@cache
def _listing(mine: _Mine) -> str:
    columns = f"t.starts_at, t.id as slot, v.zone, {_digest_of(mine)} as digest"
    return f"""
        select coalesce(string_agg(x.digest, ''::bytea order by x.starts_at, x.slot), ''::bytea) as digests,
               coalesce(array_agg(distinct x.zone), '{{}}') as zones
        from ({_statement(mine, columns)}) x
    """


@cache
def _writing(mine: _Mine, wanted: int) -> str:
    """`wanted`: the number of the parameter that has the digests, after the subject's."""
    columns = f"{_digest_of(mine)} as digest, {mine.audience} as audience, {_facts_of(mine)}"
    return f"select * from ({_statement(mine, columns)}) x where x.digest = any(${wanted}::bytea[])"


@dataclass(frozen=True, slots=True)
class Source:
    """Which feed: its kind and its subject (ids, an address, or the filters of the public one)."""

    kind: FeedKind
    subject: tuple[object, ...] = ()

    @property
    def mine(self) -> tuple[_Mine, list[object]]:
        """Its slots as SQL, and the parameters from $5 on: for the team none, of filters those that are asked for."""
        if self.kind is not FeedKind.PUBLIC:
            return _MINE[self.kind], [] if self.kind is FeedKind.STAFF else list(self.subject)
        asked = [(clause, value) for clause, value in zip(_FILTERED, self.subject, strict=True) if value]
        clauses = [clause.format(f"${place}") for place, (clause, _value) in enumerate(asked, 5)]
        public = _MINE[FeedKind.PUBLIC]
        return replace(public, where=" and ".join([public.where, *clauses])), [value for _clause, value in asked]


_FILTERED = ("o.theme = {}", "c.id = commune_of({})", "p.slug = {}")  # by the public feed's subject, in its order


@dataclass(frozen=True, slots=True)
class Listing:
    """What a feed holds now: a digest an event, in the order of the file. Nothing is written yet."""

    source: Source
    digests: tuple[bytes, ...]
    zones: tuple[str, ...]
    salt: str

    def etag(self, *said: str) -> str:
        """The strong entity tag of the file that these events make, headed by `said` (RFC 9110 8.8.3)."""
        head = "\x00".join((self.salt, *self.zones, *said)).encode()
        return f'"{hashlib.sha256(head + b"".join(self.digests)).hexdigest()[:32]}"'


async def listing(source: Source, said: str) -> Listing:
    """What a feed holds, in one statement. `said` is what every event says beside its own: site and telephone."""
    salt = f"{FORMAT}|{said}"
    mine, subject = source.mine
    found = await db.connection().fetchrow(_listing(mine), *_bounds(), salt, *subject)
    digests = found["digests"]
    return Listing(
        source,
        tuple(digests[i : i + _DIGEST_BYTES] for i in range(0, len(digests), _DIGEST_BYTES)),
        tuple(sorted(filter(None, found["zones"]))),
        salt,
    )


@dataclass(frozen=True, slots=True)
class EventFacts:
    """Facts with the digest that names what is written from them."""

    digest: bytes
    audience: Audience
    facts: SlotFacts


async def facts(wanted: Listing, missing: Collection[bytes]) -> list[Mapping[str, Any]]:
    """The facts of some events of a feed, read again: those that say now what their digest names.

    Rows, for `written`: ten thousand of them are made into values outside the event loop.
    """
    mine, subject = wanted.source.mine
    sql = _writing(mine, 5 + len(subject))
    rows = await db.connection().fetch(sql, *_bounds(), wanted.salt, *subject, list(missing))
    return list(rows)


written = maker(EventFacts)  # one of those rows as values


def _bounds() -> tuple[datetime, datetime, datetime]:
    """The window, by whole days: it moves at midnight, not with every fetch."""
    midnight = clock.at(clock.today(), time())
    return midnight - PAST, midnight + FUTURE, midnight - CANCELLED_STAYS


def _one(mine: _Mine, which: str) -> str:
    return f"select {_facts_of(mine)} from {mine.source} {_WORDS} where {mine.where} and {which}"


_OF_ORGANISATION = _one(_MINE[FeedKind.ORGANISATION], "t.id = $1").replace("$5", "$2")
_OF_FACILITATOR = _one(_MINE[FeedKind.FACILITATOR], "t.id = $1").replace("$5", "$2")
_OF_ANYBODY = _one(
    _Mine(_ALL, f"s.kind = 'open' and {_SEEN} and s.state <> 'cancelled'", "", seats="0"), "t.id = any($1)"
)
_OF_ANYONE = _one(_Mine(_ALL, "true", "", off="s.state in ('draft', 'cancelled')"), "t.id = $1")


async def for_organisation(slot: int, organisation: int) -> SlotFacts | None:
    """One slot as an organisation that booked it reads it."""
    return await db.row(SlotFacts, _OF_ORGANISATION, slot, organisation)


async def for_facilitator(slot: int, facilitator: int) -> SlotFacts | None:
    """One slot as its facilitator reads it."""
    return await db.row(SlotFacts, _OF_FACILITATOR, slot, facilitator)


async def for_anybody(slots: Sequence[int]) -> list[SlotFacts]:
    """Some slots of open sessions as anybody reads them, in order of time."""
    return await db.rows(SlotFacts, f"{_OF_ANYBODY} order by t.starts_at, t.id", list(slots))


async def for_anyone(slot: int) -> SlotFacts | None:
    """One slot, whatever its session's state, as somebody reads it who neither books nor facilitates."""
    return await db.row(SlotFacts, _OF_ANYONE, slot)
