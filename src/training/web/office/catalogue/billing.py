"""How one offer is invoiced: VAT, seats booked or people present, accounts."""

from __future__ import annotations

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from training.catalogue.actions.offers import OfferBilling, set_offer_billing
from training.directory.rules.numbers import check_account, check_analytic_code
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.reporting.office.offers import OfferBilled, OfferKept, offer_billing
from training.web.forms import Form
from training.web.office.page import show
from training.web.office.settings.platform import REGIME_WORDS, chosen_regime, regimes
from training.web.pages import Asked, go, parts, the_actor

P = Permission
PATH = "/gestion/catalogue/{slug:str}/facturation"


@get(PATH, permission=P.INVOICES_PREPARE)
async def edit(request: Asked, slug: FromPath[str]) -> Template:
    """How one offer is invoiced."""
    found = await offer_billing(slug)
    return await _page(request, found, _as_it_stands(found.offer, found.seen))


def _as_it_stands(offer: OfferKept, seen: int) -> Form:
    return Form.filled(
        {
            "vat_regime": offer.vat_regime or "",
            "billed": "present" if offer.bill_present else "booked",
            "analytic_code": offer.analytic_code,
            "sales_account": offer.sales_account,
        },
        seen=seen,
    )


async def _page(request: Asked, found: OfferBilled, form: Form) -> Template:
    usual = _("Aujourd’hui : « {regime} ».").format(regime=_(REGIME_WORDS[found.usual][0]))
    choices = [("", _("Comme dans les réglages"), usual), *regimes()]
    return await show(request, "catalogue/offer_billing", form.status, form=form, regimes=choices, **parts(found))


@post(PATH, permission=P.INVOICES_PREPARE)
async def save(request: Asked, slug: FromPath[str]) -> Template | Redirect:
    """Write it: for what becomes billable from now on."""
    form, found = await Form.of(request), await offer_billing(slug)
    facts = read(form)
    if form.good:
        with form.refusals():
            await set_offer_billing(the_actor(request), found.offer.id, facts, seen=form.seen)
            said = _("« {title} » : facturation enregistrée.").format(title=found.offer.fields.title)
            return go(found.offer.path, said)
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


HANDLERS = [edit, save]
