"""Paper and XML of every document we can produce, held against the official rules; ten planted faults are caught."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from io import BytesIO

import facturx as facturx_library
import pikepdf
import pytest
import typst
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree
from pypdf import PdfReader

from facturx_rules import findings
from invoice_samples import BUYERS, ISSUED, SELLER, invoice, workshop
from training.billing.documents import (
    CARD,
    DocumentKind,
    Earlier,
    FreeConfirmation,
    InvoiceDocument,
    Occurrence,
    Payment,
    breakdown,
    line,
    totals,
)
from training.billing.formats import cii, facturx
from training.billing.rules.vat import REGIMES, VatRegime
from training.directory.rules import Buyer
from training.kernel import pdf
from training.kernel.errors import Invalid

LOGO = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 1"><rect width="4" height="1" fill="#0f5c4c"/></svg>'
NS = {"ram": "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"}


def with_lines(document: InvoiceDocument, *lines: object, paid_cents: int = 0) -> InvoiceDocument:
    groups = breakdown(lines)  # type: ignore[arg-type]
    return replace(document, lines=tuple(lines), vat=groups, totals=totals(groups, paid_cents=paid_cents))  # type: ignore[arg-type]


def said(page: bytes) -> str:
    """The text of a PDF, every kind of space and every line end being one space."""
    return " ".join(" ".join(sheet.extract_text() for sheet in PdfReader(BytesIO(page)).pages).split())


# --- every combination --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("buyer_kind", Buyer)
@pytest.mark.parametrize("kind", DocumentKind)
@pytest.mark.parametrize("regime", VatRegime)
def test_no_finding(regime: VatRegime, kind: DocumentKind, buyer_kind: Buyer) -> None:
    page, xml = facturx.build(invoice(regime, kind, buyer_kind), LOGO)
    assert findings(page) == []
    assert facturx_library.get_xml_from_pdf(page, check_xsd=False) == ("factur-x.xml", xml)


names = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "Zs"]), min_size=1, max_size=99).filter(
    lambda text: any(char.isalnum() for char in text)
)
cents = st.integers(min_value=0, max_value=99_999_999)
quantities = st.one_of(st.integers(1, 400).map(str), st.sampled_from(["0.5", "1.25", "2.3333", "0.0001"]))


@st.composite
def documents(draw: st.DrawFn) -> InvoiceDocument:
    regime, kind, buyer = (draw(st.sampled_from(options)) for options in (VatRegime, DocumentKind, Buyer))
    rates = st.sampled_from([2_000, 1_000, 550, 210]) if regime is VatRegime.NORMAL else st.none()
    lines = [
        line(
            draw(names),
            detail=draw(st.one_of(st.just(""), names)),
            unit_price_cents=draw(cents),
            quantity=draw(quantities),
            unit=draw(st.sampled_from(["C62", "LS", "HUR", "DAY", "IE"])),
            regime=regime,
            rate_bp=draw(rates),
        )
        for _ in range(draw(st.integers(1, 30)))
    ]
    document = with_lines(invoice(regime, kind, buyer), *lines)
    return replace(
        document,
        buyer=replace(document.buyer, name=draw(names), address=(draw(names), draw(names))),
        subject=draw(st.one_of(st.just(""), names)),
        service_to=document.service_from + timedelta(days=draw(st.integers(0, 60))),
    )


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
@given(documents())
def test_no_finding_whatever_the_values(document: InvoiceDocument) -> None:
    page, _xml = facturx.build(document)
    assert findings(page) == []


def test_a_free_line_and_a_discount_pass_the_rules() -> None:
    regime = VatRegime.FRANCHISE_293B
    document = with_lines(
        invoice(regime),
        workshop(regime, 35_000),
        line("Prêt des vélos", unit_price_cents=0, regime=regime),
        line("Remise de fidélité", unit_price_cents=5_000, quantity=-1, regime=regime),
    )
    page, xml = facturx.build(document)
    assert findings(page) == []
    assert document.totals.due_cents == 30_000
    assert b'<ram:BilledQuantity unitCode="C62">-1<' in xml
    assert "\u221250,00 €" in said(page)


@pytest.mark.parametrize("regime", [VatRegime.NORMAL, VatRegime.FRANCHISE_293B])
def test_paid_by_card_is_said_and_passes(regime: VatRegime) -> None:
    unpaid = invoice(regime, buyer_kind=Buyer.ASSOCIATION)
    document = replace(
        with_lines(unpaid, *unpaid.lines, paid_cents=unpaid.totals.gross_cents),
        payment=Payment(means=CARD),
        paid_on=date(2026, 6, 3),
    )
    page, xml = facturx.build(document)
    assert findings(page) == []
    assert b"<ram:ID>S2</ram:ID>" in xml
    assert "acquittés le 3 juin 2026 par carte" in said(page)


def test_what_remains_after_a_deposit_passes() -> None:
    unpaid = invoice()
    document = with_lines(unpaid, *unpaid.lines, paid_cents=10_000)
    page, _xml = facturx.build(document)
    assert findings(page) == []
    assert "250,00 € à régler" in said(page)


def test_an_invoice_that_replaces_another_says_so() -> None:
    document = replace(invoice(), earlier=Earlier(number="F2026-00040", issued_on=date(2026, 6, 3)))
    page, _xml = facturx.build(document)
    assert findings(page) == []
    assert "Annule et remplace la facture F2026-00040 du 3 juin 2026." in said(page)


def test_a_party_without_any_address_for_the_xml_is_refused_in_words() -> None:
    person = replace(BUYERS[Buyer.PERSON], email=None)
    with pytest.raises(Invalid, match="Ştefan"):
        facturx.build(replace(invoice(buyer_kind=Buyer.PERSON), buyer=person))


# --- planted faults: the same validator, in the same run ------------------------------------------------------------


def edited(xml: bytes, path: str, change: Callable[[etree._Element], None]) -> bytes:
    tree = etree.fromstring(xml)
    found = tree.xpath(path, namespaces=NS)
    assert isinstance(found, list)
    assert found, f"nothing at {path}"
    element = found[0]
    assert isinstance(element, etree._Element)
    change(element)
    return etree.tostring(tree, xml_declaration=True, encoding="UTF-8")


def remove(element: etree._Element) -> None:
    parent = element.getparent()
    assert parent is not None
    parent.remove(element)


def put(text: str) -> Callable[[etree._Element], None]:
    return lambda element: setattr(element, "text", text)


def double(element: etree._Element) -> None:
    element.addnext(etree.fromstring(etree.tostring(element)))


def note(code: str) -> str:
    return f"//ram:IncludedNote[ram:SubjectCode='{code}']"


FRANCHISE = invoice(buyer_kind=Buyer.COMPANY)
NORMAL = invoice(VatRegime.NORMAL, buyer_kind=Buyer.COMPANY)
OUTSIDE = invoice(VatRegime.OUT_OF_SCOPE)
CREDIT = invoice(kind=DocumentKind.CREDIT_NOTE)
VAT_NUMBER = (
    f'<ram:SpecifiedTaxRegistration xmlns:ram="{NS["ram"]}"><ram:ID schemeID="VA">FR11999999998</ram:ID>'
    "</ram:SpecifiedTaxRegistration>"
)

FAULTS = {
    "exempt seller without any tax number": (FRANCHISE, "//ram:SpecifiedTaxRegistration", remove, "BR-E-02"),
    "exemption code that does not exist": (FRANCHISE, "//ram:ExemptionReasonCode", put("VATEX-FR-NONE"), "FX-SCH-A"),
    "no word on recovery costs": (FRANCHISE, note("PMT"), remove, "BR-FR-05"),
    "penalties said twice": (FRANCHISE, note("PMD"), double, "BR-FR-06"),
    "old Chorus billing frame": (
        FRANCHISE,
        "//ram:BusinessProcessSpecifiedDocumentContextParameter/ram:ID",
        put("A1"),
        "BR-FR-08",
    ),
    "credit note of no invoice": (CREDIT, "//ram:InvoiceReferencedDocument", remove, "BR-FR-CO-05"),
    "SIRET of somebody else": (FRANCHISE, "//ram:SellerTradeParty/ram:GlobalID", put("73282932000074"), "BR-FR-09"),
    "buyer without electronic address": (
        FRANCHISE,
        "//ram:BuyerTradeParty/ram:URIUniversalCommunication",
        remove,
        "BR-FR-12",
    ),
    "business buyer without SIREN": (
        NORMAL,
        "//ram:BuyerTradeParty/ram:SpecifiedLegalOrganization",
        remove,
        "BR-FR-11",
    ),
    "due before it is issued": (FRANCHISE, "//ram:DueDateDateTime/*", put("20260101"), "BR-FR-CO-07"),
    "total that does not add up": (NORMAL, "//ram:GrandTotalAmount", put("9999.99"), "BR-CO-15"),
    "VAT that is not base times rate": (
        NORMAL,
        "//ram:ApplicableHeaderTradeSettlement/ram:ApplicableTradeTax/ram:CalculatedAmount",
        put("69.00"),
        "BR-S-09",
    ),
    "VAT number outside VAT": (
        OUTSIDE,
        "//ram:SellerTradeParty",
        lambda seller: seller.append(etree.fromstring(VAT_NUMBER)),
        "BR-O-02",
    ),
    "number with a space": (FRANCHISE, "//*[local-name()='ExchangedDocument']/ram:ID", put("F 2026 42"), "BR-FR-02"),
    "rate unknown in France": (
        NORMAL,
        "//ram:IncludedSupplyChainTradeLineItem//ram:RateApplicablePercent",
        put("19.00"),
        "BR-FR-16",
    ),
    "negative price": (FRANCHISE, "//ram:NetPriceProductTradePrice/ram:ChargeAmount", put("-350.00"), "BR-FR-DEC-03"),
    "element out of its place": (FRANCHISE, "//ram:BuyerTradeParty", double, "XSD"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_rejected(fault: str) -> None:
    document, path, change, rule = FAULTS[fault]
    xml = cii.build(document)
    assert findings(xml) == []
    found = findings(edited(xml, path, change))
    assert any(rule in finding for finding in found), found


def test_a_pdf_that_does_not_declare_its_profile_is_rejected() -> None:
    page, _xml = facturx.build(invoice())
    found = findings(page.replace(b"EN 16931</fx:", b"MINIMUM!</fx:"))
    assert found == ["XMP ConformanceLevel: 'MINIMUM!'"]


# --- the file itself ------------------------------------------------------------------------------------------------


def test_same_input_same_bytes() -> None:
    assert facturx.build(invoice(), LOGO) == facturx.build(invoice(), LOGO)


def test_any_thread_may_build() -> None:
    with ThreadPoolExecutor(4) as pool:
        built = set(pool.map(lambda _: facturx.build(invoice()), range(24)))
    assert len(built) == 1


def test_the_pdf_declares_what_it_is() -> None:
    page, _xml = facturx.build(invoice())
    with pikepdf.open(BytesIO(page)) as document, document.open_metadata() as meta:
        assert meta.pdfa_status == "3A"
        assert meta["pdfuaid:part"] == "1"
        assert document.Root.Lang == "fr-FR"
        assert document.Root.MarkInfo.Marked
        assert str(meta["dc:title"]).startswith("Facture F2026-00042")
        (file,) = document.Root.AF
        assert (str(file.AFRelationship), str(file.EF.F.Subtype)) == ("/Data", "/text/xml")
        assert str(meta["xmp:CreateDate"]).startswith("2026-06-08")


def test_the_page_for_the_chorus_portal_carries_no_file() -> None:
    page = facturx.plain(invoice())
    with pikepdf.open(BytesIO(page)) as document:
        assert "/AF" not in document.Root
    assert "F2026-00042" in said(page)


# --- what the page says ---------------------------------------------------------------------------------------------

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
    "due date": "Échéance 8 juillet 2026",
    "due": "Net à payer 350,00 €",
    "terms": "sous 30 jours à compter de la réception",
    "penalties": "majoré de huit points (art. R2192-31 du Code de la commande publique)",
    "recovery": "Indemnité forfaitaire pour frais de recouvrement en cas de retard de paiement : 40 €.",
    "discount": "Pas d’escompte pour paiement anticipé.",
    "IBAN": "FR76 3000 6000 0112 3456 7890 189",
    "BIC": "AGRIFRPP",
    "reference to quote": "Référence à rappeler F2026-00042",
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
    page = facturx.preview(invoice())
    assert "F2026-00042" not in said(page)
    assert "BROUILLON" in said(page)


# --- characters -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Ana Ştefan", "Ana Ştefan"),
        ("Nguyễn Thị Ánh", "Nguyễn Thị Ánh"),
        ("½ journée", "½ journée"),
        ("Vélo 🚲 électrique", "Vélo ? électrique"),
        ("中文 association", "?? association"),
        ("avec\x07sonnette\x00", "avec sonnette"),
        ("famille 👨‍👩‍👧", "famille ???"),
        ("L’« Écluse » – n° 3 <b> #let $x$ @a", "L’« Écluse » – n° 3 <b> #let $x$ @a"),
        ("renversé \u202eegag", "renversé egag"),
    ],
)
def test_no_character_stops_an_invoice(name: str, shown: str) -> None:
    document = invoice()
    page, _xml = facturx.build(replace(document, buyer=replace(document.buyer, name=name)))
    assert findings(page) == []
    assert shown in said(page)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.text(st.characters(codec="utf-8"), max_size=60))
def test_any_text_can_be_printed(text: str) -> None:
    document = invoice()
    strange = replace(document, subject=text, lines=(replace(document.lines[0], detail=text),))
    page, xml = facturx.build(strange)
    assert page.startswith(b"%PDF")
    assert etree.fromstring(xml) is not None


def test_a_logo_that_is_no_picture_does_not_stop_an_invoice() -> None:
    page, _xml = facturx.build(invoice(), b"not a picture")
    assert "F2026-00042" in said(page)


def test_a_template_that_fails_says_which() -> None:
    before = pdf.spent()
    with pytest.raises(pdf.RenderError, match=r"missing\.typ"):
        pdf.compile("missing.typ", {})
    assert pdf.spent().compilations == before.compilations + 1


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        (b'#set text(lang: "fr", font: "Source Sans Pro")\nSans titre', "title"),
        (b'#set document(title: "t")\n#set text(lang: "fr", font: "Nowhere Sans")\nPolice', "nowhere sans"),
    ],
)
def test_a_page_that_breaks_the_standard_or_falls_back_is_refused(source: bytes, reason: str) -> None:
    with pytest.raises((pdf.RenderError, typst.TypstError), match=f"(?i){reason}"):
        pdf._typeset(source, {}, ISSUED)


# --- the free confirmation ------------------------------------------------------------------------------------------


def test_a_free_session_is_confirmed_with_its_value_and_is_no_invoice() -> None:
    document = FreeConfirmation(
        booking="R-7K2M",
        made_on=ISSUED,
        provider=SELLER,
        beneficiary=BUYERS[Buyer.PUBLIC],
        title="Prendre le bus sans se perdre",
        occurrences=(
            Occurrence(
                starts_at=datetime(2026, 6, 9, 7, tzinfo=UTC),
                ends_at=datetime(2026, 6, 9, 9, 30, tzinfo=UTC),
                place="Mairie de Saint-Exemple",
            ),
        ),
        seats=12,
        value_cents=18_000,
    )
    text = said(facturx.confirm_free(document, LOGO))
    assert "Valeur de la prestation : 180,00 €, offerte." in text
    assert "Ce document n’est pas une facture : aucune somme n’est due." in text
    assert "mardi 9 juin 2026 9 h – 11 h 30 Mairie de Saint-Exemple" in text
    assert "12 personnes" in text
    assert FreeConfirmation.from_json(document.to_json()) == document
