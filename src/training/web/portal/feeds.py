"""The addresses that an organisation's calendar programs follow: made and shown once, replaced, revoked."""

from __future__ import annotations

from typing import Any

from litestar import Router, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from training.calendar.actions import feeds
from training.calendar.queries import feeds as queries
from training.calendar.queries.feeds import TokenView
from training.directory.queries import OrganisationView
from training.kernel.errors import NotFound
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.web.forms import Form
from training.web.pages import Asked, go, page, the_actor
from training.web.portal.organisation import frame, organisation_of
from training.web.subscribing import asked_to_end, closed_words, made, opened

MANAGE = Permission.FEEDS_MANAGE
PATH = "/espace/{slug:str}/agenda"
OWN = "moi"  # the form's answer for one person's sessions; else the organisation's


@get(PATH, permission=MANAGE)
async def listed(request: Asked, slug: FromPath[str]) -> Template:
    """The live addresses, and the form for another."""
    organisation = await organisation_of(request, slug, MANAGE)
    return await _page(request, organisation, Form())


@post(PATH, permission=MANAGE, status_code=200)
async def create(request: Asked, slug: FromPath[str]) -> Template | Redirect:
    """A new address, shown on this page and nowhere else: the answer is the only place that ever holds it."""
    organisation = await organisation_of(request, slug, MANAGE)
    form = await Form.of(request)
    label = form.text("label", required=True, most=80)
    whose = None if form.values.get("which") == OWN else organisation.id
    if not form.good:
        return await _page(request, organisation, form)
    with form.refusals():
        around = _around(request, organisation)
        return await opened(
            request, form, label, around["base"],
            lambda: feeds.open_feed(the_actor(request), label, organisation=whose), **around,
        )  # fmt: skip
    return await _page(request, organisation, form)


@get(PATH + "/{token:int}/remplacer", permission=MANAGE)
async def ask_replace(request: Asked, slug: FromPath[str], token: FromPath[int]) -> Template:
    """What a new secret leads to, before it is made."""
    return await _ask(request, slug, token, replacing=True)


@post(PATH + "/{token:int}/remplacer", permission=MANAGE, status_code=200)
async def replace(request: Asked, slug: FromPath[str], token: FromPath[int]) -> Template:
    """The same calendar under another secret."""
    organisation = await organisation_of(request, slug, MANAGE)
    found = await _found(request, organisation, token)
    new = await feeds.rotate_feed(the_actor(request), found.id)
    return await made(request, found.label, new, **_around(request, organisation))


@get(PATH + "/{token:int}/supprimer", permission=MANAGE)
async def ask_close(request: Asked, slug: FromPath[str], token: FromPath[int]) -> Template:
    """What revoking leads to, before it is done."""
    return await _ask(request, slug, token, replacing=False)


@post(PATH + "/{token:int}/supprimer", permission=MANAGE, status_code=200)
async def close(request: Asked, slug: FromPath[str], token: FromPath[int]) -> Redirect:
    """Revoke an address."""
    organisation = await organisation_of(request, slug, MANAGE)
    found = await _found(request, organisation, token)
    await feeds.close_feed(the_actor(request), found.id)
    return go(f"/espace/{slug}/agenda", closed_words(found))


async def _ask(request: Asked, slug: str, token: int, *, replacing: bool) -> Template:
    organisation = await organisation_of(request, slug, MANAGE)
    found = await _found(request, organisation, token)
    return await asked_to_end(request, found, replacing=replacing, **_around(request, organisation))


async def _tokens(request: Asked, organisation: OrganisationView) -> list[TokenView]:
    actor = the_actor(request)
    return await queries.tokens(organisation=organisation.id, person=actor.id if actor.kind == "user" else None)


async def _found(request: Asked, organisation: OrganisationView, token: int) -> TokenView:
    for feed in await _tokens(request, organisation):
        if feed.id == token:
            return feed
    raise NotFound(_("Cette adresse d’agenda n’existe pas, ou ne répond déjà plus."))


def _around(request: Asked, organisation: OrganisationView) -> dict[str, Any]:
    around = frame(request, organisation, "agenda")
    return {**around, "layout": "portal/layout.html", "base": around["current"]}


async def _page(request: Asked, organisation: OrganisationView, form: Form) -> Template:
    tokens = await _tokens(request, organisation)
    around = frame(request, organisation, "agenda")
    return await page(request, "portal/feeds.html", form.status, feeds=tokens, form=form, **around)


ROUTER = Router("/", route_handlers=[listed, create, ask_replace, replace, ask_close, close])
