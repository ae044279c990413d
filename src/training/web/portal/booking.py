"""Booking seats: *check answers* (whose organisation, how many, at what price, who follows), then one button."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from litestar import Router, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from training.bookings.actions import booking as bookings
from training.bookings.actions.booking import NewBooking, RepeatKey
from training.bookings.queries import BookingView
from training.bookings.rules.groups import BookedAlready
from training.bookings.rules.prices import resized
from training.bookings.rules.seats import OPTION_LIFE
from training.bookings.rules.states import IN_LINE, BookingState
from training.catalogue.queries import tariffs as pricing
from training.catalogue.rules.tariffs import Price
from training.directory import queries as directory
from training.directory.queries import ContactView, OrganisationView
from training.directory.rules.billing_facts import Service
from training.identity.rules import new_token
from training.kernel.actor import Actor
from training.kernel.errors import DomainError, Forbidden, NotFound
from training.kernel.i18n import _, ngettext
from training.kernel.permissions import Permission
from training.kernel.render import euros
from training.reporting.portal import readers
from training.reporting.portal import session as shown
from training.reporting.portal.readers import VISITOR, CatalogueReader
from training.reporting.portal.session import SessionShown
from training.web.auth import PUBLIC, SIGNED_IN
from training.web.forms import Form
from training.web.pages import Asked, actor_of, go, page, the_actor
from training.web.parameters import address, asked, whole
from training.web.portal.billing_facts import read_references
from training.web.portal.organisation import no_right
from training.web.portal.people import read_people
from training.web.portal.sessions import session_id
from training.web.seats import ANY_NUMBER, MOST_SEATS, read_seats


@dataclass(frozen=True, slots=True)
class Asking:
    """Who books what: everything the page shows that is not typed."""

    found: SessionShown
    organisation: OrganisationView
    contacts: tuple[ContactView, ...]
    several: bool
    already: tuple[BookingView, ...]  # what the organisation has there
    services: tuple[Service, ...]  # of a public buyer: the ones that its invoices may name

    @property
    def in_line(self) -> tuple[BookingView, ...]:
        """What stands on the waiting list, or came up: more seats are no part of it."""
        return tuple(b for b in self.already if b.state in IN_LINE)

    @property
    def beside(self) -> tuple[BookingView, ...]:
        """What has to be decided, or changed, before seats are asked for anew."""
        return () if self.joined else self._group

    @property
    def joined(self) -> BookingView | None:
        """The booking that more seats go to. None: it would be the first, or something is in the way."""
        state = BookingState.CONFIRMED if self.organisation.approved else BookingState.PENDING
        return self._group[0] if [b.state for b in self._group] == [state] else None

    @property
    def had(self) -> int:
        """The seats that this page says there are."""
        return self.joined.seats if self.joined else 0

    @property
    def _group(self) -> tuple[BookingView, ...]:
        return tuple(b for b in self.already if b.state not in IN_LINE)


@get("/seances/{name:str}/reserver", permission=PUBLIC)
async def check(request: Asked, name: FromPath[str]) -> Template | Redirect:
    """The answers so far, to be checked. A visitor signs in first and comes back with the number of people."""
    session, places = session_id(name), asked(request, "places")
    here = address(f"/seances/{session}/reserver", places=places, structure=asked(request, "structure"))
    actor = actor_of(request)
    if actor is None:
        return go(await _wrong_already(request, session) or address("/connexion", suite=here))
    who = await readers.reader(actor)
    found = await _found(actor, who, session)
    if found.refusal:
        return go(f"/seances/{session}")
    able = _able(actor, who)
    if not able:
        return _nobody(actor, who, here)
    chosen = able[0] if len(able) == 1 else _named(able, asked(request, "structure"))
    if chosen is None:
        return await page(request, "portal/book_for.html", found=found, organisations=able, places=places)
    asking = await _asking(found, chosen, len(able) > 1)
    if asking.beside:
        return await page(
            request, "portal/booked_already.html", asking=asking, session=found.session, organisation=chosen
        )
    form = Form.filled({"places": places, "structure": chosen.slug, "cle": new_token()})
    if places:
        read_seats(form, found.session.seats_left)
    return await _page(request, asking, form)


async def _wrong_already(request: Asked, session: int) -> str:
    """Where a visitor reads, before signing in, that it cannot be booked, or not for so many. "": all is well."""
    found = await shown.session_page(None, VISITOR, session)
    if found is None or "places" not in request.query_params:
        return ""  # it may be theirs alone; or the number is asked for afterwards
    form = Form.filled({"places": asked(request, "places")})
    read_seats(form, found.session.seats_left)
    if form.good and not found.refusal:
        return ""
    return f"/seances/{session}?{urlencode(form.values)}#reserver"


@post("/seances/{name:str}/reserver", permission=SIGNED_IN, status_code=200)
async def book(request: Asked, name: FromPath[str]) -> Template | Redirect:
    """Take the seats. The same form sent twice is one booking: its key says so."""
    actor, form = the_actor(request), await Form.of(request)
    who = await readers.reader(actor)
    found = await _found(actor, who, session_id(name))
    chosen = _named(_able(actor, who), form.values.get("structure", ""))
    if chosen is None:
        return _nobody(actor, who, f"/seances/{found.session.id}/reserver")
    asking = await _asking(found, chosen, len(_able(actor, who)) > 1)
    if not _fitted(form):
        return await _page(request, asking, form)
    new = read(form, asking)
    if new is None or not await _same_price(form, asking, new.seats):
        return await _page(request, asking, form, 422)
    try:
        booked = await bookings.book(actor, new, _repeat_key(actor, form))
    except DomainError as refusal:
        _refuse(form, refusal)
        # what refused may be that things moved since the page was read: show them as they are now
        asking = await _asking(await _found(actor, who, found.session.id), chosen, asking.several)
        return await _page(request, asking, form, refusal.status)
    here = f"/espace/{chosen.slug}/reservations/{booked.reference}"
    if booked.seats != new.seats and not booked.repeated:
        words = ngettext("Vous avez maintenant %(num)d place.", "Vous avez maintenant %(num)d places.", booked.seats)
        return go(here, words % {"num": booked.seats})
    return go(f"{here}/suite")


def _fitted(form: Form) -> bool:
    """Take the number that the page proposed in place of one that was too high: "70>54".

    False: another was typed since, and nobody pressed a button that bears it.
    """
    asked_for, arrow, fits = form.values.pop("plutot", "").partition(">")
    if not arrow:
        return True
    if form.values.get("places", "").strip() != asked_for:
        return False
    form.values["places"] = fits
    return True


def read(form: Form, asking: Asking) -> NewBooking | None:
    """What was typed, as a booking; None with the mistakes in the form."""
    seats = form.number("places", least=1, most=ANY_NUMBER)
    had = whole(form.values.get("avant", ""))  # as the form said; what there is by now is the action's to compare
    contact = None if had else _contact(form, asking)
    references = read_references(form, asking.services)
    note = form.lines("note", most=2_000)
    people = read_people(form)
    if seats is None or seats > MOST_SEATS or not form.good:
        # the action would say it; with another mistake, both are said at once
        read_seats(form, asking.found.session.seats_left)
        return None
    return NewBooking(
        session=asking.found.session.id,
        organisation=asking.organisation.id,
        seats=seats,
        contact=contact,
        references=references,
        note=note,
        participants=people,
        option=bool(form.values.get("option")),
        accept_price_cents=whole(form.values.get("price", "")),  # between reading and taking it may rise
        had=had,
    )


def _contact(form: Form, asking: Asking) -> int | None:
    chosen = form.values.get("contact", "")
    known = {str(contact.id): contact.id for contact in asking.contacts}
    if chosen not in known:
        form.errors.setdefault("contact", _("Choisissez qui suit la réservation."))
    return known.get(chosen)


async def _same_price(form: Form, asking: Asking, seats: int) -> bool:
    """Whether the price is the one that was shown: nobody owes an amount that they have not read.

    Of a form that was sent already, or that knew of other seats, the action says more than its price.
    """
    if form.values.get("avant", "0") != str(asking.had):
        return True
    now = await _quote(asking, seats)
    seen = form.values.get("price", "")
    if now is None or seen == str(now.price_cents):
        return True
    read_seats(form, asking.found.session.seats_left)
    if not form.good:
        return False
    total = asking.had + seats
    people = ngettext("%(num)d personne", "%(num)d personnes", total) % {"num": total}
    words = _("Pour {people}, le prix est de {amount} : vérifiez, puis réservez.")
    if asking.had:
        words = _("Pour {people}, le prix est de {amount} : vérifiez, puis ajoutez vos places.")
    form.errors[""] = words.format(people=people, amount=euros(now.price_cents) if now.price_cents else _("zéro euro"))
    return False


async def _quote(asking: Asking, seats: int) -> Price | None:
    """What so many cost; where there are some already, what they cost with these, by the tariff that was promised."""
    session, had = asking.found.session, asking.joined
    total = max(asking.had + seats, 1)
    today = await pricing.price_of(session.offer, asking.organisation.kind, session.starts_at, total)
    return resized(had.price, had.seats, total, today) if had else today


async def _found(actor: Actor, who: CatalogueReader, session: int) -> SessionShown:
    found = await shown.session_page(actor, who, session)
    if found is None:
        raise NotFound(_("Cette séance n’existe pas, ou n’est pas ouverte à tous."))
    return found


def _able(actor: Actor, who: CatalogueReader) -> list[OrganisationView]:
    return [o for o in who.organisations if actor.may(Permission.BOOKINGS_MAKE, organisation=o.id)]


def _named(organisations: list[OrganisationView], slug: str) -> OrganisationView | None:
    return next((o for o in organisations if o.slug == slug), None)


def _nobody(actor: Actor, who: CatalogueReader, here: str) -> Redirect:
    """Nobody to book for: register, or hear why not."""
    if who.organisations:
        raise no_right(Permission.BOOKINGS_MAKE, who.organisations[0].name)
    if actor.scope.everything:
        raise Forbidden(_("Vous faites partie de l’équipe : une structure réserve depuis son espace."))
    return go(address("/inscription", suite=here))


async def _asking(found: SessionShown, organisation: OrganisationView, several: bool) -> Asking:
    already = tuple(b for b in found.booked if b.organisation == organisation.id)
    contacts = tuple(await directory.contacts(organisation.id))
    services = tuple(s for s in await directory.chorus_services(organisation.id) if s.active)
    return Asking(found, organisation, contacts, several, already, services)


def _repeat_key(actor: Actor, form: Form) -> RepeatKey | None:
    key = form.values.get("cle", "")[:60]
    return RepeatKey(f"user:{actor.id}", key) if key else None


def _refuse(form: Form, refusal: DomainError) -> None:
    form.refuse(refusal, field="places" if isinstance(refusal, BookedAlready) else "")
    # the domain says "seats"; on the page the field has the name that addresses carry
    if "seats" in form.errors:
        form.errors["places"] = form.errors.pop("seats")


async def _page(request: Asked, asking: Asking, form: Form, status: int = 200) -> Template:
    seats = form.values.get("places", "").strip()
    people = whole(seats) or 0
    left = asking.found.session.seats_left
    fits = left if people > left > 0 else 0  # what can be had instead
    cost = await _quote(asking, fits or min(people, MOST_SEATS))
    form.values["price"] = "" if cost is None else str(cost.price_cents)
    form.values.setdefault("contact", _usual_contact(asking, the_actor(request)))
    context: dict[str, Any] = {
        "asking": asking,
        "found": asking.found,
        "session": asking.found.session,
        "organisation": asking.organisation,
        "people": people,
        "fits": fits,
        "payer": _payer(asking),
        "cost": cost,
        "option_days": OPTION_LIFE.days,
        "joined": asking.joined,
        "contacts": [(c.id, c.name) for c in asking.contacts],
    }
    name = "portal/book_more.html" if asking.joined else "portal/book.html"
    return await page(request, name, status, form=form, **context)


def _payer(asking: Asking) -> str:
    """Who receives the invoices, as `billing_contact` finds them."""
    first = sorted(asking.contacts, key=lambda c: (not c.for_billing, not c.for_booking, c.id))
    return first[0].name if first else asking.organisation.name


def _usual_contact(asking: Asking, actor: Actor) -> str:
    own = [c.id for c in asking.contacts if actor.email and (c.email or "").lower() == actor.email.lower()]
    usual = own or [c.id for c in asking.contacts if c.for_booking] or [c.id for c in asking.contacts]
    return str(usual[0]) if usual else ""


ROUTER = Router("/", route_handlers=[check, book])
