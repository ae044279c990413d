"""Organisations: the list, one of them, and the word that lets it book."""

from __future__ import annotations

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from training.billing.queries import invoices as billing
from training.billing.rules.states import InvoiceState
from training.bookings import queries as bookings
from training.bookings.rules.states import BookingState
from training.directory import queries as directory
from training.directory.actions import approve as approve_organisation
from training.directory.queries import OrganisationView
from training.directory.rules import OrganisationState
from training.kernel.errors import NotFound
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.reporting.office import organisations as reading
from training.web.asked import PER_PAGE, asked, pager, row_key
from training.web.forms import Form
from training.web.office.organisations.billing_facts import MOMENTS, NEEDS
from training.web.office.page import show
from training.web.pages import Asked, go, the_actor

P = Permission
PATH = "/gestion/structures"
LATEST = 30  # bookings and invoices on an organisation's page: the rest is one link away


@get(PATH, permission=P.OFFICE_SEE)
async def listing(request: Asked) -> Template:
    """Organisations by name, narrowed by state and words."""
    kept = {"etat": asked(request, "etat"), "q": asked(request, "q")}
    after = row_key(asked(request, "apres"))
    found = await reading.organisations(state=kept["etat"], search=kept["q"], after=after, limit=PER_PAGE + 1)
    shown = found[:PER_PAGE]
    following = str(shown[-1].id) if len(found) > PER_PAGE else None
    counts = await reading.counts()
    return await show(
        request,
        "organisations/organisations",
        organisations=shown,
        form=Form.filled(kept),
        narrowed=any(kept.values()),
        state=kept["etat"],
        counts=counts,
        states=[state.value for state in OrganisationState if counts.get(state)],
        pager=pager(PATH, following, after is not None, **kept),
    )


@get(PATH + "/{slug:str}", permission=P.OFFICE_SEE)
async def organisation_page(request: Asked, slug: FromPath[str]) -> Template:
    """One organisation: facts, people, bookings, invoices."""
    actor = the_actor(request)
    view = await _organisation(slug)
    booked = await bookings.bookings(actor.scope, organisation=view.id, limit=LATEST)
    seen = actor.may(P.INVOICES_SEE)
    return await show(
        request,
        "organisations/organisation",
        organisation=view,
        contacts=await directory.contacts(view.id),
        former=await directory.former_contacts(view.id),
        services=await directory.chorus_services(view.id),
        needs=_(NEEDS[view.chorus_needs][0]),
        moment=_(MOMENTS[view.billing_moment][0]),
        bookings=booked,
        pending=sum(b.state == BookingState.PENDING for b in booked),
        drafts=await billing.invoices(actor.scope, state=InvoiceState.DRAFT, organisation=view.id) if seen else [],
        invoices=await billing.invoices(actor.scope, organisation=view.id, limit=LATEST) if seen else [],
        may_approve=view.state == OrganisationState.PENDING and actor.may(P.ORGANISATIONS_APPROVE),
        latest=LATEST,
    )


@post(PATH + "/{slug:str}/valider", permission=P.ORGANISATIONS_APPROVE)
async def approve(request: Asked, slug: FromPath[str]) -> Redirect:
    """Vouch for an organisation: what it asked for is confirmed."""
    view = await _organisation(slug)
    await approve_organisation(the_actor(request), view.id)
    return go(f"{PATH}/{view.slug}", _("Structure validée : ses demandes sont confirmées, ses contacts prévenus."))


async def _organisation(slug: str) -> OrganisationView:
    view = await directory.organisation_by_slug(slug)
    if view is None:
        raise NotFound(_("Cette structure n’existe pas."))
    return view


HANDLERS = [listing, organisation_page, approve]
