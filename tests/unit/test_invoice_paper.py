"""The page of an invoice: every mention of the law, whatever its length, its buyer and its state."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO

import pikepdf
import pytest
from pypdf import PdfReader

from invoice_samples import invoice, with_lines, workshop
from papers_read import LOGO, said, uncompressed
from planted_faults import CREDIT, FRANCHISE, NORMAL, PREPAID
from training.billing.documents import invoice_paper
from training.billing.documents.invoice import InvoiceDocument, PaymentMeans
from training.billing.formats import facturx
from training.directory.rules.organisations import Buyer
from training.papers.rules.vat import REGIMES, VatRegime


def test_a_private_buyer_gets_a_code_to_scan_and_a_public_one_never() -> None:
    codes = {
        kind: b"QR code de virement SEPA" in page or "QR code".encode("utf-16-be") in page
        for kind in Buyer
        if (page := uncompressed(facturx.build(invoice(buyer_kind=kind))[0]))
    }
    assert codes == {Buyer.PUBLIC: False, Buyer.COMPANY: True, Buyer.ASSOCIATION: True, Buyer.PERSON: True}
    for document in (FRANCHISE, replace(FRANCHISE, payment=PaymentMeans(iban=None)), CREDIT, PREPAID):
        shown = "Ou scannez ce code" in said(facturx.build(document)[0])
        assert shown is (document is FRANCHISE)
    assert "Ou scannez ce code" not in said(invoice_paper.preview(FRANCHISE))


def test_the_page_for_the_chorus_portal_carries_no_file() -> None:
    page = invoice_paper.build(invoice())
    with pikepdf.open(BytesIO(page)) as document:
        assert "/AF" not in document.Root
    assert "F2026-00042" in said(page)


ALWAYS = {
    "seller": "Plateforme de mobilité d’essai Association loi 1901 12 rue de l’Invention 61000 Alençon",
    "seller's SIREN": "SIREN 999 999 998",
    "seller's SIRET": "SIRET 999 999 998 00018",
    "buyer": "Commune de Saint-Exemple-sur-Sarthe",
    "buyer's address": "Hôtel de ville 1 place de l’Église 61250 Saint-Exemple-sur-Sarthe",
    "buyer's SIREN": "SIREN 216 100 010",
    "buyer's SIRET": "SIRET 216 100 010 00019",
    "date of issue": "Date d’émission 8 juin 2026",
    "date of service": "Date de la prestation 2 juin 2026",
    "category of operation": "Prestations de services",
    "what": "Sensibilisation au vélo à assistance électrique",
    "quantity": "1 forfait",
    "unit price": "Prix unitaire HT",
    "total": "Total HT 350,00 €",
    "engagement": "EJ-2026-0457",
    "service code": "VOIRIE-01",
    "contract": "M26-118",
    "declaration of activity": "enregistrée sous le numéro 25 61 00000 61 auprès du préfet de région Normandie",
    "page": "page 1 / 1",
}
ON_INVOICE = {
    "number": "Facture F2026-00042",
    "due date": "Échéance 30 jours à compter de sa mise à disposition sur Chorus Pro",
    "due": "Net à payer 350,00 €",
    "terms": "sous 30 jours à compter de la réception",
    "penalties": "majoré de huit points (art. R2192-31 du Code de la commande publique)",
    "recovery": "Indemnité forfaitaire pour frais de recouvrement en cas de retard de paiement : 40 €.",
    "discount": "Pas d’escompte pour paiement anticipé.",
    "IBAN": "FR76 3000 6000 0112 3456 7890 189",
    "BIC": "AGRIFRPP",
    "reference to quote": "Référence à indiquer F2026-00042",
    "how": "mandat administratif (virement)",
}
ON_CREDIT_NOTE = {
    "number": "Avoir AV2026-00003",
    "original": "à déduire de la facture F2026-00041 du 4 juin 2026",
    "due": "Net à déduire 350,00 €",
}


def missing(page: bytes, mentions: dict[str, str]) -> list[str]:
    text = said(page)
    return [name for name, mention in mentions.items() if mention not in text]


def test_an_invoice_bears_every_mention_of_the_law() -> None:
    page, _xml = facturx.build(invoice())
    assert missing(page, ALWAYS | ON_INVOICE) == []


def test_a_credit_note_bears_every_mention_of_the_law() -> None:
    page, _xml = facturx.build(CREDIT)
    assert missing(page, ALWAYS | ON_CREDIT_NOTE) == []
    assert "IBAN" not in said(page)


@pytest.mark.parametrize("regime", sorted(set(VatRegime) - {VatRegime.NORMAL}))
def test_the_page_says_why_there_is_no_vat(regime: VatRegime) -> None:
    page, _xml = facturx.build(invoice(regime))
    mention = REGIMES[regime].mention
    assert mention is not None
    assert mention in said(page)


def test_vat_is_shown_by_rate_with_the_numbers_of_both() -> None:
    taxed = VatRegime.NORMAL
    document = with_lines(NORMAL, workshop(taxed, 10_000), workshop(taxed, 20_000, rate_bp=550))
    mentions = ["TVA 20 % sur 100,00 € 20,00 €", "TVA 5,5 % sur 200,00 € 11,00 €", "Total TTC 331,00 €"]
    numbers = ["TVA FR11999999998", "TVA FR44732829320"]
    assert missing(facturx.build(document)[0], {text: text for text in mentions + numbers}) == []


def test_private_buyers_read_the_private_terms() -> None:
    page, _xml = facturx.build(FRANCHISE)
    assert "Pénalités de retard : trois fois le taux d’intérêt légal, exigibles sans rappel." in said(page)


def test_a_person_is_threatened_with_nothing() -> None:
    page, _xml = facturx.build(invoice(buyer_kind=Buyer.PERSON))
    assert "40 €" not in said(page)


def lines_of(count: int) -> InvoiceDocument:
    return with_lines(invoice(), *(workshop(VatRegime.FRANCHISE_293B) for _ in range(count)))


@pytest.mark.parametrize("regime", [VatRegime.NORMAL, VatRegime.FRANCHISE_293B])
def test_ten_lines_fit_on_one_page(regime: VatRegime) -> None:
    page, _xml = facturx.build(with_lines(invoice(regime), *(workshop(regime) for _ in range(10))), LOGO)
    assert len(PdfReader(BytesIO(page)).pages) == 1


@pytest.mark.parametrize("count", [*range(11, 16), 30])
def test_a_long_invoice_repeats_its_heads_and_ends_with_lines(count: int) -> None:
    page, _xml = facturx.build(lines_of(count))
    sheets = [" ".join(sheet.extract_text().split()) for sheet in PdfReader(BytesIO(page)).pages]
    assert all("Désignation" in sheet and "F2026-00042" in sheet for sheet in sheets)
    assert all(f"page {n} / {len(sheets)}" in sheet for n, sheet in enumerate(sheets, 1))
    assert sheets[-1].count("Sensibilisation au vélo") >= 2  # the total never stands alone
    assert "Net à payer" in sheets[-1]


def test_a_draft_has_no_number_and_says_what_it_is() -> None:
    page = invoice_paper.preview(invoice())
    assert "F2026-00042" not in said(page)
    assert "BROUILLON" in said(page)
