"""What a receipt says, as the French texts that `templates/documents/receipt.typ` lays out. No layout here."""

from __future__ import annotations

from typing import Any

from training.billing.documents import ReceiptDocument, Settled
from training.billing.formats import paper
from training.billing.rules.payments import Way
from training.kernel.pdf import framed

BY = {  # how a receipt says that the money came
    Way.CHEQUE: "par chèque",
    Way.CASH: "en espèces",
    Way.CARD: "par carte bancaire",
    Way.SEPA: "par prélèvement SEPA",
    Way.TRANSFER: "par virement",
    Way.CREDIT_NOTE: "par avoir",
}


def receipt(document: ReceiptDocument, logo: bytes | None = None) -> dict[str, Any]:
    """The data of `receipt.typ`: who paid, how, when, for which invoices, and what remains due of each."""
    owed = sum(item.due_cents for item in document.settled)
    facts = [
        ("Reçu établi le", paper.day(document.issued_on)),
        ("Payé le", paper.day(document.received_on)),
        ("Moyen de paiement", _capital(BY[document.way].removeprefix("par ").removeprefix("en "))),
        ("N° du chèque", document.reference if document.way is Way.CHEQUE else ""),
        ("Référence", "" if document.way is Way.CHEQUE else document.reference),
    ]
    left = f"Un solde de {paper.euros(document.left_cents)} reste à votre crédit." if document.left_cents else ""
    totals = [["Imputé sur vos factures", paper.euros(document.amount_cents - document.left_cents)]] if left else []
    if document.settled:
        these = "ces factures" if len(document.settled) > 1 else "cette facture"
        totals.append([f"Reste dû sur {these}", paper.euros(owed)])
    return {
        "title": f"Reçu {document.number}",
        "name": "Reçu",
        "number": document.number,
        "draft": False,
        "accent": document.accent,
        "logo": framed(logo, width=paper.LOGO[0], height=paper.LOGO[1]) if logo else None,
        "sender": paper.party_of(document.seller, with_vat=False),
        "receiver_label": "Reçu de",
        "receiver": paper.party_of(document.payer, with_vat=False),
        "headline": {
            "amount": paper.euros(document.amount_cents),
            "text": f"reçus le {paper.day(document.received_on)} {BY[document.way]}",
        },
        "facts": [list(fact) for fact in facts if fact[1]],
        "rows": [_row(item) for item in document.settled],
        "totals": totals,
        "due": ["Montant reçu", paper.euros(document.amount_cents)],
        "notes": [text for text in (_cheque(document), left) if text],
        "statement": "Ce reçu atteste un paiement. Il n’est pas une facture et n’ouvre aucun droit à déduction de TVA.",
        "footer": paper.footer_of(document.seller, with_vat=False),
    }


def _row(item: Settled) -> list[str]:
    amounts = (item.gross_cents, item.cents, item.due_cents)
    return [item.number, paper.day(item.issued_on), *(paper.euros(cents) for cents in amounts)]


def _cheque(document: ReceiptDocument) -> str:
    return "Reçu sous réserve de l’encaissement du chèque." if document.way is Way.CHEQUE else ""


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
