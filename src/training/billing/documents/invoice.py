"""Invoices and credit notes as values: the snapshot that the ledger keeps, and what is copied from one to another."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from training.billing.rules.states import DocumentKind
from training.billing.rules.terms import PaymentTerms
from training.directory.rules.organisations import Buyer
from training.papers.documents.party import Party
from training.papers.documents.snapshot import DEFAULT_ACCENT, Snapshot
from training.papers.documents.talon import Talon
from training.papers.rules.references import References
from training.papers.rules.totals import Line, Totals, VatGroup
from training.papers.rules.vat import VatRegime

TRANSFER = "30"  # UNTDID 4461: credit transfer
CARD = "48"  # UNTDID 4461: bank card


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentMeans:
    """BG-16: how the seller is to be paid, or was."""

    means: str = TRANSFER
    label: str = ""  # BT-82; empty, what the means and the buyer say
    iban: str | None = None
    bic: str | None = None
    account_name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """BG-3: the invoice that a credit note corrects, or that an invoice replaces."""

    number: str
    issued_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceDocument(Snapshot):
    """An invoice or a credit note, whole: whoever holds it can print it again without asking anything."""

    kind: DocumentKind = DocumentKind.INVOICE
    number: str  # BT-1; empty on a draft
    issued_on: date
    due_on: date | None = None
    service_from: date  # BT-72, or BT-73 and 74 when it lasted
    service_to: date
    seller: Party
    buyer: Party
    buyer_kind: Buyer
    regime: VatRegime
    lines: tuple[Line, ...]
    vat: tuple[VatGroup, ...]
    totals: Totals
    terms: PaymentTerms
    payment: PaymentMeans | None = None
    paid_on: date | None = None
    service_code: str = ""  # BT-10: code service exécutant
    order_reference: str = ""  # BT-13: numéro d’engagement, or purchase order
    contract_reference: str = ""  # BT-12: numéro de marché
    earlier: Earlier | None = None
    cancelled_by: tuple[Earlier, ...] = ()  # the credit notes that took back the invoice that this one replaces
    deposits: tuple[Earlier, ...] = ()  # the deposit invoices that this one counts
    subject: str = ""
    booking: str = ""  # our reference, for whoever calls
    notes: tuple[str, ...] = ()
    vat_on_debits: bool = False  # CGI art. 269-2 c
    buyer_taxable: bool | None = None  # assujetti (CGI art. 256 A); None: nobody has said
    accent: str = DEFAULT_ACCENT
    session: Talon | None = None  # the one session that it is about
    schema: int = 1

    @property
    def references(self) -> References:
        """The buyer's own numbers, which the frozen snapshot writes one by one."""
        return References(
            purchase_order=self.order_reference,
            service_code=self.service_code,
            contract_reference=self.contract_reference,
        )


def as_credit_of(original: InvoiceDocument, credit: InvoiceDocument, reason: str) -> InvoiceDocument:
    """A credit note with the buyer, the references and the terms of the invoice that it corrects, as issued."""
    return replace(
        credit,
        buyer=original.buyer,
        buyer_kind=original.buyer_kind,
        buyer_taxable=original.buyer_taxable,
        service_code=original.service_code,
        order_reference=original.order_reference,
        contract_reference=original.contract_reference,
        booking=original.booking,
        session=original.session,
        terms=original.terms,
        due_on=None,
        payment=None,
        earlier=Earlier(number=original.number, issued_on=original.issued_on),
        deposits=(),
        notes=(f"Motif\N{NO-BREAK SPACE}: {reason}",) if reason else (),
    )


def payment_label(document: InvoiceDocument) -> str:
    """How the money comes, in words (BT-82): a public accountant pays a transfer on the mayor's order."""
    payment = document.payment or PaymentMeans()
    if payment.label:
        return payment.label
    if payment.means != TRANSFER:
        return "Carte bancaire"
    return "Mandat administratif (virement)" if document.buyer_kind is Buyer.PUBLIC else "Virement"
