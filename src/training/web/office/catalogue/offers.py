"""Offers as the team sees them: their words; VAT, seats booked or people present, accounts. The rest is portal's."""

from __future__ import annotations

from dataclasses import asdict

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from training.catalogue.actions.offers import OfferBilling, edit_words, set_offer_billing
from training.directory.rules.numbers import check_account, check_analytic_code
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.reporting.office.offers import OfferBilled, OfferWords, OfficeOffer, offer_page, offer_words, offers_page
from training.web.forms import Form
from training.web.office.page import show
from training.web.office.settings.platform import REGIME_WORDS, chosen_regime, regimes
from training.web.pages import Asked, go, parts, the_actor
from training.web.parameters import asked

P = Permission
PATH = "/gestion/catalogue"


@get(PATH, permission=P.INVOICES_PREPARE)
async def listing(request: Asked) -> Template:
    """Every offer, with what its invoices carry."""
    search = asked(request, "q")
    names = {regime.value: _(name) for regime, (name, _words) in REGIME_WORDS.items()}
    return await show(request, "catalogue/offers", search=search, names=names, **parts(await offers_page(search)))


@get(PATH + "/{slug:str}/facturation", permission=P.INVOICES_PREPARE)
async def edit(request: Asked, slug: FromPath[str]) -> Template:
    """How one offer is invoiced."""
    found = await offer_page(slug)
    return await _page(request, found, _as_it_stands(found.offer))


def _as_it_stands(offer: OfferBilled) -> Form:
    billed = "present" if offer.bill_present else "booked"
    return Form.filled({**asdict(offer), "vat_regime": offer.vat_regime or "", "billed": billed})


async def _page(request: Asked, found: OfficeOffer, form: Form) -> Template:
    usual = _("Aujourd’hui : « {regime} ».").format(regime=_(REGIME_WORDS[found.usual][0]))
    choices = [("", _("Comme dans les réglages"), usual), *regimes()]
    return await show(request, "catalogue/offer", form.status, form=form, regimes=choices, **parts(found))


@post(PATH + "/{slug:str}/facturation", permission=P.INVOICES_PREPARE)
async def save(request: Asked, slug: FromPath[str]) -> Template | Redirect:
    """Write it: for what becomes billable from now on."""
    form, found = await Form.of(request), await offer_page(slug)
    facts = read(form)
    if form.good:
        with form.refusals():
            await set_offer_billing(the_actor(request), found.offer.id, facts)
            return go(PATH, _("« {title} » : facturation enregistrée.").format(title=found.offer.title))
    return await _page(request, found, form)


def read(form: Form) -> OfferBilling:
    """How the form says that the offer is invoiced, with its errors noted."""
    regime = chosen_regime(form) if form.values.get("vat_regime") else None
    if form.values.get("billed") not in ("booked", "present"):
        form.errors.setdefault("billed", _("Choisissez une réponse."))
    return OfferBilling(
        vat_regime=regime,
        bill_present=form.values.get("billed") == "present",
        analytic_code=form.checked("analytic_code", check_analytic_code),
        sales_account=form.checked("sales_account", check_account),
    )


@get(PATH + "/{slug:str}/mots", permission=P.CATALOGUE_EDIT)
async def words(request: Asked, slug: FromPath[str]) -> Template:
    """How one offer is called and summed up."""
    offer = await offer_words(slug)
    return await _words_page(request, offer, Form.filled({"title": offer.title, "summary": offer.summary}))


async def _words_page(request: Asked, offer: OfferWords, form: Form) -> Template:
    return await show(request, "catalogue/offer_words", form.status, form=form, offer=offer)


@post(PATH + "/{slug:str}/mots", permission=P.CATALOGUE_EDIT)
async def write_words(request: Asked, slug: FromPath[str]) -> Template | Redirect:
    """Write them; whoever is invited to its coming sessions is told."""
    form, offer = await Form.of(request), await offer_words(slug)
    title, summary = form.text("title", required=True), form.text("summary", required=True, most=400)
    if form.good:
        with form.refusals():
            await edit_words(the_actor(request), offer.id, title=title, summary=summary)
            return go(PATH, _("« {title} » : titre et résumé enregistrés.").format(title=title))
    return await _words_page(request, offer, form)


HANDLERS = [listing, edit, save, words, write_words]
