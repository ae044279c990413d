"""Reminders as they happen: by the calendar, each once, none to who paid or promised; tasks for the public."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date, timedelta

import pytest

import accounts_makers as books
import makers
from training.accounting.actions.open_balance import Opening, open_balance
from training.billing.actions import settle
from training.billing.queries.invoices import InvoiceView
from training.directory.rules.organisations import Buyer
from training.dunning.actions import pauses, remind
from training.dunning.queries import reminders as reading
from training.dunning.rules.interest import Law
from training.dunning.rules.reminding import PauseKind, ReminderStep
from training.kernel import clock, db
from training.kernel.actor import SYSTEM, Actor, Scope
from training.kernel.errors import Forbidden, Invalid, NotFound
from training.messages import queries as mails
from training.messages.actions.reminders import send_reminder
from training.worker import drain

pytestmark = pytest.mark.anyio

ISSUED = date(2027, 3, 1)
DUE = date(2027, 3, 31)
ADVISER = Actor("user", 1, "Conseil", frozenset({"accounts.see"}), Scope(everything=True))


async def late_invoice() -> InvoiceView:
    """An association's, issued on 1 March, due on 31 March 2027."""
    with clock.frozen(books.noon(ISSUED - timedelta(days=60))):
        town = await makers.make_town()
        payer = await books.association()
    return await books.invoice(town, payer, ISSUED)


async def sweep(*days: date) -> None:
    for day in days:
        with clock.frozen(books.noon(day)):
            await remind.remind_due()
            await drain()


def days(polite: int, firm: int, formal: int) -> dict[ReminderStep, int]:
    return {ReminderStep.POLITE: polite, ReminderStep.FIRM: firm, ReminderStep.FORMAL: formal}


async def sent() -> list[tuple[str, str, int]]:
    found = [m for m in await mails.mails(limit=200) if m.occasion.startswith("reminder_")]
    return [(m.occasion, m.to_email, m.files) for m in sorted(found, key=lambda m: m.id)]


def every_day(first: date, n: int) -> list[date]:
    return [first + timedelta(days=k) for k in range(n)]


async def test_polite_then_firm_then_formal_each_once_with_the_invoice(database_test):
    view = await late_invoice()
    await sweep(*every_day(DUE, 90))
    to = "compta@asso.example.org"
    assert await sent() == [("reminder_polite", to, 1), ("reminder_firm", to, 1), ("reminder_formal", to, 1)]
    taken = await reading.reminders_of(view.receivable)
    assert [(r.step, clock.local(r.created_at).date()) for r in taken] == [
        (ReminderStep.POLITE, date(2027, 4, 12)),  # ten days after is a Saturday
        (ReminderStep.FIRM, date(2027, 5, 3)),
        (ReminderStep.FORMAL, date(2027, 6, 2)),
    ]
    assert all(r.done_at is not None and not r.is_task for r in taken)


async def test_the_mail_says_what_is_left_and_how_to_pay_it(database_test):
    view = await late_invoice()
    await books.pay(view, 10_000, date(2027, 4, 2))
    with clock.frozen(books.noon(ISSUED)):
        await remind.set_late_rate(SYSTEM, Law.PRIVATE, date(2027, 1, 1), 1_215)
    await sweep(date(2027, 4, 12), date(2027, 5, 3), date(2027, 6, 2))
    polite, firm, formal = [
        await mails.mail(m.id) for m in sorted(await mails.mails(limit=200), key=lambda m: m.id)
        if m.occasion.startswith("reminder_")
    ]  # fmt: skip
    for mail in (polite, firm, formal):
        words = " ".join(mail.text.replace("\u00a0", " ").split())
        assert "Reste à payer 250,00 € échéance du" in words
        assert "Montant 350,00 € Déjà réglé 100,00 €" in words
        assert "IBAN FR76 3000 6000 0112 3456 7890 189" in words
        assert f"Référence à indiquer {view.number}" in words
        assert "/lien/" in words
    assert "40,00 €" not in polite.text + firm.text
    words = " ".join(formal.text.split())
    assert "Intérêts de retard à ce jour : 5,28 €." in words  # 350 € one day, then 250 € 62 days, at 12,15 %
    assert "Indemnité forfaitaire pour frais de recouvrement : 40,00 €." in words
    assert "régler 250,00 € au plus tard le jeudi 10 juin" in words


async def test_who_pays_between_the_sweep_and_the_mail_receives_none(database_test):
    view = await late_invoice()
    with clock.frozen(books.noon(date(2027, 4, 12))):
        assert await remind.remind_due() == 1
        await settle.record_payment(
            SYSTEM,
            settle.NewPayment(way="transfer", amount_cents=35_000, received_on=clock.today(), payer=view.payer),
            {view.receivable: 35_000},
        )
        await drain()
    assert await sent() == []
    (taken,) = await reading.reminders_of(view.receivable)
    assert taken.done_at is None
    await sweep(*every_day(date(2027, 4, 12), 80))
    assert await sent() == []


async def test_a_promise_made_between_the_sweep_and_the_mail_is_respected(database_test):
    view = await late_invoice()
    with clock.frozen(books.noon(date(2027, 4, 12))):
        await remind.remind_due()
        await pauses.pause(SYSTEM, view.receivable, PauseKind.PROMISE, date(2027, 4, 20), "")
        await drain()
    assert await sent() == []


async def test_a_promise_holds_to_its_day_and_a_dispute_until_it_ends(database_test):
    view = await late_invoice()
    with clock.frozen(books.noon(date(2027, 4, 9))):
        await pauses.pause(SYSTEM, view.receivable, PauseKind.PROMISE, date(2027, 4, 20), "par téléphone")
        await pauses.pause(SYSTEM, view.receivable, PauseKind.PROMISE, date(2027, 4, 20), "par téléphone")
    assert await db.value("select count(*) from payment_pause") == 1
    await sweep(*every_day(date(2027, 4, 10), 11))
    assert await sent() == []
    await sweep(date(2027, 4, 21))
    assert [m[0] for m in await sent()] == ["reminder_polite"]
    with clock.frozen(books.noon(date(2027, 4, 22))):
        await pauses.pause(SYSTEM, view.receivable, PauseKind.DISPUTE, None, "Facturé deux fois")
    await sweep(*every_day(date(2027, 4, 22), 100))
    assert len(await sent()) == 1
    with clock.frozen(books.noon(date(2027, 8, 2))):
        assert [(one.number, one.pause) for one in await reading.paused()] == [(view.number, PauseKind.DISPUTE)]
        await pauses.resume(SYSTEM, view.receivable)
        await pauses.resume(SYSTEM, view.receivable)
        assert await reading.paused() == []
    await sweep(date(2027, 8, 2), date(2027, 8, 3))
    assert [m[0] for m in await sent()] == ["reminder_polite", "reminder_firm"]


async def test_nobody_is_reminded_while_a_direct_debit_is_on_its_way(database_test):
    view = await late_invoice()
    made = """
        insert into checkout (receivable, key, way, amount_cents, state, door, created_at, updated_at)
        values ($1, 'k', 'sepa', 35000, 'processing', 'space', $2, $2)
    """
    await db.connection().execute(made, view.receivable, clock.now())
    await sweep(date(2027, 4, 12))
    assert await reading.reminders_of(view.receivable) == []
    await db.connection().execute("update checkout set state = 'failed'")
    await sweep(date(2027, 4, 13))
    assert [m[0] for m in await sent()] == ["reminder_polite"]


async def test_a_public_buyer_is_a_task_and_only_once_it_has_the_invoice(database_test):
    with clock.frozen(books.noon(ISSUED - timedelta(days=60))):
        town = await makers.make_town()
    view = await books.invoice(town, town.organisation, ISSUED)
    assert view.payer_buyer == Buyer.PUBLIC
    await sweep(*every_day(DUE, 60))
    assert await reading.reminders_of(view.receivable) == []
    await db.connection().execute("update receivable set due_on = $2 where id = $1", view.receivable, date(2027, 6, 1))
    await sweep(*every_day(date(2027, 6, 1), 20))
    assert await sent() == []
    with clock.frozen(books.noon(date(2027, 6, 25))):
        (task,) = await reading.tasks(clock.now())
        assert (task.number, task.step, task.is_task, task.due_cents) == (
            view.number,
            ReminderStep.POLITE,
            True,
            35_000,
        )
        await remind.task_done(SYSTEM, task.id)
        done = (await reading.reminders_of(view.receivable))[0].done_at
        await remind.task_done(SYSTEM, task.id)
        assert await reading.tasks(clock.now()) == []
    assert (await reading.reminders_of(view.receivable))[0].done_at == done
    await sweep(*every_day(date(2027, 6, 26), 60))
    assert await sent() == []
    assert [r.step for r in await reading.reminders_of(view.receivable)] == list(ReminderStep)


async def test_nobody_to_write_to_becomes_something_to_do_by_hand(database_test):
    view = await late_invoice()
    await db.connection().execute("update contact set active = false where organisation = $1", view.payer)
    await sweep(date(2027, 4, 12))
    assert await sent() == []
    with clock.frozen(books.noon(date(2027, 4, 13))):
        (task,) = await reading.tasks(clock.now())
        assert (task.number, task.is_task) == (view.number, False)


async def test_what_came_from_another_ledger_is_reminded_of_without_a_pdf(database_test):
    with clock.frozen(books.noon(ISSUED)):
        await makers.make_platform()
        payer = await books.association()
        await open_balance(SYSTEM, Opening("2026-118", payer, date(2026, 11, 12), date(2026, 12, 12), 12_000))
    await sweep(date(2027, 3, 2))
    assert await sent() == [("reminder_polite", "compta@asso.example.org", 0)]
    mail = await mails.mail((await mails.mails())[0].id)
    assert "2026-118" in mail.subject
    assert "/espace/association-d-essai" in mail.text


async def test_days_are_the_teams_own(database_test):
    view = await late_invoice()
    await remind.set_reminder_days(SYSTEM, Buyer.ASSOCIATION, days(1, 2, 3))
    await remind.set_reminder_days(SYSTEM, Buyer.ASSOCIATION, days(2, 5, 9))
    assert (await reading.days_of_buyers())[Buyer.ASSOCIATION] == {
        ReminderStep.POLITE: 2,
        ReminderStep.FIRM: 5,
        ReminderStep.FORMAL: 9,
    }
    await sweep(*every_day(DUE, 12))
    assert [clock.local(r.created_at).date() for r in await reading.reminders_of(view.receivable)] == [
        date(2027, 4, 2), date(2027, 4, 5), date(2027, 4, 9),
    ]  # fmt: skip
    with pytest.raises(Invalid):
        await remind.set_reminder_days(SYSTEM, Buyer.PERSON, days(9, 5, 9))
    with pytest.raises(Forbidden):
        await remind.set_reminder_days(ADVISER, Buyer.PERSON, days(1, 5, 9))
    with pytest.raises(Forbidden):
        await remind.set_late_rate(ADVISER, Law.PUBLIC, DUE, 1_000)


async def test_interest_is_shown_and_never_added(database_test):
    view = await late_invoice()
    await remind.set_late_rate(SYSTEM, Law.PRIVATE, date(2027, 1, 1), 1_000)
    await remind.set_late_rate(SYSTEM, Law.PRIVATE, date(2027, 1, 1), 1_215)
    with clock.frozen(books.noon(date(2027, 4, 30))):
        one = await reading.followed(view.receivable)
        cost = await reading.late_cost(one)
        assert (cost.interest_cents, cost.recovery_cents, one.days_late) == (350, 4_000, 30)
        assert await reading.late_cost(replace(one, buyer=Buyer.PERSON)) is None
    assert await db.value("select gross_cents from receivable") == 35_000


async def test_nothing_of_what_does_not_exist(database_test):
    for act in (
        pauses.pause(SYSTEM, 9, PauseKind.DISPUTE, None, "?"),
        pauses.resume(SYSTEM, 9),
        remind.task_done(SYSTEM, 9),
    ):
        with pytest.raises(NotFound):
            await act
    await send_reminder(SYSTEM, 9)
    assert await sent() == []


@pytest.mark.commits
async def test_two_sweeps_at_once_take_each_step_once(database_test):
    view = await late_invoice()
    with clock.frozen(books.noon(date(2027, 4, 12))):
        taken = await asyncio.gather(*(remind.remind_due() for _each in range(4)))
        await drain()
    assert sum(taken) == 1
    assert len(await reading.reminders_of(view.receivable)) == 1
    assert len(await sent()) == 1


async def test_the_sweep_asks_a_constant_number_of_questions_of_what_has_nothing_due(database_test, statements):
    await late_invoice()
    with clock.frozen(books.noon(date(2027, 4, 1))):
        statements.clear()
        assert await remind.remind_due() == 0
    assert len(statements) <= 4
