"""Invoices, credit notes, receipts and free confirmations as values: the snapshot that the ledger keeps for ten years.

Fields may be added with a default, never renamed or taken away: an old snapshot must still open.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Self

import msgspec

from training.billing.rules.payments import Way
from training.billing.rules.terms import PaymentTerms
from training.directory.rules import Buyer
from training.kernel.errors import Invalid
from training.kernel.i18n import _
from training.kernel.money import BASIS, vat_of
from training.papers.rules.vat import VatRegime, VatTreatment, treatment

DEFAULT_ACCENT = "#0f5c4c"
TRANSFER = "30"  # UNTDID 4461: credit transfer
CARD = "48"  # UNTDID 4461: bank card


class DocumentKind(StrEnum):
    """What is issued and numbered: deposits in the invoices' series, credit notes in their own."""

    INVOICE = "invoice"
    DEPOSIT = "deposit"
    CREDIT_NOTE = "credit_note"


class Snapshot:
    """JSON both ways, canonical: keys sorted, no spaces, so that equal documents have equal hashes."""

    __slots__ = ()

    def to_json(self) -> str:
        return msgspec.json.encode(self, order="sorted").decode()

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        """ValueError (msgspec.ValidationError) when `text` is not such a document."""
        return msgspec.json.decode(text, type=cls)


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """Seller (BG-4) or buyer (BG-7). `e_address` is BT-34 or BT-49; empty, the SIREN stands for it, then the mail."""

    name: str
    legal_form: str = ""
    address: tuple[str, ...] = ()  # BT-35, 36, 162
    postcode: str = ""
    city: str = ""
    country: str = "FR"
    siren: str | None = None
    siret: str | None = None
    vat_number: str | None = None
    e_address: str | None = None
    e_address_scheme: str = "0225"  # the French directory (annuaire)
    contact: str = ""
    email: str | None = None
    phone: str = ""
    registration: str = ""  # RNA number of an association
    training_declaration: str = ""  # NDA number (C. trav. L6351-1)
    training_region: str = ""  # of the prefect who registered it

    @property
    def legal_id(self) -> str | None:
        """SIREN, from the SIRET when it is not given."""
        return self.siren or (self.siret[:9] if self.siret else None)

    @property
    def address_lines(self) -> list[str]:
        """The lines, whether they came apart or in one text."""
        return [part.strip() for text in self.address for part in text.splitlines() if part.strip()]

    @property
    def electronic_address(self) -> tuple[str, str] | None:
        """(EAS scheme, address), or None when nothing could be one."""
        if self.e_address:
            return self.e_address_scheme, self.e_address
        if self.legal_id:
            return "0225", self.legal_id
        return ("EM", self.email) if self.email else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """BG-25. `quantity` is a decimal of at most four places; a discount is a line with a negative quantity."""

    description: str
    detail: str = ""
    quantity: str = "1"
    unit: str = "C62"  # UN/ECE Rec 20: C62 piece, LS lump sum, HUR hour, DAY day, IE person
    unit_price_cents: int
    net_cents: int
    vat: VatTreatment


@dataclass(frozen=True, slots=True, kw_only=True)
class VatGroup:
    """BG-23: what one category and rate amount to."""

    vat: VatTreatment
    net_cents: int
    vat_cents: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """BG-22."""

    net_cents: int  # BT-109
    vat_cents: int  # BT-110
    gross_cents: int  # BT-112
    paid_cents: int = 0  # BT-113
    due_cents: int  # BT-115


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
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
    payment: Payment | None = None
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
    accent: str = DEFAULT_ACCENT
    schema: int = 1


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


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One slot of a session."""

    starts_at: datetime
    ends_at: datetime
    place: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FreeConfirmation(Snapshot):
    """A free session confirmed. It bears no number of the series: nothing is sold (facts: free sessions)."""

    booking: str
    made_on: date
    provider: Party
    beneficiary: Party
    title: str
    detail: str = ""
    occurrences: tuple[Occurrence, ...] = ()
    seats: int = 0
    facilitator: str = ""
    partner: str = ""
    value_cents: int | None = None
    held: bool = False
    notes: tuple[str, ...] = ()
    accent: str = DEFAULT_ACCENT
    schema: int = 1


def ten_thousandths(quantity: str | int) -> int:
    """A quantity counted in its finest step (BR-FR-DEC-02: four decimals). ValueError on anything else."""
    try:
        scaled = Decimal(quantity) * BASIS
        whole = int(scaled)
    except (InvalidOperation, ValueError, OverflowError) as error:
        raise ValueError(quantity) from error
    if whole != scaled:
        raise ValueError(quantity)
    return whole


def line(
    description: str,
    *,
    unit_price_cents: int,
    regime: VatRegime,
    rate_bp: int | None = None,
    quantity: str | int = 1,
    unit: str = "C62",
    detail: str = "",
) -> Line:
    """A line with its amount. A price is never negative (BR-FR-DEC-03): Invalid."""
    if unit_price_cents < 0:
        raise Invalid(_("Un prix ne peut pas être négatif : comptez une remise en quantité négative."), field="price")
    steps = ten_thousandths(quantity)
    vat = treatment(regime) if rate_bp is None else treatment(regime, rate_bp)
    return Line(
        description=description,
        detail=detail,
        quantity=plain(steps),
        unit=unit,
        unit_price_cents=unit_price_cents,
        net_cents=vat_of(
            unit_price_cents if steps > 0 else -unit_price_cents, abs(steps)
        ),  # the same product and rounding
        vat=vat,
    )


def plain(steps: int) -> str:
    """Ten-thousandths as a machine writes them, without idle zeros: "1", "-2.5"."""
    sign, size = ("-", -steps) if steps < 0 else ("", steps)
    return f"{sign}{size // BASIS}.{size % BASIS:04d}".rstrip("0").rstrip(".")


def breakdown(lines: Sequence[Line]) -> tuple[VatGroup, ...]:
    """VAT by category and rate, rounded once for each (BR-CO-17). Invalid when one invoice may not hold them all."""
    nets: dict[VatTreatment, int] = {}
    for item in lines:
        nets[item.vat] = nets.get(item.vat, 0) + item.net_cents
    categories = [(vat.category, vat.rate_bp) for vat in nets]
    outside = any(vat.category == "O" for vat in nets)
    if len(set(categories)) < len(categories) or (outside and len(nets) > 1):  # BR-E-01, BR-O-11
        raise Invalid(_("Des lignes de régimes de TVA différents vont sur des factures différentes."), field="lines")
    return tuple(
        VatGroup(vat=vat, net_cents=net, vat_cents=vat_of(net, vat.rate_bp or 0))
        for vat, net in sorted(nets.items(), key=lambda item: (item[0].category, -(item[0].rate_bp or 0)))
    )


def with_vat(groups: Sequence[VatGroup], vat_cents: int) -> tuple[VatGroup, ...]:
    """The same with this much VAT in all, where one rate rounded is a cent away from it.

    Several credit notes of one invoice, each rounded, must not add up to more or less than its VAT did: the last takes
    the cent. BR-S-09 allows less than one euro between the VAT of a rate and what the rate makes of its base.
    """
    wrong = vat_cents - sum(group.vat_cents for group in groups)
    if not wrong or not groups:
        return tuple(groups)
    return (*groups[:-1], replace(groups[-1], vat_cents=groups[-1].vat_cents + wrong))


def as_credit_of(original: InvoiceDocument, credit: InvoiceDocument, reason: str) -> InvoiceDocument:
    """A credit note with the buyer, the references and the terms of the invoice that it corrects, as issued."""
    return replace(
        credit,
        buyer=original.buyer,
        buyer_kind=original.buyer_kind,
        service_code=original.service_code,
        order_reference=original.order_reference,
        contract_reference=original.contract_reference,
        booking=original.booking,
        terms=original.terms,
        due_on=None,
        payment=None,
        earlier=Earlier(number=original.number, issued_on=original.issued_on),
        deposits=(),
        notes=(f"Motif\N{NO-BREAK SPACE}: {reason}",) if reason else (),
    )


def totals(groups: Sequence[VatGroup], *, paid_cents: int = 0) -> Totals:
    """What is owed. Paying more than the total is refused here: it is a credit, and kept elsewhere."""
    net = sum(group.net_cents for group in groups)
    vat = sum(group.vat_cents for group in groups)
    if paid_cents and not 0 < paid_cents <= net + vat:
        raise Invalid(_("Le montant déjà payé dépasse le total de la facture."), field="paid")
    return Totals(
        net_cents=net, vat_cents=vat, gross_cents=net + vat, paid_cents=paid_cents, due_cents=net + vat - paid_cents
    )


def payment_label(document: InvoiceDocument) -> str:
    """How the money comes, in words (BT-82): a public accountant pays a transfer on the mayor's order."""
    payment = document.payment or Payment()
    if payment.label:
        return payment.label
    if payment.means != TRANSFER:
        return "Carte bancaire"
    return "Mandat administratif (virement)" if document.buyer_kind is Buyer.PUBLIC else "Virement"
