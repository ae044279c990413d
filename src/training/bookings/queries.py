"""Bookings, read. The scope comes first: another organisation's booking does not exist."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from training.bookings.rules.states import ASKED_NAMES, NAMEABLE, AskedBy, BookingState, EndedBy, SeatsOrigin
from training.bookings.rules.who_may import Standing
from training.catalogue.queries.offers import LOOK, LOOK_JOIN
from training.catalogue.rules.looks import Look
from training.catalogue.rules.tariffs import Price, TariffMode
from training.kernel import clock, db
from training.kernel.actor import Scope
from training.kernel.clauses import Clauses
from training.kernel.i18n import _
from training.kernel.row_mapping import columns
from training.papers.rules.references import References
from training.scheduling.rules import SessionState, place


@dataclass(frozen=True, slots=True)
class BookingView:
    """A booking with what any page about it shows. Cents, net."""

    id: int
    reference: str
    state: BookingState
    session: int
    session_state: SessionState
    title: str
    offer_slug: str
    starts_at: datetime
    ends_at: datetime
    venue: str | None
    city: str | None
    organisation: int
    organisation_name: str
    organisation_slug: str
    contact: int
    contact_name: str
    contact_email: str | None
    contact_locale: str
    seats: int
    tariff_mode: TariffMode
    unit_price_cents: int
    price_cents: int
    reference_cents: int | None
    references: References
    note: str
    expires_at: datetime | None
    created_at: datetime
    confirmed_at: datetime | None
    cancelled_at: datetime | None
    cancelled_by: EndedBy | None
    cancel_reason: str | None
    generation: int
    named: int
    look: Look
    invite_participants: bool = False
    fell: bool = False  # it ended with its session
    earlier: BookingState | None = None  # what it was before it ended
    joined: str | None = None  # the booking that it goes on in
    contact_phone: str | None = None
    asked_by: AskedBy | None = None  # where the team wrote it down
    absent: bool = False  # undecided when its session was held, and nobody of it came
    former_invoice: str | None = None  # of one of former years: as its spreadsheet had it, "" none; None: of ours

    @property
    def place(self) -> str:
        """Venue and town on one line, "" when unknown."""
        return place(self.venue, self.city)

    @property
    def price(self) -> Price:
        """What was said that it costs."""
        return Price(self.tariff_mode, self.unit_price_cents, self.price_cents, self.reference_cents)

    @property
    def standing(self) -> Standing:
        """As the rules ask for it."""
        return Standing(
            self.organisation,
            self.state,
            self.expires_at,
            self.session_state,
            self.starts_at,
        )

    @property
    def asked_how(self) -> str | None:
        """How it was asked for, in words, where the team wrote it down."""
        return _(ASKED_NAMES[self.asked_by]) if self.asked_by else None

    @property
    def past(self) -> bool:
        """It came from a spreadsheet of former years: it was invoiced elsewhere, if it was."""
        return self.former_invoice is not None

    @property
    def coming(self) -> bool:
        """Whether its session is ahead."""
        return self.starts_at > clock.now()


# What a search of bookings looks through, as the index booking_words has it.
BOOKING_WORDS = "' ' || b.reference || ' ' || coalesce(b.purchase_order, '')"
# A booking with what it is about: its session, first date and place, offer, organisation, contact.
ABOUT_BOOKING = """
    join session s on s.id = b.session
    join offer o on o.id = s.offer
    join slot t on t.session = s.id and t.position = 1
    left join venue_use u on u.slot = t.id
    left join venue v on v.id = u.venue
    left join commune m on m.id = v.commune
    join organisation g on g.id = b.organisation
    join contact c on c.id = b.contact
"""

BOOKING = f"""
    select b.id, b.reference, b.state, b.session, s.state as session_state, o.title, o.slug as offer_slug,
           s.starts_at, t.ends_at, v.name as venue, m.name as city,
           b.organisation, g.name as organisation_name, g.slug as organisation_slug,
           b.contact, c.name as contact_name, c.email as contact_email, c.locale as contact_locale,
           c.phone as contact_phone,
           b.seats, b.tariff_mode, b.unit_price_cents, b.price_cents, b.reference_cents, b.purchase_order,
           b.service_code, b.note, b.expires_at, b.created_at, b.confirmed_at, e.ended_at as cancelled_at,
           e.ended_by as cancelled_by, e.reason as cancel_reason, e.call_off is not null as fell, e.earlier,
           (select reference from booking where id = e.merged_into) as joined,
           coalesce(e.held and e.merged_into is null, false) as absent,
           b.asked_by, b.generation, (select count(*) from participant where booking = b.id) as named,
           b.invite_participants, (select invoice_number from past_booking where booking = b.id) as former_invoice,
           {LOOK}
    from booking b {ABOUT_BOOKING} {LOOK_JOIN} left join booking_ending e on e.booking = b.id and e.undone_at is null
"""


def within(scope: Scope) -> Clauses:
    """The first clause of every statement about bookings `b`: those of the organisations that the scope names."""
    where = Clauses()
    where.within(scope, "b.organisation")
    return where


async def booking(scope: Scope, reference: str) -> BookingView | None:
    """A booking by its reference, typed in either case."""
    where = within(scope)
    where.add("b.reference = {}", reference.upper())
    return await db.row(BookingView, f"{BOOKING} where {where}", *where.values)


async def booking_by_id(scope: Scope, id: int) -> BookingView | None:  # noqa: A002
    """A booking by id."""
    where = within(scope)
    where.add("b.id = {}", id)
    return await db.row(BookingView, f"{BOOKING} where {where}", *where.values)


async def came_from_former_years(session: int) -> bool:
    """Whether a session was brought by a spreadsheet, with its bookings."""
    sql = "select exists (select from past_booking p join booking b on b.id = p.booking where b.session = $1)"
    return bool(await db.value(sql, session))


async def bookings_by_ids(scope: Scope, ids: Sequence[int]) -> list[BookingView]:
    """Some bookings, by id."""
    where = within(scope)
    where.add("b.id = any({})", list(ids))
    return await db.rows(BookingView, f"{BOOKING} where {where} order by b.id", *where.values)


async def bookings(
    scope: Scope,
    *,
    organisation: int | None = None,
    session: int | None = None,
    states: Sequence[BookingState] = (),
    after: tuple[datetime, int] | None = None,
    limit: int = 50,
) -> list[BookingView]:
    """Bookings, the latest session first; `after` is the key (starts_at, id) of the last one of the page before."""
    where = within(scope)
    if organisation is not None:
        where.add("b.organisation = {}", organisation)
    if session is not None:
        where.add("b.session = {}", session)
    if states:
        where.add("b.state = any({})", [s.value for s in states])
    if after:
        where.add("(s.starts_at, b.id) < ({}, {})", *after)
    sql = f"{BOOKING} where {where} order by s.starts_at desc, b.id desc limit {limit:d}"
    return await db.rows(BookingView, sql, *where.values)


async def beside(scope: Scope, view: BookingView) -> list[BookingView]:
    """What its organisation has in its session beside a booking that may come: in line, or doubled from before."""
    if view.state not in NAMEABLE:
        return []
    there = await bookings(scope, organisation=view.organisation, session=view.session, states=sorted(NAMEABLE))
    return [other for other in there if other.id != view.id]


async def fallen(call_off: int) -> list[int]:
    """Bookings that ended with their session and have not come back."""
    sql = "select booking from booking_ending where call_off = $1 and undone_at is null order by booking"
    return [record["booking"] for record in await db.connection().fetch(sql, call_off)]


async def heard_of_call_off(booking: int) -> bool:
    """Whether it was said that a booking fell with its session, when it last did and came back."""
    sql = """
        select o.told_at is not null from booking_ending e join call_off o on o.id = e.call_off
        where e.booking = $1 and e.undone_at is not null order by e.id desc limit 1
    """
    return bool(await db.value(sql, booking))


@dataclass(frozen=True, slots=True)
class SeatsChanged:
    """How many seats a booking had, and has since. Cents, net."""

    seats_before: int
    seats: int
    price_before_cents: int
    price_cents: int
    origin: SeatsOrigin
    changed_at: datetime
    id: int = 0


async def seats_changes(booking: int) -> list[SeatsChanged]:
    """How a booking's number of seats changed, the first change first."""
    names = ", ".join(columns(SeatsChanged))
    return await db.rows(SeatsChanged, f"select {names} from seats_change where booking = $1 order by id", booking)


@dataclass(frozen=True, slots=True)
class ParticipantView:
    """A named participant."""

    id: int
    name: str
    email: str | None


async def participants(booking: int) -> list[ParticipantView]:
    """Who was named for a booking."""
    sql = "select id, name, email from participant where booking = $1 order by fold(name), name, id"
    return await db.rows(ParticipantView, sql, booking)


async def ended_with_organisation(organisation: int) -> list[BookingView]:
    """What ended because its organisation was refused or archived, and has not come back; the soonest first."""
    sql = f"{BOOKING} where b.organisation = $1 and e.organisation_ending is not null order by s.starts_at, b.id"
    return await db.rows(BookingView, sql, organisation)


async def asked_by(organisations: Sequence[int]) -> dict[int, list[BookingView]]:
    """What some organisations asked for and nobody has answered, by organisation; the soonest first."""
    found: dict[int, list[BookingView]] = {organisation: [] for organisation in organisations}
    sql = f"{BOOKING} where b.organisation = any($1) and b.state in ('pending', 'waiting') order by s.starts_at, b.id"
    for view in await db.rows(BookingView, sql, list(organisations)):
        found[view.organisation].append(view)
    return found


@dataclass(frozen=True, slots=True)
class DocumentView:
    """A paper that came with a booking: its file, and how whoever sent it called it."""

    id: int
    file: int
    name: str
    media_type: str
    size: int
    kept_at: datetime


async def documents(booking: int) -> list[DocumentView]:
    """The papers that came with a booking, the first first."""
    sql = """
        select d.id, d.file, d.name, f.media_type, f.size, d.kept_at
        from booking_document d join file f on f.id = d.file where d.booking = $1 order by d.id
    """
    return await db.rows(DocumentView, sql, booking)
