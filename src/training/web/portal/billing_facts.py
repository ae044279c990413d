"""Where a client gives what its invoice needs: from its booking, from a draft, or behind a mailed link."""

from __future__ import annotations

from litestar import Router, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from training.billing.actions.client_facts import FactsTold, tell_for_booking, tell_for_invoice
from training.billing.queries import invoices as billing
from training.billing.queries.invoices import InvoiceView
from training.billing.rules.states import InvoiceState
from training.bookings import queries as bookings
from training.bookings.queries import BookingView
from training.bookings.rules.states import OCCUPYING
from training.directory import queries as directory
from training.directory.queries import OrganisationView
from training.directory.rules.billing_facts import Service
from training.kernel.errors import NotFound
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.papers.rules.references import NO_REFERENCES, References
from training.reporting.portal.facts_wanted import FactsWanted, wanted
from training.web.auth import PUBLIC
from training.web.forms import Form
from training.web.own_facts import read_own, taxables
from training.web.pages import Asked, go, page, the_actor
from training.web.parameters import row
from training.web.portal.links import BILLING_FACTS, private
from training.web.portal.organisation import frame, organisation_of

P = Permission


def read_references(form: Form, services: tuple[Service, ...]) -> References:
    """Engagement and service as typed; none where the form has a mistake. A service is one of the list shown."""
    typed = form.references()
    if typed.service_code and services and typed.service_code not in {service.code for service in services}:
        form.errors.setdefault("service_code", _("Choisissez un service de la liste."))
    return typed if form.good else NO_REFERENCES


def _told(form: Form, asked_for: FactsWanted) -> FactsTold | None:
    references = read_references(form, asked_for.services)
    own = read_own(form, asked_for.own)
    return FactsTold(references=references, own=own) if form.good else None


def _filled(known: References) -> Form:
    return Form.filled({**known.ordered})


# From a booking


@get("/espace/{slug:str}/reservations/{reference:str}/facture", permission=P.BOOKINGS_SEE)
async def of_booking(request: Asked, slug: FromPath[str], reference: FromPath[str]) -> Template:
    """What the invoice of a booking will bear."""
    organisation, booking = await _booking(request, slug, reference)
    form = _filled(booking.references)
    return await _booking_page(request, organisation, booking, form)


@post("/espace/{slug:str}/reservations/{reference:str}/facture", permission=P.BOOKINGS_SEE, status_code=200)
async def tell_booking(request: Asked, slug: FromPath[str], reference: FromPath[str]) -> Template | Redirect:
    """Write it down."""
    organisation, booking = await _booking(request, slug, reference)
    form = await Form.of(request)
    told = _told(form, await wanted(organisation, booking.references))
    if told is not None:
        with form.refusals():
            await tell_for_booking(the_actor(request), booking.id, told)
            return go(f"/espace/{slug}/reservations/{booking.reference}", _("Merci, c’est noté pour la facture."))
    return await _booking_page(request, organisation, booking, form)


async def _booking(request: Asked, slug: str, reference: str) -> tuple[OrganisationView, BookingView]:
    organisation = await organisation_of(request, slug, P.BOOKINGS_SEE)
    booking = await bookings.booking(the_actor(request).scope, reference)
    if booking is None or booking.organisation != organisation.id or booking.state not in OCCUPYING:
        raise NotFound(_("Cette réservation n’existe pas, ou n’est plus en cours."))
    return organisation, booking


async def _booking_page(request: Asked, organisation: OrganisationView, booking: BookingView, form: Form) -> Template:
    here = f"/espace/{organisation.slug}/reservations/{booking.reference}"
    return await _in_space(
        request,
        organisation,
        form,
        "reservations",
        wanted=await wanted(organisation, booking.references),
        action=f"{here}/facture",
        back=(here, _("La réservation")),
        about=f"{booking.title} · {booking.reference}",
    )


async def _in_space(
    request: Asked, organisation: OrganisationView, form: Form, stop: str, **shown: FactsWanted | str | tuple[str, str]
) -> Template:
    return await page(
        request,
        "portal/billing_facts.html",
        form.status,
        form=form,
        taxables=taxables(),
        issued=None,
        **shown,
        **frame(request, organisation, stop),
    )


# Of a draft, in the space


@get("/espace/{slug:str}/factures/a-completer/{invoice:int}", permission=P.INVOICES_SEE)
async def of_draft(request: Asked, slug: FromPath[str], invoice: FromPath[int]) -> Template | Redirect:
    """What an invoice in preparation waits for."""
    organisation, view = await _draft(request, slug, invoice)
    if view.number:
        return go(f"/espace/{slug}/factures", _("Cette facture est émise : {number}.").format(number=view.number))
    return await _draft_page(request, organisation, view, _filled(view.references))


@post("/espace/{slug:str}/factures/a-completer/{invoice:int}", permission=P.INVOICES_SEE, status_code=200)
async def tell_draft(request: Asked, slug: FromPath[str], invoice: FromPath[int]) -> Template | Redirect:
    """Write it down."""
    organisation, view = await _draft(request, slug, invoice)
    form = await Form.of(request)
    told = _told(form, await wanted(organisation, view.references))
    if told is not None:
        with form.refusals():
            await tell_for_invoice(the_actor(request), view.id, told)
            return go(f"/espace/{slug}/factures", _("Merci, c’est noté pour la facture."))
    return await _draft_page(request, organisation, view, form)


async def _draft(request: Asked, slug: str, invoice: int) -> tuple[OrganisationView, InvoiceView]:
    organisation = await organisation_of(request, slug, P.INVOICES_SEE)
    view = await billing.invoice(the_actor(request).scope, row(invoice))
    if view is None or view.payer != organisation.id:
        raise NotFound(_("Cette facture n’existe pas, ou c’est celle d’une autre structure."))
    return organisation, view


async def _draft_page(request: Asked, organisation: OrganisationView, view: InvoiceView, form: Form) -> Template:
    return await _in_space(
        request,
        organisation,
        form,
        "factures",
        wanted=await wanted(organisation, view.references),
        action=f"/espace/{organisation.slug}/factures/a-completer/{view.id}",
        back=(f"/espace/{organisation.slug}/factures", _("Factures")),
        about=view.title,
    )


# Behind the link of a mail


@get("/lien/{token:str}/completer", permission=PUBLIC)
async def of_link(request: Asked, token: FromPath[str]) -> Template:
    """The same without signing in: the link names one draft. Once it is issued, the page says so."""
    view = (await BILLING_FACTS.open(token)).thing
    return await _link_page(request, token, view, _filled(view.references))


@post("/lien/{token:str}/completer", permission=PUBLIC, status_code=200)
async def tell_link(request: Asked, token: FromPath[str]) -> Template | Redirect:
    """Write it down, in the name of the link."""
    held = await BILLING_FACTS.open(token)
    view = held.thing
    form = await Form.of(request)
    told = _told(form, await wanted(await _payer(view), view.references))
    if told is not None and view.state == InvoiceState.DRAFT:
        with form.refusals():
            await tell_for_invoice(held.actor, view.id, told)
            return go(f"/lien/{token}/completer", _("Merci, c’est noté."))
    return await _link_page(request, token, view, form)


async def _payer(view: InvoiceView) -> OrganisationView:
    organisation = await directory.organisation(view.payer)
    assert organisation is not None  # noqa: S101 - a foreign key says so
    return organisation


async def _link_page(request: Asked, token: str, view: InvoiceView, form: Form) -> Template:
    shown = await page(
        request,
        "portal/linked_billing_facts.html",
        form.status,
        form=form,
        taxables=taxables(),
        wanted=await wanted(await _payer(view), view.references),
        action=f"/lien/{token}/completer",
        back=None,
        about=view.title,
        issued=view if view.state == InvoiceState.ISSUED else None,
        invoice=view,
    )
    return private(shown)


ROUTER = Router("/", route_handlers=[of_booking, tell_booking, of_draft, tell_draft, of_link, tell_link])
