"""Options, requests and the waiting list: what holds seats for a while or none, and how each ends."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

import makers
from training.attendance.actions import hold_session
from training.bookings import queries
from training.bookings.actions import booking as actions
from training.bookings.actions import ending
from training.bookings.actions.booking import NewBooking
from training.bookings.rules.states import BookingState
from training.directory.actions.organisations import approve
from training.kernel import clock, db
from training.kernel.actor import SYSTEM, Actor, Scope
from training.kernel.errors import Conflict, Forbidden
from training.messages import queries as mails
from training.worker import drain

pytestmark = pytest.mark.anyio
DAY = timedelta(days=1)


async def taken(session: int) -> int:
    return int(await db.connection().fetchval("select seats_taken from session where id = $1", session))


async def state_of(booking: int) -> str:
    return str(await db.connection().fetchval("select state from booking where id = $1", booking))


def member(organisation: int, *permissions: str) -> Actor:
    return Actor("user", None, "Membre", scope=Scope(organisations={organisation: frozenset(permissions)}))


async def test_an_option_expires_and_its_seats_are_free(database_test):
    town = await makers.make_town()
    option = await makers.make_booking(town, 30, option=True)
    assert (option.state, await taken(town.session)) == (BookingState.OPTION, 30)
    assert await ending.expire_options() == 0
    with clock.frozen(clock.now() + 8 * DAY):
        with pytest.raises(Conflict, match="expiré"):  # before any sweep
            await actions.confirm(SYSTEM, option.id)
        assert await ending.expire_options() == 1
        assert await ending.expire_options() == 0
        assert (await state_of(option.id), await taken(town.session)) == ("expired", 0)
        with pytest.raises(Conflict, match="expiré"):
            await actions.confirm(SYSTEM, option.id)
        await drain()
    assert "booking_expired" in {m.occasion for m in await mails.mails()}


async def test_an_option_confirmed_in_time_stays_at_the_price_that_was_said(database_test):
    town = await makers.make_town()
    option = await makers.make_booking(town, 30, option=True)
    await db.execute("update tariff set amount_cents = 40000")
    await actions.confirm(SYSTEM, option.id)
    with clock.frozen(clock.now() + 8 * DAY):
        assert await ending.expire_options() == 0
    view = await queries.booking_by_id(SYSTEM.scope, option.id)
    assert view is not None
    assert (view.state, view.price_cents, view.expires_at) == (BookingState.CONFIRMED, 35_000, None)
    with pytest.raises(Conflict):
        await actions.confirm(SYSTEM, option.id)


@pytest.mark.commits
async def test_confirmed_and_swept_at_once_is_one_or_the_other(database_test):
    town = await makers.make_town()
    options = [await makers.make_booking(town, 5, option=True) for _each in range(6)]
    with clock.frozen(clock.now() + 7 * DAY - timedelta(milliseconds=1)):
        confirmed = [asyncio.create_task(actions.confirm(SYSTEM, o.id)) for o in options]
    with clock.frozen(clock.now() + 8 * DAY):
        await asyncio.gather(ending.expire_options(), ending.expire_options())
    await asyncio.gather(*confirmed, return_exceptions=True)
    states = [await state_of(o.id) for o in options]
    assert set(states) <= {"confirmed", "expired"}
    assert await taken(town.session) == 5 * states.count("confirmed")


async def test_an_option_of_a_session_that_was_held_is_the_team_s_to_confirm(database_test):
    """Held early, before it began: its organisation comes too late, and what the team confirms is billed."""
    town = await makers.make_town()
    option = await makers.make_booking(town, 5, option=True)
    await hold_session(SYSTEM, town.session, early_reason="Avancée d’un jour.")
    with pytest.raises(Conflict):
        await actions.confirm(member(town.organisation, "bookings.confirm"), option.id)
    await actions.confirm(SYSTEM, option.id)
    await drain()
    assert await db.value("select count(*) from billable where booking = $1", option.id) == 1


async def test_what_an_unknown_organisation_asked_for_is_confirmed_when_it_is_approved(database_test):
    town = await makers.make_town()
    new = await makers.make_organisation("Nouvelle", siret=None, approved=False, domain="nouvelle.example.org")
    asked = await actions.book(SYSTEM, NewBooking(town.session, new, 10, option=True))
    assert (asked.state, await taken(town.session)) == (BookingState.PENDING, 10)
    with pytest.raises(Forbidden):
        await actions.confirm(member(new, "bookings.confirm"), asked.id)
    await approve(SYSTEM, new)
    await drain()
    assert await state_of(asked.id) == "confirmed"
    refused = await makers.make_organisation("Refusée", siret=None, domain="refusee.example.org")
    await db.execute("update organisation set state = 'refused' where id = $1", refused)
    with pytest.raises(Forbidden):
        await actions.book(SYSTEM, NewBooking(town.session, refused, 1))


async def test_a_declined_request_gives_its_seats_back_and_says_why(database_test):
    town = await makers.make_town()
    new = await makers.make_organisation("Nouvelle", siret=None, approved=False, domain="nouvelle.example.org")
    asked = await actions.book(SYSTEM, NewBooking(town.session, new, 10))
    with pytest.raises(Forbidden):
        await ending.decline(member(new, "bookings.confirm"), asked.id, "non")
    await ending.decline(SYSTEM, asked.id, "Réservé aux communes.")
    await drain()
    assert (await state_of(asked.id), await taken(town.session)) == ("declined", 0)
    declined = next(m for m in await mails.mails() if m.occasion == "booking_declined")
    kept = await mails.mail(declined.id)
    assert kept is not None
    assert "Réservé aux communes." in kept.text


async def test_the_waiting_list_holds_no_seat_and_opens_only_when_there_is_none(database_test):
    town = await makers.make_town()
    with pytest.raises(Conflict):
        await actions.wait(SYSTEM, NewBooking(town.session, town.organisation, 60))
    await makers.make_booking(town, 55)
    waiting = await actions.wait(SYSTEM, NewBooking(town.session, town.organisation, 6))
    assert (waiting.state, await taken(town.session)) == (BookingState.WAITING, 55)
    with pytest.raises(Conflict):
        await actions.confirm(SYSTEM, waiting.id)
