"""Invoices of invented people, as values: every regime, every kind of document, every kind of buyer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta

from training.billing.documents.invoice import CARD, Earlier, InvoiceDocument, PaymentMeans
from training.billing.rules.states import DocumentKind
from training.billing.rules.terms import default_terms, is_professional
from training.directory.rules.organisations import Buyer
from training.papers.documents.party import Party
from training.papers.rules.totals import Line, breakdown, line, totals
from training.papers.rules.vat import OWN_REGIMES, REGIMES, VatRegime

ISSUED = date(2026, 6, 8)

SELLER = Party(
    name="Plateforme de mobilité d’essai",
    legal_form="Association loi 1901",
    address=("12 rue de l’Invention",),
    postcode="61000",
    city="Alençon",
    siren="999999998",
    siret="99999999800018",
    contact="Camille Essai",
    email="facturation@example.org",
    phone="02 00 00 00 00",
    registration="W611000000",
    training_declaration="25 61 00000 61",
    training_region="Normandie",
)
TAXED_SELLER = replace(SELLER, vat_number="FR11999999998")

BUYERS = {
    Buyer.PUBLIC: Party(
        name="Commune de Saint-Exemple-sur-Sarthe",
        legal_form="Collectivité territoriale",
        address=("Hôtel de ville", "1 place de l’Église"),
        postcode="61250",
        city="Saint-Exemple-sur-Sarthe",
        siren="216100010",
        siret="21610001000019",
        email="mairie@example.org",
    ),
    Buyer.COMPANY: Party(
        name="Transports Modèle & Fils",
        legal_form="SARL",
        address=("Zone d’activité des Essais",),
        postcode="61200",
        city="Argentan",
        siren="732829320",
        siret="73282932000074",
        vat_number="FR44732829320",
        email="compta@example.org",
    ),
    Buyer.ASSOCIATION: Party(
        name="L’Atelier d’à côté",
        legal_form="Association loi 1901",
        address=("3 chemin des Écoliers",),
        postcode="61400",
        city="Mortagne-au-Perche",
        siren="404833048",
        siret="40483304800022",
        email="atelier@example.org",
    ),
    Buyer.PERSON: Party(
        name="Mme Ana Ştefan",
        address=("8 impasse du Test",),
        postcode="61000",
        city="Alençon",
        email="ana.stefan@example.org",
    ),
}

# Buyers that are no firm of France: who, as what, taxable or not, and under which regimes they are invoiced.
OTHER_BUYERS: dict[str, tuple[Party, Buyer, bool | None, tuple[VatRegime, ...]]] = {
    "association without SIRET": (
        replace(BUYERS[Buyer.ASSOCIATION], siren=None, siret=None, registration="W611002345"),
        Buyer.ASSOCIATION,
        None,
        OWN_REGIMES,
    ),
    "company of the Union": (
        Party(
            name="Fiets & Ruimte BV",
            address=("Keizersgracht 1, bus 3",),
            postcode="1015 CJ",
            city="Amsterdam",
            country="NL",
            vat_number="NL004495445B01",
            email="boekhouding@example.org",
            billing_address="Postbus 12\n1000 AA Amsterdam",
        ),
        Buyer.COMPANY,
        True,
        (VatRegime.NORMAL, VatRegime.REVERSE_CHARGE),
    ),
    "association of the Union": (
        Party(
            name="Les Vélos de Mons ASBL",
            address=("Grand-Place 1",),
            postcode="7000",
            city="Mons",
            country="BE",
            vat_number="BE0428759497",
            email="tresorier@example.org",
        ),
        Buyer.ASSOCIATION,
        None,
        (VatRegime.NORMAL, VatRegime.REVERSE_CHARGE),
    ),
    "company outside the Union": (
        Party(
            name="Mobilité Romande SA",
            address=("Rue du Lac 4",),
            postcode="1003",
            city="Lausanne",
            country="CH",
            email="factures@example.org",
        ),
        Buyer.COMPANY,
        True,
        (VatRegime.NORMAL, VatRegime.OUTSIDE),
    ),
    "person abroad": (
        Party(
            name="Mme Élise Dupont",
            address=("12 rue Neuve",),
            city="Dublin",
            country="IE",
            email="elise@example.org",
        ),
        Buyer.PERSON,
        None,
        (VatRegime.FRANCHISE_293B, VatRegime.NORMAL),
    ),
}

TRANSFER = PaymentMeans(
    iban="FR7630006000011234567890189", bic="AGRIFRPP", account_name="Plateforme de mobilité d’essai"
)


def workshop(regime: VatRegime, cents: int = 35_000, quantity: str = "1", rate_bp: int | None = None) -> Line:
    return line(
        "Sensibilisation au vélo à assistance électrique",
        detail="Séance du 2 juin 2026, 9 h – 12 h, salle des fêtes. Forfait pour 40 agents.",
        unit_price_cents=cents,
        quantity=quantity,
        unit="LS",
        regime=regime,
        rate_bp=rate_bp,
    )


def invoice(
    regime: VatRegime = VatRegime.FRANCHISE_293B,
    kind: DocumentKind = DocumentKind.INVOICE,
    buyer_kind: Buyer = Buyer.PUBLIC,
    lines: Sequence[Line] = (),
    paid_cents: int = 0,
) -> InvoiceDocument:
    credit = kind is DocumentKind.CREDIT_NOTE
    public = buyer_kind is Buyer.PUBLIC
    lines = tuple(lines) or (workshop(regime),)
    groups = breakdown(lines)
    return InvoiceDocument(
        kind=kind,
        number="AV2026-00003" if credit else "F2026-00042",
        issued_on=ISSUED,
        due_on=None if credit else ISSUED + timedelta(days=30),
        service_from=date(2026, 6, 2),
        service_to=date(2026, 6, 2),
        seller=TAXED_SELLER if REGIMES[regime].needs_vat_number else SELLER,
        buyer=BUYERS[buyer_kind],
        buyer_kind=buyer_kind,
        regime=regime,
        lines=lines,
        vat=groups,
        totals=totals(groups, paid_cents=paid_cents),
        terms=default_terms(buyer_kind),
        payment=None if credit else TRANSFER,
        service_code="VOIRIE-01" if public else "",
        order_reference="EJ-2026-0457" if public else "",
        contract_reference="M26-118" if public else "",
        earlier=Earlier(number="F2026-00041", issued_on=date(2026, 6, 4)) if credit else None,
        booking="R-7K2M",
    )


def with_lines(document: InvoiceDocument, *lines: Line, paid_cents: int = 0) -> InvoiceDocument:
    """The same document of other lines."""
    groups = breakdown(lines)
    return replace(document, lines=tuple(lines), vat=groups, totals=totals(groups, paid_cents=paid_cents))


def paid(regime: VatRegime, buyer: Buyer) -> InvoiceDocument:
    """Paid by card before it was issued."""
    unpaid = invoice(regime, buyer_kind=buyer)
    whole = with_lines(unpaid, *unpaid.lines, paid_cents=unpaid.totals.gross_cents)
    return replace(whole, payment=PaymentMeans(means=CARD), paid_on=date(2026, 6, 3))


def after_deposit(regime: VatRegime, buyer: Buyer) -> InvoiceDocument:
    """The deposit's invoice is taken off as a line: its VAT was invoiced with it."""
    deposit = line("Acompte déjà facturé", unit_price_cents=10_501, quantity=-1, regime=regime)
    whole = with_lines(invoice(regime, buyer_kind=buyer), workshop(regime), deposit)
    return replace(whole, deposits=(Earlier(number="F2026-00031", issued_on=date(2026, 5, 12)),))


def partial_credit(regime: VatRegime, buyer: Buyer) -> InvoiceDocument:
    """A third of the invoice, that no cent divides."""
    part = line("Sensibilisation au vélo", unit_price_cents=11_667, regime=regime)
    note = invoice(regime, DocumentKind.CREDIT_NOTE, buyer, [part])
    return replace(note, notes=("Motif : une séance sur trois n’a pas eu lieu.",))


def replacing(regime: VatRegime, buyer: Buyer) -> InvoiceDocument:
    """« Annule et remplace »: the invoice taken back, and the credit note that did it."""
    return replace(
        invoice(regime, buyer_kind=buyer),
        earlier=Earlier(number="F2026-00040", issued_on=date(2026, 6, 3)),
        cancelled_by=(Earlier(number="AV2026-00002", issued_on=date(2026, 6, 8)),),
    )


# Every document that we issue, by regime and buyer.
DOCUMENTS: dict[str, Callable[[VatRegime, Buyer], InvoiceDocument]] = {
    "invoice": lambda regime, buyer: invoice(regime, DocumentKind.INVOICE, buyer),
    "deposit invoice": lambda regime, buyer: invoice(regime, DocumentKind.DEPOSIT, buyer),
    "invoice after a deposit": after_deposit,
    "invoice already paid": paid,
    "credit note, whole": lambda regime, buyer: invoice(regime, DocumentKind.CREDIT_NOTE, buyer),
    "credit note, partial": partial_credit,
    "replacement invoice": replacing,
}


def for_other(document: InvoiceDocument, who: str) -> InvoiceDocument:
    """The same document for one of the other buyers, as the issue of it would make it."""
    party, kind, taxable, _regimes = OTHER_BUYERS[who]
    terms = default_terms(kind, professional=is_professional(kind, party.siret or party.vat_number))
    return replace(document, buyer=party, buyer_kind=kind, buyer_taxable=taxable, terms=terms)
