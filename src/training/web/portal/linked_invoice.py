"""An invoice behind its mailed link: read, kept, paid, without signing in."""

from __future__ import annotations

from litestar import Response, Router, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from training.billing.queries.invoices import InvoiceView
from training.kernel.i18n import _
from training.payments.queries import receipts
from training.web.auth import PUBLIC
from training.web.forms import Form
from training.web.pages import Asked, go, kept_file
from training.web.portal import payments
from training.web.portal.invoices import NO_RECEIPT, invoice_file, proof_file
from training.web.portal.links import INVOICE, WHOEVER_HOLDS_IT, LinkHeld, private


@get("/lien/{token:str}", permission=PUBLIC)
async def shown(request: Asked, token: FromPath[str]) -> Template:
    """An invoice: an amount, a date, one button."""
    return await _page(request, token, await INVOICE.open(token), Form())


@post("/lien/{token:str}/payer", permission=PUBLIC, status_code=200)
async def pay(request: Asked, token: FromPath[str]) -> Template | Redirect:
    """On to Stripe's page: whoever was mailed the invoice may pay it."""
    held = await INVOICE.open(token)
    form = await Form.of(request)
    url = await payments.begun(held.actor, held.thing, form)
    return go(url) if url else await _page(request, token, held, form)


@get("/lien/{token:str}/facture.pdf", permission=PUBLIC)
async def paper(token: FromPath[str]) -> Response[bytes]:
    """Its PDF."""
    return await invoice_file((await INVOICE.open(token)).thing, "pdf")


@get("/lien/{token:str}/facture.xml", permission=PUBLIC)
async def data(token: FromPath[str]) -> Response[bytes]:
    """Its XML, for programs."""
    return await invoice_file((await INVOICE.open(token)).thing, "xml")


@get("/lien/{token:str}/facture-service-fait.pdf", permission=PUBLIC)
async def proof(token: FromPath[str]) -> Response[bytes]:
    """Its proof of service, for a public buyer's accountant."""
    return await proof_file((await INVOICE.open(token)).thing)


@get("/lien/{token:str}/recus/{name:str}", permission=PUBLIC)
async def receipt(token: FromPath[str], name: FromPath[str]) -> Response[bytes]:
    """The receipt of a payment that settled something of it."""
    invoice = (await INVOICE.open(token)).thing
    known = await receipts.receipts_of(WHOEVER_HOLDS_IT, invoice.receivable) if invoice.receivable is not None else []
    found = next((kept for kept in known if f"{kept.number}.pdf" == name and kept.payer == invoice.payer), None)
    return await kept_file(found.paper if found else None, name, _(NO_RECEIPT))


async def _page(request: Asked, token: str, held: LinkHeld[InvoiceView], form: Form) -> Template:
    here = f"/lien/{token}"
    return private(
        await payments.shown(
            request,
            "portal/linked_invoice.html",
            held.actor,
            held.thing,
            form,
            here=here,
            files=f"{here}/facture",
            receipts=f"{here}/recus",
        )
    )


ROUTER = Router("/", route_handlers=[shown, pay, paper, data, proof, receipt])
