"""Offers as they are invoiced: VAT, seats booked or people present, accounts. The public catalogue is portal's."""

from __future__ import annotations

from dataclasses import asdict

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from training.catalogue import queries as catalogue
from training.catalogue.actions import OfferBilling, set_offer_billing
from training.catalogue.queries import OfferBilled
from training.directory.rules import check_account, check_analytic_code
from training.kernel.errors import NotFound
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.papers.rules.vat import VatRegime
from training.web.forms import Form
from training.web.office.page import show
from training.web.office.settings.platform import REGIME_WORDS, regimes
from training.web.pages import Asked, go, the_actor, the_platform
from training.web.parameters import asked

P = Permission
PATH = "/gestion/catalogue"


@get(PATH, permission=P.INVOICES_PREPARE)
async def listing(request: Asked) -> Template:
    """Every offer, with what its invoices carry."""
    search = asked(request, "q")
    return await show(
        request,
        "catalogue/offers",
        offers=await catalogue.offers_billed(search),
        search=search,
        names={regime.value: _(name) for regime, (name, _words) in REGIME_WORDS.items()},
    )


@get(PATH + "/{slug:str}/facturation", permission=P.INVOICES_PREPARE)
async def edit(request: Asked, slug: FromPath[str]) -> Template:
    """How one offer is invoiced."""
    offer = await _offer(slug)
    values = {
        **asdict(offer),
        "vat_regime": offer.vat_regime or "",
        "billed": "present" if offer.bill_present else "booked",
    }
    return await _page(request, offer, Form.filled(values))


async def _page(request: Asked, offer: OfferBilled, form: Form) -> Template:
    own = (await the_platform()).vat_regime
    usual = _("Aujourd’hui : « {regime} ».").format(regime=_(REGIME_WORDS[VatRegime(own)][0]))
    choices = [("", _("Comme la plateforme"), usual), *regimes()]
    return await show(request, "catalogue/offer", form.status, offer=offer, form=form, regimes=choices)


@post(PATH + "/{slug:str}/facturation", permission=P.INVOICES_PREPARE)
async def save(request: Asked, slug: FromPath[str]) -> Template | Redirect:
    """Write it: for what becomes billable from now on."""
    offer, form = await _offer(slug), await Form.of(request)
    regime = form.choice("vat_regime", VatRegime) if form.values.get("vat_regime") else None
    if regime == VatRegime.NORMAL and not (await the_platform()).vat_number:
        # EN 16931 BR-S-02: whoever charges VAT says under which number
        words = _("La plateforme n’a pas de numéro de TVA : elle ne peut pas en facturer. Complétez son identité.")
        form.errors.setdefault("vat_regime", words)
    if form.values.get("billed") not in ("booked", "present"):
        form.errors.setdefault("billed", _("Choisissez une réponse."))
    facts = OfferBilling(
        vat_regime=regime.value if regime else None,
        bill_present=form.values.get("billed") == "present",
        analytic_code=form.checked("analytic_code", check_analytic_code),
        sales_account=form.checked("sales_account", check_account),
    )
    if form.good:
        with form.refusals():
            await set_offer_billing(the_actor(request), offer.id, facts)
            return go(PATH, _("« {title} » : facturation enregistrée.").format(title=offer.title))
    return await _page(request, offer, form)


async def _offer(slug: str) -> OfferBilled:
    offer = await catalogue.offer_billed(slug)
    if offer is None:
        raise NotFound(_("Cette offre n’existe pas."))
    return offer


HANDLERS = [listing, edit, save]
