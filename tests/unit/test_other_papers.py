"""Papers that are no invoice: the confirmation of a free session, the receipt of a payment."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from io import BytesIO

import pikepdf
import pytest

from invoice_samples import BUYERS, ISSUED, SELLER
from papers_read import LOGO, said
from training.billing.documents import free
from training.billing.documents.free import FreeConfirmation, Occurrence
from training.billing.rules.payments import Way
from training.directory.rules import Buyer
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
