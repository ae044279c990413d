"""A year in which everything happens: what tests of traces walk."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, time, timedelta

import pytest

import accounts_makers
import audited_calls
import audited_catalogue
import audited_deliverers
import audited_imports
import audited_organisations
import audited_people
import audited_places
import audited_tariffs
import makers
from training import timetable
from training.accounting.actions.accounts import export_journal, set_accounts
from training.accounting.actions.close import close_period
from training.accounting.actions.open_balance import Opening, open_balance, open_balances
from training.accounting.actions.write_year import write_year
from training.accounting.formats.opening_csv import OpeningRow
from training.accounting.rules.accounts import Accounts
from training.attendance.actions import admit, hold_session
from training.billing.actions import ask_missing, client_facts, deposit, edit_draft, make_billable, settle, transmit
from training.billing.actions.buyer_facts import set_buyer_facts
from training.billing.actions.credit import CreditWanted, credit, credit_and_reissue
from training.billing.actions.issue import issue
from training.billing.actions.renew_link import renew_link
from training.billing.actions.set_numbering import Start, set_numbers
from training.billing.actions.share import Share, share
from training.billing.actions.undo_held import undo_held
from training.billing.queries import invoices as billing
from training.billing.rules.payments import Way
from training.billing.rules.states import BillingSeries, InvoiceState
from training.billing.rules.transmission import Status, TransmissionStep
from training.bookings.actions import booking as bookings
from training.bookings.actions import ending
from training.bookings.actions.booking import NewBooking, NewParticipant
from training.bookings.actions.resizing import resize
from training.calendar.actions import answers, feeds
from training.calendar.rules import Answer
from training.catalogue.rules.tariffs import TariffMode
from training.directory import queries as directory_queries
from training.directory.actions import contacts, organisations
from training.directory.actions.contacts import NewContact
from training.directory.actions.organisations import NewOrganisation
from training.directory.rules.billing_facts import BillingFacts, OwnFacts
from training.directory.rules.organisations import Buyer, OrganisationKind
from training.dunning.actions import pauses, remind
from training.dunning.rules.interest import Law
from training.dunning.rules.reminding import USUAL, PauseKind
from training.kernel import clock, db, settings
from training.kernel.actor import SYSTEM, Actor, Scope
from training.messages.actions import delivery, trial
from training.messages.clients import smtp
from training.papers.rules.lines import LineKind
from training.papers.rules.references import References
from training.payments.actions import checkout, stripe_events
from training.payments.actions import import_statement as bank
from training.payments.clients import stripe
from training.payments.queries import statements
from training.payments.rules.columns import Meaning
from training.records.actions.give_number import set_series
from training.records.actions.jobs import retry_job
from training.scheduling.actions import assignments, changing
from training.scheduling.actions import planning as scheduling
from training.scheduling.actions.changing import Moved
from training.scheduling.rules import SessionState
from training.worker import drain

STAFF = Actor("user", 4_711, "Ève Équipe", frozenset({"bookings.cancel"}), Scope(everything=True))


async def _people(session: int, organisation: int) -> None:
    """What people of the office and of organisations do, that the story leaves out."""
    await audited_people.deliver()
    await bookings.wait(SYSTEM, NewBooking(session, organisation, 60))
    new = await makers.make_organisation("Nouvelle", siret=None, approved=False, domain="nouvelle.example.org")
    asked = await bookings.book(SYSTEM, NewBooking(session, new, 1))
    await ending.decline(SYSTEM, asked.id, "Complet.")
    await organisations.approve(SYSTEM, new)
    await audited_people.enter(organisation)
    await feeds.open_feed(SYSTEM, "Agenda de Nina", organisation=organisation)
    await feeds.rotate_feed(SYSTEM, await db.value("select max(id) from feed_token"))
    await feeds.close_feed(SYSTEM, await db.value("select max(id) from feed_token"))
    await retry_job(SYSTEM, 1)


async def _changes(session: int, slot: int) -> None:
    """The plan changes, facilitators change, readers answer."""
    start, end = await db.connection().fetchrow("select starts_at, ends_at from slot where id = $1", slot)
    venue = await db.value("select venue from venue_use where slot = $1", slot)
    await changing.move_session(SYSTEM, session, {slot: Moved(start, end + timedelta(minutes=30), venue)})
    await changing.edit_session(SYSTEM, session, capacity=61, closes_at=start, note="")
    await changing.renew_session_link(SYSTEM, session)
    await changing.edit_venue(SYSTEM, venue, {"access": "Par le portail."})
    offer = await db.value("select offer from session where id = $1", session)
    await audited_catalogue.edit(offer)
    await audited_tariffs.price(offer)
    await audited_tariffs.fund(offer)
    await audited_catalogue.write(offer)
    await changing.tell_later_of_offer(SYSTEM, await db.value("select offer from session where id = $1", session))
    with clock.frozen(clock.now() + timedelta(minutes=2)):
        await changing.tell_of_changes()
    other = await makers.make_facilitator("bruno@example.org", "Bruno")
    first = await db.value("select id from assignment where slot = $1", slot)
    second = await assignments.replace_facilitator(SYSTEM, first, other)
    await answers.answer(SYSTEM, await db.value("select id from invitation where role = 'contact'"), Answer.ACCEPTED)
    await assignments.answer_assignment(SYSTEM, second, accepts=True)
    await assignments.withdraw_assignment(SYSTEM, second)
    await assignments.assign(SYSTEM, slot, await db.value("select facilitator from assignment where id = $1", first))


async def _money() -> None:
    """What is paid, taken back and given up."""
    owed, payer = await db.connection().fetchrow("select id, payer from receivable order by id limit 1")
    new = settle.NewPayment(way=Way.CHEQUE, amount_cents=900, received_on=clock.today(), payer=payer)
    payment = await settle.record_payment(SYSTEM, new)
    await settle.settle(SYSTEM, payment, {owed: 500})
    await settle.take_back(SYSTEM, payment, owed, "Erreur.")
    await settle.refund(SYSTEM, payment, 300, clock.today(), "Trop payé.")
    await settle.write_off(SYSTEM, owed, 100, "Petit reste.")
    await set_series(SYSTEM, "trial", "T", 12)
    await renew_link(SYSTEM, await db.value("select invoice from receivable where id = $1", owed))


async def _facts(organisation: int, offer: int) -> None:
    """What staff write of who pays and of what is sold."""
    view = await directory_queries.organisation(organisation)
    assert view is not None
    facts = {name: getattr(view, name) for name in BillingFacts.__slots__ if name != "services"}
    await set_buyer_facts(SYSTEM, organisation, BillingFacts(**facts))
    contact = NewContact("Nina Nouvelle", "nina.compta@mairie.example.org", for_billing=True)
    made = await contacts.add_contact(SYSTEM, organisation, contact)
    await contacts.edit_contact(SYSTEM, made, replace(contact, email="nina.ailleurs@mairie.example.org"), active=False)
    person = NewOrganisation("Nina", OrganisationKind.PERSON, None, "1 rue", "61000", "Alençon")
    await organisations.add_payer(SYSTEM, person, NewContact("Nina", "nina.seule@example.org", for_billing=True))
    await audited_catalogue.bill(offer)


async def _credits() -> None:
    """What is taken back, in part and then with a new draft in its place; and the receipt of what was paid."""
    invoice, line = await db.connection().fetchrow(
        "select invoice, l.id from invoice_line l join invoice i on i.id = invoice where i.state = 'issued' order by 1"
    )
    await credit(SYSTEM, invoice, CreditWanted(reason="Une heure de moins.", lines={line: 100}))
    await credit_and_reissue(SYSTEM, invoice, "Mauvais engagement.")
    await drain()


async def _drafts(town: makers.Town) -> None:
    """What is put right before it is issued: who pays, which lines, what is asked; a deposit; a mistake undone."""
    await undo_held(SYSTEM, town.session, "Erreur.")
    await hold_session(SYSTEM, town.session)
    await drain()
    draft = max(d.id for d in await billing.invoices(SYSTEM.scope, state=InvoiceState.DRAFT))
    new = edit_draft.NewLine(kind=LineKind.EXTRA, description="Salle", unit_price_cents=900)
    line = await edit_draft.add_line(SYSTEM, draft, new)
    await edit_draft.change_line(SYSTEM, line, replace(new, unit_price_cents=800))
    await edit_draft.remove_line(SYSTEM, await edit_draft.add_line(SYSTEM, draft, new))
    await edit_draft.move_line(SYSTEM, line)
    await edit_draft.edit_draft(SYSTEM, draft, edit_draft.DraftFacts(subject="Vélo"))
    await db.execute("update organisation set chorus_needs = 'both', early_billing_reason = 'Régie.'")
    await ask_missing.ask_missing(SYSTEM, draft)
    await drain()
    await ask_missing.complete_facts(SYSTEM, draft, References(purchase_order="2027-1", service_code="DRH"))
    await ask_missing.complete_booking(SYSTEM, draft, 0, References(purchase_order="2027-2"))
    await db.execute("update organisation set chorus_needs = 'none'")
    later = await makers.make_session(town.offer, starts_at=town.starts_at + timedelta(days=60))
    booked = await bookings.book(SYSTEM, NewBooking(later, town.organisation, 4))
    await deposit.ask_deposit(SYSTEM, booked.id, percent=30)
    await deposit.drop_deposit(SYSTEM, booked.id)
    other = await makers.make_organisation("Communauté", siret=None, domain="communaute.example.org")
    await share(SYSTEM, booked.id, [Share(payer=other, seats=4)])
    await db.execute("update organisation set billing_moment = 'confirmed'")
    await makers.book_apart(replace(town, session=later), 3)
    await drain()


async def _chorus(town: makers.Town) -> None:
    """An invoice on Chorus Pro, taken back and rejected; and what a client tells for its own."""
    last = "select max(id) from invoice where state = 'issued' and kind = 'invoice'"
    rejected = await db.value(f"{last} and id not in (select replaces from invoice where replaces is not null)")
    for status in (Status.DEPOSITED, Status.AVAILABLE, Status.REJECTED):
        await transmit.record(SYSTEM, rejected, TransmissionStep(status, clock.today(), note="Mauvais service."))
    await transmit.undo(SYSTEM, rejected)
    await transmit.record(
        SYSTEM, rejected, TransmissionStep(Status.REJECTED, clock.today(), note="Mauvais engagement.")
    )
    await transmit.redo_rejected(SYSTEM, rejected)
    later = await makers.make_session(town.offer, starts_at=clock.now() + timedelta(days=30))
    booked = await bookings.book(SYSTEM, NewBooking(later, town.organisation, 2))
    await db.execute("update organisation set siret = null where id = $1", town.organisation)
    told = client_facts.FactsTold(own=OwnFacts(siret=makers.SIRET), references=References(purchase_order="2027-2"))
    await client_facts.tell_for_booking(SYSTEM, booked.id, told)
    await client_facts.follow_references(SYSTEM, booked.id)
    await drain()
    if draft := await db.value("select max(id) from invoice where state = 'draft'"):
        told = client_facts.FactsTold(references=References(service_code="DRH"))
        await client_facts.tell_for_invoice(SYSTEM, draft, told)


async def _bank() -> None:
    """What a bank says, and what is said of it."""
    said = (Meaning.DATE, Meaning.LABEL, Meaning.AMOUNT)
    rows = "\n".join(f"{clock.today()};VIR {n};{n},00" for n in range(1, 4))
    statement = await bank.import_statement(SYSTEM, "releve.csv", f"Date;Motif;Montant\n{rows}\n".encode())
    await bank.read_columns(SYSTEM, statement, said)
    first, other, _last = [line.id for line in await statements.lines(statement=statement)]
    await bank.confirm(SYSTEM, first, {}, payer=await db.value("select min(id) from organisation"))
    await bank.undo(SYSTEM, first)
    await bank.set_aside(SYSTEM, other, "Subvention.")
    unread = await bank.import_statement(SYSTEM, "autre.csv", b"Date;Nature;Montant\n01/02/2027;VIR;1,00\n")
    await bank.drop_unread(SYSTEM, unread)


async def _online() -> None:
    """What is tried online, and what Stripe tells; Stripe itself is away."""
    owed = await db.value("select id from receivable where settled_cents < gross_cents and invoice is not null limit 1")
    async with db.atomic():
        await db.execute("update organisation set online_payment_reason = 'Régie'")

    async def opened(_asked: stripe.Asked) -> stripe.Opened:
        return stripe.Opened("cs_1", "https://pay.example.org/1", "open")

    before = settings.current()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stripe, "open_session", opened)
        settings.use(replace(before, stripe_secret_key="sk_test_1"))
        try:
            await checkout.begin(SYSTEM, owed, Way.CARD)
        finally:
            settings.use(before)
    told = {"id": "evt_1", "type": "customer.created", "data": {"object": {"id": "cus_1", "object": "customer"}}}
    await stripe_events.receive(stripe.StripeNotice("evt_1", "customer.created", None, json.dumps(told)))
    await stripe_events.replay(SYSTEM)
    payment = await db.value("select id from payment where used_cents < amount_cents limit 1")
    await settle.refund(SYSTEM, payment, 1, clock.today(), "Trop payé.")
    await settle.return_refund(SYSTEM, payment, 1, "Revenu.")


async def _books() -> None:
    """What is reminded of, taken over, exported and closed."""
    payer = await accounts_makers.association("Nouvelle Association")
    today = clock.today()
    old = today - timedelta(days=90)
    owed = await open_balance(SYSTEM, Opening("ANCIEN-1", payer, old - timedelta(days=30), old, 5_000))
    await open_balances(SYSTEM, [OpeningRow(2, "ANCIEN-2", "nouvelle-association", old, today, 700)])
    await remind.set_reminder_days(SYSTEM, Buyer.ASSOCIATION, USUAL[Buyer.ASSOCIATION])
    await remind.set_late_rate(SYSTEM, Law.PRIVATE, old, 1_215)
    await remind.remind_due()
    await drain()
    await remind.task_done(SYSTEM, await db.value("select max(id) from reminder"))
    await pauses.pause(SYSTEM, owed, PauseKind.DISPUTE, None, "Litige.")
    await pauses.resume(SYSTEM, owed)
    await pauses.follow_dispute(SYSTEM, owed)
    await set_accounts(SYSTEM, Accounts())
    await export_journal(SYSTEM, today.replace(month=1, day=1), today)
    await close_period(SYSTEM, today.replace(day=1) - timedelta(days=1))
    for occasion in ("firm", "formal"):
        with clock.frozen(clock.now() + timedelta(days=100 if occasion == "firm" else 200)):
            await remind.remind_due()
            await drain()


async def _undecided(town: makers.Town) -> None:
    """Who had no term gets one, an option runs out; and of a session that was held, one whom nobody confirmed came."""
    session = await makers.make_session(town.offer, starts_at=town.starts_at)
    here = replace(town, session=session)
    await makers.make_booking(here, 2, option=True)
    new = await makers.make_organisation("Lente", siret=None, approved=False, domain="lente.example.org")
    asked = await bookings.book(SYSTEM, NewBooking(session, new, 1))
    await db.execute("update booking set expires_at = null where id = $1", asked.id)
    await ending.expire_options()
    with clock.frozen(town.starts_at - timedelta(minutes=30)):
        await ending.expire_options()
        came, absent = [(await makers.book_beside(here, 2, option=True)).id for _time in range(2)]
    with clock.frozen(town.ends_at + timedelta(hours=1)):
        await hold_session(SYSTEM, session)
        await admit(SYSTEM, came, 2)
        await ending.end_absent(SYSTEM, absent)
        await drain()


async def _kept_back() -> None:
    """What would be issued by itself is kept back, and something else is not."""
    first, other = await db.connection().fetch("select id from invoice where state = 'draft' order by id limit 2")
    await db.execute("update invoice set issue_at = $1 where id = any($2)", clock.now(), [first["id"], other["id"]])
    await make_billable.keep_back(SYSTEM, first["id"])
    await make_billable.issue_due()


async def _departures() -> None:
    """The mail server is tried, refuses, and takes again."""
    answers = iter([smtp.TransientRefusal("no"), None])

    async def greeted(*_args: object, **_more: object) -> None:
        if refusal := next(answers):
            raise refusal

    async def sent(*_args: object, **_more: object) -> str:
        return "250 2.0.0 Ok"

    before = settings.current()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(smtp, "greet", greeted)
        patch.setattr(smtp, "send", sent)
        settings.use(replace(before, smtp_url="smtp://127.0.0.1:2525"))
        try:
            await trial.send_trial(SYSTEM, "nina@example.org")
            await delivery.knock()
            await delivery.knock()
            await delivery.deliver_due()
        finally:
            settings.use(before)


async def the_year() -> None:
    """The whole story, with everything that may happen on its way."""
    await makers.make_staff()
    await set_numbers(SYSTEM, {BillingSeries.RECEIPT: Start("RC", 12)})
    town = await makers.make_town(issue_without_look=False)
    await _facts(town.organisation, town.offer)
    booked = await makers.make_booking(town, 20)
    await bookings.name_participants(SYSTEM, booked.id, (NewParticipant("Nina Nouvelle", "nina@example.org"),))
    option = await makers.book_beside(town, 5, option=True)
    await bookings.confirm(SYSTEM, option.id)
    await makers.book_beside(town, 5, option=True)
    gone = await makers.book_beside(town, 5)
    await resize(SYSTEM, gone.id, 6)
    await ending.cancel(STAFF, gone.id)
    await _people(town.session, town.organisation)
    await audited_deliverers.equip(town)
    await audited_deliverers.join()
    await audited_people.come_and_go(town)
    await audited_imports.bring()
    await audited_places.settle()
    await audited_calls.answer(town)
    await audited_organisations.come_to_an_end(town)
    draft = await makers.make_session(town.offer, starts_at=town.ends_at, state=SessionState.DRAFT)
    await scheduling.publish_session(SYSTEM, draft)
    await assignments.assign(SYSTEM, await db.value("select max(id) from slot"), town.facilitator)
    await ending.call_off_session(SYSTEM, draft, "Verglas.")
    await ending.reinstate_session(SYSTEM, draft)
    await ending.call_off_session(SYSTEM, draft, "Encore du verglas.")
    free = await makers.make_offer("gratuit", mode=TariffMode.FREE, cents=0)
    session = await makers.make_session(free, starts_at=town.starts_at)
    await bookings.book(SYSTEM, NewBooking(session, town.organisation, 3))
    await drain()
    await _changes(town.session, town.slot)
    await drain()
    await _undecided(town)
    with clock.frozen(town.ends_at + timedelta(days=8)):
        await db.execute("insert into free_due (booking, due_at) select max(id), $1 from booking", clock.now())
        for appointment in timetable.TIMETABLE:
            await appointment.run()
        for held in (town.session, session):
            await hold_session(SYSTEM, held)
        await drain()
        await _kept_back()
        await _drafts(town)
        for waiting in await billing.invoices(SYSTEM.scope, state=InvoiceState.DRAFT):
            if not await billing.blockers(waiting.id):
                await issue(SYSTEM, waiting.id)
        await drain()
        await _money()
        await _books()
        await _online()
        await _bank()
        await _credits()
        await _chorus(town)
        await delivery.retry(SYSTEM, await db.value("select max(id) from mail"))
        await _departures()
    with clock.frozen(clock.at(date(2028, 2, 1), time(12))):
        await close_period(SYSTEM, date(2027, 12, 31))
        await write_year(SYSTEM, date(2027, 12, 31))
