"""The audit trail of an invoice: one line on its page, and a page of its own that can be printed."""

from __future__ import annotations

from typing import Any

from litestar import get
from litestar.params import FromPath
from litestar.response import Template

from training.billing.rules.payments import WAY_NAMES
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.reporting.office import trail as reading
from training.web.office.page import show
from training.web.pages import Asked, parts, the_actor

P = Permission
PATH = "/gestion/factures/{name:str}/piste"


@get(PATH, permission=P.INVOICES_SEE)
async def page(request: Asked, name: FromPath[str]) -> Template:
    """From the order to the money, every step with its day and its author."""
    ways = {way: _(name) for way, name in WAY_NAMES.items()}
    found = await reading.trail_page(the_actor(request).scope, name)
    return await show(request, "invoices/trail", ways=ways, **parts(found))


HANDLERS: list[Any] = [page]
