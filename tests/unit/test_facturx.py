"""Paper and XML of every document we can produce, held against the official rules; planted faults are caught."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO

import facturx as facturx_library
import pikepdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

import chorus_rules
import docs_pages
import einvoicing
import planted_faults
from facturx_rules import findings
from invoice_samples import BUYERS, DOCUMENTS, invoice, with_lines, workshop
from papers_read import LOGO, said
from planted_faults import FAULTS, NORMAL, NS
from training.billing.documents.invoice import CARD, InvoiceDocument, PaymentMeans
from training.billing.formats import cii, facturx
from training.billing.rules.states import DocumentKind
from training.directory.rules.organisations import Buyer
from training.kernel.errors import Invalid
from training.papers.rules.totals import line
from training.papers.rules.vat import OWN_REGIMES, VatRegime

PAGE_LINES = einvoicing.PAGE.read_text().splitlines()


@pytest.mark.parametrize(("regime", "name"), einvoicing.combinations())
def test_no_finding_and_the_page_says_so(regime: VatRegime, name: str) -> None:
    found = {buyer: einvoicing.run(regime, name, buyer)[2] for buyer in Buyer}
    assert found == dict.fromkeys(Buyer, ())
    row = docs_pages.table(einvoicing.HEAD, [einvoicing.line_of(regime, name)]).splitlines()[-1]
    assert row in PAGE_LINES, "docs/reference/e-invoicing.md is stale: python tests/einvoicing.py"


def test_the_page_has_these_combinations_and_no_others() -> None:
    page = einvoicing.PAGE.read_text()
    begins = [f"| {regime} | {name} |" for regime, name in einvoicing.combinations()]
    rows = [line for line in PAGE_LINES if line.startswith(tuple(f"| {regime} |" for regime in OWN_REGIMES))]
    assert [row[: len(begin)] for row, begin in zip(rows, begins, strict=True)] == begins
    assert einvoicing.versions() in page, "stale: python tests/einvoicing.py"
    assert einvoicing.faults() in page, "stale: python tests/einvoicing.py"


@pytest.mark.parametrize(("who", "regime", "name"), einvoicing.other_combinations())
def test_no_finding_for_buyers_that_are_no_firm_of_france(who: str, regime: VatRegime, name: str) -> None:
    assert einvoicing.run_other(who, regime, name)[2] == ()
    row = docs_pages.table(einvoicing.OTHER_HEAD, [einvoicing.other_line_of(who, regime, name)]).splitlines()[-1]
    assert row in PAGE_LINES, "docs/reference/e-invoicing.md is stale: python tests/einvoicing.py"


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
    regime, name, buyer = (draw(st.sampled_from(options)) for options in (OWN_REGIMES, list(DOCUMENTS), Buyer))
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


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
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
    if regime in (VatRegime.OUT_OF_SCOPE, VatRegime.OUTSIDE):
        assert said_of == {"VA": "", "FC": ""}  # BR-O-02
    elif regime in (VatRegime.NORMAL, VatRegime.REVERSE_CHARGE):  # BR-S-02, BR-AE-02
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
        payment=PaymentMeans(means=CARD),
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


def test_a_party_without_any_address_for_the_xml_is_refused_in_words() -> None:
    person = replace(BUYERS[Buyer.PERSON], email=None)
    with pytest.raises(Invalid, match="Ştefan"):
        facturx.build(replace(invoice(buyer_kind=Buyer.PERSON), buyer=person))


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
