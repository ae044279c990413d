"""Fill an empty database with the town's past and coming year, through the real actions, at the real moments.

Each event runs with the clock stopped at its own time, and the jobs it makes run before the next one: a year of mails,
invitations and invoices comes out as it would have.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date, time, timedelta

from training.attendance.actions import hold_session
from training.bookings.actions import booking as bookings
from training.bookings.actions import ending
from training.bookings.actions.booking import NewBooking
from training.catalogue.actions.funding import fund
from training.catalogue.actions.looks import edit_theme
from training.catalogue.actions.offers import NewOffer, add_offer
from training.catalogue.actions.publishing import publish_offer
from training.catalogue.actions.supporters import add_supporter
from training.catalogue.queries import themes as theming
from training.catalogue.rules.looks import ThemeShown
from training.catalogue.rules.offers import OfferKind, ProgrammeStep
from training.catalogue.rules.supporters import NewSupporter, SupporterKind
from training.catalogue.rules.tariffs import TariffMode, TariffRow
from training.demo import deliverers, guests, office
from training.demo.events import Event, Town
from training.demo.town import saturdays
from training.demo.town.bookings import bookings as planned_bookings
from training.demo.town.calendar import SEED, plan
from training.demo.town.funders import FUNDERS
from training.demo.town.hosting import HOSTING, NOTHING_SAID
from training.demo.town.offers import OFFERS
from training.demo.town.organisations import ORGANISATIONS
from training.demo.town.partners import PARTNERS
from training.demo.town.people import FACILITATORS, STAFF
from training.demo.town.places import PLACES
from training.demo.town.platform import PLATFORM
from training.demo.town.shapes import Organisation, PlannedBooking, PlannedSession
from training.demo.town.themes import THEMES
from training.demo.town.venues import VENUES
from training.directory import queries as directory_queries
from training.directory.actions import facilitators, organisations, partners, platform
from training.directory.actions.contacts import NewContact
from training.directory.actions.organisations import NewOrganisation
from training.directory.formats.communes import CommuneSaid
from training.directory.rules.organisations import Buyer, OrganisationKind
from training.identity.actions import roles
from training.identity.rules import Role
from training.kernel import clock
from training.kernel.actor import SYSTEM
from training.kernel.errors import Conflict
from training.papers.rules.references import References
from training.records.actions.acting import acting
from training.scheduling.actions import planning as scheduling
from training.scheduling.actions.communes import import_communes
from training.scheduling.actions.planning import NewSession, NewSlot
from training.scheduling.rules import SessionState

BEGINNING = timedelta(days=800)  # tariffs and offers are older than anything that happened
SEEDED = "demo.seeded"  # the audit row that says the town is whole
Progress = Callable[[int, int], None]
Drain = Callable[[], Awaitable[int]]


async def seed(today: date, drain: Drain, progress: Progress = lambda done, total: None) -> Town:
    """Fill the database. `drain` runs the queued jobs (composition gives it: the worker stands above us)."""
    town = Town()
    with clock.frozen(clock.at(today, time(8)) - BEGINNING):
        await _who(town)
        await _venues(town)
        await _offers(town, today)
        await deliverers.equip(town, today)
        await _themes()
        await _funders(town)
        await office.before_everything(town)
        await drain()
    events = _events(town, today)
    progress(0, len(events))
    for done, event in enumerate(events, 1):
        with clock.frozen(event.at):
            await event.run()
            await drain()
        progress(done, len(events))
    async with acting(SYSTEM, SEEDED, ("platform", 1)):
        return town


async def _who(town: Town) -> None:
    said = [CommuneSaid(p.insee, p.name, (p.postcode,), (p.latitude, p.longitude), p.population) for p in PLACES]
    await import_communes(SYSTEM, said)
    for place in PLACES:
        town.communes[place.insee] = await directory_queries.commune_typed(place.name, place.postcode) or 0
    columns = [c for c in directory_queries.PlatformView.__slots__ if hasattr(PLATFORM, c)]
    values = {column: getattr(PLATFORM, column) for column in columns}
    demo = {"vat_number": None, "logo": None, "issue_without_look": True, "is_demo": True}
    await platform.set_platform(SYSTEM, {**values, **demo})
    await _partners(town)
    for facilitator in FACILITATORS:
        town.facilitators[facilitator.person.slug] = await facilitators.add_facilitator(
            SYSTEM,
            name=facilitator.person.name,
            email=facilitator.person.email,
            phone=facilitator.person.phone,
            partner=town.partners[facilitator.partner] if facilitator.partner else None,
            locale="fr",
        )
    for member in STAFF:
        account = await roles.add_user(SYSTEM, member.person.email, member.person.name)
        await roles.grant(SYSTEM, account, Role(member.role))
    for organisation in ORGANISATIONS:
        if organisation.state == "approved":
            await _organisation(town, organisation)


async def _partners(town: Town) -> None:
    for partner in PARTNERS:
        town.partners[partner.slug] = await partners.add_partner(
            SYSTEM,
            name=partner.name,
            slug=partner.slug,
            summary=partner.about,
            email=partner.email,
            phone=partner.phone,
            website=None,
            siret=partner.siret,
            address=partner.address,
            postcode=partner.postcode,
            city=partner.city,
        )


async def _organisation(town: Town, organisation: Organisation) -> None:
    people = {organisation.booking_contact.person, organisation.billing_contact.person}
    contacts = tuple(
        NewContact(
            person.name,
            person.email,
            person.phone,
            person.title,
            for_booking=person == organisation.booking_contact.person,
            for_billing=person == organisation.billing_contact.person,
        )
        for person in sorted(people, key=lambda p: p != organisation.booking_contact.person)
    )
    town.organisations[organisation.slug] = id_ = await organisations.register(
        SYSTEM,
        NewOrganisation(
            organisation.name,
            OrganisationKind(organisation.kind),
            organisation.siret,
            organisation.address,
            organisation.postcode,
            organisation.city,
            buyer=Buyer(organisation.buyer),
            commune=town.communes.get(organisation.insee),
        ),
        contacts,
        approved=organisation.state == "approved",
        slug=organisation.slug,
    )
    members = (organisation.booking_contact, organisation.billing_contact, *organisation.members)
    for member in members:
        account = await roles.add_user(SYSTEM, member.person.email, member.person.name)
        await roles.grant(SYSTEM, account, Role(member.role), organisation=id_)


async def _venues(town: Town) -> None:
    for venue in VENUES:
        host = saturdays.HOSTS.get(venue.slug)
        town.venues[venue.slug] = await scheduling.add_venue(
            SYSTEM,
            name=venue.name,
            address=venue.address,
            commune=town.communes[venue.insee],
            capacity=venue.capacity,
            access=venue.access,
            latitude=venue.latitude,
            longitude=venue.longitude,
            contact_name=host[0] if host else None,
            contact_email=host[1] if host else None,
        )


async def _offers(town: Town, today: date) -> None:
    since = today - BEGINNING
    for offer in OFFERS:
        tariffs = tuple(
            TariffRow(t.organisation_kind, TariffMode(t.mode), t.amount_cents, t.reference_cents, since, None)
            for t in offer.tariffs
        )
        hosting = HOSTING.get(offer.slug, NOTHING_SAID)
        town.offers[offer.slug] = await add_offer(
            SYSTEM,
            NewOffer(
                slug=offer.slug,
                title=offer.title,
                summary=offer.summary,
                description=offer.description,
                objectives="\n".join(offer.objectives),
                audience=offer.audience,
                prerequisites=offer.prerequisites,
                theme=offer.theme,
                motif=offer.motif,
                kind=OfferKind(offer.kind),
                duration_minutes=offer.duration_minutes,
                group_min=offer.group_min,
                group_max=offer.group_max,
                partner=town.partners[offer.partner] if offer.partner else None,
                host_provides="\n".join(hosting.host_provides),
                equipment="\n".join(hosting.equipment),
                accessibility=hosting.accessibility,
                keywords=hosting.keywords,
                steps=tuple(ProgrammeStep(*step) for step in hosting.steps),
                tariffs=tariffs,
            ),
        )
        await publish_offer(SYSTEM, town.offers[offer.slug])


async def _themes() -> None:
    kept = {theme.text: theme.id for theme in await theming.themes_kept()}
    for position, theme in enumerate(THEMES, 1):
        shown = ThemeShown(theme.name, theme.paper, theme.motif, theme.keywords, position)
        await edit_theme(SYSTEM, kept[theme.name], shown)


async def _funders(town: Town) -> None:
    for position, funder in enumerate(FUNDERS, 1):
        new = NewSupporter(SupporterKind.FUNDER, funder.name, None, funder.sentence, position, None)
        made = await add_supporter(SYSTEM, new)
        for offer, share in funder.shares:
            await fund(SYSTEM, town.offers[offer], made, share)


def _events(town: Town, today: date) -> list[Event]:
    sessions = plan(today, SEED)
    asked = planned_bookings(sessions, today, SEED)
    events: list[Event] = []
    for organisation in ORGANISATIONS:
        if organisation.state == "pending":
            events.append(_registration(town, organisation, today, asked))
    for session in sessions:
        events += _session_events(town, session)
    for booking in asked:
        events += _booking_events(town, booking)
    extra = saturdays.plan(today)
    for session, booked in extra:
        events += _session_events(town, session)
        for booking in booked:
            events += _booking_events(town, booking)
    events += office.events(town, today, sessions, asked, extra)
    events += guests.events(town, today)
    return sorted(events, key=lambda e: (e.at, e.rank))


def _registration(town: Town, organisation: Organisation, today: date, asked: list[PlannedBooking]) -> Event:
    async def run() -> None:
        await _organisation(town, organisation)

    own = [b.booked_at for b in asked if b.organisation == organisation.slug]
    return Event(min([*own, clock.at(today, time(9)) - timedelta(days=45)]) - timedelta(hours=1), 0, run)


def _session_events(town: Town, session: PlannedSession) -> list[Event]:
    async def planned() -> None:
        draft = session.published_at is None or session.published_at != session.created_at
        town.sessions[session.key] = await scheduling.plan_session(
            SYSTEM,
            NewSession(
                offer=town.offers[session.offer],
                capacity=session.capacity,
                slots=tuple(
                    NewSlot(
                        slot.starts_at,
                        slot.ends_at,
                        town.venues[slot.venue],
                        tuple(town.facilitators[a.facilitator] for a in slot.assignments),
                    )
                    for slot in session.slots
                ),
                organisation=town.organisations[session.organisation] if session.organisation else None,
                state=SessionState.DRAFT if draft else SessionState.PUBLISHED,
            ),
        )

    async def published() -> None:
        await scheduling.publish_session(SYSTEM, town.sessions[session.key])

    async def held() -> None:
        await hold_session(SYSTEM, town.sessions[session.key])

    async def called_off() -> None:
        await ending.call_off_session(SYSTEM, town.sessions[session.key], session.reason or "Report.")

    events = [Event(session.created_at, 1, planned)]
    if session.published_at and session.published_at != session.created_at:
        events.append(Event(session.published_at, 2, published))
    if session.held_at:
        events.append(Event(session.held_at, 5, held))
    if session.cancelled_at:
        events.append(Event(session.cancelled_at, 5, called_off))
    return events


def _booking_events(town: Town, planned: PlannedBooking) -> list[Event]:
    async def made() -> None:
        new = NewBooking(
            session=town.sessions[planned.session],
            organisation=town.organisations[planned.organisation],
            seats=planned.seats,
            references=References(purchase_order=planned.purchase_order),
            note=planned.note,
            option=planned.state in ("option", "expired"),
        )
        booked = await (bookings.wait(SYSTEM, new) if planned.state == "waiting" else bookings.book(SYSTEM, new))
        town.bookings[planned.key] = booked.id

    async def settled() -> None:
        booking = town.bookings[planned.key]
        if planned.state == "cancelled":
            try:
                await ending.cancel(SYSTEM, booking, planned.reason)
            except Conflict:  # it fell with its session, a moment before
                return
        elif planned.state == "declined":
            await ending.decline(SYSTEM, booking, planned.reason)
        elif planned.state == "expired":
            await ending.expire_options()

    events = [Event(planned.booked_at, 3, made)]
    if planned.state in ("cancelled", "declined"):
        events.append(Event(planned.settled_at or planned.booked_at, 4, settled))
    elif planned.state == "expired" and planned.expires_at:
        events.append(Event(planned.expires_at, 4, settled))
    return events
