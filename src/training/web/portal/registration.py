"""An organisation registers itself, through whoever signed in first for it."""

from __future__ import annotations

from litestar import Router, get, post
from litestar.response import Redirect, Template

from training.directory import queries as directory
from training.directory.actions.contacts import NewContact
from training.directory.actions.organisations import NewOrganisation
from training.directory.rules.billing_facts import needs_siret
from training.directory.rules.organisations import KIND_NAMES, OrganisationKind, usual_buyer
from training.identity.actions.registration import register_organisation
from training.identity.rules import network_of, safe_path
from training.kernel.countries import HOME, countries, country
from training.kernel.i18n import _
from training.web.auth import SIGNED_IN, client_address
from training.web.forms import Form
from training.web.own_facts import read_own, taxables
from training.web.pages import Asked, go, once, page, the_actor
from training.web.portal.sought import sought


@get("/inscription", permission=SIGNED_IN)
async def ask(request: Asked) -> Template:
    """The organisation, its address, who follows the bookings, who pays."""
    return await _page(request, Form.filled({"suite": safe_path(request.query_params.get("suite", ""))}))


@post("/inscription", permission=SIGNED_IN, status_code=200)
async def register(request: Asked) -> Template | Redirect:
    """Register it; it is looked at by the team, and may book meanwhile."""
    actor, form = the_actor(request), await Form.of(request)
    new, contacts = read(form, actor.email or "")
    if new is None:
        return await _page(request, form)
    with form.refusals():
        network = network_of(client_address(request))
        organisation = await once(request, form, lambda: register_organisation(actor, new, contacts, network=network))
        made = await directory.organisation(organisation)
        following = safe_path(form.values.get("suite", ""))
        said = _("{name} est inscrite. Vous pouvez réserver dès maintenant.").format(name=new.name)
        return go(following or (f"/espace/{made.slug}" if made else "/espace"), said)
    return await _page(request, form)


def read(form: Form, email: str) -> tuple[NewOrganisation | None, tuple[NewContact, ...]]:
    """What was typed, as an organisation and its contacts, the asker's first; None with the mistakes in the form."""
    kind = form.choice("kind", OrganisationKind)
    name = form.text("name", required=True)
    land = country(form.text("country", most=2))
    if kind is not None and not form.text("siret") and needs_siret(usual_buyer(kind, land), land):
        form.errors.setdefault("siret", _("Indiquez le numéro SIRET : il figure sur vos factures."))
    own = read_own(form)
    street = form.text("address", required=True, most=300)
    postcode = form.text("postcode", required=land == HOME, most=10)
    city = form.text("city", required=True, most=100)
    contacts = _contacts(form, email)
    if kind is None or not form.good:
        return None, ()
    return NewOrganisation(
        name, kind, own.siret, street, postcode, city, country=land, rna=own.rna, taxable=own.taxable,
        vat_number=own.vat_number, billing_address=own.billing_address,
    ), contacts  # fmt: skip


def _contacts(form: Form, email: str) -> tuple[NewContact, ...]:
    person = form.text("person", required=True)
    phone, title = form.text("phone", most=30), form.text("title")
    billing_name, billing_email = form.text("billing_name"), form.email("billing_email", required=False)
    if billing_name and not billing_email:
        form.errors.setdefault("billing_email", _("Indiquez l’adresse de cette personne."))
    apart = bool(billing_email) and billing_email.lower() != email.lower()
    own = NewContact(person, email, phone or None, title or None, for_booking=True, for_billing=not apart)
    if not apart:
        return (own,)
    return own, NewContact(billing_name or billing_email, billing_email, for_billing=True)


async def _page(request: Asked, form: Form) -> Template:
    kinds = [(str(kind), _(name)) for kind, name in KIND_NAMES.items()]
    about = await sought(the_actor(request), safe_path(form.values.get("suite", "")))
    return await page(
        request, "portal/registration.html", form.status, form=form, kinds=kinds, countries=countries(),
        taxables=taxables(), about=about,
    )  # fmt: skip


ROUTER = Router("/", route_handlers=[ask, register])
