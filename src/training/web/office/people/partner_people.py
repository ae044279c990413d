"""A partner's people and what it asks for: contacts with their access, rates."""

from __future__ import annotations

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from training.directory.actions.partners import NewPartnerContact, add_partner_contact, edit_partner_contact
from training.identity.actions.leaving import remove
from training.identity.actions.partner_access import give_partner_access
from training.kernel import clock
from training.kernel.errors import NotFound
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.reporting.office.people import partners as reading
from training.reporting.office.people.partners import PartnerContactEdited, PartnerRated
from training.scheduling.actions.partner_rates import NewPartnerRate, add_partner_rate, archive_partner_rate
from training.scheduling.rules import PARTNER_UNIT_NAMES, PartnerUnit
from training.web.forms import Form
from training.web.office.page import show
from training.web.office.people.partners import ONE, PATH
from training.web.pages import Asked, go, once, parts, the_actor
from training.web.parameters import row

P = Permission
CONTACT = ONE + "/contacts/{contact:int}"


@get(ONE + "/contacts/nouveau", permission=P.SESSIONS_PLAN)
async def new_contact(request: Asked, partner: FromPath[int]) -> Template:
    """An empty form."""
    return await _contact(request, Form(), await reading.contact_page(row(partner)))


@post(ONE + "/contacts/nouveau", permission=P.SESSIONS_PLAN)
async def add_contact(request: Asked, partner: FromPath[int]) -> Template | Redirect:
    """Somebody to call there."""
    found, form = await reading.contact_page(row(partner)), await Form.of(request)
    new = _read(form)
    if form.good:
        with form.refusals():
            await once(request, form, lambda: add_partner_contact(the_actor(request), found.partner.id, new))
            return go(f"{PATH}/{partner}#contacts", _("« {name} » : enregistré.").format(name=new.name))
    return await _contact(request, form, found)


@get(CONTACT, permission=P.SESSIONS_PLAN)
async def contact_page(request: Asked, partner: FromPath[int], contact: FromPath[int]) -> Template:
    """Somebody there, as they stand."""
    found = await reading.contact_page(row(partner), row(contact))
    person = found.contact
    assert person is not None  # noqa: S101 - NotFound was raised otherwise
    values = {"name": person.name, "email": person.email, "phone": person.phone, "title": person.title}
    return await _contact(
        request, Form.filled({**values, "active": "1" if person.active else ""}, seen=found.seen), found
    )


@post(CONTACT, permission=P.SESSIONS_PLAN)
async def save_contact(request: Asked, partner: FromPath[int], contact: FromPath[int]) -> Template | Redirect:
    """Correct them, or put them aside."""
    found, form = await reading.contact_page(row(partner), row(contact)), await Form.of(request)
    new, active = _read(form), form.values.get("active") == "1"
    if form.good:
        with form.refusals():
            await edit_partner_contact(the_actor(request), row(contact), new, active=active, seen=form.seen)
            return go(f"{PATH}/{partner}#contacts", _("C’est enregistré."))
    return await _contact(request, form, found)


@post(CONTACT + "/acces", permission=P.PLATFORM_EDIT)
async def give_access(request: Asked, partner: FromPath[int], contact: FromPath[int]) -> Template | Redirect:
    """They may follow its calendars."""
    found, form = await reading.contact_page(row(partner), row(contact)), await Form.of(request)
    with form.refusals():
        await give_partner_access(the_actor(request), row(contact))
        return go(f"{PATH}/{partner}#contacts", _("Accès donné."))
    return await _contact(request, form, found)


@post(CONTACT + "/acces/retirer", permission=P.PLATFORM_EDIT)
async def take_access(request: Asked, partner: FromPath[int], contact: FromPath[int]) -> Redirect:
    """They may no longer."""
    found = await reading.contact_page(row(partner), row(contact))
    if found.contact is None or found.contact.membership is None:
        raise NotFound(_("Cet accès n’existe pas, ou a déjà pris fin."))
    await remove(the_actor(request), found.contact.membership)
    return go(f"{PATH}/{partner}#contacts", _("Accès retiré."))


def _read(form: Form) -> NewPartnerContact:
    return NewPartnerContact(
        form.text("name", required=True),
        form.text("email") or None,
        form.text("phone", most=30) or None,
        form.text("title") or None,
    )


async def _contact(request: Asked, form: Form, found: PartnerContactEdited) -> Template:
    return await show(request, "people/partner_contact", form.status, form=form, **parts(found))


# Rates


@get(ONE + "/tarifs/nouveau", permission=P.SESSIONS_PLAN)
async def new_rate(request: Asked, partner: FromPath[int]) -> Template:
    """What it asks for from today on, unless another day is typed."""
    found = await reading.rate_page(row(partner))
    return await _rate(request, Form.filled({"unit": PartnerUnit.SESSION, "valid_from": clock.today()}), found)


@post(ONE + "/tarifs/nouveau", permission=P.SESSIONS_PLAN)
async def add_rate(request: Asked, partner: FromPath[int]) -> Template | Redirect:
    """Write it down: the one before holds until the day before."""
    found, form = await reading.rate_page(row(partner)), await Form.of(request)
    unit, cents, since = (
        form.choice("unit", PartnerUnit),
        form.euros("amount_cents", required=True),
        form.day("valid_from"),
    )
    offer = form.values.get("offer", "")
    if offer and offer not in dict(found.offers):
        form.errors.setdefault("offer", _("Choisissez dans la liste."))
    if form.good and unit is not None and cents is not None and since is not None:
        new = NewPartnerRate(unit, cents, since, int(offer) if offer else None)
        with form.refusals():
            await once(request, form, lambda: add_partner_rate(the_actor(request), found.partner.id, new))
            return go(f"{PATH}/{partner}#tarifs", _("Tarif enregistré."))
    return await _rate(request, form, found)


@post(ONE + "/tarifs/{rate:int}/archiver", permission=P.SESSIONS_PLAN)
async def archive_rate(request: Asked, partner: FromPath[int], rate: FromPath[int]) -> Redirect:
    """It is asked for no longer."""
    await archive_partner_rate(the_actor(request), row(rate))
    return go(f"{PATH}/{row(partner)}#tarifs", _("Tarif archivé."))


async def _rate(request: Asked, form: Form, found: PartnerRated) -> Template:
    units = [(unit.value, _(name)) for unit, name in PARTNER_UNIT_NAMES.items()]
    return await show(request, "people/partner_rate", form.status, form=form, units=units, **parts(found))


HANDLERS = [
    new_contact, add_contact, contact_page, save_contact, give_access, take_access, new_rate, add_rate, archive_rate,
]  # fmt: skip
