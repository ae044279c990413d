"""Each mail goes to exactly those whom it is for: a table of what happens, and of who is written to."""

from __future__ import annotations

from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import date, timedelta

import pytest

import makers
from book_rows import owed
from training.attendance.actions import hold_session
from training.billing.actions.ask_missing import ask_missing
from training.billing.actions.credit import CreditWanted, credit
from training.billing.actions.settle import NewPayment, record_payment
from training.billing.rules.payments import Way
from training.bookings.actions import booking, ending
from training.bookings.actions.booking import NewBooking, NewParticipant
from training.catalogue.rules.tariffs import TariffMode
from training.directory.actions import contacts, organisations
from training.directory.actions.contacts import NewContact
from training.directory.rules.organisations import OrganisationKind
from training.dunning.actions.remind import remind_due
from training.identity.actions import roles, signin
from training.identity.rules import Role
from training.kernel import clock, db
from training.kernel.actor import SYSTEM
from training.messages.actions.reminders import send_reminder
from training.scheduling import queries as scheduling
from training.scheduling.actions import assignments
from training.scheduling.actions.changing import Moved, move_session, tell_of_changes
from training.worker import drain

pytestmark = pytest.mark.anyio

BOOKS, PAYS, FACILITATES = "rh@mairie.example.org", "compta@mairie.example.org", "anime@example.org"
ADMINISTRATOR, ADVISER, HOST = "a.admin@essai.example.org", "b.conseil@essai.example.org", "cle@salle.example.org"
TEAM = (ADMINISTRATOR, ADVISER)
Written = list[tuple[str, str]]


@dataclass
class Scene:
    """A town with everybody who could be written to by mistake: a bookkeeper, one who left, a manager, a neighbour."""

    town: makers.Town
    neighbour: int

    async def free(self) -> int:
        offer = await makers.make_offer("bus", mode=TariffMode.FREE, cents=0, reference_cents=20_000)
        return await makers.make_session(offer, starts_at=self.town.starts_at + timedelta(days=2))


@pytest.fixture
async def scene(database_test):
    with clock.frozen(makers.NOON):
        town = await makers.make_town()
        for email, role in (
            (ADMINISTRATOR, Role.ADMINISTRATOR), (ADVISER, Role.ADVISER), ("d.partie@essai.example.org", Role.ADVISER),
            ("c.livres@essai.example.org", Role.BOOKKEEPER),
        ):  # fmt: skip
            await roles.grant(SYSTEM, await roles.add_user(SYSTEM, email, email[:1].upper()), role)
        manager = await roles.add_user(SYSTEM, "responsable@mairie.example.org", "Responsable")
        await roles.grant(SYSTEM, manager, Role.MANAGER, organisation=town.organisation)
        await db.execute("update account set active = false where email like 'd.partie%'")
        await db.execute("update venue set contact_email = $1, contact_name = 'Clé'", HOST)
        neighbour = await makers.make_organisation("Voisine", siret=None, domain="voisine.example.org")
        await contacts.add_contact(SYSTEM, town.organisation, NewContact("Zoé Autre", "autre@mairie.example.org"))
        await drain()
        yield Scene(town, neighbour)


async def written(act: Awaitable[object]) -> Written:
    """(occasion, address) of the mails that an act leads to, in order."""
    last = await db.value("select coalesce(max(id), 0) from mail")
    await act
    await drain()
    found = await db.connection().fetch("select occasion, to_email from mail where id > $1 order by 1, 2", last)
    return [(record["occasion"], record["to_email"]) for record in found]


async def booked(scene: Scene, **more: object) -> int:
    return (await makers.make_booking(scene.town, 4, **more)).id


async def held(scene: Scene) -> None:
    with clock.frozen(scene.town.ends_at + timedelta(days=1)):
        await hold_session(SYSTEM, scene.town.session)
        await drain()


# Bookings


async def test_a_request_that_waits_is_told_to_the_team_and_acknowledged_to_who_asked(scene):
    await db.execute("update organisation set state = 'pending' where id = $1", scene.town.organisation)
    assert await written(booked(scene)) == [
        ("booking_requested", BOOKS), ("staff_booking", ADMINISTRATOR), ("staff_booking", ADVISER),
    ]  # fmt: skip
    assert await written(organisations.approve(SYSTEM, scene.town.organisation)) == [
        ("booking_confirmed", BOOKS), ("invited", HOST), ("organisation_approved", BOOKS),
    ]  # fmt: skip


async def test_a_request_declined_is_told_to_who_asked_alone(scene):
    await db.execute("update organisation set state = 'pending' where id = $1", scene.town.organisation)
    made = await booked(scene)
    await drain()
    assert await written(ending.decline(SYSTEM, made, "Complet")) == [("booking_declined", BOOKS)]


async def test_a_booking_is_confirmed_to_its_contact_and_the_door_is_opened_by_its_host(scene):
    assert await written(booked(scene)) == [("booking_confirmed", BOOKS), ("invited", HOST)]
    named = (NewParticipant("Léa", "lea@example.org"), NewParticipant("Sans Adresse"))
    made = await db.value("select id from booking")
    assert await written(booking.name_participants(SYSTEM, made, named, invite=False)) == []
    assert await written(booking.name_participants(SYSTEM, made, named, invite=True)) == [
        ("invited", "lea@example.org")
    ]
    assert await written(ending.cancel(SYSTEM, made)) == [
        ("booking_cancelled", BOOKS), ("uninvited", HOST), ("uninvited", "lea@example.org"),
    ]  # fmt: skip


async def test_an_option_and_its_end_are_told_to_its_contact(scene):
    assert await written(booked(scene, option=True)) == [("booking_optioned", BOOKS)]
    with clock.frozen(await db.value("select expires_at from booking") + timedelta(minutes=1)):
        assert await written(ending.expire_options()) == [("booking_expired", BOOKS)]


async def test_the_waiting_list_is_told_to_who_stands_on_it(scene):
    await makers.make_booking(scene.town, 60)
    await drain()
    new = NewBooking(scene.town.session, scene.neighbour, 4)
    assert await written(booking.wait(SYSTEM, new)) == [("booking_waiting", "rh@voisine.example.org")]


async def test_a_session_that_moves_is_told_to_who_comes_and_in_words_to_who_holds(scene):
    await booked(scene)
    option = NewBooking(scene.town.session, scene.neighbour, 4, option=True)
    await booking.book(SYSTEM, option)
    await drain()
    slot = (await scheduling.slots([scene.town.session]))[scene.town.session][0]
    hour = timedelta(hours=1)
    move = {slot.id: Moved(slot.starts_at + hour, slot.ends_at + hour, scene.town.venue)}
    with clock.frozen(makers.NOON + timedelta(minutes=1)):
        await move_session(SYSTEM, scene.town.session, move)
    with clock.frozen(makers.NOON + timedelta(minutes=5)):
        assert await written(tell_of_changes()) == [
            ("booking_moved", "rh@voisine.example.org"), ("session_changed", FACILITATES), ("session_changed", HOST),
            ("session_changed", BOOKS),
        ]  # fmt: skip


async def test_a_session_called_off_is_told_to_who_had_it_and_not_to_who_had_left(scene):
    gone = await booked(scene)
    await booking.book(SYSTEM, NewBooking(scene.town.session, scene.neighbour, 4))
    await ending.cancel(SYSTEM, gone)
    await drain()
    assert await written(ending.call_off_session(SYSTEM, scene.town.session, "Neige")) == [
        ("assignment_cancelled", FACILITATES), ("booking_cancelled", "rh@voisine.example.org"), ("uninvited", HOST),
    ]  # fmt: skip


# Facilitators


async def test_a_facilitator_s_no_is_told_to_the_team_and_another_s_date_to_nobody_else(scene):
    assignment = await db.value("select id from assignment")
    assert await written(assignments.answer_assignment(SYSTEM, assignment, accepts=True)) == []
    assert await written(assignments.answer_assignment(SYSTEM, assignment, accepts=False)) == [
        ("assignment_cancelled", FACILITATES),
        *(("staff_facilitator_declined", one) for one in TEAM),
    ]
    second = await makers.make_facilitator("b@example.org", "Bob")
    assert await written(assignments.assign(SYSTEM, scene.town.slot, second)) == [
        ("assignment_confirmed", "b@example.org")
    ]
    third = await makers.make_facilitator("c@example.org", "Cléo")
    current = await db.value("select id from assignment where facilitator = $1", second)
    assert await written(assignments.replace_facilitator(SYSTEM, current, third)) == [
        ("assignment_cancelled", "b@example.org"), ("assignment_confirmed", "c@example.org"),
    ]  # fmt: skip


# Money


async def test_what_is_invoiced_credited_and_received_is_told_to_who_pays(scene):
    await booked(scene)
    await drain()
    assert await written(held(scene)) == [("invoice_issued", PAYS)]
    with clock.frozen(scene.town.ends_at + timedelta(days=2)):
        invoice, owing, payer = await db.connection().fetchrow("select invoice, id, payer from receivable")
        new = NewPayment(way=Way.CASH, amount_cents=1_000, received_on=clock.today(), payer=payer)
        assert await written(record_payment(SYSTEM, new, {owing: 1_000})) == [("payment_received", PAYS)]
        assert await written(credit(SYSTEM, invoice, CreditWanted(reason="Erreur"))) == [("credit_note_issued", PAYS)]


async def test_what_was_free_is_confirmed_to_who_booked(scene):
    session = await scene.free()
    made = await booking.book(SYSTEM, NewBooking(session, scene.town.organisation, 3))
    await drain()
    with clock.frozen(scene.town.ends_at + timedelta(days=4)):
        assert await written(hold_session(SYSTEM, session, {made.id: 3})) == [("free_confirmed", BOOKS)]


async def test_a_number_that_is_missing_is_asked_of_who_pays(scene):
    await db.execute("update platform set issue_without_look = false")
    await db.execute("update organisation set chorus_needs = 'engagement' where id = $1", scene.town.organisation)
    await booked(scene)
    await drain()
    assert await written(held(scene)) == []
    draft = await db.value("select id from invoice")
    assert await written(ask_missing(SYSTEM, draft)) == [("invoice_lacking", PAYS)]


async def test_a_reminder_goes_to_who_pays_and_a_public_buyer_is_called(scene):
    payer = await makers.make_organisation(
        "Asso", siret=None, kind=OrganisationKind.ASSOCIATION, domain="asso.example.org"
    )
    for number, who in (("OLD1", payer), ("OLD2", scene.town.organisation)):
        await owed(number, who, date(2027, 1, 4), due=date(2027, 1, 4))
    assert await written(remind_due()) == [("reminder_polite", "compta@asso.example.org")]
    task = await db.value("select id from reminder where is_task")
    assert await written(send_reminder(SYSTEM, task)) == [], "a task is somebody's to do, and never a mail"


# People


async def test_who_asks_to_come_in_is_answered_alone_known_or_not(scene):
    for email in ("inconnue@example.org", ADMINISTRATOR):
        assert await written(signin.request(email, network="n")) == [("signin", email)]


async def test_a_new_organisation_is_told_to_the_team(scene):
    assert await written(makers.make_organisation("Neuve", siret=None, approved=False, domain="neuve.example.org")) == [
        ("staff_organisation", one) for one in TEAM
    ]


async def test_who_was_approved_meanwhile_is_welcomed_and_waits_for_nobody(scene):
    async def both() -> None:
        made = await makers.make_organisation("Vite", siret=None, approved=False, domain="vite.example.org")
        await organisations.approve(SYSTEM, made)

    assert await written(both()) == [("organisation_approved", "rh@vite.example.org")]
