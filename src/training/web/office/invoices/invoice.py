"""Issued invoices and credit notes: the list, one of them, its paper and its data."""

from __future__ import annotations

from litestar import get
from litestar.params import FromPath
from litestar.response import Response, Template

from training.billing.queries import invoices as billing
from training.billing.queries.invoices import InvoiceNarrowing, InvoiceView
from training.billing.rules.states import InvoiceState
from training.kernel.errors import NotFound
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.web.asked import PER_PAGE, asked, day_key, key, pager
from training.web.forms import Form
from training.web.office.invoices import credit_notes, trail, transmissions
from training.web.office.page import show
from training.web.office.payments import payment as payments
from training.web.office.payments import reminders
from training.web.pages import Asked, kept_file, the_actor

P = Permission
PATH = "/gestion/factures"


@get(PATH, permission=P.INVOICES_SEE)
async def issued(request: Asked) -> Template:
    """Issued invoices and credit notes, the newest first, narrowed by where they stand."""
    search, after = asked(request, "q"), day_key(asked(request, "apres"))
    state = asked(request, "etat")
    standing = InvoiceNarrowing(state) if state in set(InvoiceNarrowing) else InvoiceNarrowing.ANY
    found = await billing.invoices(
        the_actor(request).scope, search=search, standing=standing, after=after, limit=PER_PAGE + 1
    )
    shown = found[:PER_PAGE]
    last = shown[-1] if len(found) > PER_PAGE else None
    following = key(last.issued_on, last.place) if last and last.issued_on else None
    return await show(
        request,
        "invoices/invoices",
        invoices=shown,
        form=Form.filled({"q": search}),
        search=search,
        standing=standing,
        pager=pager(PATH, following, after is not None, etat=standing.value, q=search),
    )


@get(PATH + "/{name:str}", permission=P.INVOICES_SEE)
async def invoice_page(request: Asked, name: FromPath[str]) -> Template | Response[bytes]:
    """An invoice by its number; with `.pdf` its paper, with `.xml` its data, byte for byte as issued."""
    number, dot, kind = name.rpartition(".")
    actor = the_actor(request)
    view = await billing.invoice_by_number(actor.scope, number if dot else kind)
    if view is None:
        raise NotFound(_("Cette facture n’existe pas."))
    if dot:
        return await _file(view, kind)
    return await show(
        request,
        "invoices/invoice",
        invoice=view,
        lines=await billing.lines(view.id),
        transmissions=await transmissions.part(actor, view),
        payments=await payments.part(actor, view),
        reminders=await reminders.part(actor, view),
        credit_notes=await credit_notes.part(actor, view),
        trail=await trail.part(actor, view),
    )


async def _file(view: InvoiceView, kind: str) -> Response[bytes]:
    wanted = {"pdf": view.paper, "xml": view.data}.get(kind) if view.state == InvoiceState.ISSUED else None
    return await kept_file(wanted, f"{view.number}.{kind}", _("Ce fichier n’existe pas."), inline=kind == "pdf")


HANDLERS = [issued, invoice_page]
