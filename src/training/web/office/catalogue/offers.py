"""The catalogue as the team keeps it: every offer, one of them; it is copied, published, archived, brought back."""

from __future__ import annotations

from dataclasses import dataclass

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from training.catalogue.actions.offers import duplicate_offer
from training.catalogue.actions.publishing import archive_offer, bring_back_offer, publish_offer
from training.catalogue.rules.offers import LACK_NAMES, NEEDED, Lack, OfferState
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.reporting.office.offers import OfferKept, OfficeOffer, offer_page, offers_page, path_of
from training.web.forms import Form
from training.web.office.page import show
from training.web.office.settings.platform import REGIME_WORDS
from training.web.pages import Asked, go, once, parts, the_actor
from training.web.parameters import address, asked

P = Permission
PATH = "/gestion/catalogue"
ARCHIVED = "archivees"

# Where on the page that writes an offer somebody says what it lacks
FIELD_OF: dict[Lack, str] = {
    Lack.SUMMARY: "summary",
    Lack.DESCRIPTION: "description",
    Lack.OBJECTIVES: "objectives",
    Lack.PROGRAMME: "step-title-1",
    Lack.AUDIENCE: "audience",
    Lack.THEME: "theme",
    Lack.HOST: "host_provides",
    Lack.ACCESSIBILITY: "accessibility",
    Lack.KEYWORDS: "keywords",
}


@dataclass(frozen=True, slots=True)
class LackShown:
    """What an offer lacks, and the page that says it. `needed`: without it, nobody publishes."""

    words: str
    path: str
    needed: bool


def lacking(offer: OfferKept) -> list[LackShown]:
    """Everything that it lacks, in words."""
    return [LackShown(_(LACK_NAMES[lack]), _where(offer, lack), lack in NEEDED) for lack in offer.lacking]


def _where(offer: OfferKept, lack: Lack) -> str:
    if lack == Lack.TARIFF:
        return offer.tariffs_path
    return f"{offer.path}/modifier#{FIELD_OF[lack]}"


@get(PATH, permission=P.OFFICE_SEE)
async def listing(request: Asked) -> Template:
    """Every offer: its state, its price, its next session, what it lacks."""
    search, archived = asked(request, "q"), asked(request, "etat") == ARCHIVED
    found = await offers_page(search, archived=archived)
    current = {s: n for s, n in found.counts.items() if s != OfferState.ARCHIVED}
    tabs = [
        (address(PATH, q=search), _("Au catalogue et brouillons"), sum(current.values())),
        (address(PATH, q=search, etat=ARCHIVED), _("Archivées"), found.counts[OfferState.ARCHIVED]),
    ]
    return await show(
        request, "catalogue/offers", search=search, archived=archived, tabs=tabs, lacking=lacking, found=found
    )


@get(PATH + "/{slug:str}", permission=P.OFFICE_SEE)
async def one(request: Asked, slug: FromPath[str]) -> Template:
    """An offer: where it stands, what it lacks, what it says, what is planned of it."""
    return await _page(request, await offer_page(slug), Form())


async def _page(request: Asked, found: OfficeOffer, form: Form) -> Template:
    regime = _(REGIME_WORDS[found.offer.vat_regime or found.usual][0])
    lacks = lacking(found.offer)
    said = {"regime": regime, "lacks": lacks, "publishes": found.publishes}
    return await show(request, "catalogue/offer", form.status, form=form, **said, **parts(found))


@post(PATH + "/{slug:str}/publier", permission=P.CATALOGUE_EDIT)
async def publish(request: Asked, slug: FromPath[str]) -> Template | Redirect:
    """Put it in the catalogue, or say what has to be there before."""
    form, found = await Form.of(request), await offer_page(slug)
    with form.refusals():
        await publish_offer(the_actor(request), found.offer.id)
        return go(found.offer.path, _("« {title} » est au catalogue.").format(title=found.offer.fields.title))
    return await _page(request, found, form)


@post(PATH + "/{slug:str}/dupliquer", permission=P.CATALOGUE_EDIT)
async def duplicate(request: Asked, slug: FromPath[str]) -> Redirect:
    """Begin another one with the same words and tariffs."""
    form, found = await Form.of(request), await offer_page(slug)
    copy = await once(request, form, lambda: duplicate_offer(the_actor(request), found.offer.id))
    said = _("La copie de « {title} » est un brouillon : donnez-lui son titre.")
    return go(f"{await path_of(copy)}/modifier", said.format(title=found.offer.fields.title))


@get(PATH + "/{slug:str}/archiver", permission=P.CATALOGUE_EDIT)
async def ask_archive(request: Asked, slug: FromPath[str]) -> Template | Redirect:
    """Say what archiving it leads to, in numbers."""
    found = await offer_page(slug)
    if found.offer.state == OfferState.ARCHIVED:
        return go(found.offer.path, _("Cette offre est déjà archivée."), "attention")
    return await show(request, "catalogue/offer_archive", **parts(found))


@post(PATH + "/{slug:str}/archiver", permission=P.CATALOGUE_EDIT)
async def archive(request: Asked, slug: FromPath[str]) -> Template | Redirect:
    """Take it out of the catalogue: what is planned takes place, what is booked stands."""
    form, found = await Form.of(request), await offer_page(slug)
    with form.refusals():
        await archive_offer(the_actor(request), found.offer.id)
        return go(found.offer.path, _("« {title} » est archivée.").format(title=found.offer.fields.title))
    return await _page(request, found, form)


@post(PATH + "/{slug:str}/remettre", permission=P.CATALOGUE_EDIT)
async def bring_back(request: Asked, slug: FromPath[str]) -> Template | Redirect:
    """Make a draft of it again."""
    form, found = await Form.of(request), await offer_page(slug)
    with form.refusals():
        await bring_back_offer(the_actor(request), found.offer.id)
        said = _("« {title} » est de nouveau un brouillon : relisez-la, puis publiez-la.")
        return go(found.offer.path, said.format(title=found.offer.fields.title))
    return await _page(request, found, form)


HANDLERS = [listing, one, publish, duplicate, ask_archive, archive, bring_back]
