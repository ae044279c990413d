"""The people of an organisation: who books, who receives the invoices."""

from __future__ import annotations

from dataclasses import asdict

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from training.directory.actions.contacts import NewContact, add_contact, edit_contact
from training.directory.queries import OrganisationView
from training.directory.rules.numbers import check_email
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.reporting.office import organisations as reading
from training.reporting.office.organisations import OfficeContact
from training.web.forms import Form
from training.web.office.organisations.billing_facts import PATH
from training.web.office.page import show
from training.web.pages import Asked, go, once, parts, the_actor
from training.web.parameters import asked, row

P = Permission


@get(PATH + "/{slug:str}/contacts/nouveau", permission=P.INVOICES_PREPARE)
async def new_page(request: Asked, slug: FromPath[str]) -> Template:
    """An empty form; `?pour=factures` for whoever is to receive the invoices."""
    billing = asked(request, "pour") == "factures"
    found = await reading.organisation(the_actor(request).scope, slug)
    return await _page(request, found, Form.filled({"for_billing": "1" if billing else ""}))


@get(PATH + "/{slug:str}/contacts/{contact:int}", permission=P.INVOICES_PREPARE)
async def edit_page(request: Asked, slug: FromPath[str], contact: FromPath[int]) -> Template:
    """A contact as it stands."""
    found = await reading.contact_page(the_actor(request).scope, slug, row(contact))
    values = {
        name: ("1" if value else "") if isinstance(value, bool) else value
        for name, value in (asdict(found.contact) if found.contact else {}).items()
    }
    return await _edit_page(request, found, Form.filled(values, seen=found.seen))


async def _edit_page(request: Asked, found: OfficeContact, form: Form) -> Template:
    return await show(request, "organisations/contact", form.status, form=form, **parts(found))


async def _page(request: Asked, view: OrganisationView, form: Form) -> Template:
    return await _edit_page(request, OfficeContact(view, None), form)


@post(PATH + "/{slug:str}/contacts/nouveau", permission=P.INVOICES_PREPARE)
async def add(request: Asked, slug: FromPath[str]) -> Template | Redirect:
    """Write a contact down."""
    view, form = await reading.organisation(the_actor(request).scope, slug), await Form.of(request)
    new = read(form)
    if new is not None:
        with form.refusals():
            await once(request, form, lambda: add_contact(the_actor(request), view.id, new))
            return go(f"{PATH}/{view.slug}#contacts", _("Contact enregistré."))
    return await _page(request, view, form)


@post(PATH + "/{slug:str}/contacts/{contact:int}", permission=P.INVOICES_PREPARE)
async def edit(request: Asked, slug: FromPath[str], contact: FromPath[int]) -> Template | Redirect:
    """Correct a contact, put it aside, or take it back."""
    found, form = await reading.contact_page(the_actor(request).scope, slug, row(contact)), await Form.of(request)
    new = read(form, locale=found.contact.locale) if found.contact else None
    if new is not None and found.contact is not None:
        active = form.values.get("active") == "1"
        with form.refusals():
            await edit_contact(the_actor(request), found.contact.id, new, active=active, seen=form.seen)
            left = _("Contact désactivé : plus rien ne lui est envoyé, son accès a pris fin.")
            said = _("Contact enregistré.") if active else left
            return go(f"{PATH}/{found.organisation.slug}#contacts", said)
    return await _edit_page(request, found, form)


def read(form: Form, *, locale: str = "fr") -> NewContact | None:
    """The person that a form says; None when something in it was refused."""
    new = NewContact(
        name=form.text("name", required=True),
        email=form.checked("email", check_email),
        phone=form.text("phone", most=30) or None,
        title=form.text("title") or None,
        for_booking=form.values.get("for_booking") == "1",
        for_billing=form.values.get("for_billing") == "1",
        locale=locale,
    )
    return new if form.good else None


HANDLERS = [new_page, edit_page, add, edit]
