"""Funders, with the days over which they fund; and the share of an offer that each of them pays."""

from __future__ import annotations

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from training.catalogue.actions.funding import fund, stop_funding
from training.catalogue.actions.supporters import archive_supporter, name_again
from training.catalogue.rules.funding import parse_share
from training.catalogue.rules.supporters import SupporterKind
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.kernel.pictures import PHOTO_MAX
from training.reporting.office.funding import OfferFunders, funders_page, offer_funders_page
from training.reporting.office.supporters import supporter_page
from training.web.forms import Form
from training.web.office.page import show
from training.web.office.settings.supporters import FUNDERS, one_page, put, put_over
from training.web.pages import Asked, go, parts, the_actor
from training.web.parameters import row, row_key
from training.web.posted import GIVEN_MAX

P = Permission
OFFER = "/gestion/catalogue/{slug:str}/financement"


@get(FUNDERS, permission=P.CATALOGUE_EDIT)
async def funders(request: Asked) -> Template:
    """Every funder, and how many offers it pays for."""
    return await show(request, "catalogue/funders", **parts(await funders_page()))


@get(FUNDERS + "/nouveau", permission=P.CATALOGUE_EDIT)
async def new_funder(request: Asked) -> Template:
    """Where one is added."""
    return await one_page(request, SupporterKind.FUNDER)


@post(FUNDERS + "/nouveau", permission=P.CATALOGUE_EDIT, request_max_body_size=GIVEN_MAX, file_max=PHOTO_MAX)
async def add_funder(request: Asked) -> Template | Redirect:
    """Keep it."""
    return await put(request, SupporterKind.FUNDER)


@get(FUNDERS + "/{funder:int}", permission=P.CATALOGUE_EDIT)
async def funder(request: Asked, funder: FromPath[int]) -> Template:
    """One of them."""
    return await one_page(request, SupporterKind.FUNDER, await supporter_page(row(funder), SupporterKind.FUNDER))


@post(FUNDERS + "/{funder:int}", permission=P.CATALOGUE_EDIT, request_max_body_size=GIVEN_MAX, file_max=PHOTO_MAX)
async def save_funder(request: Asked, funder: FromPath[int]) -> Template | Redirect:
    """Write over it."""
    return await put_over(request, await supporter_page(row(funder), SupporterKind.FUNDER))


@post(FUNDERS + "/{funder:int}/retirer", permission=P.CATALOGUE_EDIT)
async def archive_funder(request: Asked, funder: FromPath[int]) -> Redirect:
    """It funds nothing from tomorrow on."""
    await archive_supporter(the_actor(request), row(funder))
    return go(FUNDERS, _("Archivé : il ne finance plus rien après aujourd’hui. Son passé reste."))


@post(FUNDERS + "/{funder:int}/remettre", permission=P.CATALOGUE_EDIT)
async def reopen_funder(request: Asked, funder: FromPath[int]) -> Redirect:
    """It funds again what it funded."""
    await name_again(the_actor(request), row(funder))
    return go(FUNDERS, _("Rouvert : il finance de nouveau ses offres."))


@get(OFFER, permission=P.CATALOGUE_EDIT)
async def shares(request: Asked, slug: FromPath[str]) -> Template:
    """Who funds one offer."""
    found = await offer_funders_page(slug)
    return await _shares_page(request, found, Form.filled({}, seen=found.seen))


async def _shares_page(request: Asked, found: OfferFunders, form: Form) -> Template:
    return await show(request, "catalogue/offer_funding", form.status, form=form, **parts(found), total=found.total_bp)


@post(OFFER, permission=P.CATALOGUE_EDIT)
async def put_share(request: Asked, slug: FromPath[str]) -> Template | Redirect:
    """One funder's share; without a number, it stands behind the offer."""
    form, found = await Form.of(request), await offer_funders_page(slug)
    share, funding = _share(form), row_key(form.values.get("funding", ""))
    if funding is None:
        form.errors.setdefault("funding", _("Choisissez un financement."))
    if form.good and funding is not None:
        with form.refusals():
            await fund(the_actor(request), found.offer.id, funding, share, seen=form.seen)
            return go(found.offer.path, _("C’est enregistré."))
    return await _shares_page(request, found, form)


def _share(form: Form) -> int | None:
    if not (typed := form.text("share")):
        return None
    try:
        return parse_share(typed)
    except ValueError as wrong:
        form.errors.setdefault("share", str(wrong))
        return None


@post(OFFER + "/{funding:int}/retirer", permission=P.CATALOGUE_EDIT)
async def take_share_away(request: Asked, slug: FromPath[str], funding: FromPath[int]) -> Redirect:
    """It does not fund this offer."""
    found = await offer_funders_page(slug)
    await stop_funding(the_actor(request), found.offer.id, row(funding))
    return go(found.offer.path, _("C’est retiré."))


HANDLERS = [
    funders,
    new_funder,
    add_funder,
    funder,
    save_funder,
    archive_funder,
    reopen_funder,
    shares,
    put_share,
    take_share_away,
]
