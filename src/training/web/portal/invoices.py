"""An organisation's invoices: the list, and each with its PDF (Factur-X) and the XML alone."""

from __future__ import annotations

from litestar import Response, Router, get
from litestar.params import FromPath
from litestar.response import Template

from training.billing.queries import invoices as queries
from training.billing.queries.invoices import InvoiceView
from training.identity.rules import Permission
from training.kernel.errors import NotFound
from training.kernel.i18n import N_, _
from training.web.asked import asked, day_key, key, pager
from training.web.pages import Asked, kept_file, page, the_actor
from training.web.portal.organisation import frame, organisation_of

PAGE = 30
NO_INVOICE = N_("Cette facture n’existe pas, ou c’est celle d’une autre structure.")


@get("/espace/{slug:str}/factures", permission=Permission.INVOICES_SEE)
async def listed(request: Asked, slug: FromPath[str]) -> Template:
    """Every invoice, the newest first."""
    organisation = await organisation_of(request, slug, Permission.INVOICES_SEE)
    after = day_key(asked(request, "apres"))
    found = await queries.invoices(the_actor(request).scope, organisation=organisation.id, after=after, limit=PAGE + 1)
    last = found[PAGE - 1] if len(found) > PAGE else None
    following = key(last.issued_on, last.place) if last is not None and last.issued_on is not None else None
    return await page(
        request,
        "portal/invoices.html",
        invoices=found[:PAGE],
        pager=pager(f"/espace/{slug}/factures", following, after is not None),
        **frame(request, organisation, "factures"),
    )


@get("/espace/{slug:str}/factures/{name:str}", permission=Permission.INVOICES_SEE)
async def download(request: Asked, slug: FromPath[str], name: FromPath[str]) -> Response[bytes]:
    """The exact bytes that were issued: `F2027-00042.pdf`, or `.xml`."""
    organisation = await organisation_of(request, slug, Permission.INVOICES_SEE)
    number, _dot, suffix = name.replace("\x00", "").rpartition(".")
    found = await queries.invoice_by_number(the_actor(request).scope, number)
    if found is None or found.payer != organisation.id:
        raise NotFound(_(NO_INVOICE))
    return await invoice_file(found, suffix)


async def invoice_file(found: InvoiceView, suffix: str) -> Response[bytes]:
    """One of the files of an issued invoice; NotFound when there is none of that kind."""
    file = {"pdf": found.paper, "xml": found.data}.get(suffix.lower())
    return await kept_file(file, f"{found.number}.{suffix.lower()}", _(NO_INVOICE))


ROUTER = Router("/", route_handlers=[listed, download])
