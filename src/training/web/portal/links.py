"""What mailed links open without signing in: purpose, subject, generation and expiry are the whole authority."""

from __future__ import annotations

from litestar import Response, Router, get
from litestar.params import FromPath
from litestar.response import Template

from training.billing.queries import invoices as queries
from training.billing.queries.invoices import InvoiceView
from training.directory.rules import Buyer
from training.kernel import links, settings
from training.kernel.actor import Scope
from training.kernel.errors import NotFound
from training.kernel.i18n import _
from training.web.auth import PUBLIC
from training.web.pages import Asked, page
from training.web.portal.invoices import invoice_file

INVOICE = "invoice"
WHOEVER_HOLDS_IT = Scope(everything=True)  # the signature has said which row, so the scope need not


@get("/lien/{token:str}", permission=PUBLIC)
async def shown(request: Asked, token: FromPath[str]) -> Template:
    """An invoice: an amount, a date, one button."""
    invoice = await _invoice(token)
    public = invoice.payer_buyer == Buyer.PUBLIC
    template = await page(request, "portal/linked_invoice.html", invoice=invoice, token=token, public=public)
    template.headers.update({"Cache-Control": "private, no-store", "X-Robots-Tag": "noindex"})
    return template


@get("/lien/{token:str}/facture.pdf", permission=PUBLIC)
async def paper(token: FromPath[str]) -> Response[bytes]:
    """Its PDF."""
    return await invoice_file(await _invoice(token), "pdf")


@get("/lien/{token:str}/facture.xml", permission=PUBLIC)
async def data(token: FromPath[str]) -> Response[bytes]:
    """Its XML, for programs."""
    return await invoice_file(await _invoice(token), "xml")


async def _invoice(token: str) -> InvoiceView:
    link = links.read(token, settings.current().secret_key)
    invoice = await queries.invoice(WHOEVER_HOLDS_IT, link.subject) if link.purpose == INVOICE else None
    if invoice is None or invoice.number is None or invoice.generation != link.generation:
        raise NotFound(_("Ce lien n’est plus valable. Connectez-vous pour retrouver la page, ou écrivez-nous."))
    return invoice


ROUTER = Router("/", route_handlers=[shown, paper, data])
