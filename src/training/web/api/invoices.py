"""Invoices: listed, read, fetched as paper and as XML; and the drafts that wait for the platform's look."""

from __future__ import annotations

from typing import Annotated

from litestar import Response, get, post
from litestar.params import PathParameter

from training.billing.actions.issue import issue
from training.billing.queries import invoices as queries
from training.billing.queries.invoices import InvoiceView
from training.billing.rules.states import InvoiceState
from training.kernel.errors import NotFound
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.web.api import examples, outputs, paging
from training.web.api.catalogue import Cursor
from training.web.api.inputs import BIGINT
from training.web.api.outputs import DraftList, InvoiceDetail, InvoiceIssued, InvoiceList
from training.web.pages import Asked, kept_file, the_actor

DraftId = Annotated[int, PathParameter(description="L’identifiant du brouillon, donné par `GET /invoices/drafts`.")]


@get(
    "/invoices",
    permission=Permission.INVOICES_SEE,
    tags=["Factures"],
    operation_id="listInvoices",
    summary="Les factures émises",
    description="Celles de la structure ; toutes, avec une clé de la plateforme.",
    security=examples.WITH_KEY,
    responses=examples.documented(200, "Les factures.", outputs.InvoiceList([examples.INVOICE], None), 403, 422),
)
async def list_invoices(request: Asked, cursor: Cursor = None) -> InvoiceList:
    """The issued invoices in scope, the newest first."""
    page, after = await _page(request, InvoiceState.ISSUED, cursor)
    return InvoiceList([outputs.invoice_item(view) for view in page], after)


@get(
    "/invoices/drafts",
    permission=Permission.INVOICES_ISSUE,
    tags=["Factures"],
    operation_id="listDrafts",
    summary="Ce qui attend d’être facturé",
    description="Clés de la plateforme.",
    security=examples.WITH_KEY,
    responses=examples.documented(200, "Les brouillons.", outputs.DraftList([examples.DRAFT], None), 403, 422),
)
async def list_drafts(request: Asked, cursor: Cursor = None) -> DraftList:
    """The drafts, by when they were served."""
    page, after = await _page(request, InvoiceState.DRAFT, cursor)
    return DraftList([outputs.draft_item(view) for view in page], after)


@post(
    "/invoices/drafts/{draft:int}/issue",
    permission=Permission.INVOICES_ISSUE,
    tags=["Factures"],
    operation_id="issueInvoice",
    summary="Émettre une facture",
    description="Clés de la plateforme. Elle reçoit son numéro, ne change plus, et part par courriel.",
    security=examples.WITH_KEY,
    responses=examples.documented(201, "Émise.", examples.ISSUED, 403, 404, 409),
)
async def issue_draft(request: Asked, draft: DraftId) -> Response[InvoiceIssued]:
    """Issue a draft."""
    if not 0 < draft <= BIGINT:
        raise NotFound(_("Cette facture n’existe pas."))
    number = await issue(the_actor(request), draft)
    return Response(outputs.invoice_issued(number), headers={"Location": f"/api/v1/invoices/{number}"})


Name = Annotated[str, PathParameter(description="Le numéro de la facture, seul ou suivi de `.pdf` ou `.xml`.")]


@get(
    "/invoices/{name:str}",
    permission=Permission.INVOICES_SEE,
    tags=["Factures"],
    operation_id="getInvoice",
    summary="Une facture, ou son fichier",
    description=(
        "`/invoices/F2030-00012` en JSON ; suivi de `.pdf`, la facture Factur-X telle qu’elle a été envoyée ; suivi "
        "de `.xml`, ses données EN 16931."
    ),
    security=examples.WITH_KEY,
    responses=examples.documented(200, "La facture et ses lignes.", examples.INVOICE_DETAIL, 403, 404),
)
async def get_invoice(request: Asked, name: Name) -> Response[InvoiceDetail] | Response[bytes]:
    """One invoice, or one of its two files. A path parameter is a whole segment: the suffix is split here."""
    number, dot, suffix = name.rpartition(".")
    if dot and suffix in ("pdf", "xml"):
        view = await _invoice(request, number)
        file = {"pdf": view.paper, "xml": view.data}[suffix]
        return await kept_file(file, f"{view.number}.{suffix}", _("Cette facture n’a pas ce fichier."))
    view = await _invoice(request, name)
    return Response(outputs.invoice_detail(view, await queries.lines(view.id)))


async def _invoice(request: Asked, number: str) -> InvoiceView:
    found = await queries.invoice_by_number(the_actor(request).scope, number)
    if found is None:
        raise NotFound(_("Cette facture n’existe pas."))
    return found


async def _page(request: Asked, state: InvoiceState, cursor: str | None) -> tuple[list[InvoiceView], str | None]:
    found = await queries.invoices(
        the_actor(request).scope, state=state, after=paging.day_cursor(cursor), limit=paging.PAGE + 1
    )
    page, more = paging.split(found)
    if not more:
        return list(page), None
    last = page[-1]
    day = last.issued_on if state == InvoiceState.ISSUED else last.served_until
    assert day is not None  # noqa: S101 - an issued invoice has its day
    return list(page), paging.write_cursor(day, last.place)
