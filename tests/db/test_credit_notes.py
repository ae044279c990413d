"""Credit notes: whole and partial, never more than the invoice, numbered apart; « annule et remplace »."""

from __future__ import annotations

import asyncio
import io
from datetime import timedelta
from decimal import Decimal

import pytest
from pypdf import PdfReader

import makers
from facturx_rules import findings
from training.billing.actions.credit import CreditWanted, credit, credit_and_reissue
from training.billing.actions.deposit import ask_deposit
from training.billing.actions.issue import issue
from training.billing.actions.settle import NewPayment, record_payment
from training.billing.documents.invoice import InvoiceDocument
from training.billing.queries import credits as credit_queries
from training.billing.queries import invoices as queries
from training.billing.queries.invoices import InvoiceView
from training.billing.rules.payments import Way
from training.billing.rules.states import InvoiceState
from training.directory.actions.platform import set_platform
from training.kernel import clock, db
from training.kernel.actor import SYSTEM, Actor
from training.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from training.messages import queries as mails
from training.papers.rules.references import References
from training.records import queries as records
from training.worker import drain

pytestmark = pytest.mark.anyio
WHY = "Séance comptée deux fois."
TAXED = {"vat_regime": "normal", "vat_number": "FR83888800001"}


async def draft_of(*lines: tuple[str, str, int], town: makers.Town | None = None, **platform: object) -> int:
    """A draft with these lines (words, quantity, unit price in cents)."""
    async with db.atomic():
        return await _draft_of(*lines, town=town, **platform)


async def _draft_of(*lines: tuple[str, str, int], town: makers.Town | None, **platform: object) -> int:
    town = town or await makers.make_town(issue_without_look=False, **platform)
    regime = str(await db.value("select vat_regime from platform"))
    net = sum(round(Decimal(quantity) * price) for _words, quantity, price in lines)
    vat = (net * 2_000 * 2 + 10_000) // 20_000 if regime == "normal" else 0
    made = await db.value(
        "insert into invoice (kind, state, payer, vat_regime, purchase_order, service_code, net_cents, vat_cents,"
        " gross_cents, created_at) values ('invoice', 'draft', $1, $2, 'EJ-1', 'SRV-1', $3, $4, $5, $6) returning id",
        town.organisation, regime, net, vat, net + vat, clock.now(),
    )  # fmt: skip
    for position, (words, quantity, price) in enumerate(lines, 1):
        await db.execute(
            "insert into invoice_line (invoice, position, description, quantity, unit_price_cents, net_cents,"
            " served_from, served_until) values ($1, $2, $3, $4::text::numeric, $5, $6, $7, $7)",
            made, position, words, quantity, price, round(Decimal(quantity) * price), clock.today(),
        )  # fmt: skip
    return int(made)


async def issued(*lines: tuple[str, str, int], **platform: object) -> InvoiceView:
    invoice = await draft_of(*lines, **platform)
    await issue(SYSTEM, invoice)
    return await view(invoice)


async def view(invoice: int) -> InvoiceView:
    found = await queries.invoice(SYSTEM.scope, invoice)
    assert found is not None
    return found


async def snapshot(number: str | None) -> InvoiceDocument:
    return InvoiceDocument.from_json(await db.value("select snapshot from ledger_entry where number = $1", number))


async def paper(invoice: InvoiceView) -> bytes:
    assert invoice.paper is not None
    stored = await records.file(invoice.paper)
    assert stored is not None
    return stored.content


async def said(invoice: InvoiceView) -> str:
    pages = PdfReader(io.BytesIO(await paper(invoice))).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


async def test_a_whole_credit_note_has_its_own_series_and_settles_the_invoice(database_test):
    invoice = await issued(("Atelier", "1", 35_000), ("Déplacement", "12.5", 55), ("Remise", "-1", 5_000))
    note = await view(await credit(SYSTEM, invoice.id, CreditWanted(reason=WHY)))
    assert (note.kind, note.corrects, note.reason) == ("credit_note", invoice.number, WHY)
    assert str(note.number).startswith("AV")
    assert (note.net_cents, note.gross_cents, note.due_on, note.receivable) == (30_688, 30_688, None, None)
    assert [(line.quantity, line.net_cents) for line in await queries.lines(note.id)] == [
        (line.quantity, line.net_cents) for line in await queries.lines(invoice.id)
    ]
    after = await view(invoice.id)
    assert (after.due_cents, after.credited_cents) == (0, 30_688)
    words = await said(note)
    assert f"à déduire de la facture {invoice.number} du" in words
    assert f"Motif : {WHY}" in words
    assert findings(await paper(note)) == []
    assert all(v.broken is None for v in await records.verify())


async def test_a_partial_credit_note_leaves_the_rest_due(database_test):
    invoice = await issued(("Atelier", "2", 35_000), ("Prêt", "1", 10_000))
    first = (await queries.lines(invoice.id))[0]
    note = await view(await credit(SYSTEM, invoice.id, CreditWanted(reason=WHY, lines={first.id: 20_000})))
    (line,) = await queries.lines(note.id)
    assert (line.quantity, line.unit_price_cents, line.net_cents, line.unit) == (1, 20_000, 20_000, "C62")
    assert (await view(invoice.id)).due_cents == 60_000
    left = await credit_queries.creditable(invoice.id)
    assert [line.left_cents for line in left] == [50_000, 10_000]
    rest = await view(await credit(SYSTEM, invoice.id, CreditWanted(reason=WHY)))
    assert rest.net_cents == 60_000
    _number, draft = await credit_and_reissue(SYSTEM, invoice.id, WHY)
    await issue(SYSTEM, draft)
    words = await said(await view(draft))
    assert f"annulée par les avoirs {note.number} du" in words
    assert f" et {rest.number} du" in words
    assert (await view(invoice.id)).due_cents == 0
    assert [n.number for n in await credit_queries.credit_notes(SYSTEM.scope, invoice.id)] == [note.number, rest.number]


async def test_more_than_the_invoice_is_refused_by_line_and_in_all(database_test):
    invoice = await issued(("Atelier", "1", 35_000), ("Remise", "-1", 5_000))
    one, discount = await queries.lines(invoice.id)
    cases = [
        ({one.id: 35_001}, Invalid, "L’avoir peut aller jusqu’à 350,00 € sur cette ligne"),
        ({one.id: 35_000}, Conflict, "L’avoir peut aller jusqu’à 300,00 € hors taxes"),
        ({one.id: -100}, Invalid, "mauvais sens"),
        ({discount.id: 100}, Invalid, "mauvais sens"),
        ({discount.id: -5_000}, Invalid, "plus de zéro euro"),
        ({}, Invalid, "plus de zéro euro"),
        ({0: 100}, Invalid, "n’est pas sur la facture"),
    ]
    for lines, error, words in cases:
        with pytest.raises(error) as refused:
            await credit(SYSTEM, invoice.id, CreditWanted(reason=WHY, lines=lines))
        assert words in refused.value.detail.replace("\u00a0", " ")
    await credit(SYSTEM, invoice.id, CreditWanted(reason=WHY, lines={one.id: 30_000}))
    with pytest.raises(Conflict, match="couvrent déjà"):
        await credit(SYSTEM, invoice.id, CreditWanted(reason=WHY, lines={one.id: 1}))
    assert await db.value("select count(*) from invoice where kind = 'credit_note'") == 1


async def test_what_cannot_be_credited_says_so(database_test):
    waiting = await draft_of(("Atelier", "1", 35_000))
    with pytest.raises(Conflict, match="n’est pas émise"):
        await credit(SYSTEM, waiting, CreditWanted(reason=WHY))
    await issue(SYSTEM, waiting)
    note = await credit(SYSTEM, waiting, CreditWanted(reason=WHY))
    with pytest.raises(Conflict, match="un avoir"):
        await credit(SYSTEM, note, CreditWanted(reason=WHY))
    with pytest.raises(NotFound):
        await credit(SYSTEM, 0, CreditWanted(reason=WHY))
    for reason in ("", "  ", "x" * 401):
        with pytest.raises(Invalid) as refused:
            await credit(SYSTEM, waiting, CreditWanted(reason=reason))
        assert refused.value.field == "reason"
    with pytest.raises(Forbidden):
        await credit(Actor("user", 1, "Nina"), waiting, CreditWanted(reason=WHY))


async def test_an_invoice_of_nothing_has_no_credit_note(database_test):
    invoice = await issued(("Atelier offert", "1", 0))
    with pytest.raises(Conflict, match="couvrent déjà"):
        await credit(SYSTEM, invoice.id, CreditWanted(reason=WHY))
    with pytest.raises(Conflict, match="zéro euro"):
        await credit_and_reissue(SYSTEM, invoice.id, WHY)


async def test_the_vat_of_several_credit_notes_is_that_of_the_invoice(database_test):
    invoice = await issued(("Trois", "3", 3), **TAXED)  # 9 cents and 2 of VAT; 3 cents alone round to 1
    (line,) = await queries.lines(invoice.id)
    notes = [
        await view(await credit(SYSTEM, invoice.id, CreditWanted(reason=WHY, lines={line.id: 3}))) for _ in range(3)
    ]
    assert [n.vat_cents for n in notes] == [1, 1, 0]
    assert sum(n.gross_cents for n in notes) == invoice.gross_cents == 11
    assert (await view(invoice.id)).due_cents == 0
    for note in notes:
        assert findings(await paper(note)) == []


async def test_the_form_sent_twice_makes_one_credit_note(database_test):
    invoice = await issued(("Atelier", "1", 35_000))
    (line,) = await queries.lines(invoice.id)
    wanted = CreditWanted(reason=WHY, lines={line.id: 100}, seen_cents=0)
    await credit(SYSTEM, invoice.id, wanted)
    with pytest.raises(Conflict, match="vient d’être fait"):
        await credit(SYSTEM, invoice.id, wanted)
    assert await db.value("select count(*) from invoice where kind = 'credit_note'") == 1


@pytest.mark.commits
async def test_two_whole_credits_at_once_make_one(database_test):
    invoice = await issued(("Atelier", "1", 35_000))
    wanted = CreditWanted(reason=WHY)
    done = await asyncio.gather(*(credit(SYSTEM, invoice.id, wanted) for _ in range(4)), return_exceptions=True)
    assert sorted(type(d).__name__ for d in done) == ["Conflict", "Conflict", "Conflict", "int"]
    assert await db.value("select count(*) from payment where way = 'credit_note'") == 1
    assert await db.value("select next_number from ledger_series where key = 'credit_note'") == 2


async def test_what_was_paid_already_stays_the_payer_s_credit(database_test):
    invoice = await issued(("Atelier", "1", 35_000))
    assert invoice.receivable is not None
    paid = NewPayment(way=Way.TRANSFER, amount_cents=30_000, received_on=clock.today(), payer=invoice.payer)
    await record_payment(SYSTEM, paid, {invoice.receivable: 30_000})
    await credit(SYSTEM, invoice.id, CreditWanted(reason=WHY))
    assert (await view(invoice.id)).due_cents == 0
    left = await db.value("select amount_cents - used_cents from payment where way = 'credit_note'")
    assert left == 30_000


async def test_a_credit_note_says_what_the_invoice_said_whatever_was_changed_since(database_test):
    invoice = await issued(("Atelier", "1", 35_000))
    await db.execute("update organisation set name = 'Autre nom', siret = null, service_code = 'NEUF'")
    await db.execute("update contact set active = false")
    await set_platform(SYSTEM, {"iban": None})
    note = await view(await credit(SYSTEM, invoice.id, CreditWanted(reason=WHY)))
    before, after = await snapshot(invoice.number), await snapshot(note.number)
    assert after.buyer == before.buyer
    assert (after.service_code, after.order_reference) == ("SRV-1", "EJ-1")
    assert (after.payment, after.due_on) == (None, None)
    assert findings(await paper(note)) == []


async def test_cancel_and_replace_in_one_act(database_test):
    town = await makers.make_town(issue_without_look=False)
    booked = await makers.make_booking(town, 5, purchase_order="FAUX-1")
    from_booking = await _invoiced(town)
    assert from_booking.booking == booked.reference
    number, draft = await credit_and_reissue(
        SYSTEM, from_booking.id, WHY, References(purchase_order="EJ-2027-9", service_code="VOIRIE")
    )
    fresh = await view(draft)
    assert (fresh.state, fresh.replaces, fresh.kind) == (InvoiceState.DRAFT, from_booking.number, "invoice")
    assert fresh.references == References(purchase_order="EJ-2027-9", service_code="VOIRIE")
    assert (fresh.net_cents, fresh.booking) == (from_booking.net_cents, booked.reference)
    sql = "select l.invoice from billable b join invoice_line l on l.id = b.invoice_line"
    assert await db.value(sql) == draft
    assert (await view(from_booking.id)).due_cents == 0
    with clock.frozen(town.ends_at + timedelta(days=3)):
        issued_number = await issue(SYSTEM, draft)
    new = await view(draft)
    words = await said(new)
    assert f"Annule et remplace la facture {from_booking.number} du" in words
    assert f"annulée par l’avoir {number} du" in words
    assert "EJ-2027-9" in words
    assert issued_number != from_booking.number
    assert findings(await paper(new)) == []
    assert new.due_cents == from_booking.gross_cents
    with pytest.raises(Conflict, match="déjà remplacée"):
        await credit_and_reissue(SYSTEM, from_booking.id, WHY)
    with clock.frozen(town.ends_at + timedelta(days=4)):  # the replacement may be wrong too
        await credit_and_reissue(SYSTEM, new.id, WHY)
    assert await db.value(sql) not in (draft, from_booking.id)


async def _invoiced(town: makers.Town) -> InvoiceView:
    from training.attendance.actions import hold_session

    with clock.frozen(town.ends_at + timedelta(days=1)):
        await hold_session(SYSTEM, town.session)
        await drain()
        (waiting,) = await queries.invoices(SYSTEM.scope, state=InvoiceState.DRAFT)
        await issue(SYSTEM, waiting.id)
    return await view(waiting.id)


@pytest.mark.commits
async def test_two_replacements_at_once_make_one(database_test):
    invoice = await issued(("Atelier", "1", 35_000))
    done = await asyncio.gather(
        *(credit_and_reissue(SYSTEM, invoice.id, WHY) for _ in range(3)), return_exceptions=True
    )
    assert sum(isinstance(d, tuple) for d in done) == 1
    assert sum(isinstance(d, Conflict) for d in done) == 2
    assert await db.value("select count(*) from invoice") == 3  # with its credit note and the new draft


async def test_an_invoice_credited_whole_before_is_replaced_with_that_credit_note(database_test):
    invoice = await issued(("Atelier", "1", 35_000))
    note = await view(await credit(SYSTEM, invoice.id, CreditWanted(reason=WHY)))
    number, draft = await credit_and_reissue(SYSTEM, invoice.id, WHY)
    assert number == note.number
    assert (await view(draft)).references.purchase_order == "EJ-1"


async def test_the_billing_contact_is_told(database_test):
    invoice = await issued(("Atelier", "1", 35_000))
    note = await view(await credit(SYSTEM, invoice.id, CreditWanted(reason=WHY)))
    await drain()
    (mail,) = [m for m in await mails.mails() if m.occasion == "credit_note_issued"]
    assert (mail.to_email, mail.files) == ("compta@mairie.example.org", 1)
    assert mail.subject.startswith(f"Avoir {note.number}")
    text = await db.value("select text from mail where id = $1", mail.id)
    assert "Cet avoir annule la facture" in text
    assert "l’avoir sera déposé sur Chorus Pro" in text


async def test_a_private_payer_reads_what_is_left_to_pay_or_to_their_credit(database_test):
    town = await makers.make_town(issue_without_look=False)
    await db.execute("update organisation set buyer = 'association'")
    waiting = await draft_of(("Atelier", "1", 35_000), town=town)
    await issue(SYSTEM, waiting)
    (line,) = await queries.lines(waiting)
    await credit(SYSTEM, waiting, CreditWanted(reason=WHY, lines={line.id: 5_000}))
    await drain()
    text = await db.value("select text from mail where occasion = 'credit_note_issued'")
    assert "Il reste 300,00 € à régler" in text.replace("\u00a0", " ")
    assert "Chorus" not in text


async def test_a_deposit_is_named_on_the_invoice_that_takes_it_off_until_it_is_credited(database_test):
    town = await makers.make_town(issue_without_look=False)
    await db.execute("update organisation set early_billing_reason = 'Convention.'")
    booked = await makers.make_booking(town, 5)
    deposit = await view(await ask_deposit(SYSTEM, booked.id, percent=30))
    await issue(SYSTEM, deposit.id)
    deposit = await view(deposit.id)
    assert "Facture d’acompte" in await said(deposit)
    assert findings(await paper(deposit)) == []
    await drain()
    rest = await _invoiced(town)
    frozen = await snapshot(rest.number)
    assert [d.number for d in frozen.deposits] == [deposit.number]
    assert rest.gross_cents == 24_500
    words = await said(rest)
    assert words.count(str(deposit.number)) == 1
    assert findings(await paper(rest)) == []
    note = await view(await credit(SYSTEM, deposit.id, CreditWanted(reason=WHY)))
    assert findings(await paper(note)) == []
    with clock.frozen(town.ends_at + timedelta(days=2)):
        _number, again = await credit_and_reissue(SYSTEM, rest.id, WHY)
        await issue(SYSTEM, again)
    assert (await snapshot((await view(again)).number)).deposits == ()
