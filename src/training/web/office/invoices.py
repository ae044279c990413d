"""Invoices: what waits to be issued, what was, their paper and their data."""

from __future__ import annotations

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Response, Template

from training.billing.actions.issue import issue as issue_invoice
from training.billing.queries import invoices as billing
from training.billing.queries.invoices import InvoiceView
from training.billing.rules.states import InvoiceState
from training.directory.rules import Buyer
from training.identity.rules import Permission
from training.kernel.errors import NotFound
from training.kernel.i18n import _
from training.reporting.office import invoices as reading
from training.reporting.office.bookings import mails_about
from training.web.asked import PER_PAGE, asked, day_key, key, pager, row
from training.web.forms import Form
from training.web.office import credit_notes, payments, reminders, trail, transmissions
from training.web.office.page import show
from training.web.pages import Asked, file_response, go, kept_file, the_actor

P = Permission
PATH = "/gestion/factures"
DRAFTS = f"{PATH}/brouillons"


@get(PATH, permission=P.INVOICES_SEE)
async def issued(request: Asked) -> Template:
    """Issued invoices, the newest first."""
    search, after = asked(request, "q"), day_key(asked(request, "apres"))
    found = await billing.invoices(the_actor(request).scope, search=search, after=after, limit=PER_PAGE + 1)
    shown = found[:PER_PAGE]
    last = shown[-1] if len(found) > PER_PAGE else None
    following = key(last.issued_on, last.place) if last and last.issued_on else None
    return await show(
        request,
        "invoices",
        invoices=shown,
        form=Form.filled({"q": search}),
        search=search,
        pager=pager(PATH, following, after is not None, q=search),
    )


@get(DRAFTS, permission=P.INVOICES_SEE)
async def drafts(request: Asked) -> Template:
    """« À facturer »: each draft with what it lacks, or a green sign and a button."""
    after = day_key(asked(request, "apres"))
    actor = the_actor(request)
    found = await reading.drafts(actor.scope, after=after, limit=PER_PAGE + 1)
    shown = found[:PER_PAGE]
    last = shown[-1].invoice if len(found) > PER_PAGE else None
    return await show(
        request,
        "drafts",
        drafts=shown,
        may_issue=actor.may(P.INVOICES_ISSUE),
        pager=pager(DRAFTS, key(last.served_until, last.place) if last else None, after is not None),
    )


@get(DRAFTS + "/{invoice:int}", permission=P.INVOICES_SEE)
async def draft_page(request: Asked, invoice: FromPath[int]) -> Template | Redirect:
    """One draft; once it is issued, its address leads to the invoice."""
    return await _draft_page(request, invoice, Form())


async def _draft_page(request: Asked, invoice: int, form: Form) -> Template | Redirect:
    actor = the_actor(request)
    view = await billing.invoice(actor.scope, row(invoice))
    if view is None:
        raise NotFound(_("Cette facture n’existe pas."))
    if view.number:
        return go(f"{PATH}/{view.number}")
    return await show(
        request,
        "draft",
        form.status,
        invoice=view,
        lines=await billing.lines(view.id),
        missing=await billing.blockers(view.id),
        may_issue=actor.may(P.INVOICES_ISSUE),
        form=form,
    )


@get(DRAFTS + "/{invoice:int}/apercu.pdf", permission=P.INVOICES_SEE)
async def draft_preview(request: Asked, invoice: FromPath[int]) -> Response[bytes]:
    """How the draft would look: no number, marked on every page."""
    paper = await reading.preview(the_actor(request).scope, row(invoice))
    if paper is None:
        raise NotFound(_("Ce brouillon n’existe pas, ou la facture est déjà émise."))
    return file_response(paper, "application/pdf", f"brouillon-{invoice}.pdf", inline=True)


@post(DRAFTS + "/{invoice:int}/emettre", permission=P.INVOICES_ISSUE)
async def issue(request: Asked, invoice: FromPath[int]) -> Template | Redirect:
    """Issue a draft: it gets its number and leaves by mail."""
    form = Form()
    with form.refusals():
        number = await issue_invoice(the_actor(request), row(invoice))
        return go(f"{PATH}/{number}", _("Facture {number} émise : elle part par courriel.").format(number=number))
    return await _draft_page(request, invoice, form)


@get(PATH + "/{name:str}", permission=P.INVOICES_SEE)
async def invoice_page(request: Asked, name: FromPath[str]) -> Template | Response[bytes]:
    """An invoice by its number; with `.pdf` its paper, with `.xml` its data, byte for byte as issued."""
    number, dot, kind = name.replace("\x00", "").rpartition(".")
    actor = the_actor(request)
    view = await billing.invoice_by_number(actor.scope, number if dot else kind)
    if view is None:
        raise NotFound(_("Cette facture n’existe pas."))
    if dot:
        return await _file(view, kind)
    return await show(
        request,
        "invoice",
        invoice=view,
        lines=await billing.lines(view.id),
        public=view.payer_buyer == Buyer.PUBLIC,
        transmissions=await transmissions.part(actor, view),
        payments=await payments.part(actor, view),
        reminders=await reminders.part(actor, view),
        credit_notes=await credit_notes.part(actor, view),
        trail=await trail.part(actor, view),
        mails=await mails_about(("invoice", view.id)) if actor.may(P.MAILS_SEE) else [],
    )


async def _file(view: InvoiceView, kind: str) -> Response[bytes]:
    wanted = {"pdf": view.paper, "xml": view.data}.get(kind) if view.state == InvoiceState.ISSUED else None
    return await kept_file(wanted, f"{view.number}.{kind}", _("Ce fichier n’existe pas."), inline=kind == "pdf")


HANDLERS = [issued, drafts, draft_page, draft_preview, issue, invoice_page]
