"""The shop window: home, the catalogue of offers, one offer. Public; prices are for who looks."""

from __future__ import annotations

from dataclasses import replace

from litestar import Router, get
from litestar.params import FromPath
from litestar.response import Template

from training.catalogue.rules.offers import OFFER_KIND_NAMES, OfferState
from training.kernel.errors import NotFound
from training.kernel.i18n import _
from training.kernel.palette import PAPERS
from training.kernel.permissions import Permission
from training.reporting.portal import catalogue as shown
from training.reporting.portal.home import home_page
from training.reporting.portal.readers import CatalogueReader, kinds_differing
from training.web.auth import PUBLIC
from training.web.looks import AT_YOURS
from training.web.pages import Asked, parts, the_actor
from training.web.parameters import address, asked
from training.web.portal.kinds import keep, priced_page, reader
from training.web.portal.sessions import Chip
from training.web.seats import people_asked, people_typed


@get("/", permission=PUBLIC)
async def home(request: Asked) -> Template:
    """What this is, how many and near where, what comes next, the themes, whom to call."""
    who = await reader(request)
    found = await home_page(who)
    at_yours = replace(AT_YOURS, name=_(AT_YOURS.name))
    return await priced_page(request, "portal/home.html", who, **parts(found), papers=tuple(PAPERS), at_yours=at_yours)


@get("/catalogue", permission=PUBLIC)
async def offers(request: Asked) -> Template:
    """Every published offer, or those that a search, a theme, a kind or a number of people leaves."""
    search, theme, kind = asked(request, "q"), asked(request, "theme"), asked(request, "type")
    people, form = people_typed(request, "personnes")
    who = await reader(request)
    found = await shown.catalogue_page(who, search=search, theme=theme, kind=kind, people=people)
    kept = {"q": search, "type": kind, "personnes": people or ""}
    chips: list[Chip] = [(address("/catalogue", **kept), _("Tout"), not theme, None, found.found)]
    for counted in found.themes:
        look = counted.look
        path = address("/catalogue", **kept, theme=look.theme)
        chips.append((path, look.name, look.theme == theme, look.paper, counted.offers))
    return await priced_page(
        request,
        "portal/catalogue.html",
        who,
        found.kinds,
        found=found,
        chips=chips,
        types=[(str(known), _(name)) for known, name in OFFER_KIND_NAMES.items()],
        search=search,
        theme=theme,
        type=kind,
        people=people,
        form=form,
    )


@get("/catalogue/{slug:str}", permission=PUBLIC)
async def offer(request: Asked, slug: FromPath[str]) -> Template:
    """One offer: what it is for, what it costs, when it comes, and how to have it at one's place."""
    people = people_asked(request, "personnes")
    who = await reader(request)
    found = await shown.offer_page(who, slug, people)
    if found is None:
        raise NotFound(_("Cette offre n’est pas, ou n’est plus, au catalogue."))
    return await offer_shown(request, who, found, people)


async def offer_shown(
    request: Asked, who: CatalogueReader, found: shown.OfferPage, people: int = 0, *, hidden: bool = False
) -> Template:
    """The page of an offer; `hidden`: staff look at what nobody else sees, and it says so."""
    kinds = kinds_differing(who, found.prices)
    return await priced_page(
        request, "portal/offer.html", who, kinds, found=found, offer=found.offer, people=people, hidden=hidden
    )


@get("/gestion/catalogue/{slug:str}/apercu", permission=Permission.CATALOGUE_EDIT)
async def preview(request: Asked, slug: FromPath[str]) -> Template:
    """An offer as the public sees it, or will: for who writes it."""
    the_actor(request).must(Permission.CATALOGUE_EDIT)
    who = await reader(request)
    found = await shown.offer_previewed(who, slug)
    return await offer_shown(request, who, found, hidden=found.state != OfferState.PUBLISHED)


ROUTER = Router("/", route_handlers=[home, offers, offer, preview], before_request=keep)
