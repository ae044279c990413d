"""An organisation's bookings: the list, one with its story, confirming an option, cancelling on a page of its own."""

from __future__ import annotations

from litestar import Response, Router, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from training.billing.queries import invoices as billing
from training.bookings import queries
from training.bookings.actions import booking as actions
from training.bookings.actions import ending
from training.bookings.actions.booking import NewParticipant
from training.bookings.queries import BookingView
from training.bookings.rules import who_may
from training.bookings.rules.states import BookingState
from training.directory.queries import OrganisationView
from training.kernel import clock
from training.kernel.errors import DomainError, NotFound
from training.kernel.i18n import _, ngettext
from training.kernel.permissions import Permission
from training.reporting.portal.booking import booking_page, made_page
from training.web.forms import Form
from training.web.pages import Asked, go, kept_file, page, parts, the_actor
from training.web.parameters import asked, key, moment_key, pager
from training.web.portal.organisation import frame, organisation_of
from training.web.portal.people import read_people, written

PAGE = 30

P = Permission
MADE = (BookingState.CONFIRMED, BookingState.PENDING, BookingState.OPTION)  # what has a page that says what follows


@get("/espace/{slug:str}/reservations", permission=P.BOOKINGS_SEE)
async def listed(request: Asked, slug: FromPath[str]) -> Template:
    """Every booking, the latest session first."""
    organisation = await organisation_of(request, slug, P.BOOKINGS_SEE)
    after = moment_key(asked(request, "apres"))
    found = await queries.bookings(the_actor(request).scope, organisation=organisation.id, after=after, limit=PAGE + 1)
    following = key(found[PAGE - 1].starts_at, found[PAGE - 1].id) if len(found) > PAGE else None
    return await page(
        request,
        "portal/bookings.html",
        bookings=found[:PAGE],
        pager=pager(f"/espace/{slug}/reservations", following, after is not None),
        may_book=the_actor(request).may(P.BOOKINGS_MAKE, organisation=organisation.id),
        **frame(request, organisation, "reservations"),
    )


@get("/espace/{slug:str}/reservations/{reference:str}", permission=P.BOOKINGS_SEE)
async def one(request: Asked, slug: FromPath[str], reference: FromPath[str]) -> Template:
    """One booking: the facts, what happened, what comes next, who comes."""
    organisation, booking = await booking_of(request, slug, reference, P.BOOKINGS_SEE)
    return await _booking_page(request, organisation, booking)


async def _booking_page(
    request: Asked, organisation: OrganisationView, booking: BookingView, form: Form | None = None
) -> Template:
    found = await booking_page(the_actor(request), organisation, booking)
    typed = {"participants": written(found.people), "invite": "1" if booking.invite_participants else ""}
    form = form or Form.filled(typed, seen=found.seen)
    around = frame(request, organisation, "reservations")
    return await page(request, "portal/booking.html", form.status, form=form, **parts(found), **around)


@get("/espace/{slug:str}/reservations/{reference:str}/suite", permission=P.BOOKINGS_SEE)
async def made(request: Asked, slug: FromPath[str], reference: FromPath[str]) -> Template | Redirect:
    """Once seats are taken: who was told, and what comes next. Of what came to an end, the booking's page says more."""
    organisation, booking = await booking_of(request, slug, reference, P.BOOKINGS_SEE)
    if booking.state not in MADE or not booking.coming:
        return go(f"/espace/{slug}/reservations/{booking.reference}")
    found = await made_page(the_actor(request), organisation, booking)
    around = frame(request, organisation, "reservations")
    return await page(request, "portal/booking_made.html", **parts(found), **around)


@get("/espace/{slug:str}/reservations/{reference:str}/confirmation.pdf", permission=P.BOOKINGS_SEE)
async def free_confirmation(request: Asked, slug: FromPath[str], reference: FromPath[str]) -> Response[bytes]:
    """The paper that says what a free session was worth."""
    _organisation, booking = await booking_of(request, slug, reference, P.BOOKINGS_SEE)
    paper = await billing.free_paper(the_actor(request).scope, booking.reference)
    missing = _("Cette confirmation n’existe pas encore : elle est établie après la séance.")
    return await kept_file(paper, f"confirmation-{booking.reference}.pdf", missing)


@post("/espace/{slug:str}/reservations/{reference:str}/confirmer", permission=P.BOOKINGS_CONFIRM, status_code=200)
async def confirm(request: Asked, slug: FromPath[str], reference: FromPath[str]) -> Redirect:
    """Turn an option into a booking."""
    _organisation, booking = await booking_of(request, slug, reference, P.BOOKINGS_CONFIRM)
    here = f"/espace/{slug}/reservations/{booking.reference}"
    try:
        await actions.confirm(the_actor(request), booking.id)
    except DomainError as refused:
        return go(here, refused.detail, "danger")
    return go(f"{here}/suite")


@post("/espace/{slug:str}/reservations/{reference:str}/participants", permission=P.BOOKINGS_MAKE, status_code=200)
async def name_participants(request: Asked, slug: FromPath[str], reference: FromPath[str]) -> Template | Redirect:
    """Say who comes, or change it: the list replaces the one before."""
    organisation, booking = await booking_of(request, slug, reference, P.BOOKINGS_MAKE)
    form = await Form.of(request)
    people = read_people(form)
    if form.good:
        with form.refusals():
            invite = form.values.get("invite") == "1"
            await actions.name_participants(the_actor(request), booking.id, people, invite=invite, seen=form.seen)
            said = _said_of(people, invite and booking.state == BookingState.CONFIRMED)
            return go(f"/espace/{slug}/reservations/{booking.reference}", said)
    return await _booking_page(request, organisation, booking, form)


def _said_of(people: tuple[NewParticipant, ...], invited: bool) -> str:
    if not people:
        return _("La liste des participants est vide.")
    said = ngettext("%(num)d nom est enregistré.", "%(num)d noms sont enregistrés.", len(people)) % {"num": len(people)}
    written_to = len({p.email.lower() for p in people if p.email})
    if not invited or not written_to:
        return said
    sent = ngettext("%(num)d personne reçoit l’invitation.", "%(num)d personnes reçoivent l’invitation.", written_to)
    return f"{said} {sent % {'num': written_to}}"


@get("/espace/{slug:str}/reservations/{reference:str}/annuler", permission=P.BOOKINGS_CANCEL)
async def ask_cancel(request: Asked, slug: FromPath[str], reference: FromPath[str]) -> Template | Redirect:
    """What cancelling leads to, in numbers, before it is done."""
    organisation, booking = await booking_of(request, slug, reference, P.BOOKINGS_CANCEL)
    if not who_may.may_cancel(the_actor(request), booking.standing, clock.now()):
        said = _("Cette réservation ne peut plus être annulée en ligne : appelez-nous.")
        return go(f"/espace/{slug}/reservations/{booking.reference}", said, "attention")
    return await _cancel_page(request, organisation, booking, Form())


@post("/espace/{slug:str}/reservations/{reference:str}/annuler", permission=P.BOOKINGS_CANCEL, status_code=200)
async def cancel(request: Asked, slug: FromPath[str], reference: FromPath[str]) -> Template | Redirect:
    """Give the seats back."""
    organisation, booking = await booking_of(request, slug, reference, P.BOOKINGS_CANCEL)
    form = await Form.of(request)
    reason = form.lines("reason", most=400)
    if form.good:
        with form.refusals():
            await ending.cancel(the_actor(request), booking.id, reason)
            return go(f"/espace/{slug}/reservations/{booking.reference}", _("La réservation est annulée."))
    return await _cancel_page(request, organisation, booking, form)


async def booking_of(
    request: Asked, slug: str, reference: str, permission: Permission
) -> tuple[OrganisationView, BookingView]:
    """The booking of an address, for who may do this with it; NotFound when it is another organisation's."""
    organisation = await organisation_of(request, slug, permission)
    booking = await queries.booking(the_actor(request).scope, reference)
    if booking is None or booking.organisation != organisation.id:
        raise NotFound(_("Cette réservation n’existe pas, ou c’est celle d’une autre structure."))
    return organisation, booking


async def _cancel_page(request: Asked, organisation: OrganisationView, booking: BookingView, form: Form) -> Template:
    around = frame(request, organisation, "reservations")
    return await page(request, "portal/cancel.html", form.status, booking=booking, form=form, **around)


ROUTER = Router(
    "/", route_handlers=[listed, one, made, free_confirmation, confirm, name_participants, ask_cancel, cancel]
)
