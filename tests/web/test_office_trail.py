"""The audit trail of an invoice: every step from the order to the money, each with its day and its author."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

import faults
import makers
from office_makers import held_town, staff
from tampering import tamper
from training.attendance.actions import hold_session
from training.billing.actions.issue import issue
from training.billing.actions.settle import NewPayment, record_payment, take_back
from training.billing.queries import invoices as billing
from training.billing.rules.payments import Way
from training.bookings.actions.booking import NewBooking, book
from training.kernel import clock, db
from training.kernel.actor import SYSTEM, Actor, Scope
from training.kernel.permissions import Permission
from training.papers.rules.references import References
from training.worker import drain

pytestmark = pytest.mark.anyio


async def shown(client, number: str) -> str:
    answer = await client.get(f"/gestion/factures/{number}/piste")
    assert answer.status_code == 200, makers.text_of(answer.text)[:400]
    return makers.text_of(answer.text)


async def the_invoice():
    (found,) = await billing.invoices(SYSTEM.scope)
    return found


async def test_it_goes_from_the_order_to_the_payment_with_days_and_names(client):
    with clock.frozen(makers.NOON):
        town = await makers.make_town()
        account = await makers.make_staff()
        eve = Actor("user", account, "Ève Équipe", frozenset(Permission), Scope(everything=True))
        order = References(purchase_order="BC-77", service_code="DRH")
        booked = await book(eve, NewBooking(town.session, town.organisation, 40, references=order))
        await drain()
    with clock.frozen(town.ends_at + timedelta(hours=2)):
        await hold_session(eve, town.session, {booked.id: 37})
        await drain()
        invoice = await the_invoice()
        new = NewPayment(way=Way.CHEQUE, amount_cents=20_000, received_on=clock.today(), reference="CHQ 12")
        payment = await record_payment(eve, new, {invoice.receivable: 20_000})
        await take_back(eve, payment, invoice.receivable, "Chèque sans provision", 5_000)
        await drain()
        await makers.sign_in(client, "equipe@example.org")
        page = await shown(client, invoice.number)
    for part in (
        f"{booked.reference}", "BC-77", "DRH", "1er mars 2027 à 12 h par Ève Équipe", "37 sur 40",
        "10 mars 2027 à 14 h par Ève Équipe", "Document intact", "document n° 1", "début de la série",
        "Règlement Chèque CHQ 12", "200,00 €", "Affectation annulée", "Chèque sans provision", "−50,00 €",
        "Reste à payer 200,00 €", "Courriel",
    ):  # fmt: skip
        assert part in page, (part, page)
    kept = await db.connection().fetch("select encode(sha256, 'hex') as hex from file order by id")
    digests = [row["hex"] for row in kept if row["hex"] in page]
    assert len(digests) >= 2  # the paper's and the data's


async def test_the_page_of_the_invoice_leads_to_it(client):
    with clock.frozen(makers.NOON):
        await held_town()
        await staff(client)
        invoice = await the_invoice()
        page = (await client.get(f"/gestion/factures/{invoice.number}")).text
    assert f'href="/gestion/factures/{invoice.number}/piste"' in page
    assert await db.value("select encode(sha256, 'hex') from file where id = $1", invoice.paper) in page


async def test_an_invoice_grouped_over_bookings_and_lines_by_hand_shows_each(client):
    with clock.frozen(makers.NOON):
        town, first = await held_town(issue_without_look=False)
        second = await makers.make_booking(town_again := await _another(town), 12)
        (draft,) = await billing.invoices(SYSTEM.scope, state="draft")
        for position, booking in ((2, second.id), (3, None)):
            await db.execute(
                "insert into invoice_line (invoice, position, description, detail, quantity, unit_price_cents,"
                " net_cents, served_from, served_until, booking)"
                " select invoice, $2, description, detail, 1, 0, 0, served_from, served_until, $3"
                " from invoice_line where invoice = $1 and position = 1",
                draft.id, position, booking,
            )  # fmt: skip
        number = await issue(SYSTEM, draft.id)
        await staff(client)
        page = await shown(client, number)
    assert first.reference in page
    assert second.reference in page
    assert "Pas encore" in page  # the second one's session
    assert "1 ligne ajoutée à la main, sans réservation." in page
    assert "par le logiciel, de lui-même" in page
    assert town_again.session != town.session


async def _another(town: makers.Town) -> makers.Town:
    return replace(town, session=await makers.make_session(town.offer))


async def test_a_credit_note_and_what_replaces_it_are_tied_both_ways(client):
    with clock.frozen(makers.NOON):
        await held_town()
        first = await the_invoice()
        credit = await issue(SYSTEM, await faults.credit_note(first.id))
        (again,) = await faults.copies(await _as_draft(first.id))
        await db.execute("update invoice set replaces = $2 where id = $1", again, first.id)
        new = await issue(SYSTEM, again)
        await staff(client)
        of_first, of_credit, of_new = [await shown(client, n) for n in (first.number, credit, new)]
    assert f"{credit} Avoir Avoir sur cette facture" in of_first
    assert f"{new} Facture Facture qui la remplace" in of_first
    assert f"Règlement Avoir {credit}" in of_first
    assert f"{first.number} Facture Facture que cet avoir corrige" in of_credit
    assert f"Piste d’audit de {credit}" in of_credit
    assert f"{first.number} Facture Facture annulée et remplacée par celle-ci" in of_new


async def _as_draft(invoice: int) -> int:
    """The draft that an issued invoice once was."""
    made = await faults.credit_note(invoice)
    await db.execute("update invoice set kind = 'invoice', corrects = null where id = $1", made)
    return made


async def test_a_document_that_was_altered_says_so(client):
    with clock.frozen(makers.NOON):
        await held_town()
        await staff(client)
        invoice = await the_invoice()
        await tamper("update ledger_entry set snapshot = replace(snapshot, '350', '351')")
        page = await shown(client, invoice.number)
    assert "Document altéré" in page
    assert "Document intact" not in page


@pytest.mark.parametrize("number", ["F2027-09999", "'; drop table invoice", "a%00b", "9" * 200])
async def test_what_is_not_there_is_404(client, number):
    await makers.make_platform()
    await staff(client)
    assert (await client.get(f"/gestion/factures/{number}/piste")).status_code == 404


async def test_it_takes_the_same_statements_however_many_bookings(client, statements):
    with clock.frozen(makers.NOON):
        await held_town()
        await staff(client)
        invoice = await the_invoice()
        statements.clear()
        await shown(client, invoice.number)
    assert len(statements) <= 18
