"""What mailed links open without signing in: purpose, subject, generation and expiry are the whole authority."""

from __future__ import annotations

from litestar import Response, Router, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from training.billing.queries import invoices as queries
from training.billing.queries.invoices import InvoiceView
from training.identity.rules import Permission
from training.kernel import links, settings
from training.kernel.actor import Actor, Scope
from training.kernel.errors import NotFound
from training.kernel.i18n import _
from training.payments.queries import receipts
from training.web.auth import PUBLIC
from training.web.forms import Form
from training.web.pages import Asked, go, kept_file
from training.web.portal import payments
from training.web.portal.invoices import NO_RECEIPT, invoice_file, proof_file

INVOICE = "invoice"
WHOEVER_HOLDS_IT = Scope(everything=True)  # the signature has said which row, so the scope need not


@get("/lien/{token:str}", permission=PUBLIC)
async def shown(request: Asked, token: FromPath[str]) -> Template:
    """An invoice: an amount, a date, one button."""
    return await _page(request, token, await _invoice(token), Form())


@post("/lien/{token:str}/payer", permission=PUBLIC, status_code=200)
async def pay(request: Asked, token: FromPath[str]) -> Template | Redirect:
    """On to Stripe's page: whoever was mailed the invoice may pay it."""
    invoice = await _invoice(token)
    form = await Form.of(request)
    url = await payments.begun(_holder(invoice), invoice, form)
    return go(url) if url else await _page(request, token, invoice, form)


@get("/lien/{token:str}/facture.pdf", permission=PUBLIC)
async def paper(token: FromPath[str]) -> Response[bytes]:
    """Its PDF."""
    return await invoice_file(await _invoice(token), "pdf")


@get("/lien/{token:str}/facture.xml", permission=PUBLIC)
async def data(token: FromPath[str]) -> Response[bytes]:
    """Its XML, for programs."""
    return await invoice_file(await _invoice(token), "xml")


@get("/lien/{token:str}/facture-service-fait.pdf", permission=PUBLIC)
async def proof(token: FromPath[str]) -> Response[bytes]:
    """Its proof of service, for a public buyer's accountant."""
    return await proof_file(await _invoice(token))


@get("/lien/{token:str}/recus/{name:str}", permission=PUBLIC)
async def receipt(token: FromPath[str], name: FromPath[str]) -> Response[bytes]:
    """The receipt of a payment that settled something of it."""
    invoice = await _invoice(token)
    known = await receipts.receipts_of(WHOEVER_HOLDS_IT, invoice.receivable) if invoice.receivable is not None else []
    found = next((kept for kept in known if f"{kept.number}.pdf" == name and kept.payer == invoice.payer), None)
    return await kept_file(found.paper if found else None, name, _(NO_RECEIPT))


async def _page(request: Asked, token: str, invoice: InvoiceView, form: Form) -> Template:
    here = f"/lien/{token}"
    template = await payments.shown(
        request,
        "portal/linked_invoice.html",
        _holder(invoice),
        invoice,
        form,
        here=here,
        files=f"{here}/facture",
        receipts=f"{here}/recus",
    )
    template.headers.update({"Cache-Control": "private, no-store", "X-Robots-Tag": "noindex"})
    return template


def _holder(invoice: InvoiceView) -> Actor:
    """Whoever holds the link of an invoice: may look at it and pay it, and nothing else."""
    held = frozenset[str]({Permission.INVOICES_SEE, Permission.INVOICES_PAY})
    return Actor("link", invoice.id, f"lien {invoice.number}", scope=Scope(links={("invoice", invoice.id): held}))


async def _invoice(token: str) -> InvoiceView:
    link = links.read(token, settings.current().secret_key)
    invoice = await queries.invoice(WHOEVER_HOLDS_IT, link.subject) if link.purpose == INVOICE else None
    if invoice is None or invoice.number is None or invoice.generation != link.generation:
        raise NotFound(_("Ce lien n’est plus valable. Connectez-vous pour retrouver la page, ou écrivez-nous."))
    return invoice


ROUTER = Router("/", route_handlers=[shown, pay, paper, data, proof, receipt])
