"""What a client says of its booking in its space, written down by the team: who comes, what the invoice bears."""

from __future__ import annotations

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from training.billing.actions.client_facts import FactsTold, tell_for_booking
from training.bookings.actions.booking import name_participants
from training.kernel.i18n import _, ngettext
from training.kernel.permissions import Permission
from training.reporting.office import space as reading
from training.reporting.office.space import ClientOrder, ClientPeople
from training.web.forms import Form
from training.web.office.page import show
from training.web.own_facts import read_own, taxables
from training.web.pages import Asked, go, parts, the_actor
from training.web.portal.billing_facts import read_references
from training.web.portal.people import read_people, written

P = Permission
PATH = "/gestion/reservations/{reference:str}"


@get(PATH + "/participants", permission=P.BOOKINGS_MAKE)
async def who_comes(request: Asked, reference: FromPath[str]) -> Template:
    """The names as they are known."""
    return await _people(request, await reading.people_of(the_actor(request).scope, reference), None)


@post(PATH + "/participants", permission=P.BOOKINGS_MAKE, status_code=200)
async def say_who_comes(request: Asked, reference: FromPath[str]) -> Template | Redirect:
    """Name them: the list replaces the one before."""
    found, form = await reading.people_of(the_actor(request).scope, reference), await Form.of(request)
    people = read_people(form)
    if form.good:
        with form.refusals():
            invite = form.values.get("invite") == "1"
            await name_participants(the_actor(request), found.booking.id, people, invite=invite, seen=form.seen)
            said = ngettext("%(num)d nom est enregistré.", "%(num)d noms sont enregistrés.", len(people))
            return go(f"/gestion/reservations/{found.booking.reference}", said % {"num": len(people)})
    return await _people(request, found, form)


async def _people(request: Asked, found: ClientPeople, form: Form | None) -> Template:
    known = {"participants": written(found.people), "invite": "1" if found.booking.invite_participants else ""}
    form = form or Form.filled(known, seen=found.seen)
    return await show(request, "bookings/people", form.status, form=form, **parts(found))


@get(PATH + "/commande", permission=P.INVOICES_COMPLETE)
async def order(request: Asked, reference: FromPath[str]) -> Template:
    """What the invoice will bear, as far as it is known."""
    return await _order(request, await reading.order_of(the_actor(request).scope, reference), None)


@post(PATH + "/commande", permission=P.INVOICES_COMPLETE, status_code=200)
async def tell_order(request: Asked, reference: FromPath[str]) -> Template | Redirect:
    """Write down what the client said: an order's number, a service, what the invoice lacks of them."""
    found, form = await reading.order_of(the_actor(request).scope, reference), await Form.of(request)
    references = read_references(form, found.wanted.services)
    told = FactsTold(references=references, own=read_own(form, found.wanted.own))
    if form.good:
        with form.refusals():
            await tell_for_booking(the_actor(request), found.booking.id, told, seen=form.seen)
            return go(f"/gestion/reservations/{found.booking.reference}", _("C’est noté pour la facture."))
    return await _order(request, found, form)


async def _order(request: Asked, found: ClientOrder, form: Form | None) -> Template:
    form = form or Form.filled(found.booking.references.ordered, seen=found.seen)
    return await show(request, "bookings/order", form.status, form=form, taxables=taxables(), **parts(found))


HANDLERS = [who_comes, say_who_comes, order, tell_order]
