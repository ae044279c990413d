"""The addresses that an organisation's calendar programs follow: made and shown once, seen being fetched, revoked."""

from __future__ import annotations

from litestar import Router, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from training.calendar.actions import feeds
from training.calendar.queries import feeds as queries
from training.calendar.queries.feeds import TokenView
from training.directory.queries import OrganisationView
from training.identity.rules import Permission
from training.kernel import settings
from training.kernel.errors import NotFound
from training.kernel.i18n import _
from training.web.forms import Form
from training.web.pages import Asked, go, page, the_actor
from training.web.portal.organisation import frame, organisation_of

MANAGE = Permission.FEEDS_MANAGE


@get("/espace/{slug:str}/agenda", permission=MANAGE)
async def listed(request: Asked, slug: FromPath[str]) -> Template:
    """The live addresses, and the form for another."""
    organisation = await organisation_of(request, slug, MANAGE)
    return await _page(request, organisation, Form())


@post("/espace/{slug:str}/agenda", permission=MANAGE, status_code=200)
async def create(request: Asked, slug: FromPath[str]) -> Template:
    """A new address, shown on this page and nowhere else: the answer is the only place that ever holds it."""
    organisation = await organisation_of(request, slug, MANAGE)
    form = await Form.of(request)
    label = form.text("label", required=True, most=80)
    if not form.good:
        return await _page(request, organisation, form)
    token = await feeds.open_feed(the_actor(request), label, organisation=organisation.id)
    path = f"/agenda/p/{token}.ics"
    base = settings.current().base_url
    around = frame(request, organisation, "agenda")
    shown = await page(
        request,
        "portal/feed_made.html",
        label=label,
        https=base + path,
        webcal=f"webcal://{base.partition('://')[2]}{path}",
        **around,
    )
    shown.headers["Cache-Control"] = "private, no-store"
    return shown


@get("/espace/{slug:str}/agenda/{token:int}/supprimer", permission=MANAGE)
async def ask_close(request: Asked, slug: FromPath[str], token: FromPath[int]) -> Template:
    """What revoking leads to, before it is done."""
    organisation = await organisation_of(request, slug, MANAGE)
    found = await _found(organisation, token)
    return await page(request, "portal/feed_close.html", feed=found, **frame(request, organisation, "agenda"))


@post("/espace/{slug:str}/agenda/{token:int}/supprimer", permission=MANAGE, status_code=200)
async def close(request: Asked, slug: FromPath[str], token: FromPath[int]) -> Redirect:
    """Revoke an address."""
    organisation = await organisation_of(request, slug, MANAGE)
    found = await _found(organisation, token)
    await feeds.close_feed(the_actor(request), found.id)
    return go(f"/espace/{slug}/agenda", _("L’adresse « {label} » ne répond plus.").format(label=found.label))


async def _found(organisation: OrganisationView, token: int) -> TokenView:
    for feed in await queries.tokens(organisation=organisation.id):
        if feed.id == token:
            return feed
    raise NotFound(_("Cette adresse d’agenda n’existe pas, ou ne répond déjà plus."))


async def _page(request: Asked, organisation: OrganisationView, form: Form) -> Template:
    tokens = await queries.tokens(organisation=organisation.id)
    around = frame(request, organisation, "agenda")
    return await page(request, "portal/feeds.html", form.status, feeds=tokens, form=form, **around)


ROUTER = Router("/", route_handlers=[listed, create, ask_close, close])
