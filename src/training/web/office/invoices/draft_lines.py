"""One line of a draft: corrected if it was written by hand, put on another draft, or taken away."""

from __future__ import annotations

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from training.billing.actions.edit_draft import change_line, move_line, remove_line
from training.billing.queries.invoices import LineView
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.reporting.office import drafts as reading
from training.reporting.office.drafts import OfficeDraftLine
from training.web.forms import Form, in_field
from training.web.office.invoices.drafts import DRAFTS, line_choices, read_line
from training.web.office.page import show
from training.web.pages import Asked, go, parts, the_actor
from training.web.parameters import row

P = Permission
PATH = DRAFTS + "/{invoice:int}/lignes/{line:int}"


@get(PATH, permission=P.INVOICES_PREPARE)
async def line_page(request: Asked, invoice: FromPath[int], line: FromPath[int]) -> Template:
    """What can be done to one line."""
    return await _page(request, await _line(request, invoice, line), None)


async def _page(request: Asked, found: OfficeDraftLine, form: Form | None) -> Template:
    form = form or Form.filled(_as_it_stands(found.item), seen=found.seen)
    others = [(d.id, f"{d.label} ({in_field(d.gross_cents)} €)") for d in found.others]
    return await show(
        request, "invoices/draft_line", form.status, line=form, **line_choices(), **{**parts(found), "others": others}
    )


def _as_it_stands(item: LineView) -> dict[str, object]:
    return {
        "kind": item.kind,
        "description": item.description,
        "quantity": str(abs(item.quantity)).replace(".", ","),
        "unit": item.unit,
        "price": in_field(item.unit_price_cents),
    }


@post(PATH, permission=P.INVOICES_PREPARE)
async def correct(request: Asked, invoice: FromPath[int], line: FromPath[int]) -> Template | Redirect:
    """Write a line by hand again."""
    found, form = await _line(request, invoice, line), await Form.of(request)
    new = read_line(form)
    if new is not None:
        with form.refusals():
            await change_line(the_actor(request), found.item.id, new, seen=form.seen)
            return go(f"{DRAFTS}/{invoice}", _("Ligne corrigée."))
    return await _page(request, found, form)


@post(PATH + "/retirer", permission=P.INVOICES_PREPARE)
async def drop(request: Asked, invoice: FromPath[int], line: FromPath[int]) -> Template | Redirect:
    """Take a line away."""
    found, form = await _line(request, invoice, line), Form()
    with form.refusals():
        stays = await remove_line(the_actor(request), found.item.id)
        return go(f"{DRAFTS}/{invoice}" if stays else DRAFTS, _("Ligne retirée."))
    return await _page(request, found, form)


@post(PATH + "/deplacer", permission=P.INVOICES_PREPARE)
async def move(request: Asked, invoice: FromPath[int], line: FromPath[int]) -> Template | Redirect:
    """Put a line on another draft of the same payer, or on one of its own."""
    found, form = await _line(request, invoice, line), await Form.of(request)
    to = form.values.get("to", "")
    if to and to not in {str(d.id) for d in found.others}:
        form.errors["to"] = _("Choisissez un brouillon de la liste.")
    if form.good:
        with form.refusals():
            draft = await move_line(the_actor(request), found.item.id, int(to) if to else None)
            return go(f"{DRAFTS}/{draft}", _("Ligne déplacée sur ce brouillon."))
    return await _page(request, found, form)


async def _line(request: Asked, invoice: int, line: int) -> OfficeDraftLine:
    return await reading.line_page(the_actor(request).scope, row(invoice), row(line))


HANDLERS = [line_page, correct, drop, move]
