"""Another number of seats for a booking, changed by the team until its session is held."""

from __future__ import annotations

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from training.kernel.permissions import Permission
from training.reporting.office.booking import booking
from training.reporting.office.seats import seats_page
from training.web.forms import Form
from training.web.office.page import show
from training.web.pages import Asked, go, parts, the_actor
from training.web.parameters import asked
from training.web.seats import FIELD, looked_at, resized, say

P = Permission
PATH = "/gestion/reservations/{reference:str}/places"


@get(PATH, permission=P.BOOKINGS_MAKE)
async def look(request: Asked, reference: FromPath[str]) -> Template:
    """How many seats there are; with a number in the address, what that one would change."""
    return await _page(request, reference, Form.filled({FIELD: asked(request, FIELD)}))


@post(PATH, permission=P.BOOKINGS_MAKE, status_code=200)
async def change(request: Asked, reference: FromPath[str]) -> Template | Redirect:
    """That many seats from now on, at the price that was shown at the most."""
    actor, form = the_actor(request), await Form.of(request)
    view = await booking(actor.scope, reference)
    if said := await resized(actor, view, form):
        return go(f"/gestion/reservations/{view.reference}", said)
    return await _page(request, reference, form)


async def _page(request: Asked, reference: str, form: Form) -> Template:
    status = form.status  # of what was sent; what is only looked at is no refusal
    found = await seats_page(the_actor(request), reference, looked_at(form))
    say(form, found)
    return await show(request, "bookings/seats", status, form=form, found=found, **parts(found))


HANDLERS = [look, change]
