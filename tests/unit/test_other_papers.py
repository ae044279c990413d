"""Papers that are no invoice: the confirmation of a free session, the receipt of a payment; what all papers share."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from io import BytesIO

import pikepdf
import pytest
from pypdf import PdfReader

from invoice_samples import BUYERS, ISSUED, SELLER, invoice
from papers_read import LOGO, said
from training.billing.documents import free, invoice_paper
from training.billing.documents.free import FreeConfirmation, Occurrence
from training.billing.documents.invoice import InvoiceDocument, as_credit_of
from training.billing.rules.payments import Way
from training.billing.rules.states import DocumentKind
from training.directory.rules.organisations import Buyer
from training.kernel.palette import PAPERS
from training.papers.documents.talon import Talon, stub
from training.payments import documents as receipts
from training.payments.documents import ReceiptDocument, Settled


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
    assert "Places 12" in text
    assert FreeConfirmation.from_json(document.to_json()) == document


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
        "Il vous reste un trop-perçu de 50,00 €.",
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


STUB = Talon(
    title="Prendre le bus sans se perdre",
    starts_at=datetime(2026, 6, 1, 7, tzinfo=UTC),
    ends_at=datetime(2026, 6, 1, 9, 30, tzinfo=UTC),
    city="Héloup",
    venue="Foyer communal",
    paper="vert",
    count=40,
    dates=3,
)


def test_an_invoice_of_one_session_shows_it_and_its_credit_note_too() -> None:
    owed = replace(invoice(), session=STUB, subject="")
    for document in (owed, as_credit_of(owed, invoice(kind=DocumentKind.CREDIT_NOTE), "Séance annulée")):
        text = said(invoice_paper.build(document))
        assert "1 lun. juin 2026 Héloup 9 h – 11 h 30, Foyer communal, et 2 autres dates 40 places" in text
        assert InvoiceDocument.from_json(document.to_json()) == document


def test_a_session_of_no_theme_or_of_one_that_went_is_printed_on_none_of_the_eight_papers() -> None:
    papers = {sheet.light.paper for sheet in PAPERS.values()}
    assert stub(STUB, "place", "places")["paper"] in papers
    for name in ("", "turquoise"):
        assert stub(replace(STUB, paper=name), "place", "places")["paper"] not in papers


def test_a_session_whose_place_nobody_knows_yet_is_named_by_its_title() -> None:
    made = stub(replace(STUB, city="", venue="", dates=1, count=1), "place", "places", heading=STUB.title)
    assert (made["place"], made["title"], made["text"], made["unit"]) == (
        STUB.title, "", "9\u00a0h\u00a0–\u00a011\u00a0h\u00a030", "place",
    )  # fmt: skip


def test_the_first_of_a_month_is_raised_and_no_line_begins_with_a_mark() -> None:
    document = replace(RECEIPT, received_on=date(2026, 6, 1), reference="Merci ! Oui ; non ?", way=Way.CASH)
    page = receipts.build(document)
    assert "Payé le 1er juin 2026" in said(page)
    raw = "".join(sheet.extract_text() for sheet in PdfReader(BytesIO(page)).pages)
    assert "Merci\u202f! Oui\u202f; non\u202f?" in raw
