"""What a client does in its space, as the team does it for them: who comes in, who comes along, calendars, orders."""

from __future__ import annotations

from dataclasses import dataclass

from training.bookings import queries as bookings
from training.bookings.queries import BookingView, ParticipantView
from training.calendar.queries import feeds as calendars
from training.calendar.queries.feeds import TokenView
from training.directory.queries import OrganisationView
from training.identity.queries import FormerView
from training.kernel.actor import Scope
from training.kernel.errors import NotFound
from training.kernel.i18n import _
from training.reporting.office.booking import booking, last_edit
from training.reporting.office.organisations import organisation
from training.reporting.portal import colleagues as reading
from training.reporting.portal.colleagues import Colleague
from training.reporting.portal.facts_wanted import FactsWanted, wanted


@dataclass(frozen=True, slots=True)
class ClientAccess:
    """Who comes into the space of an organisation, and a page of who did."""

    organisation: OrganisationView
    colleagues: list[Colleague]
    former: list[FormerView]
    following: int | None


async def access_of(scope: Scope, slug: str, *, after: int | None, limit: int) -> ClientAccess:
    """What the page of an organisation's access shows, in three statements."""
    view = await organisation(scope, slug)
    found = await reading.colleagues_page(view, after=after, limit=limit)
    return ClientAccess(view, found.colleagues, found.former, found.following)


@dataclass(frozen=True, slots=True)
class ClientColleague:
    """Somebody of an organisation; and when they are to go, who is left to be written to."""

    organisation: OrganisationView
    colleague: Colleague
    contact: bool
    left: list[str]
    keys: int


async def colleague_of(scope: Scope, slug: str, account: int) -> ClientColleague:
    """What the pages that change or remove a role show, in four statements; NotFound when they have none."""
    view = await organisation(scope, slug)
    found = await reading.leaving(view.id, account)
    return ClientColleague(view, found.colleague, found.contact, found.left, found.keys)


@dataclass(frozen=True, slots=True)
class ClientFeeds:
    """The addresses that an organisation's calendars follow."""

    organisation: OrganisationView
    feeds: list[TokenView]

    def feed(self, id: int) -> TokenView:  # noqa: A002
        """One of them; NotFound when it is none."""
        found = next((feed for feed in self.feeds if feed.id == id), None)
        if found is None:
            raise NotFound(_("Cette adresse d’agenda n’existe pas, ou ne répond déjà plus."))
        return found


async def feeds_of(scope: Scope, slug: str) -> ClientFeeds:
    """What the page of an organisation's calendars shows, in two statements."""
    view = await organisation(scope, slug)
    return ClientFeeds(view, await calendars.tokens(organisation=view.id, person=None))


@dataclass(frozen=True, slots=True)
class ClientPeople:
    """Who comes with a booking."""

    booking: BookingView
    people: list[ParticipantView]
    seen: int


async def people_of(scope: Scope, reference: str) -> ClientPeople:
    """What the page of a booking's participants shows, in three statements."""
    seen = await last_edit(reference)
    view = await booking(scope, reference)
    return ClientPeople(view, await bookings.participants(view.id), seen)


@dataclass(frozen=True, slots=True)
class ClientOrder:
    """What the invoice of a booking will bear. `wanted`: what is asked of its client."""

    booking: BookingView
    wanted: FactsWanted
    seen: int


async def order_of(scope: Scope, reference: str) -> ClientOrder:
    """What the page of a booking's order shows, in four statements."""
    seen = await last_edit(reference)
    view = await booking(scope, reference)
    client = await organisation(scope, view.organisation_slug)
    return ClientOrder(view, await wanted(client, view.references), seen)
