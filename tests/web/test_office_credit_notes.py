"""Staff take an invoice back: whole, in part, or with a new one in its place; each mistake is said at its field."""

from __future__ import annotations

import pytest

import makers
from office_makers import done, held_town, refused, staff
from training.billing.actions.settle import NewPayment, record_payment
from training.billing.queries import invoices as billing
from training.billing.queries.credits import creditable
from training.billing.queries.invoices import InvoiceView
from training.billing.rules.payments import Way
from training.identity.rules import Role
from training.kernel import clock, db
from training.kernel.actor import SYSTEM
from training.worker import drain

pytestmark = pytest.mark.anyio
WHY = "Séance comptée deux fois."


@pytest.fixture
async def invoice(client) -> InvoiceView:
    await held_town()
    await staff(client)
    (found,) = await billing.invoices(SYSTEM.scope)
    return found


async def line_of(invoice: InvoiceView) -> str:
    return f"line-{(await creditable(invoice.id))[0].id}"


def page_of(invoice: InvoiceView, act: str = "") -> str:
    return f"/gestion/factures/{invoice.number}{act}"


async def read(client, path: str) -> str:
    answer = await client.get(path)
    assert answer.status_code == 200
    return makers.text_of(answer.text)


async def test_the_page_of_an_invoice_offers_both_ways_and_then_tells_what_was_done(client, invoice):
    page = await read(client, page_of(invoice))
    assert "Faire un avoir" in page
    assert "Annuler et remplacer" in page
    form = await client.get(page_of(invoice, "/avoir"))
    assert 'value="350,00"' in form.text  # all that is left, unless somebody types less
    data = {"seen": "0", await line_of(invoice): "120,50", "reason": WHY}
    assert "/AV" in await done(client, page_of(invoice, "/avoir"), data)
    page = await read(client, page_of(invoice))
    assert "120,50 €" in page
    assert WHY in page
    assert "Avoir encore possible 229,50 €" in await read(client, page_of(invoice, "/avoir"))
    await done(client, page_of(invoice, "/avoir"), {**data, "seen": "12050", await line_of(invoice): "229,50"})
    assert "Faire un avoir" not in await read(client, page_of(invoice))
    assert "Un avoir annule déjà toute cette facture" in await read(client, page_of(invoice, "/avoir"))


@pytest.mark.parametrize(
    ("typed", "status", "words"),
    [
        ("350,01", 422, "L’avoir peut aller jusqu’à 350,00 € sur cette ligne."),
        ("1000000", 422, "L’avoir peut aller jusqu’à 350,00 € sur cette ligne."),
        ("0,005", 422, "Indiquez un montant en euros"),
        ("beaucoup", 422, "Indiquez un montant en euros"),
        ("-5", 422, "Indiquez un montant en euros"),
        ("", 422, "indiquez un montant sur une ligne"),
        ("0", 422, "indiquez un montant sur une ligne"),
    ],
)
async def test_an_amount_that_cannot_be_is_said_and_nothing_is_made(client, invoice, typed, status, words):
    data = {"seen": "0", await line_of(invoice): typed, "reason": WHY}
    answer = await refused(client, page_of(invoice, "/avoir"), data, status, words)
    assert WHY in answer.text
    assert await db.value("select count(*) from invoice") == 1


async def test_why_is_needed_and_has_an_end(client, invoice):
    field = await line_of(invoice)
    await refused(
        client, page_of(invoice, "/avoir"), {"seen": "0", field: "350", "reason": " "}, 422, "Donnez le motif"
    )
    long = {"seen": "0", field: "350", "reason": "x" * 401}
    await refused(client, page_of(invoice, "/avoir"), long, 422, "400 caractères au plus")
    await refused(client, page_of(invoice, "/remplacer"), {"reason": ""}, 422, "Donnez le motif")


async def test_the_same_form_sent_twice_makes_one_credit_note(client, invoice):
    data = {"seen": "0", await line_of(invoice): "100", "reason": WHY}
    await done(client, page_of(invoice, "/avoir"), data)
    await refused(client, page_of(invoice, "/avoir"), data, 409, "Un avoir vient d’être fait")
    assert await db.value("select count(*) from invoice where kind = 'credit_note'") == 1


async def test_cancel_and_replace_leads_to_the_draft(client, invoice):
    assert "Annuler et remplacer" in await read(client, page_of(invoice, "/remplacer"))
    data = {"reason": "Mauvais engagement.", "purchase_order": "EJ-2027-9", "service_code": "VOIRIE"}
    draft = await done(client, page_of(invoice, "/remplacer"), data)
    assert draft.startswith("/gestion/factures/brouillons/")
    assert "EJ-2027-9" in await read(client, draft)
    assert "Sa remplaçante attend d’être émise" in await read(client, page_of(invoice))
    assert "déjà remplacée" in await read(client, page_of(invoice, "/remplacer"))
    await refused(client, page_of(invoice, "/remplacer"), data, 409, "déjà remplacée")
    assert await db.value("select count(*) from invoice") == 3
    too_long = {"reason": WHY, "purchase_order": "9" * 51}
    await refused(client, page_of(invoice, "/remplacer"), too_long, 422, "50 caractères au plus")


async def test_a_credit_note_has_no_credit_note_and_says_what_it_corrects(client, invoice):
    path = await done(client, page_of(invoice, "/avoir"), {"seen": "0", await line_of(invoice): "350", "reason": WHY})
    assert (await client.get(path)).status_code == 200
    for act in ("/avoir", "/remplacer"):
        assert (await client.get(path + act)).status_code == 404
        assert (await client.get(f"/gestion/factures/F1999-00001{act}")).status_code == 404


@pytest.mark.parametrize("act", ["/avoir", "/remplacer"])
async def test_whoever_may_not_credit_is_refused(client, act):
    await held_town()
    (invoice,) = await billing.invoices(SYSTEM.scope)
    await makers.sign_in(client, "compta@mairie.example.org")
    assert (await client.get(page_of(invoice, act))).status_code in (403, 404)
    assert (await makers.post(client, page_of(invoice, act), {"reason": WHY})).status_code in (403, 404)


async def test_a_receipt_is_shown_as_it_was_frozen(client, invoice):
    money = NewPayment(way=Way.CASH, amount_cents=35_000, received_on=clock.today(), payer=invoice.payer)
    await record_payment(SYSTEM, money, {invoice.receivable: 35_000})
    await drain()
    number = await db.value("select number from ledger_entry order by id desc limit 1")
    answer = await client.get(f"/gestion/recus/{number}.pdf")
    assert answer.status_code == 200
    assert answer.content.startswith(b"%PDF")
    for name in (number, f"{number}.xml", "R1999-00001.pdf", "x%00.pdf"):
        assert (await client.get(f"/gestion/recus/{name}")).status_code == 404


async def test_the_bookkeeper_may_credit(client):
    await held_town()
    await staff(client, Role.BOOKKEEPER)
    (invoice,) = await billing.invoices(SYSTEM.scope)
    data = {"seen": "0", await line_of(invoice): "350", "reason": WHY}
    assert "/AV" in await done(client, page_of(invoice, "/avoir"), data)
