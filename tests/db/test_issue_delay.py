"""« Une erreur se défait » was not true: a click on « réalisée » issued the invoices at once, for ever."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

import makers
from training.attendance.actions import admit, hold_session
from training.billing.actions.ask_missing import complete_booking, complete_facts
from training.billing.actions.confirm_free import confirm_due
from training.billing.actions.deposit import ask_deposit
from training.billing.actions.issue import issue
from training.billing.actions.make_billable import issue_due, keep_back
from training.billing.actions.share import Share, share
from training.billing.actions.undo_held import undo_held
from training.bookings.actions.booking import NewBooking, book, confirm
from training.catalogue.rules.tariffs import TariffMode
from training.directory.actions.platform import set_platform
from training.kernel import clock, db
from training.kernel.actor import SYSTEM, Actor
from training.kernel.errors import Conflict
from training.kernel.permissions import Permission
from training.papers.rules.references import References
from training.worker import drain

pytestmark = pytest.mark.anyio
PERSON = Actor("user", 1, "Ève", frozenset(Permission))
MINUTE = timedelta(minutes=1)


async def held_by(actor: Actor, **platform: object) -> makers.Town:
    """A session with a priced booking, said to be held."""
    town = await makers.make_town(**{"issue_delay_minutes": 10, **platform})
    await makers.make_booking(town, 5)
    with clock.frozen(town.ends_at):
        await hold_session(actor, town.session)
        await drain()
    return town


async def invoice():
    return await db.connection().fetchrow("select id, state, issue_at, kept_back_at from invoice")


async def due(at) -> int:
    """What the timetable does at an hour."""
    with clock.frozen(at):
        n = await issue_due()
        await drain()
    return n


async def test_what_a_person_marks_is_issued_ten_minutes_later(database_test):
    town = await held_by(PERSON)
    assert (await invoice())["state"] == "draft"
    assert (await invoice())["issue_at"] == town.ends_at + 10 * MINUTE
    assert await due(town.ends_at + 9 * MINUTE) == 0
    assert await due(town.ends_at + 10 * MINUTE) == 1
    assert (await invoice())["state"] == "issued"
    assert await due(town.ends_at + 11 * MINUTE) == 0


async def test_until_then_the_mistake_is_undone(database_test):
    town = await held_by(PERSON)
    with clock.frozen(town.ends_at + 9 * MINUTE):
        await undo_held(PERSON, town.session, "Mauvaise séance.")
    assert await invoice() is None
    assert await due(town.ends_at + 10 * MINUTE) == 0
    assert await db.value("select state from session where id = $1", town.session) == "published"


async def test_kept_back_it_waits_for_a_person(database_test):
    town = await held_by(PERSON)
    draft = (await invoice())["id"]
    with clock.frozen(town.ends_at + 5 * MINUTE):
        await keep_back(PERSON, draft)
        await keep_back(PERSON, draft)
    assert await due(town.ends_at + 60 * MINUTE) == 0
    assert (await invoice())["state"] == "draft"
    with clock.frozen(town.ends_at + 60 * MINUTE):
        assert await issue(PERSON, draft)
    with pytest.raises(Conflict):
        await keep_back(PERSON, draft)


async def free_held_by(actor: Actor, **platform: object) -> tuple[int, datetime]:
    """A free session that was said to be held, and when it ended."""
    town = await makers.make_town(**{"issue_delay_minutes": 10, **platform})
    offer = await makers.make_offer("bus", mode=TariffMode.FREE, cents=0, reference_cents=20_000)
    session = await makers.make_session(offer, starts_at=town.starts_at + timedelta(days=2))
    await book(SYSTEM, NewBooking(session, town.organisation, 3))
    ends_at = await db.value("select ends_at from session where id = $1", session)
    with clock.frozen(ends_at):
        await hold_session(actor, session)
        await drain()
    return session, ends_at


async def confirmed() -> tuple[int, int]:
    """Papers of free sessions, and mails that carry them."""
    mails = "select count(*) from mail where occasion = 'free_confirmed'"
    return await db.value("select count(*) from free_confirmation"), await db.value(mails)


async def free_due(at: datetime) -> int:
    with clock.frozen(at):
        n = await confirm_due()
        await drain()
    return n


async def test_a_free_confirmation_left_at_once_and_could_not_be_undone(database_test):
    session, ends_at = await free_held_by(PERSON)
    assert await confirmed() == (0, 0)
    assert await free_due(ends_at + 9 * MINUTE) == 0
    with clock.frozen(ends_at + 9 * MINUTE):
        assert (await undo_held(PERSON, session, "Mauvaise séance.")).confirmations == 0
    assert await free_due(ends_at + 60 * MINUTE) == 0
    assert await confirmed() == (0, 0)
    with clock.frozen(ends_at + 70 * MINUTE):
        await hold_session(PERSON, session)
        await drain()
    assert await free_due(ends_at + 79 * MINUTE) == 0, "ten minutes of its own"
    assert await free_due(ends_at + 80 * MINUTE) == 1
    assert await confirmed() == (1, 1)
    assert await free_due(ends_at + 90 * MINUTE) == 0


async def test_a_free_confirmation_that_a_program_or_no_delay_asks_for_leaves_at_once(database_test):
    await free_held_by(replace(PERSON, kind="apikey"))
    assert await confirmed() == (1, 1)


async def test_without_a_delay_a_free_confirmation_leaves_at_once(database_test):
    await free_held_by(PERSON, issue_delay_minutes=0)
    assert await confirmed() == (1, 1)


async def test_who_came_to_a_free_session_unconfirmed_has_the_same_minutes(database_test):
    session, ends_at = await free_held_by(PERSON)
    assert await free_due(ends_at + 10 * MINUTE) == 1
    other = await makers.make_organisation("Voisine", siret=None, domain="voisine.example.org")
    with clock.frozen(ends_at - timedelta(days=1)):
        await db.execute("update session set state = 'published' where id = $1", session)
        option = await book(SYSTEM, NewBooking(session, other, 2, option=True))
        await db.execute("update session set state = 'held' where id = $1", session)
    with clock.frozen(ends_at + 20 * MINUTE):
        await admit(PERSON, option.id, 2)
        await drain()
    assert await confirmed() == (1, 1), "nothing twice"
    assert await free_due(ends_at + 30 * MINUTE) == 1
    assert await confirmed() == (2, 2)


async def test_a_program_s_key_waits_for_nothing(database_test):
    await held_by(replace(PERSON, kind="apikey"))
    assert (await invoice())["state"] == "issued"


async def test_no_delay_issues_at_once_and_a_look_waits_for_ever(database_test):
    town = await held_by(PERSON, issue_without_look=False)
    assert ((await invoice())["state"], (await invoice())["issue_at"]) == ("draft", None)
    with pytest.raises(Conflict):
        await keep_back(PERSON, (await invoice())["id"])
    await undo_held(PERSON, town.session, "Pour voir.")
    await set_platform(SYSTEM, {"issue_without_look": True, "issue_delay_minutes": 0})
    with clock.frozen(town.ends_at):
        await hold_session(PERSON, town.session)
        await drain()
    assert (await invoice())["state"] == "issued"


KEY = replace(PERSON, kind="apikey")


async def booked_in_town(**platform: object) -> tuple[makers.Town, int]:
    town = await makers.make_town(**{"issue_delay_minutes": 10, **platform})
    await db.execute("update organisation set buyer = 'association'")
    return town, (await makers.make_booking(town, 5)).id


async def standing() -> tuple[str, datetime | None, datetime | None]:
    found = await invoice()
    return found["state"], found["issue_at"], found["kept_back_at"]


async def test_a_deposit_that_a_person_asked_for_was_issued_at_once(database_test):
    """Numbered and mailed within the minute, where its page said that it waits."""
    with clock.frozen(makers.NOON):
        _town, booking = await booked_in_town()
        draft = await ask_deposit(PERSON, booking, percent=30)
        await drain()
    assert await standing() == ("draft", makers.NOON + 10 * MINUTE, None)
    with clock.frozen(makers.NOON):
        await keep_back(PERSON, draft)
    assert await due(makers.NOON + 60 * MINUTE) == 0
    assert await standing() == ("draft", None, makers.NOON)


async def test_a_deposit_leaves_after_its_minutes_and_at_once_for_a_program(database_test):
    with clock.frozen(makers.NOON):
        town, booking = await booked_in_town()
        await ask_deposit(PERSON, booking, percent=30)
        await drain()
    assert await due(makers.NOON + 10 * MINUTE) == 1
    assert (await standing())[0] == "issued"
    other = await makers.make_organisation("Voisine", siret="00007775000008", domain="voisine.example.org")
    await db.execute("update organisation set buyer = 'association'")
    with clock.frozen(makers.NOON):
        second = await book(SYSTEM, NewBooking(town.session, other, 2))
        draft = await ask_deposit(KEY, second.id, percent=30)
        await drain()
    assert await db.value("select state from invoice where id = $1", draft) == "issued"


async def test_a_deposit_waits_for_ever_where_somebody_looks_first(database_test):
    _town, booking = await booked_in_town(issue_without_look=False)
    await ask_deposit(PERSON, booking, percent=30)
    await drain()
    assert await standing() == ("draft", None, None)


@pytest.mark.parametrize(("actor", "state"), [(PERSON, "draft"), (KEY, "issued")])
async def test_what_is_billed_when_a_person_confirms_was_issued_at_once(database_test, actor, state):
    """A click on « confirmer » is a mistake as easily as one on « réalisée »."""
    with clock.frozen(makers.NOON):
        town = await makers.make_town(issue_delay_minutes=10)
        await db.execute("update organisation set buyer = 'association', billing_moment = 'confirmed'")
        option = await book(SYSTEM, NewBooking(town.session, town.organisation, 5, option=True))
        await confirm(actor, option.id)
        await drain()
    assert (await standing())[0] == state
    assert (await standing())[1] == (makers.NOON + 10 * MINUTE if state == "draft" else None)


async def test_sharing_a_draft_issued_it_at_once_kept_back_or_not(database_test):
    """Its drafts are made again: they left with no delay, even those that somebody had kept back."""
    town = await held_by(PERSON)
    other = await makers.make_organisation("Voisine", siret="00007775000008", domain="voisine.example.org")
    booking = await db.value("select id from booking")
    parts = [Share(payer=town.organisation, seats=3), Share(payer=other, seats=2)]
    with clock.frozen(town.ends_at + 5 * MINUTE):
        await share(PERSON, booking, parts)
        await drain()
        found = await db.connection().fetch("select state, issue_at, kept_back_at from invoice")
        assert [tuple(r) for r in found] == [("draft", town.ends_at + 15 * MINUTE, None)] * 2
        await keep_back(PERSON, await db.value("select min(id) from invoice"))
        for actor in (PERSON, KEY, SYSTEM):
            await share(actor, booking, parts)
            await drain()
            found = await db.connection().fetch("select state, issue_at, kept_back_at from invoice")
            assert [tuple(r) for r in found] == [("draft", None, town.ends_at + 5 * MINUTE)] * 2, actor.kind
    assert await due(town.ends_at + 60 * MINUTE) == 0


async def test_a_program_that_shares_a_draft_leaves_it_its_hour(database_test):
    town = await held_by(PERSON)
    other = await makers.make_organisation("Voisine", siret="00007775000008", domain="voisine.example.org")
    with clock.frozen(town.ends_at + 5 * MINUTE):
        parts = [Share(payer=town.organisation, seats=3), Share(payer=other, seats=2)]
        await share(KEY, await db.value("select id from booking"), parts)
        await drain()
    found = await db.connection().fetch("select state, issue_at from invoice")
    assert [tuple(r) for r in found] == [("draft", town.ends_at + 10 * MINUTE)] * 2


@pytest.mark.parametrize("kept", [True, False])
async def test_what_its_client_completes_is_issued_no_sooner(database_test, kept):
    """Nothing is missing any more, and yet somebody kept it back, or may still."""
    town = await held_by(PERSON)
    draft = (await invoice())["id"]
    with clock.frozen(town.ends_at + MINUTE):
        if kept:
            await keep_back(PERSON, draft)
        assert await complete_facts(PERSON, draft, References(purchase_order="2027-9"))
        await drain()
    assert (await standing())[0] == "draft"
    assert await due(town.ends_at + 60 * MINUTE) == (0 if kept else 1)
    assert (await standing())[0] == ("draft" if kept else "issued")


async def test_what_joins_another_draft_is_not_issued_with_it_when_it_was_kept_back(database_test):
    """Its references completed, a booking went to the draft that has them; that one was issued at once."""
    with clock.frozen(makers.NOON):
        town = await makers.make_town(issue_delay_minutes=10)
        await db.execute("update organisation set billing_moment = 'monthly'")
        ids = []
        for n, order in enumerate(("2027-1", "2027-1", "2027-9")):
            session = await makers.make_session(town.offer, starts_at=town.starts_at + timedelta(hours=4 * n + 4))
            new = NewBooking(session, town.organisation, 5, references=References(purchase_order=order))
            ids.append((session, (await book(SYSTEM, new)).id))
    with clock.frozen(town.starts_at + timedelta(hours=20)):
        for session, _booking in ids:
            await hold_session(PERSON, session)
        await drain()
        first = await db.value("select id from invoice where purchase_order = '2027-1'")
        await db.execute("update invoice set kept_back_at = $2 where id = $1", first, clock.now())
    with clock.frozen(town.starts_at + timedelta(days=40)):
        await complete_booking(PERSON, first, ids[0][1], References(purchase_order="2027-9"))
        await drain()
        found = await db.connection().fetch("select state, kept_back_at is not null from invoice order by id")
    assert [tuple(r) for r in found] == [("draft", True)] * 2
