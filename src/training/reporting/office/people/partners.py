"""Partners: the list, one with its people, papers, rates and sessions, and what archiving it touches."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from training.identity.rules import Role
from training.kernel import clock, db
from training.kernel.clauses import Clauses
from training.kernel.errors import NotFound
from training.kernel.i18n import _
from training.kernel.render import euros
from training.kernel.searching import SearchPlace, words_in
from training.records.queries import last_change
from training.reporting.office.edits import EditShown, edits_of
from training.reporting.office.people.credentials import CredentialShown, credentials_of
from training.reporting.office.people.facilitator import Skill
from training.reporting.paging import cut
from training.scheduling.rules import PARTNER_UNIT_NAMES, PartnerUnit, place

COMING_MOST = 20  # sessions to come that the page of one shows


@dataclass(frozen=True, slots=True)
class PartnerListed:
    """A partner; `coming`: sessions to come of its offers, or that one of its people leads."""

    id: int
    name: str
    email: str | None
    phone: str | None
    active: bool
    people: int
    offers: int
    coming: int
    agreed_until: date | None


@dataclass(frozen=True, slots=True)
class OfficePartners:
    """A page of them by name. `following`: the id of its last one when there are more."""

    partners: list[PartnerListed]
    following: int | None


async def partners_page(*, search: str, archived: bool, after: int | None, limit: int) -> OfficePartners:
    """What the page of partners shows, in one statement. `archived`: those instead of the others."""
    where = Clauses("not p.active" if archived else "p.active")
    if search.strip():
        where.add(words_in(where.value, search, SearchPlace("' ' || p.name || ' ' || p.city")))
    if after is not None:
        last = "select fold(name), name, id from partner where id = {}"
        where.add(f"(fold(p.name), p.name, p.id) > ({last})", after)
    listed = _LISTED.format(now=where.value(clock.now()))
    sql = f"{listed} where {where} order by fold(p.name), p.name, p.id limit {limit + 1:d}"
    shown, end = cut(await db.rows(PartnerListed, sql, *where.values), limit)
    return OfficePartners(shown, end.id if end else None)


# Sessions to come of partner {0}, from the instant {1}: of its offers, and those that one of its people leads.
_SESSIONS = """
    select s.id from session s join offer o on o.id = s.offer
    where o.partner = {0} and s.starts_at > {1} and s.state not in ('held', 'cancelled')
    union
    select t.session from facilitator f join assignment a on a.facilitator = f.id join slot t on t.id = a.slot
    where f.partner = {0} and assignment_holds(a.state) and t.starts_at > {1}
"""
_LISTED = f"""
    select p.id, p.name, p.email, p.phone, p.active,
           (select count(*) from facilitator where partner = p.id and active) as people,
           (select count(*) from offer where partner = p.id and state <> 'archived') as offers,
           (select count(*) from ({_SESSIONS.format("p.id", "{now}")}) s) as coming,
           (select max(valid_until) from credential
            where partner = p.id and kind = 'agreement' and archived_at is null) as agreed_until
    from partner p
"""


@dataclass(frozen=True, slots=True)
class PartnerShown:
    """A partner with all that is known of it."""

    id: int
    slug: str
    name: str
    summary: str
    email: str | None
    phone: str | None
    website: str | None
    active: bool
    address: str
    postcode: str
    city: str
    siret: str | None
    note: str

    @property
    def where(self) -> str:
        """Its address on one line, "" when nobody has said."""
        town = f"{self.postcode} {self.city}".strip()
        return ", ".join(part for part in (self.address, town) if part)


async def partner(id: int) -> PartnerShown:  # noqa: A002
    """One of them; NotFound when there is none."""
    found = await db.row(PartnerShown, _PARTNER, id)
    if found is None:
        raise NotFound(_("Ce partenaire n’existe pas."))
    return found


@dataclass(frozen=True, slots=True)
class PartnerEdited:
    """What the form of a partner shows; `partner` None: to be written down."""

    partner: PartnerShown | None
    seen: int


async def edit_page(id: int | None = None) -> PartnerEdited:  # noqa: A002
    """A partner to be corrected, in two statements; NotFound when there is none."""
    if id is None:
        return PartnerEdited(None, 0)
    seen = await last_change("partner", id)
    return PartnerEdited(await partner(id), seen)


_PARTNER = f"select {', '.join(PartnerShown.__slots__)} from partner where id = $1"


@dataclass(frozen=True, slots=True)
class PartnerPerson:
    """A contact of a partner. `membership`: the role by which they follow its calendars, None without."""

    id: int
    partner: int
    name: str
    email: str | None
    phone: str | None
    title: str | None
    active: bool
    membership: int | None


_CONTACT = f"""
    select c.id, c.partner, c.name, c.email, c.phone, c.title, c.active, (
        select min(m.id) from membership m join account a on a.id = m.account
        where m.partner = c.partner and m.role = '{Role.PARTNER_CONTACT}' and lower(a.email) = lower(c.email)
    ) as membership
    from partner_contact c
"""


@dataclass(frozen=True, slots=True)
class RateShown:
    """What a partner asks for from a day on; `offer` None: for any that has no rate of its own."""

    id: int
    offer: str | None
    unit: PartnerUnit
    amount_cents: int
    valid_from: date
    until: date | None  # when the next one begins
    archived_at: datetime | None

    @property
    def words(self) -> str:
        """As "180,00 € par séance"."""
        return f"{euros(self.amount_cents)} {_(PARTNER_UNIT_NAMES[self.unit])}"

    @property
    def state(self) -> str:
        """Where it stands today: archived, over, current or coming."""
        today = clock.today()
        if self.archived_at is not None:
            return "archived"
        if self.until is not None and self.until <= today:
            return "over"
        return "current" if self.valid_from <= today else "coming"


_RATES = """
    select r.id, o.title as offer, r.unit, r.amount_cents, r.valid_from, r.archived_at,
           case when r.archived_at is null then lead(r.valid_from) over (
               partition by r.archived_at is null, r.offer order by r.valid_from, r.id
           ) end as until
    from partner_rate r left join offer o on o.id = r.offer
    where r.partner = $1
    order by r.archived_at desc nulls first, o.title is not null, fold(o.title), r.valid_from desc, r.id
"""


@dataclass(frozen=True, slots=True)
class PersonOfIt:
    """Somebody who delivers for a partner."""

    id: int
    name: str
    phone: str | None
    active: bool
    next_at: datetime | None


_PEOPLE = """
    select f.id, f.name, f.phone, f.active, (
        select min(t.starts_at) from assignment a join slot t on t.id = a.slot
        where a.facilitator = f.id and a.state = 'confirmed' and t.starts_at > $2
    ) as next_at
    from facilitator f where f.partner = $1 order by not f.active, fold(f.name), f.id
"""


@dataclass(frozen=True, slots=True)
class SessionOfIt:
    """A session to come that a partner delivers."""

    id: int
    title: str
    starts_at: datetime
    venue: str | None
    city: str | None
    people: str | None
    seats_taken: int

    @property
    def place(self) -> str:
        """Venue and town on one line, "" when unknown."""
        return place(self.venue, self.city)


_COMING = f"""
    select s.id, o.title, s.starts_at, v.name as venue, c.name as city, s.seats_taken, (
        select string_agg(distinct f.name, ', ') from slot d join assignment a on a.slot = d.id
        join facilitator f on f.id = a.facilitator where d.session = s.id and assignment_holds(a.state)
    ) as people
    from ({_SESSIONS.format("$1", "$2")}) w join session s on s.id = w.id join offer o on o.id = s.offer
    join slot t on t.session = s.id and t.position = 1
    left join venue_use u on u.slot = t.id left join venue v on v.id = u.venue left join commune c on c.id = v.commune
    order by s.starts_at, s.id limit {COMING_MOST + 1:d}
"""


@dataclass(frozen=True, slots=True)
class OfficePartner:
    """What the page of one partner shows. `more`: there are more sessions to come than those."""

    partner: PartnerShown
    contacts: list[PartnerPerson]
    former: list[PartnerPerson]
    papers: list[CredentialShown]
    rates: list[RateShown]
    offers: list[Skill]
    people: list[PersonOfIt]
    coming: list[SessionOfIt]
    more: bool
    edits: list[EditShown]


async def partner_page(id: int) -> OfficePartner:  # noqa: A002
    """What the page of one partner shows, in seven statements and those of edits; NotFound when there is none."""
    found = await partner(id)
    contacts = await db.rows(PartnerPerson, f"{_CONTACT} where c.partner = $1 order by fold(c.name), c.id", id)
    coming, end = cut(await db.rows(SessionOfIt, _COMING, id, clock.now()), COMING_MOST)
    return OfficePartner(
        found,
        [c for c in contacts if c.active],
        [c for c in contacts if not c.active],
        await credentials_of(partner=id),
        await db.rows(RateShown, _RATES, id),
        await db.rows(Skill, _OFFERS, id),
        await db.rows(PersonOfIt, _PEOPLE, id, clock.now()),
        coming,
        end is not None,
        await edits_of("partner", id),
    )


_OFFERS = """
    select id, slug, title, state = 'published' as held from offer
    where partner = $1 and state <> 'archived' order by fold(title), title, id
"""


@dataclass(frozen=True, slots=True)
class PartnerContactEdited:
    """What the form of a contact shows; `contact` None: to be written down."""

    partner: PartnerShown
    contact: PartnerPerson | None
    seen: int
    edits: list[EditShown]


async def contact_page(id: int, contact: int | None = None) -> PartnerContactEdited:  # noqa: A002
    """A partner and one of its people, in three statements and those of edits; NotFound when they are not there."""
    found = await partner(id)
    person, seen, edits = None, 0, list[EditShown]()
    if contact is not None:
        seen = await last_change("partner_contact", contact)
        person = await db.row(PartnerPerson, f"{_CONTACT} where c.id = $1 and c.partner = $2", contact, id)
        if person is None:
            raise NotFound(_("Ce contact n’existe pas."))
        edits = await edits_of("partner_contact", contact)
    return PartnerContactEdited(found, person, seen, edits)


@dataclass(frozen=True, slots=True)
class PartnerRated:
    """What the form of a rate shows: the offers that it may be for."""

    partner: PartnerShown
    offers: list[tuple[str, str]]


async def rate_page(id: int) -> PartnerRated:  # noqa: A002
    """What adding a rate needs, in two statements; its own offers first."""
    found = await partner(id)
    sql = """
        select id::text as id, title from offer where state <> 'archived'
        order by partner is distinct from $1, fold(title), title, id
    """
    return PartnerRated(found, [(record["id"], record["title"]) for record in await db.connection().fetch(sql, id)])


@dataclass(frozen=True, slots=True)
class PartnerEnded:
    """What archiving a partner touches."""

    partner: PartnerShown
    people: list[PersonOfIt]
    accesses: int
    feeds: int
    offers: list[Skill]
    coming: list[SessionOfIt]
    more: bool


async def archive_page(id: int) -> PartnerEnded:  # noqa: A002
    """The page that archives a partner, in six statements; NotFound when there is none."""
    found = await partner(id)
    coming, end = cut(await db.rows(SessionOfIt, _COMING, id, clock.now()), COMING_MOST)
    people = await db.rows(PersonOfIt, _PEOPLE, id, clock.now())
    return PartnerEnded(
        found,
        [person for person in people if person.active],
        await db.value("select count(distinct account) from membership where partner = $1", id),
        await db.value("select count(*) from feed_token where partner = $1 and revoked_at is null", id),
        await db.rows(Skill, _OFFERS, id),
        coming,
        end is not None,
    )
