"""What is typed on the portal of Chorus Pro, field by field, and the files that go with it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from io import BytesIO
from zipfile import ZipFile

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from invoice_samples import invoice
from training.billing.documents import chorus_sheet, invoice_paper, service_proof
from training.billing.documents.chorus_sheet import Recipient, sheet
from training.billing.documents.free import Occurrence
from training.billing.documents.invoice import InvoiceDocument
from training.billing.documents.service_proof import Served
from training.billing.formats import chorus_pack, facturx
from training.billing.formats.chorus_pack import EXTENSIONS, NAME_MAX, file_name
from training.billing.rules.states import DocumentKind
from training.papers.rules.references import References
from training.papers.rules.totals import totals
from training.papers.rules.vat import VatRegime

SERVED = Served(
    title="Sensibilisation au vélo à assistance électrique",
    booking="R-7F3K2QM",
    organisation="Commune de Saint-Exemple-sur-Sarthe",
    occurrences=(
        Occurrence(datetime(2026, 6, 3, 7, tzinfo=UTC), datetime(2026, 6, 3, 10, tzinfo=UTC), "Salle des fêtes"),
    ),
    facilitators=("Aline Anime", "Bruno Brevet"),
    expected=40,
    present=37,
    counted_at=datetime(2026, 6, 3, 10, 12, tzinfo=UTC),
    counted_by="Ève Équipe",
)


def public(regime: VatRegime = VatRegime.OUT_OF_SCOPE, **changes: object) -> InvoiceDocument:
    return replace(invoice(regime), **changes)


def values(document: InvoiceDocument, to: Recipient | None = None) -> dict[str, str]:
    return {field.key: field.value for group in sheet(document, to) for field in group.fields}


def test_the_sheet_goes_in_the_portal_s_order() -> None:
    document = public(service_code="RH", order_reference="ENG-12", contract_reference="M-2026-3")
    keys = [field.key for group in sheet(document) for field in group.fields]
    assert keys == [
        *("cadre", "siret", "nom", "service", "engagement", "marche"),
        *("numero", "date", "type", "fournisseur", "devise"),
        *("type-tva", "motif", "ht", "tva", "ttc", "a-payer"),
        *("mode", "iban", "bic", "titulaire"),
    ]
    found = values(document)
    assert (found["cadre"], found["type"], found["mode"]) == ("A1_FACTURE_FOURNISSEUR", "FACTURE", "VIREMENT")
    assert (found["siret"], found["service"], found["engagement"]) == (document.buyer.siret, "RH", "ENG-12")
    assert (found["numero"], found["date"]) == (document.number, f"{document.issued_on:%d/%m/%Y}")
    assert found["iban"] == "FR7630006000011234567890189"


def test_what_there_is_not_is_not_asked() -> None:
    assert not {"service", "engagement", "marche", "origine"} & set(
        values(public(service_code="", order_reference="", contract_reference=""))
    )


@pytest.mark.parametrize(
    ("regime", "on_debits", "kind"),
    [
        (VatRegime.OUT_OF_SCOPE, False, "SANS_TVA"),
        (VatRegime.FRANCHISE_293B, False, "EXONERATION"),
        (VatRegime.VOCATIONAL_261_4_4A, False, "EXONERATION"),
        (VatRegime.SOCIAL_261_7_1, True, "EXONERATION"),
        (VatRegime.NORMAL, False, "TVA_SUR_ENCAISSEMENT"),
        (VatRegime.NORMAL, True, "TVA_SUR_DEBIT"),
    ],
)
def test_the_type_of_vat_follows_the_regime(regime: VatRegime, on_debits: bool, kind: str) -> None:
    found = values(public(regime, vat_on_debits=on_debits))
    assert found["type-tva"] == kind
    assert ("motif" in found) == (regime != VatRegime.NORMAL)
    assert (found.get("taux-1") == "20") == (regime == VatRegime.NORMAL)


def test_amounts_are_typed_as_the_portal_reads_them() -> None:
    found = values(public(VatRegime.NORMAL))
    assert re.fullmatch(r"\d+,\d\d", found["ht"])
    cents = {key: int(found[key].replace(",", "")) for key in ("ht", "tva", "ttc", "a-payer")}
    assert cents["ht"] + cents["tva"] == cents["ttc"] == cents["a-payer"]


def test_what_was_paid_already_is_said_to_be() -> None:
    document = public()
    paid = replace(document, totals=totals(document.vat, paid_cents=document.totals.gross_cents))
    assert values(paid)["cadre"] == "A2_FACTURE_FOURNISSEUR_DEJA_PAYEE"
    assert values(paid)["a-payer"] == "0,00"


def test_a_credit_note_names_its_invoice_and_no_means_of_payment() -> None:
    document = invoice(VatRegime.OUT_OF_SCOPE, DocumentKind.CREDIT_NOTE)
    found = values(document)
    assert (found["type"], found["origine"]) == ("AVOIR", document.earlier.number if document.earlier else None)
    assert not {"mode", "iban", "bic", "titulaire"} & set(found)


def test_what_was_corrected_on_the_deposit_takes_the_place_and_says_so() -> None:
    document = public(service_code="RH", order_reference="ENG-12")
    corrected = Recipient(document.buyer.siret or "", References(service_code="VOIRIE", purchase_order="ENG-12"))
    fields = {f.key: f for g in sheet(document, corrected) for f in g.fields}
    assert fields["service"].value == "VOIRIE"
    assert "la facture dit RH" in fields["service"].help
    assert fields["engagement"].help == ""


def test_the_text_holds_every_field_and_opens_anywhere() -> None:
    document = public(service_code="RH")
    made = chorus_sheet.text(document, sheet(document))
    assert made.startswith(b"\xef\xbb\xbf")
    assert b"\n" not in made.replace(b"\r\n", b"")
    words = made.decode("utf-8-sig")
    for value in values(document).values():
        assert value in words


@given(
    st.text("ABCDEFabcdef0123456789+-_/", min_size=1, max_size=20),
    st.sampled_from(["portail", "fiche", "service-fait", "facturx", "chorus"]),
    st.sampled_from(sorted(EXTENSIONS)),
)
def test_names_of_files_are_those_the_portal_takes(number: str, what: str, extension: str) -> None:
    name = file_name(number, what, extension)
    assert len(name) <= NAME_MAX
    assert re.fullmatch(rf"[A-Za-z0-9_-]+\.{extension}", name)


def test_a_number_that_is_too_long_is_cut_and_not_its_extension() -> None:
    name = file_name("F" * 60, "service-fait", "pdf")
    assert len(name) == NAME_MAX
    assert name.endswith("-service-fait.pdf")
    with pytest.raises(ValueError, match="exe"):
        file_name("F1", "portail", "exe")


def test_the_zip_is_the_same_bytes_twice() -> None:
    document = public()
    files = {"F-portail.pdf": b"%PDF", "F-fiche.txt": b"x"}
    made = chorus_pack.pack(document, files)
    assert made == chorus_pack.pack(document, files)
    with ZipFile(BytesIO(made)) as archive:
        assert archive.namelist() == list(files)
        assert archive.testzip() is None
        assert archive.read("F-fiche.txt") == b"x"


def test_the_portal_s_pdf_says_the_same_and_carries_nothing() -> None:
    document = public(service_code="RH")
    plain, (issued, _xml) = invoice_paper.build(document), facturx.build(document)
    assert plain == invoice_paper.build(document)
    with pikepdf.open(BytesIO(plain)) as page, pikepdf.open(BytesIO(issued)) as hybrid:
        assert len(page.attachments) == 0
        assert len(hybrid.attachments) == 1
    said = [[p.extract_text() for p in PdfReader(BytesIO(content)).pages] for content in (plain, issued)]
    assert said[0] == said[1]


# The proof of service


def test_the_proof_says_what_when_where_who_and_how_many() -> None:
    made = service_proof.build(public(order_reference="ENG-12"), [SERVED])
    words = " ".join(" ".join(p.extract_text() for p in PdfReader(BytesIO(made)).pages).split())
    for said in (
        "Attestation de réalisation",
        "37 présents sur 40 participants attendus",
        "il n’est pas signé par les participants",
        "mercredi 3 juin 2026",
        "Salle des fêtes",
        "Aline Anime, Bruno Brevet",
        "par Ève Équipe",
        "ENG-12",
        "SIRET",
    ):
        assert said in words.replace("\u00a0", " "), said


def test_the_proof_is_the_same_bytes_twice_and_accessible() -> None:
    made = service_proof.build(public(), [SERVED])
    assert made == service_proof.build(public(), [SERVED])
    with pikepdf.open(BytesIO(made)) as page:
        assert page.Root.MarkInfo.Marked
        assert str(page.Root.Lang).startswith("fr")
        assert b"pdfuaid" in page.Root.Metadata.read_bytes()


def test_a_month_of_sessions_runs_over_several_pages_and_adds_up() -> None:
    many = [replace(SERVED, booking=f"R-{n}", present=n, expected=40) for n in range(12)]
    made = service_proof.build(public(), many)
    pages = PdfReader(BytesIO(made)).pages
    words = " ".join(" ".join(p.extract_text() for p in pages).split()).replace("\u00a0", " ")
    assert len(pages) > 1
    assert "66 présents sur 480 participants attendus" in words


def test_nobody_came_and_long_names_still_make_a_page() -> None:
    long = replace(SERVED, present=0, expected=1, title="T" * 300, facilitators=("É" * 120,), counted_by="")
    made = service_proof.build(public(), [long])
    words = " ".join(PdfReader(BytesIO(made)).pages[0].extract_text().split()).replace("\u00a0", " ")
    assert "0 présent sur 1 participant attendu" in words


def test_the_day_of_the_paper_is_that_of_the_count() -> None:
    data = service_proof.data(public(), [SERVED, replace(SERVED, counted_at=datetime(2026, 6, 4, 22, 30, tzinfo=UTC))])
    assert ["Le", "5\u00a0juin\u00a02026"] in data["signature"]
    assert SERVED.counted_on == date(2026, 6, 3)
