"""An organisation, or a person, that staff write down: a name, a kind, a town and somebody to call are enough."""

from __future__ import annotations

from litestar import get, post
from litestar.response import Redirect, Template

from training.directory import queries as directory
from training.directory.actions.contacts import NewContact
from training.directory.actions.organisations import NewOrganisation, add_payer
from training.directory.queries import OrganisationView
from training.directory.rules.numbers import check_email, check_siret
from training.directory.rules.organisations import KIND_NAMES, OrganisationKind
from training.kernel.countries import HOME, countries, country
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.reporting.office import lookalikes
from training.web.forms import Form
from training.web.office.page import show
from training.web.pages import Asked, go, once, the_actor
from training.web.parameters import asked

P = Permission
PATH = "/gestion/structures"
NEW = "/gestion/nouvelle-structure"  # beside the organisations: one of them may be named « Nouvelle »


@get(NEW, permission=P.INVOICES_PREPARE)
async def new_page(request: Asked) -> Template:
    """An empty form; `?reservation=` is the booking whose payers are being said, `?nom=` a name."""
    form = Form.filled({"kind": "", "reference": asked(request, "reservation"), "name": asked(request, "nom"),
                        "for_booking": "1", "for_billing": "1"})  # fmt: skip
    return await _page(request, form, [])


async def _page(request: Asked, form: Form, alike: list[OrganisationView]) -> Template:
    kinds = [(kind.value, _(name)) for kind, name in KIND_NAMES.items()]
    context = {"kinds": kinds, "countries": countries(), "alike": alike}
    status = 409 if alike and form.good else form.status
    return await show(request, "organisations/organisation_new", status, form=form, **context)


@post(NEW, permission=P.INVOICES_PREPARE)
async def make(request: Asked) -> Template | Redirect:
    """Write it down. What looks like one that is known is shown first; a SIRET that is known is refused."""
    form = await Form.of(request)
    new, contact = read(form)
    if new is None or contact is None:
        return await _page(request, form, await _same_siret(form))
    alike = await lookalikes.of_new(new, contact)
    if alike and not form.values.get("sure"):
        form.values["sure"] = "1"  # pressed again, it is another one
        return await _page(request, form, alike)
    with form.refusals():
        made_id = await once(request, form, lambda: add_payer(the_actor(request), new, contact))
        made = await directory.organisation(made_id)
        assert made is not None  # noqa: S101 - it was made in the line above
        said = _("« {name} » est créée : elle peut réserver et être facturée.").format(name=made.name)
        return go(_back(form.text("reference", most=20), made.slug), said)
    return await _page(request, form, await _same_siret(form))


async def _same_siret(form: Form) -> list[OrganisationView]:
    """Whose the number is that was typed, so that one goes there."""
    digits = "".join(filter(str.isdigit, form.values.get("siret", "")))
    return await directory.organisations_of_sirets([digits]) if digits else []


def read(form: Form) -> tuple[NewOrganisation | None, NewContact | None]:
    """What a form says; nothing when something in it was refused."""
    kind = form.choice("kind", OrganisationKind)
    person = kind == OrganisationKind.PERSON
    siret = form.checked("siret", check_siret)
    if person and siret:
        form.errors.setdefault("siret", _("Un particulier n’a pas de SIRET : videz cette case."))
    land = country(form.text("country", most=2) or HOME)
    name, address = form.text("name", required=True), form.text("address", most=300)
    postcode, city = form.text("postcode", required=land == HOME, most=10), form.text("city", required=True, most=100)
    contact = NewContact(
        form.text("contact", required=not person) or name,
        form.checked("email", check_email),
        form.text("phone", most=30) or None,
        for_booking=form.values.get("for_booking") == "1",
        for_billing=form.values.get("for_billing") == "1" or person,
    )
    if not contact.email and not contact.phone:
        form.errors.setdefault("email", _("Donnez un courriel, ou un téléphone."))
    if kind is None or not form.good:
        return None, None
    return NewOrganisation(name, kind, siret, address, postcode, city, country=land), contact


def _back(reference: str, slug: str) -> str:
    if reference.replace("-", "").isalnum() and reference.isascii():
        return f"/gestion/reservations/{reference}/payeurs?payeur={slug}"
    return f"{PATH}/{slug}"


HANDLERS = [new_page, make]
