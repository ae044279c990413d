"""Organisations: the list, and one of them."""

from __future__ import annotations

from litestar import get
from litestar.params import FromPath
from litestar.response import Template

from training.directory.rules.billing_facts import needs_siret
from training.directory.rules.organisations import OrganisationState
from training.kernel.countries import HOME, country_name
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.reporting.office import organisations as reading
from training.reporting.office.organisation import organisation_page as read_organisation
from training.web.forms import Form
from training.web.office.notes import blank_note
from training.web.office.organisations.billing_facts import MOMENTS, NEEDS, VAT_ABROAD
from training.web.office.page import show
from training.web.pages import Asked, parts, the_actor
from training.web.parameters import PER_PAGE, asked, pager, row_key

P = Permission
PATH = "/gestion/structures"
LATEST = 30  # bookings and invoices on an organisation's page: the rest is one link away


@get(PATH, permission=P.OFFICE_SEE)
async def listing(request: Asked) -> Template:
    """Organisations by name, narrowed by state and words."""
    kept = {"etat": asked(request, "etat"), "q": asked(request, "q")}
    after, scope = row_key(asked(request, "apres")), the_actor(request).scope
    found = await reading.organisations_page(scope, state=kept["etat"], search=kept["q"], after=after, limit=PER_PAGE)
    return await show(
        request,
        "organisations/organisations",
        form=Form.filled(kept),
        narrowed=any(kept.values()),
        state=kept["etat"],
        states=[state.value for state in OrganisationState if found.counts.get(state)],
        pager=pager(PATH, found.following, after is not None, **kept),
        **parts(found),
    )


@get(PATH + "/{slug:str}", permission=P.OFFICE_SEE)
async def organisation_page(request: Asked, slug: FromPath[str]) -> Template:
    """One organisation: facts, people, bookings, invoices."""
    found = await read_organisation(the_actor(request), slug, latest=LATEST)
    view = found.organisation
    unsaid = _("À choisir : aucune facture ne part sans cette réponse")
    chosen = _(VAT_ABROAD[view.vat_abroad][0]) if view.vat_abroad else unsaid
    needs, moment = _(NEEDS[view.chorus_needs][0]), _(MOMENTS[view.billing_moment][0])
    return await show(
        request,
        "organisations/organisation",
        needs=needs,
        moment=moment,
        country=country_name(view.country) if view.country != HOME else None,
        vat_abroad=chosen,
        wants_siret=needs_siret(view.buyer, view.country),
        noting=blank_note(),
        **parts(found),
    )


HANDLERS = [listing, organisation_page]
