"""A facilitator's pages: coming and past sessions, one of them, the address of their own calendar."""

from __future__ import annotations

from typing import Any

from litestar import get, post
from litestar.connection import ASGIConnection
from litestar.exceptions import PermissionDeniedException
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath
from litestar.response import Redirect, Template

from training.calendar.actions import feeds
from training.identity.rules import Permission
from training.kernel import settings
from training.kernel.actor import Actor
from training.kernel.errors import NotFound
from training.kernel.i18n import _
from training.reporting import animation as reading
from training.web.asked import row
from training.web.forms import Form
from training.web.pages import Asked, go, page, the_actor

P = Permission


async def facilitators_only(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Behind the guard of every route: these pages are of somebody who facilitates."""
    actor: Actor | None = connection.scope.get("user")
    if actor is None or not actor.scope.facilitators:
        raise PermissionDeniedException(_("Ces pages sont celles des personnes qui animent des séances."))


@get("/animation", permission=P.MISSIONS_SEE)
async def coming(request: Asked) -> Template:
    """What is ahead, the next one first."""
    missions = await reading.coming(the_actor(request).scope.facilitators)
    return await page(request, "animation/missions.html", missions=missions, past=False)


@get("/animation/passees", permission=P.MISSIONS_SEE)
async def past(request: Asked) -> Template:
    """What is over, the latest first."""
    missions = await reading.past(the_actor(request).scope.facilitators)
    return await page(request, "animation/missions.html", missions=missions, past=True)


@get("/animation/seances/{session:int}", permission=P.MISSIONS_SEE)
async def mission(request: Asked, session: FromPath[int]) -> Template:
    """Where, when, with whom; somebody else's session does not exist."""
    found = await reading.mission(the_actor(request).scope.facilitators, row(session))
    if found is None:
        raise NotFound(_("Cette séance n’existe pas, ou une autre personne l’anime."))
    return await page(request, "animation/mission.html", mission=found)


@get("/animation/agenda", permission=P.MISSIONS_SEE)
async def agenda(request: Asked) -> Template:
    """The addresses that calendars fetch."""
    return await _agenda(request, Form())


async def _agenda(request: Asked, form: Form, token: str | None = None) -> Template:
    url = f"{settings.current().base_url}/agenda/p/{token}.ics" if token else None
    return await page(
        request,
        "animation/agenda.html",
        201 if token else form.status,
        feeds=await reading.feeds(the_actor(request).scope.facilitators),
        form=form,
        url=url,
        webcal=f"webcal://{url.partition('://')[2]}" if url else None,
    )


@post("/animation/agenda", permission=P.MISSIONS_SEE)
async def open_feed(request: Asked) -> Template:
    """Make an address. The answer is the page itself: it is the only one that will ever show it."""
    form = await Form.of(request)
    label = form.text("label", most=80)
    if not form.good:
        return await _agenda(request, form)
    actor = the_actor(request)
    token = await feeds.open_feed(actor, label, facilitator=min(actor.scope.facilitators))
    return await _agenda(request, Form(), token)


@post("/animation/agenda/{feed:int}/fermer", permission=P.MISSIONS_SEE)
async def close_feed(request: Asked, feed: FromPath[int]) -> Redirect:
    """Revoke an address."""
    await feeds.close_feed(the_actor(request), row(feed))
    return go("/animation/agenda", _("Adresse fermée : les agendas qui la lisaient n’ont plus de nouvelles."))


HANDLERS = [coming, past, mission, agenda, open_feed, close_feed]
