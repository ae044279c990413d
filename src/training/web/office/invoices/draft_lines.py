"""One line of a draft: corrected if it was written by hand, put on another draft, or taken away."""

from __future__ import annotations

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from training.billing.actions.edit_draft import change_line, move_line, remove_line
from training.billing.queries import invoices as billing
from training.billing.queries.invoices import InvoiceView, LineView
from training.kernel.errors import NotFound
from training.kernel.i18n import _
from training.kernel.money import decimal
from training.kernel.permissions import Permission
from training.papers.rules.lines import BY_HAND
from training.reporting.office import drafts as reading
from training.web.forms import Form
from training.web.office.invoices.drafts import DRAFTS, line_choices, read_line, the_draft
from training.web.office.page import show
from training.web.pages import Asked, go, the_actor

P = Permission
PATH = DRAFTS + "/{invoice:int}/lignes/{line:int}"


@get(PATH, permission=P.INVOICES_PREPARE)
async def line_page(request: Asked, invoice: FromPath[int], line: FromPath[int]) -> Template:
    """What can be done to one line."""
    view = await the_draft(request, invoice)
    known = await _line(view, line)
    values = {
        "kind": known.kind,
        "description": known.description,
        "quantity": str(abs(known.quantity)).replace(".", ","),
        "unit": known.unit,
        "price": decimal(known.unit_price_cents).replace(".", ","),
    }
    return await _page(request, view, known, Form.filled(values))


async def _page(request: Asked, view: InvoiceView, line: LineView, form: Form) -> Template:
    others = [
        (d.id, f"{d.label} ({decimal(d.gross_cents).replace('.', ',')} €)") for d in await reading.other_drafts(view)
    ]
    return await show(
        request,
        "invoices/draft_line",
        form.status,
        invoice=view,
        item=line,
        line=form,
        by_hand=line.kind in BY_HAND,
        alone=view.line_count == 1,
        others=others,
        **line_choices(),
    )


@post(PATH, permission=P.INVOICES_PREPARE)
async def correct(request: Asked, invoice: FromPath[int], line: FromPath[int]) -> Template | Redirect:
    """Write a line by hand again."""
    view, form = await the_draft(request, invoice), await Form.of(request)
    known = await _line(view, line)
    new = read_line(form)
    if new is not None:
        with form.refusals():
            await change_line(the_actor(request), known.id, new)
            return go(f"{DRAFTS}/{view.id}", _("Ligne corrigée."))
    return await _page(request, view, known, form)


@post(PATH + "/retirer", permission=P.INVOICES_PREPARE)
async def drop(request: Asked, invoice: FromPath[int], line: FromPath[int]) -> Template | Redirect:
    """Take a line away."""
    view, form = await the_draft(request, invoice), Form()
    known = await _line(view, line)
    with form.refusals():
        stays = await remove_line(the_actor(request), known.id)
        return go(f"{DRAFTS}/{view.id}" if stays else DRAFTS, _("Ligne retirée."))
    return await _page(request, view, known, form)


@post(PATH + "/deplacer", permission=P.INVOICES_PREPARE)
async def move(request: Asked, invoice: FromPath[int], line: FromPath[int]) -> Template | Redirect:
    """Put a line on another draft of the same payer, or on one of its own."""
    view, form = await the_draft(request, invoice), await Form.of(request)
    known = await _line(view, line)
    to = form.values.get("to", "")
    if to and to not in {str(d.id) for d in await reading.other_drafts(view)}:
        form.errors["to"] = _("Choisissez un brouillon de la liste.")
    if form.good:
        with form.refusals():
            draft = await move_line(the_actor(request), known.id, int(to) if to else None)
            return go(f"{DRAFTS}/{draft}", _("Ligne déplacée sur ce brouillon."))
    return await _page(request, view, known, form)


async def _line(view: InvoiceView, line: int) -> LineView:
    for each in await billing.lines(view.id):
        if each.id == line and view.number is None:
            return each
    raise NotFound(_("Cette ligne n’existe pas, ou plus."))


HANDLERS = [line_page, correct, drop, move]
