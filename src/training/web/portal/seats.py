"""Another number of seats for a booking: what it would change, then one button."""

from __future__ import annotations

from litestar import Router, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from training.bookings.queries import BookingView
from training.directory.queries import OrganisationView
from training.kernel.permissions import Permission
from training.reporting.seats import seats_asked
from training.web.forms import Form
from training.web.pages import Asked, go, page, parts, the_actor
from training.web.parameters import asked
from training.web.portal.bookings import booking_of
from training.web.portal.organisation import frame
from training.web.seats import FIELD, looked_at, resized, say

P = Permission
PATH = "/espace/{slug:str}/reservations/{reference:str}/places"


@get(PATH, permission=P.BOOKINGS_MAKE)
async def look(request: Asked, slug: FromPath[str], reference: FromPath[str]) -> Template:
    """How many seats there are; with a number in the address, what that one would change."""
    organisation, booking = await booking_of(request, slug, reference, P.BOOKINGS_MAKE)
    return await _page(request, organisation, booking, Form.filled({FIELD: asked(request, FIELD)}))


@post(PATH, permission=P.BOOKINGS_MAKE, status_code=200)
async def change(request: Asked, slug: FromPath[str], reference: FromPath[str]) -> Template | Redirect:
    """That many seats from now on, at the price that was shown at the most."""
    organisation, booking = await booking_of(request, slug, reference, P.BOOKINGS_MAKE)
    form = await Form.of(request)
    if said := await resized(the_actor(request), booking, form):
        return go(f"/espace/{slug}/reservations/{booking.reference}", said)
    return await _page(request, organisation, booking, form)


async def _page(request: Asked, organisation: OrganisationView, booking: BookingView, form: Form) -> Template:
    status = form.status  # of what was sent; what is only looked at is no refusal
    found = await seats_asked(the_actor(request), booking, looked_at(form))
    say(form, found)
    around = frame(request, organisation, "reservations")
    return await page(request, "portal/seats.html", status, form=form, found=found, **parts(found), **around)


ROUTER = Router("/", route_handlers=[look, change])
