"""The shop window: home, the catalogue of offers, one offer. Public; prices are for who looks."""

from __future__ import annotations

from litestar import Router, get
from litestar.params import FromPath
from litestar.response import Template

from training.catalogue import queries as catalogue
from training.catalogue.rules.offers import OFFER_KIND_NAMES
from training.kernel.errors import NotFound
from training.kernel.i18n import _
from training.reporting.portal import catalogue as shown
from training.reporting.portal import readers
from training.reporting.portal.sessions import sessions
from training.web.auth import PUBLIC
from training.web.pages import Asked, actor_of, page
from training.web.parameters import asked

AT_HOME = 4  # sessions on the first page: enough to see that there is life, few enough to read


@get("/", permission=PUBLIC)
async def home(request: Asked) -> Template:
    """What this is, the next sessions, the themes, one button."""
    who = await readers.reader(actor_of(request))
    coming = await sessions(who, limit=AT_HOME)
    return await page(
        request,
        "portal/home.html",
        sessions=coming.items,
        themes=[(theme.look.theme, theme.look.name) for theme in await catalogue.themes()],
    )


@get("/catalogue", permission=PUBLIC)
async def offers(request: Asked) -> Template:
    """Every published offer, or those that a search, a theme or a kind leaves."""
    search, theme, kind = asked(request, "q"), asked(request, "theme"), asked(request, "type")
    who = await readers.reader(actor_of(request))
    return await page(
        request,
        "portal/catalogue.html",
        offers=await shown.offers(who, search=search, theme=theme, kind=kind),
        themes=[(theme.look.theme, theme.look.name) for theme in await catalogue.themes()],
        kinds=[(str(known), _(name)) for known, name in OFFER_KIND_NAMES.items()],
        search=search,
        theme=theme,
        kind=kind,
    )


@get("/catalogue/{slug:str}", permission=PUBLIC)
async def offer(request: Asked, slug: FromPath[str]) -> Template:
    """One offer: what it is for, what it costs, when it comes."""
    who = await readers.reader(actor_of(request))
    found = await shown.offer_page(who, slug)
    if found is None:
        raise NotFound(_("Cette offre n’est pas, ou n’est plus, au catalogue."))
    return await page(request, "portal/offer.html", found=found, offer=found.offer)


ROUTER = Router("/", route_handlers=[home, offers, offer])
