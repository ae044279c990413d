"""The audit trail of an invoice: one line on its page, and a page of its own that can be printed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from litestar import get
from litestar.params import FromPath
from litestar.response import Template

from training.billing.queries import invoices as billing
from training.billing.queries.invoices import InvoiceView
from training.billing.rules.payments import WAY_NAMES
from training.kernel.actor import Actor
from training.kernel.errors import NotFound
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.reporting.office import trail as reading
from training.web.office.page import show
from training.web.pages import Asked, the_actor

P = Permission
PATH = "/gestion/factures/{name:str}/piste"


@dataclass(frozen=True, slots=True)
class TrailPart:
    """What the invoice's own page shows of it: the SHA-256 of its paper."""

    sha256: str


async def part(actor: Actor, invoice: InvoiceView) -> TrailPart | None:
    """What the invoice's own page shows of it."""
    found = await reading.fingerprint(invoice)
    return None if found is None else TrailPart(found)


@get(PATH, permission=P.INVOICES_SEE)
async def page(request: Asked, name: FromPath[str]) -> Template:
    """From the order to the money, every step with its day and its author."""
    view = await billing.invoice_by_number(the_actor(request).scope, name)
    found = None if view is None else await reading.trail(view)
    if view is None or found is None:
        raise NotFound(_("Cette facture n’existe pas."))
    ways = {way: _(name) for way, name in WAY_NAMES.items()}
    return await show(request, "invoices/trail", invoice=view, trail=found, ways=ways)


HANDLERS: list[Any] = [page]
