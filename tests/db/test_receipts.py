"""Receipts: for a cheque, cash, a card or a debit; once, numbered apart, mailed; never for a transfer or a credit."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from pypdf import PdfReader

import makers
from training.attendance.actions import hold_session
from training.billing.actions.credit import CreditWanted, credit
from training.billing.actions.settle import NewPayment, record_payment
from training.billing.queries import invoices as billing
from training.billing.queries.invoices import InvoiceView
from training.billing.rules.payments import Way
from training.kernel import clock, db
from training.kernel.actor import SYSTEM, Scope
from training.messages import queries as mails
from training.payments.actions.receipt import make_receipt
from training.payments.documents import ReceiptDocument
from training.payments.queries import receipts as queries
from training.payments.queries.receipts import ReceiptView
from training.records import queries as records
from training.worker import drain

pytestmark = pytest.mark.anyio


async def invoices(count: int = 1) -> list[InvoiceView]:
    """Invoices of 350 € that were issued and mailed, the oldest first."""
    town = await makers.make_town()
    for _each in range(count):
        await makers.book_apart(town, 5)
    with clock.frozen(town.ends_at + timedelta(days=1)):
        await hold_session(SYSTEM, town.session)
        await drain()
    return sorted(await billing.invoices(SYSTEM.scope), key=lambda i: i.place)


async def pay(way: Way, cents: int, *of: tuple[InvoiceView, int], **more: object) -> int:
    settles = {invoice.receivable: part for invoice, part in of if invoice.receivable is not None}
    payer = of[0][0].payer if of else None
    facts = {"way": way, "amount_cents": cents, "received_on": clock.today(), "payer": payer, **more}
    payment = await record_payment(SYSTEM, NewPayment(**facts), settles)
    await drain()
    return payment


async def only() -> ReceiptView:
    (number,) = [r["id"] for r in await db.connection().fetch("select id from receipt")]
    found = await queries.receipt(SYSTEM.scope, number)
    assert found is not None
    return found


async def said(receipt: ReceiptView) -> str:
    stored = await records.file(receipt.paper)
    assert stored is not None
    return " ".join(" ".join(p.extract_text() for p in PdfReader(io.BytesIO(stored.content)).pages).split())


async def test_a_cheque_over_two_invoices_tells_who_how_when_and_how_much_of_each(database_test):
    first, second = await invoices(2)
    payment = await pay(Way.CHEQUE, 60_000, (first, 35_000), (second, 20_000), reference="0012345")
    receipt = await only()
    assert receipt.number == f"R{clock.today().year}-00001"
    words = await said(receipt)
    for sentence in (
        f"Reçu {receipt.number}",
        "600,00 € reçus le",
        "par chèque",
        "N° du chèque 0012345",
        "Commune d’Essai",
        f"{first.number}",
        "350,00 € 350,00 € 0,00 €",
        f"{second.number}",
        "350,00 € 200,00 € 150,00 €",
        "Il vous reste un trop-perçu de 50,00 €.",
        "sous réserve de l’encaissement",
    ):
        assert sentence in words, words
    snapshot = await db.value("select snapshot from ledger_entry where number = $1", receipt.number)
    document = ReceiptDocument.from_json(snapshot)
    assert [(s.number, s.cents, s.due_cents) for s in document.settled] == [
        (first.number, 35_000, 0),
        (second.number, 20_000, 15_000),
    ]
    assert [r.number for r in await queries.receipts_of(SYSTEM.scope, first.receivable or 0)] == [receipt.number]
    assert receipt.payment == payment
    assert all(v.broken is None for v in await records.verify())


@pytest.mark.parametrize(
    ("way", "words"),
    [(Way.CASH, "en espèces"), (Way.CARD, "par carte bancaire"), (Way.SEPA, "par prélèvement SEPA")],
)
async def test_how_it_was_paid_is_said(database_test, way, words):
    (invoice,) = await invoices()
    await pay(way, 35_000, (invoice, 35_000), reference="pi_machine_123")
    page = await said(await only())
    assert words in page
    assert "pi_machine" not in page
    assert "Reste dû sur cette facture 0,00 €" in page


async def test_the_billing_contact_gets_it_with_thanks(database_test):
    (invoice,) = await invoices()
    await pay(Way.CASH, 10_000, (invoice, 10_000))
    receipt = await only()
    (mail,) = [m for m in await mails.mails() if m.occasion == "payment_received"]
    assert (mail.to_email, mail.files) == ("compta@mairie.example.org", 1)
    text = (await db.value("select text from mail where id = $1", mail.id)).replace("\u00a0", " ")
    assert mail.subject.replace("\u00a0", " ") == f"Reçu {receipt.number} : 100,00 €, merci"
    assert "Il reste 250,00 € à régler sur cette facture." in text
    assert "Espèces" in text
    assert "/lien/" in text


async def test_run_twice_it_does_nothing_more(database_test):
    (invoice,) = await invoices()
    payment = await pay(Way.CASH, 35_000, (invoice, 35_000))
    await make_receipt(SYSTEM, payment)
    await drain()
    assert await db.value("select count(*) from receipt") == 1
    assert await db.value("select next_number from ledger_series where key = 'receipt'") == 2
    assert len([m for m in await mails.mails() if m.occasion == "payment_received"]) == 1


async def test_neither_a_transfer_nor_a_credit_note_has_a_receipt(database_test):
    first, second = await invoices(2)
    await pay(Way.TRANSFER, 35_000, (first, 35_000))
    note = await credit(SYSTEM, second.id, CreditWanted(reason="Erreur."))
    await drain()
    await make_receipt(SYSTEM, await db.value("select id from payment where credit_note = $1", note))
    await make_receipt(SYSTEM, 0)
    assert await db.value("select count(*) from receipt") == 0
    assert "payment_received" not in {m.occasion for m in await mails.mails()}


async def test_money_of_somebody_unknown_waits_and_a_name_is_enough(database_test):
    await invoices()
    unknown = await pay(Way.CASH, 500)
    assert await db.value("select count(*) from receipt") == 0
    await db.value("update payment set payer_name = 'Mme Essai' where id = $1 returning id", unknown)
    await make_receipt(SYSTEM, unknown)
    receipt = await only()
    assert (receipt.payer, receipt.payer_name) == (None, "Mme Essai")
    assert "Mme Essai" in await said(receipt)


async def test_another_organisation_s_receipt_does_not_exist(database_test):
    (invoice,) = await invoices()
    await pay(Way.CASH, 35_000, (invoice, 35_000))
    receipt = await only()
    mine = Scope(organisations={invoice.payer: frozenset()})
    assert await queries.receipt_by_number(mine, receipt.number.lower()) == receipt
    assert await queries.receipt_by_number(Scope(), receipt.number) is None
    assert await queries.receipts_of(Scope(), invoice.receivable or 0) == []
