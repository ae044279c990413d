"""An organisation's place: which one, and what is coming and waiting there."""

from __future__ import annotations

from litestar import Router, get
from litestar.params import FromPath
from litestar.response import Redirect, Template

from training.billing.queries import invoices as billing
from training.bookings.rules.states import BookingState
from training.calendar.queries import feeds as calendar
from training.directory import queries as directory
from training.kernel.permissions import Permission
from training.reporting.portal import space as shown
from training.reporting.portal.invoices import standing_of, under_way
from training.web.auth import SIGNED_IN
from training.web.pages import Asked, go, page, the_actor
from training.web.portal.organisation import frame, organisation_of

LATEST_INVOICES = 3


@get("/espace", permission=SIGNED_IN)
async def choose(request: Asked) -> Template | Redirect:
    """Straight in where there is one organisation; the choice where there are several; register where there is none."""
    actor = the_actor(request)
    found = await directory.organisations(list(actor.scope.organisations))
    if len(found) == 1:
        return go(f"/espace/{found[0].slug}")
    if found:
        return await page(request, "portal/spaces.html", organisations=found)
    if actor.may(Permission.OFFICE_SEE):
        return go("/gestion")
    return go("/animation" if actor.scope.facilitators else "/inscription")


@get("/espace/{slug:str}", permission=Permission.BOOKINGS_SEE)
async def home(request: Asked, slug: FromPath[str]) -> Template:
    """What is coming, what waits for somebody, the last invoices, the calendar's addresses."""
    actor = the_actor(request)
    organisation = await organisation_of(request, slug, Permission.BOOKINGS_SEE)
    coming = await shown.coming(actor.scope, organisation.id)
    sees_invoices = actor.may(Permission.INVOICES_SEE, organisation=organisation.id)
    invoices = (
        await billing.invoices(actor.scope, organisation=organisation.id, limit=LATEST_INVOICES)
        if sees_invoices
        else []
    )
    waiting = await under_way([invoice.receivable for invoice in invoices]) if invoices else frozenset()
    feeds = None
    if actor.may(Permission.FEEDS_MANAGE, organisation=organisation.id):
        feeds = await calendar.tokens(organisation=organisation.id)
    return await page(
        request,
        "portal/space.html",
        coming=coming,
        options=[b for b in coming if b.state in (BookingState.OPTION, BookingState.OFFERED)],
        sees_invoices=sees_invoices,
        invoices=[(i, standing_of(i, under_way=i.receivable in waiting)) for i in invoices],
        feeds=feeds,
        may_book=actor.may(Permission.BOOKINGS_MAKE, organisation=organisation.id),
        **frame(request, organisation),
    )


ROUTER = Router("/", route_handlers=[choose, home])
