"""How invoices, credit notes and receipts are numbered: set once, before the first of each."""

from __future__ import annotations

from litestar import get, post
from litestar.response import Redirect, Template

from training.billing.actions.set_numbering import Start, set_numbers
from training.billing.rules.states import BillingSeries
from training.kernel.i18n import N_, _
from training.kernel.permissions import Permission
from training.records.rules import NUMBER_LAST
from training.reporting.office.settings import OfficeSeries, series_page
from training.web.forms import Form
from training.web.office.page import show
from training.web.pages import Asked, go, the_actor

P = Permission
PATH = "/gestion/factures/series"
NAMES: dict[BillingSeries, str] = {
    BillingSeries.INVOICE: N_("Factures et acomptes"),
    BillingSeries.CREDIT_NOTE: N_("Avoirs"),
    BillingSeries.RECEIPT: N_("Reçus"),
}


@get(PATH, permission=P.PLATFORM_EDIT)
async def edit(request: Asked) -> Template:
    """The three series as they stand."""
    found = await series_page()
    values: dict[str, object] = {}
    for series in found.series:
        values |= {f"{series.series}_prefix": series.prefix, f"{series.series}_first_number": series.first_number}
    return await _page(request, found, Form.filled(values))


async def _page(request: Asked, found: OfficeSeries, form: Form) -> Template:
    named = [(_(NAMES[series.series]), series) for series in found.series]
    return await show(request, "settings/series", form.status, form=form, series=named)


@post(PATH, permission=P.PLATFORM_EDIT)
async def save(request: Asked) -> Template | Redirect:
    """Set the series that were sent; a series with a document is not in the form any more."""
    form = await Form.of(request)
    starts = {}
    for key in BillingSeries:
        if f"{key}_prefix" in form.values:
            prefix = form.text(f"{key}_prefix", required=True, most=6).upper()
            number = form.number(f"{key}_first_number", least=1, most=NUMBER_LAST)
            starts[key] = Start(prefix, number or 1)
    if form.good:
        with form.refusals():
            await set_numbers(the_actor(request), starts)
            return go(PATH, _("Numérotation enregistrée."))
    return await _page(request, await series_page(), form)


HANDLERS = [edit, save]
