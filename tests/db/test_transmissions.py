"""An invoice on its way through Chorus Pro: what is written, since when it is late, and what never changes."""

from __future__ import annotations

from datetime import date, timedelta

import asyncpg
import pytest

import makers
from chorus_makers import ISSUED, LATER, billed, bytes_of, walk
from training.billing.actions.credit import CreditWanted, credit
from training.billing.actions.settle import NewPayment, record_payment
from training.billing.actions.transmit import record, redo_rejected, undo
from training.billing.queries import invoices as queries
from training.billing.queries import transmissions as reading
from training.billing.queries.transmissions import DepositWaiting
from training.billing.rules.payments import Way
from training.billing.rules.transmission import Status, TransmissionStep
from training.directory.rules.organisations import OrganisationKind
from training.kernel import clock, db
from training.kernel.actor import SYSTEM, Actor, Scope
from training.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from training.papers.rules.references import References
from training.records import queries as records

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("database_test", "present")]
S = Status


@pytest.fixture
async def present():
    with clock.frozen(makers.NOON):
        yield


@pytest.fixture
async def bill(database_test, present):
    """An invoice of the town hall; then it is May."""
    made = await billed()
    with clock.frozen(LATER):
        yield made


async def open_deposits():
    return {d.number: d for d in await reading.open_deposits(SYSTEM.scope)}


async def pay(bill, cents: int | None = None) -> None:
    view = await bill.now()
    paid = NewPayment(way=Way.TRANSFER, amount_cents=cents or view.due_cents, received_on=clock.today())
    await record_payment(SYSTEM, paid, {view.receivable: cents or view.due_cents})


async def test_nobody_is_late_before_the_invoice_is_made_available(bill):
    assert (bill.invoice.late_from, bill.invoice.overdue) == (None, False)
    await walk(bill, S.DEPOSITED)
    assert (await bill.now()).late_from is None
    (deposit,) = (await open_deposits()).values()
    assert (deposit.status, deposit.waiting) == (S.DEPOSITED, DepositWaiting.QUIET)


async def test_late_counts_from_the_day_it_was_made_available(bill):
    await walk(bill, S.DEPOSITED, S.AVAILABLE)
    view = await bill.now()
    assert view.late_from == ISSUED + timedelta(days=2 + 30)
    assert (view.transmission, view.overdue) == ("available", True)
    assert view.due_on == bill.invoice.due_on  # what its paper says stays
    assert (await open_deposits())[bill.number].waiting == DepositWaiting.LATE


async def test_the_delay_is_the_one_printed_on_the_invoice(bill):
    await db.execute("update organisation set payment_days = 10 where id = $1", bill.town.organisation)
    await walk(bill, S.DEPOSITED, S.AVAILABLE)
    assert (await bill.now()).late_from == ISSUED + timedelta(days=2 + 30)


async def test_a_suspension_stops_the_delay_and_a_completion_opens_a_new_one(bill):
    await walk(bill, S.DEPOSITED, S.AVAILABLE, S.SUSPENDED)
    view = await bill.now()
    assert (view.late_from, view.overdue) == (None, False)
    assert (await open_deposits())[bill.number].waiting == DepositWaiting.STUCK
    await record(SYSTEM, bill.invoice.id, TransmissionStep(S.COMPLETED, ISSUED + timedelta(days=9), "Feuille ajoutée"))
    assert (await bill.now()).late_from is None
    await record(SYSTEM, bill.invoice.id, TransmissionStep(S.AVAILABLE, ISSUED + timedelta(days=10)))
    assert (await bill.now()).late_from == ISSUED + timedelta(days=40)


async def test_what_is_recycled_keeps_its_number_and_its_bytes(bill):
    before = await bytes_of(bill)
    await walk(bill, S.DEPOSITED, S.TO_RECYCLE)
    put_right = References(service_code="VOIRIE", purchase_order="ENG-2")
    await record(
        SYSTEM, bill.invoice.id, TransmissionStep(S.RECYCLED, clock.today(), siret=makers.SIRET, references=put_right)
    )
    after = await bill.now()
    assert await bytes_of(bill) == before
    assert (after.number, after.references) == (bill.number, References())
    (*_rest, last) = await reading.steps(bill.invoice.id)
    assert (last.siret, last.references) == (makers.SIRET, put_right)
    assert all(series.broken is None for series in await records.verify())


async def test_every_step_leaves_the_bytes_alone(bill):
    before = await bytes_of(bill)
    await walk(bill, S.DEPOSITED, S.AVAILABLE, S.SUSPENDED, S.COMPLETED, S.AVAILABLE, S.MANDATED)
    assert await bytes_of(bill) == before


async def test_a_rejected_invoice_is_cancelled_and_made_again_in_one_act(bill):
    before = await bytes_of(bill)
    await walk(bill, S.DEPOSITED, S.REJECTED)
    made = await redo_rejected(SYSTEM, bill.invoice.id, References(purchase_order="ENG-BON"))
    fresh = await queries.invoice_by_number(SYSTEM.scope, made.number)
    note = await queries.invoice_by_number(SYSTEM.scope, made.credit_note)
    assert (fresh.number, fresh.replaces, fresh.references.purchase_order) == ("F2027-00002", bill.number, "ENG-BON")
    assert (note.corrects, note.reason) == (bill.number, "Il manque la feuille de présence.")
    assert note.issued_on >= bill.invoice.issued_on
    assert await bytes_of(bill) == before
    old = await bill.now()
    assert (old.due_cents, old.credited_cents, fresh.due_cents) == (0, 35_000, 35_000)
    # neither the dead invoice nor its credit note is deposited any more; the new one is
    assert {number: d.status for number, d in (await open_deposits()).items()} == {"F2027-00002": S.TO_DEPOSIT}
    standing = reading.standing(old, [s.step for s in await reading.steps(old.id)])
    assert (standing.cancelled, standing.possible) == (True, ())
    with pytest.raises(Conflict, match="déjà remplacée"):
        await redo_rejected(SYSTEM, bill.invoice.id)


async def test_only_what_the_buyer_rejected_is_made_again(bill):
    await walk(bill, S.DEPOSITED)
    with pytest.raises(Conflict, match="rejetée"):
        await redo_rejected(SYSTEM, bill.invoice.id)
    assert await db.value("select count(*) from invoice") == 1


async def test_paid_is_what_the_money_says(bill):
    await walk(bill, S.DEPOSITED, S.AVAILABLE, S.MANDATED)
    with pytest.raises(Conflict):
        await record(SYSTEM, bill.invoice.id, TransmissionStep(S.PAID, clock.today()))
    await pay(bill, 10_000)
    assert (await open_deposits())[bill.number].due_cents == 25_000
    await pay(bill)
    assert await open_deposits() == {}
    view = await bill.now()
    assert reading.standing(view, [s.step for s in await reading.steps(view.id)]).status == S.PAID
    with pytest.raises(Conflict, match="Réglée"):
        await record(SYSTEM, bill.invoice.id, TransmissionStep(S.SUSPENDED, clock.today(), note="?"))
    with pytest.raises(Conflict):
        await undo(SYSTEM, bill.invoice.id)


async def test_the_same_step_twice_is_written_once(bill):
    await walk(bill, S.DEPOSITED)
    with pytest.raises(Conflict, match="Déposée"):
        await record(SYSTEM, bill.invoice.id, TransmissionStep(S.DEPOSITED, ISSUED + timedelta(days=1)))
    assert len(await reading.steps(bill.invoice.id)) == 1


async def test_a_wrong_step_is_taken_back_and_stays_in_the_history(bill):
    await walk(bill, S.DEPOSITED, S.AVAILABLE, S.REJECTED)
    await undo(SYSTEM, bill.invoice.id, "Mauvaise facture")
    view = await bill.now()
    assert (view.transmission, view.late_from) == ("available", ISSUED + timedelta(days=32))
    (*_rest, last) = await reading.steps(bill.invoice.id)
    assert last.note == "« Rejetée » était une erreur. Mauvaise facture"
    for _ in range(2):
        await undo(SYSTEM, bill.invoice.id)
    assert (await bill.now()).late_from is None
    assert (await open_deposits())[bill.number].waiting == DepositWaiting.TO_DEPOSIT
    with pytest.raises(Conflict):
        await undo(SYSTEM, bill.invoice.id)
    await walk(bill, S.DEPOSITED, S.AVAILABLE)
    assert (await bill.now()).late_from == ISSUED + timedelta(days=32)
    assert len(await reading.steps(bill.invoice.id)) == 8


async def test_the_history_is_written_in_stone(bill):
    await walk(bill, S.DEPOSITED)
    for sql in ("update transmission set note = 'autre'", "delete from transmission"):
        with pytest.raises(asyncpg.PostgresError):
            async with db.atomic():
                await db.execute(sql)


@pytest.mark.parametrize(
    ("on", "field"), [(ISSUED - timedelta(days=1), "happened_on"), (date(2027, 12, 1), "happened_on")]
)
async def test_a_day_that_cannot_be_writes_nothing(bill, on, field):
    with pytest.raises(Invalid) as refused:
        await record(SYSTEM, bill.invoice.id, TransmissionStep(S.DEPOSITED, on))
    assert list(refused.value.errors) == [field]
    assert await reading.steps(bill.invoice.id) == []


async def test_the_clock_set_back_is_refused_in_words(bill):
    await walk(bill, S.DEPOSITED)
    with clock.frozen(makers.NOON), pytest.raises(Invalid) as refused:
        await record(SYSTEM, bill.invoice.id, TransmissionStep(S.AVAILABLE, clock.today()))
    assert "rien ne lui arrive avant" in refused.value.errors["happened_on"]


async def test_a_draft_a_private_buyer_and_nothing_have_no_deposit(database_test, present):
    town = await makers.make_town(issue_without_look=False)
    await makers.make_booking(town, 5)
    private = await makers.make_organisation(
        "Association d’essai", siret=None, kind=OrganisationKind.ASSOCIATION, domain="asso.example.org"
    )
    await db.execute("update organisation set siret = '00007777000012' where id = $1", private)
    await db.execute("update platform set issue_without_look = true")
    own = makers.Town(**{**{n: getattr(town, n) for n in makers.Town.__slots__}, "organisation": private})
    bill = await billed(own)
    assert bill.invoice.payer_buyer == "association"
    with pytest.raises(Conflict, match="courriel"):
        await record(SYSTEM, bill.invoice.id, TransmissionStep(S.DEPOSITED, ISSUED))
    with pytest.raises(NotFound):
        await record(SYSTEM, 999_999, TransmissionStep(S.DEPOSITED, ISSUED))
    assert bill.number not in await open_deposits()


async def test_who_may_not_follow_deposits_is_refused(bill):
    reader = Actor("user", 1, "Lecteur", frozenset({"invoices.see"}), Scope(everything=True))
    for act in (record(reader, bill.invoice.id, TransmissionStep(S.DEPOSITED, ISSUED)), undo(reader, bill.invoice.id)):
        with pytest.raises(Forbidden):
            await act


async def test_the_credit_note_of_what_the_buyer_has_is_deposited_too(bill):
    await walk(bill, S.DEPOSITED, S.AVAILABLE)
    lines = await queries.lines(bill.invoice.id)
    note = await credit(SYSTEM, bill.invoice.id, CreditWanted(reason="Remise accordée", lines={lines[0].id: 5_000}))
    view = await queries.invoice(SYSTEM.scope, note)
    assert await reading.goes_there(view)
    assert (await open_deposits())[view.number].waiting == DepositWaiting.TO_DEPOSIT
    await record(SYSTEM, note, TransmissionStep(S.DEPOSITED, clock.today()))
    await record(SYSTEM, note, TransmissionStep(S.AVAILABLE, clock.today()))
    assert list(await open_deposits()) == [bill.number]


async def test_the_list_costs_one_statement_however_long(bill, statements):
    await walk(bill, S.DEPOSITED)
    statements.clear()
    await reading.open_deposits(SYSTEM.scope)
    assert len(statements) == 1
    assert await reading.open_deposits(Scope(organisations={999: frozenset()})) == []
