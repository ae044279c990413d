"""The pages of who delivers, and of who speaks for a partner: sessions, one of them, the address of their calendar."""

from __future__ import annotations

from typing import Any

from litestar import get, post
from litestar.connection import ASGIConnection
from litestar.exceptions import PermissionDeniedException
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath
from litestar.response import Redirect, Template

from training.calendar.actions import feeds
from training.calendar.queries import feeds as queries
from training.calendar.queries.feeds import TokenView
from training.kernel.actor import Actor
from training.kernel.errors import NotFound
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.reporting import facilitator_pages as reading
from training.web.forms import Form
from training.web.pages import Asked, go, page, the_actor
from training.web.parameters import row
from training.web.subscribing import asked_to_end, closed_words, made, opened

P = Permission
AGENDA = "/animation/agenda"
_AROUND = {"layout": "animation/layout.html", "base": AGENDA}


async def deliverers_only(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Behind the guard of every route: these pages are of somebody who facilitates, or whose partner does."""
    actor: Actor | None = connection.scope.get("user")
    if actor is None or not (actor.scope.facilitators or actor.scope.partners):
        raise PermissionDeniedException(_("Ces pages sont celles des personnes qui animent des séances."))


@get("/animation", permission=P.MISSIONS_SEE)
async def coming(request: Asked) -> Template:
    """What is ahead, the next one first."""
    missions = await reading.coming(the_actor(request).scope)
    return await page(request, "animation/missions.html", missions=missions, past=False)


@get("/animation/passees", permission=P.MISSIONS_SEE)
async def past(request: Asked) -> Template:
    """What is over, the latest first."""
    missions = await reading.past(the_actor(request).scope)
    return await page(request, "animation/missions.html", missions=missions, past=True)


@get("/animation/seances/{session:int}", permission=P.MISSIONS_SEE)
async def mission(request: Asked, session: FromPath[int]) -> Template:
    """Where, when, with whom; somebody else's session does not exist."""
    found = await reading.mission(the_actor(request).scope, row(session))
    if found is None:
        raise NotFound(_("Cette séance n’existe pas, ou une autre personne l’anime."))
    return await page(request, "animation/mission.html", mission=found)


@get("/animation/agenda", permission=P.MISSIONS_SEE)
async def agenda(request: Asked) -> Template:
    """The addresses that calendars fetch."""
    return await _agenda(request, Form())


async def _agenda(request: Asked, form: Form) -> Template:
    tokens = await _feeds(request)
    return await page(request, "animation/agenda.html", form.status, feeds=tokens, form=form, base=AGENDA)


async def _feeds(request: Asked) -> list[TokenView]:
    scope = the_actor(request).scope
    return await queries.tokens(facilitators=scope.facilitators, partners=scope.partners)


@post("/animation/agenda", permission=P.MISSIONS_SEE, status_code=200)
async def open_feed(request: Asked) -> Template | Redirect:
    """Make an address. The answer is the page itself: it is the only one that will ever show it."""
    form = await Form.of(request)
    label = form.text("label", required=True, most=80)
    if not form.good:
        return await _agenda(request, form)
    actor = the_actor(request)
    me, partner = min(actor.scope.facilitators, default=None), min(actor.scope.partners, default=None)

    async def make() -> str:
        return await feeds.open_feed(actor, label, facilitator=me, partner=partner if me is None else None)

    with form.refusals():
        return await opened(request, form, label, _AROUND["base"], make, **_AROUND)
    return await _agenda(request, form)


@get("/animation/agenda/{feed:int}/remplacer", permission=P.MISSIONS_SEE)
async def ask_replace(request: Asked, feed: FromPath[int]) -> Template:
    """What a new secret leads to, before it is made."""
    return await asked_to_end(request, await _feed(request, feed), replacing=True, **_AROUND)


@post("/animation/agenda/{feed:int}/remplacer", permission=P.MISSIONS_SEE, status_code=200)
async def replace(request: Asked, feed: FromPath[int]) -> Template:
    """The same calendar under another secret."""
    found = await _feed(request, feed)
    return await made(request, found.label, await feeds.rotate_feed(the_actor(request), found.id), **_AROUND)


@get("/animation/agenda/{feed:int}/supprimer", permission=P.MISSIONS_SEE)
async def ask_close(request: Asked, feed: FromPath[int]) -> Template:
    """What revoking leads to, before it is done."""
    return await asked_to_end(request, await _feed(request, feed), replacing=False, **_AROUND)


@post("/animation/agenda/{feed:int}/supprimer", permission=P.MISSIONS_SEE)
async def close_feed(request: Asked, feed: FromPath[int]) -> Redirect:
    """Revoke an address."""
    found = await _feed(request, feed)
    await feeds.close_feed(the_actor(request), found.id)
    return go(AGENDA, closed_words(found))


async def _feed(request: Asked, id: int) -> TokenView:  # noqa: A002
    for feed in await _feeds(request):
        if feed.id == id:
            return feed
    raise NotFound(_("Cette adresse d’agenda n’existe pas, ou ne répond déjà plus."))


HANDLERS = [coming, past, mission, agenda, open_feed, ask_replace, replace, ask_close, close_feed]
