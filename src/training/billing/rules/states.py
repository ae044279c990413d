"""States of an invoice. Paid, late and credited are not among them: they are derived."""

from __future__ import annotations

from enum import StrEnum


class InvoiceState(StrEnum):
    """A draft has no number and may change; an issued invoice does not change."""

    DRAFT = "draft"
    ISSUED = "issued"


INVOICE_MOVES: dict[InvoiceState, frozenset[InvoiceState]] = {
    InvoiceState.DRAFT: frozenset({InvoiceState.ISSUED}),
    InvoiceState.ISSUED: frozenset(),
}
SERIES = {"invoice": ("invoice", "F"), "credit_note": ("credit_note", "AV")}  # kind → the ledger's key and prefix
