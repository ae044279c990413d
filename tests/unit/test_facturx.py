"""Paper and XML of every document we can produce, held against the official rules; planted faults are caught."""

from __future__ import annotations

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

import chorus_rules
import docs_pages
import einvoicing
import planted_faults
from facturx_rules import findings
from invoice_samples import BUYERS, DOCUMENTS, ISSUED, SELLER, invoice, with_lines, workshop
from planted_faults import CREDIT, FAULTS, FRANCHISE, NORMAL, NS, PREPAID
from training.billing.documents import free, invoice_paper
from training.billing.documents.free import FreeConfirmation, Occurrence
from training.billing.documents.invoice import CARD, InvoiceDocument, Payment
from training.billing.formats import cii, facturx
from training.billing.rules.payments import Way
from training.billing.rules.states import DocumentKind
from training.directory.rules import Buyer
from training.kernel import pdf
from training.kernel.errors import Invalid
from training.papers.rules.totals import line
from training.papers.rules.vat import REGIMES, VatRegime
from training.payments import documents as receipts
from training.payments.documents import ReceiptDocument, Settled

LOGO = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 1"><rect width="4" height="1" fill="#0f5c4c"/></svg>'


def said(page: bytes) -> str:
    """The text of a PDF, every kind of space and every line end being one space."""
    return " ".join(" ".join(sheet.extract_text() for sheet in PdfReader(BytesIO(page)).pages).split())


PAGE_LINES = einvoicing.PAGE.read_text().splitlines()


def uncompressed(page: bytes) -> bytes:
    """A PDF with nothing of its structure hidden in streams."""
    out = BytesIO()
    with pikepdf.open(BytesIO(page)) as document:
        document.save(out, object_stream_mode=pikepdf.ObjectStreamMode.disable, compress_streams=False)
    return out.getvalue()


# --- every combination --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("regime", "name"), einvoicing.combinations())
def test_no_finding_and_the_page_says_so(regime: VatRegime, name: str) -> None:
    found = {buyer: einvoicing.run(regime, name, buyer)[2] for buyer in Buyer}
    assert found == dict.fromkeys(Buyer, ())
    row = docs_pages.table(einvoicing.HEAD, [einvoicing.line_of(regime, name)]).splitlines()[-1]
    assert row in PAGE_LINES, "docs/reference/e-invoicing.md is stale: python tests/einvoicing.py"


def test_the_page_has_these_combinations_and_no_others() -> None:
    page = einvoicing.PAGE.read_text()
    begins = [f"| {regime} | {name} |" for regime, name in einvoicing.combinations()]
    rows = [line for line in PAGE_LINES if line.startswith(tuple(f"| {regime} |" for regime in VatRegime))]
    assert [row[: len(begin)] for row, begin in zip(rows, begins, strict=True)] == begins
    assert einvoicing.versions() in page, "stale: python tests/einvoicing.py"
    assert einvoicing.faults() in page, "stale: python tests/einvoicing.py"


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_page_inside_is_the_page_and_the_xml_is_the_xml(name: str) -> None:
    page, xml, _found = einvoicing.run(VatRegime.FRANCHISE_293B, name, Buyer.COMPANY)
    assert facturx_library.get_xml_from_pdf(page, check_xsd=False) == ("factur-x.xml", xml)
    with pikepdf.open(BytesIO(page)) as document, document.open_metadata() as meta:
        assert (meta.pdfa_status, meta["pdfuaid:part"]) == ("3A", "1")


names = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "Zs"]), min_size=1, max_size=99).filter(
    lambda text: any(char.isalnum() for char in text)
)
cents = st.integers(min_value=0, max_value=99_999_999)
quantities = st.one_of(
    st.integers(1, 400).map(str),
    st.integers(-3, -1).map(str),  # a discount, or a deposit taken off
    st.decimals("0.0001", 999, places=4).map(lambda quantity: f"{quantity:f}"),
)


@st.composite
def documents(draw: st.DrawFn) -> InvoiceDocument:
    regime, name, buyer = (draw(st.sampled_from(options)) for options in (VatRegime, list(DOCUMENTS), Buyer))
    lines = [
        line(
            draw(names),
            detail=draw(st.one_of(st.just(""), names)),
            unit_price_cents=draw(cents),
            quantity=draw(quantities),
            unit=draw(st.sampled_from(["C62", "LS", "HUR", "DAY", "IE", "KMT", "MON"])),
            regime=regime,
        )
        for _ in range(draw(st.integers(1, 30)))
    ]
    owed = sum(item.net_cents for item in lines)
    if owed < 0:  # nobody invoices less than nothing
        lines.append(line("Complément", unit_price_cents=-owed, regime=regime))
    document = DOCUMENTS[name](regime, buyer)
    document = with_lines(document, *lines)
    if document.paid_on:
        document = with_lines(document, *lines, paid_cents=document.totals.gross_cents)
    return replace(
        document,
        buyer=replace(document.buyer, name=draw(names), address=(draw(names), draw(names))),
        subject=draw(st.one_of(st.just(""), names)),
        notes=tuple(draw(st.lists(names, max_size=4))),
        vat_on_debits=draw(st.booleans()),
        order_reference=draw(st.one_of(st.just(""), st.just("EJ 2026/0457-A’b"))),
        service_to=document.service_from + timedelta(days=draw(st.integers(0, 400))),
    )


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
@given(documents())
def test_no_finding_whatever_the_values(document: InvoiceDocument) -> None:
    page, xml = facturx.build(document)
    assert findings(page) == []
    if document.buyer_kind is Buyer.PUBLIC:
        assert chorus_rules.findings(xml) == []


def test_several_rates_on_one_invoice_pass() -> None:
    rates = (2_000, 1_000, 550, 210)
    document = with_lines(NORMAL, *(workshop(VatRegime.NORMAL, 3_333, rate_bp=rate) for rate in rates))
    assert findings(facturx.build(document)[0]) == []


def test_texts_longer_than_chorus_pro_takes_are_cut_in_the_xml_and_whole_on_the_page() -> None:
    name, detail, order = "Syndicat " + "très " * 30 + "intercommunal", "mot " * 400 + "dernier", "EJ" * 40
    document = invoice()
    document = replace(
        with_lines(document, replace(document.lines[0], detail=detail)),
        buyer=replace(document.buyer, name=name),
        order_reference=order,
    )
    page, xml = facturx.build(document)
    assert chorus_rules.findings(xml) == []
    assert findings(page) == []
    assert "intercommunal" in said(page)
    assert "dernier" in said(page)


@pytest.mark.parametrize(
    ("path", "change", "rule"),
    [
        ("//ram:BuyerTradeParty/ram:GlobalID", planted_faults.remove, "BR-FR-CPRO-10"),
        ("//ram:SellerTradeParty/ram:GlobalID", planted_faults.put("1"), "BR-FR-CPRO-09"),
        (planted_faults.NUMBER, planted_faults.put("F" * 21), "BR-FR-CPRO-02"),
        ("//ram:BuyerOrderReferencedDocument/ram:IssuerAssignedID", planted_faults.put("9" * 51), "BR-FR-CPRO-15"),
        ("//ram:SpecifiedTradeSettlementPaymentMeans", planted_faults.remove, "payment means"),
        ("//ram:InvoiceReferencedDocument", planted_faults.double, "BR-FR-CPRO-20"),
    ],
)
def test_what_chorus_pro_would_refuse_is_found(path: str, change: planted_faults.Change, rule: str) -> None:
    document = replace(DOCUMENTS["replacement invoice"](VatRegime.FRANCHISE_293B, Buyer.PUBLIC))
    xml = planted_faults.Fault(document, path, change, rule).planted()
    assert any(finding.startswith(rule) for finding in chorus_rules.findings(xml))


def at(xml: bytes, path: str) -> str:
    return str(etree.fromstring(xml).xpath(f"string({path})", namespaces=NS))


def test_siret_service_engagement_and_contract_stand_where_chorus_pro_reads_them() -> None:
    _page, xml = facturx.build(invoice())
    assert at(xml, "//ram:BuyerTradeParty/ram:GlobalID[@schemeID='0009']") == "21610001000019"  # BT-46
    assert at(xml, "//ram:BuyerTradeParty/ram:SpecifiedLegalOrganization/ram:ID") == "216100010"  # BT-47
    assert at(xml, "//ram:BuyerReference") == "VOIRIE-01"  # BT-10
    assert at(xml, "//ram:BuyerOrderReferencedDocument/ram:IssuerAssignedID") == "EJ-2026-0457"  # BT-13
    assert at(xml, "//ram:ContractReferencedDocument/ram:IssuerAssignedID") == "M26-118"  # BT-12


@pytest.mark.parametrize("regime", VatRegime)
def test_the_seller_is_known_by_its_vat_number_or_else_its_siren(regime: VatRegime) -> None:
    _page, xml = facturx.build(invoice(regime, buyer_kind=Buyer.COMPANY))
    tax = "//ram:SellerTradeParty/ram:SpecifiedTaxRegistration/ram:ID[@schemeID='{}']"
    said_of = {"VA": at(xml, tax.format("VA")), "FC": at(xml, tax.format("FC"))}
    if regime is VatRegime.OUT_OF_SCOPE:
        assert said_of == {"VA": "", "FC": ""}  # BR-O-02
    elif regime is VatRegime.NORMAL:
        assert said_of == {"VA": "FR11999999998", "FC": ""}
    else:
        assert said_of == {"VA": "", "FC": "999999998"}  # BT-32


def test_a_person_is_b2c_without_any_siret() -> None:
    _page, xml = facturx.build(invoice(buyer_kind=Buyer.PERSON))
    assert at(xml, "//ram:IncludedNote[ram:SubjectCode='BAR']/ram:Content") == "B2C"
    assert at(xml, "//ram:BuyerTradeParty/ram:GlobalID") == ""


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
    document = DOCUMENTS["replacement invoice"](VatRegime.FRANCHISE_293B, Buyer.PUBLIC)
    page, xml = facturx.build(document)
    told = "Annule et remplace la facture F2026-00040 du 3 juin 2026, annulée par l’avoir AV2026-00002 du 8 juin 2026."
    assert told in said(page)
    assert at(xml, "//ram:InvoiceReferencedDocument/ram:IssuerAssignedID") == "F2026-00040"
    alone, _xml = facturx.build(replace(document, cancelled_by=()))
    assert "Annule et remplace la facture F2026-00040 du 3 juin 2026." in said(alone)


def test_a_deposit_says_what_it_is_and_what_follows_takes_it_off() -> None:
    deposit, _xml = facturx.build(invoice(kind=DocumentKind.DEPOSIT))
    assert "Facture d’acompte F2026-00042" in said(deposit)
    page, xml = facturx.build(DOCUMENTS["invoice after a deposit"](VatRegime.FRANCHISE_293B, Buyer.COMPANY))
    assert "Acompte déduit : facture F2026-00031 du 12 mai 2026." in said(page)
    assert "Net à payer 244,99 €" in said(page)
    assert at(xml, "//ram:InvoiceReferencedDocument/ram:IssuerAssignedID") == "F2026-00031"


def test_a_private_buyer_gets_a_code_to_scan_and_a_public_one_never() -> None:
    codes = {
        kind: b"QR code de virement SEPA" in page or "QR code".encode("utf-16-be") in page
        for kind in Buyer
        if (page := uncompressed(facturx.build(invoice(buyer_kind=kind))[0]))
    }
    assert codes == {Buyer.PUBLIC: False, Buyer.COMPANY: True, Buyer.ASSOCIATION: True, Buyer.PERSON: True}
    for document in (FRANCHISE, replace(FRANCHISE, payment=Payment(iban=None)), CREDIT, PREPAID):
        shown = "Ou scannez ce code" in said(facturx.build(document)[0])
        assert shown is (document is FRANCHISE)
    assert "Ou scannez ce code" not in said(invoice_paper.preview(FRANCHISE))


def test_a_party_without_any_address_for_the_xml_is_refused_in_words() -> None:
    person = replace(BUYERS[Buyer.PERSON], email=None)
    with pytest.raises(Invalid, match="Ştefan"):
        facturx.build(replace(invoice(buyer_kind=Buyer.PERSON), buyer=person))


# --- planted faults: the same validator, in the same run ------------------------------------------------------------


@pytest.mark.parametrize("name", FAULTS)
def test_a_planted_fault_is_rejected(name: str) -> None:
    fault = FAULTS[name]
    assert findings(cii.build(fault.document)) == []
    found = findings(fault.planted())
    assert any(fault.rule in finding for finding in found), found


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
    page = invoice_paper.build(invoice())
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
    "due date": "Échéance 30 jours après sa mise à disposition",
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
    page = invoice_paper.preview(invoice())
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
        (  # a code to scan that nobody could read aloud
            b'#set document(title: "t")\n#set text(lang: "fr", font: "Source Sans Pro")\n'
            b'#image(bytes("<svg xmlns=\\"http://www.w3.org/2000/svg\\" viewBox=\\"0 0 1 1\\"/>"), format: "svg")',
            "alt",
        ),
        (
            b'#set document(title: "t")\n#set text(lang: "fr", font: "Source Sans Pro")\n= Un\n=== Trois',
            "heading",
        ),
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
    text = said(free.build(document, LOGO))
    assert "Valeur de la prestation : 180,00 €, offerte." in text
    assert "Ce document n’est pas une facture : aucune somme n’est due." in text
    assert "mardi 9 juin 2026 9 h – 11 h 30 Mairie de Saint-Exemple" in text
    assert "12 personnes" in text
    assert FreeConfirmation.from_json(document.to_json()) == document


# --- the receipt ----------------------------------------------------------------------------------------------------

RECEIPT = ReceiptDocument(
    number="R2026-00007",
    issued_on=ISSUED,
    received_on=date(2026, 6, 5),
    seller=SELLER,
    payer=BUYERS[Buyer.PERSON],
    way=Way.CHEQUE,
    reference="0012345",
    amount_cents=20_000,
    settled=(Settled(number="F2026-00042", issued_on=ISSUED, gross_cents=35_000, cents=15_000, due_cents=20_000),),
    left_cents=5_000,
)


def test_a_receipt_says_who_paid_how_when_what_and_what_remains() -> None:
    text = said(receipts.build(RECEIPT, LOGO))
    for mention in (
        "Reçu R2026-00007",
        "Reçu de Mme Ana Ştefan",
        "200,00 € reçus le 5 juin 2026 par chèque",
        "N° du chèque 0012345",
        "F2026-00042 8 juin 2026 350,00 € 150,00 € 200,00 €",
        "Reste dû sur cette facture 200,00 €",
        "Montant reçu 200,00 €",
        "Un solde de 50,00 € reste à votre crédit.",
        "Il n’est pas une facture",
    ):
        assert mention in text, text
    assert ReceiptDocument.from_json(RECEIPT.to_json()) == RECEIPT


@pytest.mark.parametrize("way", Way)
def test_a_receipt_is_an_accessible_archive_page_whatever_the_way(way: Way) -> None:
    many = tuple(replace(RECEIPT.settled[0], number=f"F2026-{n:05}") for n in range(60))
    page = receipts.build(replace(RECEIPT, way=way, settled=many))
    assert page == receipts.build(replace(RECEIPT, way=way, settled=many))
    with pikepdf.open(BytesIO(page)) as document, document.open_metadata() as meta:
        assert (meta.pdfa_status, meta["pdfuaid:part"]) == ("3A", "1")
        assert "/AF" not in document.Root
    assert "F2026-00059" in said(page)
