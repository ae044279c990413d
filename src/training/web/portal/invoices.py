"""An organisation's invoices: the list, and each with its PDF (Factur-X) and the XML alone."""

from __future__ import annotations

from datetime import date

from litestar import Response, Router, get
from litestar.params import FromPath
from litestar.response import Template

from training.billing import queries
from training.billing.queries import InvoiceView
from training.identity.rules import Permission
from training.kernel.errors import NotFound
from training.kernel.i18n import _
from training.records import queries as records
from training.web.pages import Asked, file_response, page, the_actor
from training.web.portal.asked import address, words
from training.web.portal.organisation import frame, organisation_of

PAGE = 30


@get("/espace/{slug:str}/factures", permission=Permission.INVOICES_SEE)
async def listed(request: Asked, slug: FromPath[str]) -> Template:
    """Every invoice, the newest first."""
    organisation = await organisation_of(request, slug, Permission.INVOICES_SEE)
    found = await queries.invoices(
        the_actor(request).scope, organisation=organisation.id, after=_key(request), limit=PAGE + 1
    )
    last = found[PAGE - 1] if len(found) > PAGE else None
    following = None
    if last is not None and last.issued_on is not None:
        following = address(f"/espace/{slug}/factures", apres=f"{last.issued_on.isoformat()},{last.id}")
    return await page(
        request,
        "portal/invoices.html",
        invoices=found[:PAGE],
        pager={"previous": None, "next": following},
        **frame(request, organisation, "factures"),
    )


@get("/espace/{slug:str}/factures/{name:str}", permission=Permission.INVOICES_SEE)
async def download(request: Asked, slug: FromPath[str], name: FromPath[str]) -> Response[bytes]:
    """The exact bytes that were issued: `F2027-00042.pdf`, or `.xml`."""
    organisation = await organisation_of(request, slug, Permission.INVOICES_SEE)
    number, _dot, suffix = name.replace("\x00", "").rpartition(".")
    found = await queries.invoice_by_number(the_actor(request).scope, number)
    if found is None or found.payer != organisation.id:
        raise no_invoice()
    return await invoice_file(found, suffix)


async def invoice_file(found: InvoiceView, suffix: str) -> Response[bytes]:
    """One of the files of an issued invoice; NotFound when there is none of that kind."""
    file = {"pdf": found.paper, "xml": found.data}.get(suffix.lower())
    stored = None if file is None else await records.file(file)
    if stored is None:
        raise no_invoice()
    return file_response(stored.content, stored.media_type, f"{found.number}.{suffix.lower()}")


def no_invoice() -> NotFound:
    """There is no such invoice for this person."""
    return NotFound(_("Cette facture n’existe pas, ou c’est celle d’une autre structure."))


def _key(request: Asked) -> tuple[date, int] | None:
    day, _comma, row = words(request, "apres").rpartition(",")
    try:
        return date.fromisoformat(day), int(row)
    except ValueError:
        return None


ROUTER = Router("/", route_handlers=[listed, download])
