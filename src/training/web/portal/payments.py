"""Paying an invoice online, from the organisation's space or a mailed link: what both doors share."""

from __future__ import annotations

from typing import Any

from litestar.response import Template

from training.billing.queries.invoices import InvoiceView
from training.billing.rules.payments import Way
from training.kernel import settings
from training.kernel.actor import Actor
from training.kernel.errors import Conflict
from training.kernel.i18n import _
from training.payments.actions.checkout import begin
from training.reporting.portal.invoices import invoice_page
from training.web.forms import Form
from training.web.pages import Asked, page
from training.web.parameters import asked
from training.web.security import paying

STRIPE_PAGES = "https://checkout.stripe.com"
RETURNS = {"fini", "abandonne"}  # what Stripe's page sends people back with


async def shown(request: Asked, name: str, actor: Actor, invoice: InvoiceView, form: Form, **frame: Any) -> Template:
    """The page of an invoice, with the ways to pay it; `frame` is what its door shows around it."""
    found = await invoice_page(actor, invoice)
    returned = asked(request, "paiement")
    if returned not in RETURNS or not found.tried:
        returned = ""  # somebody's own words in the address: nothing was paid, and nothing says so
    template = await page(request, name, status=form.status, shown=found, form=form, returned=returned, **frame)
    template.headers["Content-Security-Policy"] = paying(settings.current().stripe_api_base or STRIPE_PAGES)
    return template


async def begun(actor: Actor, invoice: InvoiceView, form: Form) -> str | None:
    """The address of Stripe's page; None when it was refused, which the form then says."""
    way = form.choice("way", Way)
    with form.refusals():
        if invoice.receivable is None:
            raise Conflict(_("Rien n’est à payer sur {number}.").format(number=invoice.number))
        if way is not None:
            return await begin(actor, invoice.receivable, way)
    return None
