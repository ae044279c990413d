"""The receipt of a payment: the snapshot that the ledger keeps, and the French texts that `receipt.typ` lays out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from training.billing.rules.payments import Way
from training.kernel import pdf
from training.papers.documents.figures import day, euros
from training.papers.documents.layout import sheet
from training.papers.documents.party import Party
from training.papers.documents.snapshot import DEFAULT_ACCENT, Snapshot

BY = {  # how a receipt says that the money came
    Way.CHEQUE: "par chèque",
    Way.CASH: "en espèces",
    Way.CARD: "par carte bancaire",
    Way.SEPA: "par prélèvement SEPA",
    Way.TRANSFER: "par virement",
    Way.CREDIT_NOTE: "par avoir",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """So much of a payment on an invoice, and what remains due of it then."""

    number: str
    issued_on: date
    gross_cents: int
    cents: int
    due_cents: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptDocument(Snapshot):
    """A payment received: by whom, how, when, and what it settles. `left_cents` stays the payer's credit."""

    number: str
    issued_on: date
    received_on: date
    seller: Party
    payer: Party
    way: Way
    reference: str = ""
    amount_cents: int
    settled: tuple[Settled, ...] = ()
    left_cents: int = 0
    accent: str = DEFAULT_ACCENT
    schema: int = 1


def data(document: ReceiptDocument, logo: bytes | None = None) -> dict[str, Any]:
    """What `receipt.typ` lays out: who paid, how, when, for which invoices, and what remains due of each."""
    left = f"Il vous reste un trop-perçu de {euros(document.left_cents)}." if document.left_cents else ""
    return {
        **sheet(
            name="Reçu",
            number=document.number,
            title=f"Reçu {document.number}",
            sender=document.seller,
            receiver=document.payer,
            receiver_label="Reçu de",
            headline=(euros(document.amount_cents), f"reçus le {day(document.received_on)} {BY[document.way]}"),
            facts=_facts(document),
            accent=document.accent,
            logo=logo,
        ),
        "rows": [_row(item) for item in document.settled],
        "totals": _totals(document),
        "due": ["Montant reçu", euros(document.amount_cents)],
        "notes": [text for text in (_cheque(document), left) if text],
        "statement": "Ce reçu atteste un paiement. Il n’est pas une facture et n’ouvre aucun droit à déduction de TVA.",
    }


def build(document: ReceiptDocument, logo: bytes | None = None) -> bytes:
    """The PDF: no XML, for it asks for nothing."""
    return pdf.compile("receipt.typ", data(document, logo), on=document.issued_on)


def _facts(document: ReceiptDocument) -> list[tuple[str, str]]:
    cheque = document.way is Way.CHEQUE
    return [
        ("Reçu établi le", day(document.issued_on)),
        ("Payé le", day(document.received_on)),
        ("Moyen de paiement", _capital(BY[document.way].removeprefix("par ").removeprefix("en "))),
        ("N° du chèque", document.reference if cheque else ""),
        ("Référence", "" if cheque else document.reference),
    ]


def _totals(document: ReceiptDocument) -> list[list[str]]:
    rows = []
    if document.left_cents:
        rows.append(["Affecté à vos factures", euros(document.amount_cents - document.left_cents)])
    if document.settled:
        these = "ces factures" if len(document.settled) > 1 else "cette facture"
        rows.append([f"Reste dû sur {these}", euros(sum(item.due_cents for item in document.settled))])
    return rows


def _row(item: Settled) -> list[str]:
    amounts = (item.gross_cents, item.cents, item.due_cents)
    return [item.number, day(item.issued_on), *(euros(cents) for cents in amounts)]


def _cheque(document: ReceiptDocument) -> str:
    return "Reçu sous réserve de l’encaissement du chèque." if document.way is Way.CHEQUE else ""


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
