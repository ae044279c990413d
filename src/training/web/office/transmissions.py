"""Staff pages on how an invoice goes through its channel."""

from __future__ import annotations

from typing import Any

from training.billing.queries.invoices import InvoiceView
from training.kernel.actor import Actor


async def part(actor: Actor, invoice: InvoiceView) -> Any:
    """What the invoice's own page shows of it."""


HANDLERS: list[Any] = []
