"""An organisation's invoices: the list, and each with its files, what was paid of it, and how to pay it."""

from __future__ import annotations

from litestar import Response, Router, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from training.billing.queries import invoices as queries
from training.billing.queries.invoices import InvoiceView
from training.directory.queries import OrganisationView
from training.kernel.actor import Scope
from training.kernel.errors import NotFound
from training.kernel.i18n import N_, _
from training.kernel.permissions import Permission
from training.payments.queries import receipts
from training.reporting.office import chorus
from training.reporting.portal.invoices import invoice_list
from training.web.forms import Form
from training.web.pages import Asked, file_response, go, kept_file, page, parts, the_actor
from training.web.parameters import asked, day_key, pager
from training.web.portal import payments
from training.web.portal.organisation import frame, organisation_of

PAGE = 30
PROOF = "-service-fait"  # what the file of the proof of service ends with
NO_INVOICE = N_("Cette facture n’existe pas, ou c’est celle d’une autre structure.")
NO_RECEIPT = N_("Ce reçu n’existe pas, ou c’est celui d’une autre structure.")


@get("/espace/{slug:str}/factures", permission=Permission.INVOICES_SEE)
async def listed(request: Asked, slug: FromPath[str]) -> Template:
    """Every invoice, the newest first, each with where it stands; what is late above them."""
    organisation = await organisation_of(request, slug, Permission.INVOICES_SEE)
    after = day_key(asked(request, "apres"))
    found = await invoice_list(the_actor(request), organisation.id, after=after, limit=PAGE)
    return await page(
        request,
        "portal/invoices.html",
        **parts(found),
        pager=pager(f"/espace/{slug}/factures", found.following, after is not None),
        **frame(request, organisation, "factures"),
    )


@get("/espace/{slug:str}/factures/{name:str}", permission=Permission.INVOICES_SEE)
async def one(request: Asked, slug: FromPath[str], name: FromPath[str]) -> Template | Response[bytes]:
    """An invoice by its number; with `.pdf` or `.xml`, the exact bytes that were issued."""
    organisation = await organisation_of(request, slug, Permission.INVOICES_SEE)
    number, dot, suffix = name.rpartition(".")
    if not dot:
        return await _page(request, organisation, await _invoice(request, organisation, name), Form())
    proof = suffix == "pdf" and number.endswith(PROOF)
    invoice = await _invoice(request, organisation, number.removesuffix(PROOF) if proof else number)
    return await proof_file(invoice) if proof else await invoice_file(invoice, suffix)


@post("/espace/{slug:str}/factures/{name:str}/payer", permission=Permission.INVOICES_PAY, status_code=200)
async def pay(request: Asked, slug: FromPath[str], name: FromPath[str]) -> Template | Redirect:
    """On to Stripe's page."""
    organisation = await organisation_of(request, slug, Permission.INVOICES_PAY)
    invoice = await _invoice(request, organisation, name)
    form = await Form.of(request)
    url = await payments.begun(the_actor(request), invoice, form)
    return go(url) if url else await _page(request, organisation, invoice, form)


@get("/espace/{slug:str}/recus/{name:str}", permission=Permission.INVOICES_SEE)
async def receipt(request: Asked, slug: FromPath[str], name: FromPath[str]) -> Response[bytes]:
    """The receipt of a payment: `R2027-00003.pdf`."""
    organisation = await organisation_of(request, slug, Permission.INVOICES_SEE)
    found = await receipts.receipt_by_number(the_actor(request).scope, _receipt_number(name))
    if found is None or found.payer != organisation.id:
        raise NotFound(_(NO_RECEIPT))
    return await kept_file(found.paper, f"{found.number}.pdf", _(NO_RECEIPT))


def _receipt_number(name: str) -> str:
    number, dot, suffix = name.rpartition(".")
    return number if dot and suffix == "pdf" else ""


async def _invoice(request: Asked, organisation: OrganisationView, number: str) -> InvoiceView:
    found = await queries.invoice_by_number(the_actor(request).scope, number)
    if found is None or found.payer != organisation.id:
        raise NotFound(_(NO_INVOICE))
    return found


async def _page(request: Asked, organisation: OrganisationView, invoice: InvoiceView, form: Form) -> Template:
    around = frame(request, organisation, "factures")
    here = f"{around['base']}/factures/{invoice.number}"
    around |= {"here": here, "files": here, "receipts": f"{around['base']}/recus"}
    return await payments.shown(request, "portal/invoice.html", the_actor(request), invoice, form, **around)


async def invoice_file(found: InvoiceView, suffix: str) -> Response[bytes]:
    """One of the files of an issued invoice; NotFound when there is none of that kind."""
    file = {"pdf": found.paper, "xml": found.data}.get(suffix.lower())
    return await kept_file(file, f"{found.number}.{suffix.lower()}", _(NO_INVOICE))


async def proof_file(found: InvoiceView) -> Response[bytes]:
    """The proof of service that a public buyer's accountant asks for."""
    try:
        made = await chorus.proof(Scope(everything=True), found.number or "")  # whose it is was asked before
    except NotFound:
        raise NotFound(_("Il n’y a pas d’attestation de réalisation pour cette facture.")) from None
    return file_response(made.content, made.media_type, made.name)


ROUTER = Router("/", route_handlers=[listed, one, pay, receipt])
