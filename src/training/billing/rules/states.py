"""Kinds, states and series of what is issued. Paid, late and credited are no states: they are derived."""

from __future__ import annotations

from enum import StrEnum


class DocumentKind(StrEnum):
    """What is issued and numbered: deposits in the invoices' series, credit notes in their own."""

    INVOICE = "invoice"
    DEPOSIT = "deposit"
    CREDIT_NOTE = "credit_note"


class InvoiceState(StrEnum):
    """A draft has no number and may change; an issued invoice does not change."""

    DRAFT = "draft"
    ISSUED = "issued"


INVOICE_MOVES: dict[InvoiceState, frozenset[InvoiceState]] = {
    InvoiceState.DRAFT: frozenset({InvoiceState.ISSUED}),
    InvoiceState.ISSUED: frozenset(),
}


class BillingSeries(StrEnum):
    """The ledger's series of billing. Deposits are invoices (BT-3 386) and share their count."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"
    RECEIPT = "receipt"


PREFIXES = {
    BillingSeries.INVOICE: "F",
    BillingSeries.CREDIT_NOTE: "AV",
    BillingSeries.RECEIPT: "R",
}  # until staff set their own
SERIES_OF = {
    DocumentKind.INVOICE: BillingSeries.INVOICE,
    DocumentKind.DEPOSIT: BillingSeries.INVOICE,
    DocumentKind.CREDIT_NOTE: BillingSeries.CREDIT_NOTE,
}
