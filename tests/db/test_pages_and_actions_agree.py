"""What a page offers is what its action does, in every state, at every time, for everybody: one rule for both."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from itertools import product

import pytest

import makers
from agreement_makers import does, member, staff
from training.attendance import rules as attendance
from training.attendance.actions import hold_session, unhold_session
from training.billing.actions.deposit import ask_deposit
from training.billing.actions.share import share
from training.billing.rules.sharing import Share
from training.bookings import queries
from training.bookings.actions import booking, ending, resizing
from training.bookings.actions.booking import NewParticipant
from training.bookings.rules import states, who_may
from training.bookings.rules.states import BookingState
from training.catalogue.rules.tariffs import TariffMode
from training.directory.rules.organisations import OrganisationState
from training.identity.rules import Role
from training.kernel import clock, db
from training.kernel.actor import SYSTEM, Actor
from training.papers.rules.references import References
from training.reporting.office.booking import booking_page
from training.reporting.seats import seats_asked
from training.scheduling import queries as sessions
from training.scheduling import rules as scheduling
from training.scheduling.actions import changing, planning
from training.scheduling.rules import SessionState

pytestmark = pytest.mark.anyio
SECOND = timedelta(seconds=1)


async def test_a_booking_s_page_offers_what_its_actions_do(database_test):
    with clock.frozen(makers.NOON):
        town = await makers.make_town()
        booked = await makers.make_booking(town, 5)
    people = [
        staff(Role.ADVISER),
        staff(Role.BOOKKEEPER),
        member(Role.MEMBER, town.organisation),
        member(Role.REFERRER, town.organisation),
        member(Role.MANAGER, town.organisation + 999),
    ]
    states = product(BookingState, set(SessionState) - {SessionState.DRAFT}, (-SECOND, SECOND))
    offered, wrong = 0, []
    for state, session_state, after in states:
        with clock.frozen(town.starts_at + after):
            await _stand(booked.id, town.session, state, session_state)
            view = await queries.booking_by_id(SYSTEM.scope, booked.id)
            assert view is not None
            for actor in people:
                for name, shown, action in _of_booking(actor, view):
                    offered += shown
                    if await does(action) != shown:
                        wrong.append((name, actor.label, state, session_state, after, shown))
    assert wrong == []
    assert offered > 100


async def _stand(booked: int, session: int, state: str, session_state: str) -> None:
    await db.execute("update session set state = $2, cancel_reason = null where id = $1", session, session_state)
    ends = clock.now() + timedelta(hours=1) if state in states.EXPIRING else None
    await db.execute("update booking set state = $2, expires_at = $3 where id = $1", booked, state, ends)


def _of_booking(actor: Actor, view: queries.BookingView) -> list[tuple[str, bool, Callable[[], Awaitable[object]]]]:
    standing, now = view.standing, clock.now()
    return [
        ("confirm", who_may.may_confirm(actor, standing, now), lambda: booking.confirm(actor, view.id)),
        ("decline", who_may.may_decline(actor, standing), lambda: ending.decline(actor, view.id, "Complet.")),
        ("cancel", who_may.may_cancel(actor, standing, now), lambda: ending.cancel(actor, view.id)),
        ("name", who_may.may_name(actor, standing), lambda: booking.name_participants(actor, view.id, ())),
        (
            "tell",
            who_may.may_tell(actor, standing),
            lambda: booking.tell_references(actor, view.id, References(purchase_order="2027-1")),
        ),
    ]


async def test_the_page_of_seats_offers_what_its_action_does(database_test):
    """More, and fewer, down to where people are named: before anybody presses, as when they do."""
    with clock.frozen(makers.NOON):
        town = await makers.make_town()
        booked = await makers.make_booking(town, 5, participants=tuple(NewParticipant(name) for name in "LZ"))
    people = [staff(Role.ADVISER), member(Role.MEMBER, town.organisation), member(Role.REFERRER, town.organisation)]
    closes = town.starts_at - timedelta(hours=2)
    await db.execute("update session set closes_at = $1", closes)
    times = (closes - SECOND, closes + SECOND, town.starts_at + SECOND)
    offered, wrong = 0, []
    for state, session_state, now in product(BookingState, set(SessionState) - {SessionState.DRAFT}, times):
        with clock.frozen(now):
            await _stand(booked.id, town.session, state, session_state)
            for actor, seats in product(people, (1, 4, 6, 60, 61)):
                view = await queries.booking_by_id(SYSTEM.scope, booked.id)
                assert view is not None
                shown = (await seats_asked(actor, view, seats)).change != 0
                offered += shown
                if await does(lambda a=actor, n=seats: resizing.resize(a, booked.id, n)) != shown:
                    wrong.append((actor.label, state, session_state, now, seats, shown))
    with clock.frozen(makers.NOON):
        await _stand(booked.id, town.session, "confirmed", "published")
        for known, seats in product(OrganisationState, (4, 6)):
            await db.execute("update organisation set state = $1", known)
            view = await queries.booking_by_id(SYSTEM.scope, booked.id)
            assert view is not None
            shown = (await seats_asked(people[0], view, seats)).change != 0
            if await does(lambda n=seats: resizing.resize(people[0], booked.id, n)) != shown:
                wrong.append((known, seats, shown))
    assert wrong == []
    assert offered > 100


async def test_a_session_s_page_offers_what_its_actions_do(database_test):
    with clock.frozen(makers.NOON):
        town = await makers.make_town()
    people = [staff(Role.ADMINISTRATOR), staff(Role.ADVISER), staff(Role.BOOKKEEPER)]
    times = (town.starts_at - SECOND, town.starts_at + SECOND, town.ends_at + SECOND)
    offered, wrong = 0, []
    for state, now in product(SessionState, times):
        with clock.frozen(now):
            await db.execute("update session set state = $2 where id = $1", town.session, state)
            await db.execute("delete from holding where session = $1", town.session)
            await db.execute("delete from call_off where session = $1", town.session)
            if state == SessionState.CANCELLED:
                sql = "insert into call_off (session, called_off_at, reason, earlier) values ($1, $2, '', 'published')"
                await db.execute(sql, town.session, now)
            if state == SessionState.HELD:
                sql = "insert into holding (session, held_at, earlier) values ($1, $2, 'published')"
                await db.execute(sql, town.session, now)
            view = await sessions.session(town.session)
            assert view is not None
            for actor in people:
                for name, shown, action in _of_session(actor, view):
                    offered += shown
                    if await does(action) != shown:
                        wrong.append((name, actor.label, state, now, shown))
    assert wrong == []
    assert offered > 40


def _of_session(actor: Actor, view: sessions.SessionView) -> list[tuple[str, bool, Callable[[], Awaitable[object]]]]:
    id_, state, ends, now = view.id, SessionState(view.state), view.last_ends_at, clock.now()
    early = "Groupe parti." if now < ends else ""

    def edit() -> Awaitable[None]:
        return changing.edit_session(actor, id_, capacity=60, closes_at=view.starts_at, note="")

    return [
        ("publish", scheduling.may_publish(actor, id_, state), lambda: planning.publish_session(actor, id_)),
        ("change", scheduling.may_change(actor, id_, state), edit),
        ("call off", scheduling.may_call_off(actor, id_, state), lambda: ending.call_off_session(actor, id_, "Gel.")),
        (
            "reinstate",
            scheduling.may_reinstate(actor, id_, state, view.starts_at, now),
            lambda: ending.reinstate_session(actor, id_),
        ),
        (
            "hold",
            attendance.may_hold(actor, id_, state, ends, now),
            lambda: hold_session(actor, id_, early_reason=early),
        ),
        ("undo", attendance.may_undo_held(actor, id_, state), lambda: unhold_session(actor, id_, "Erreur.")),
    ]


async def test_what_was_called_off_is_not_published_alone(database_test):
    """Publishing it again left its bookings fallen and its room free: reinstating brings all back."""
    with clock.frozen(makers.NOON):
        town = await makers.make_town()
        await ending.call_off_session(SYSTEM, town.session, "Verglas.")
        assert not await does(lambda: planning.publish_session(SYSTEM, town.session))
        draft = await makers.make_session(town.offer, starts_at=town.ends_at, state=SessionState.DRAFT)
        assert not await does(lambda: ending.reinstate_session(SYSTEM, draft))
        assert await does(lambda: ending.reinstate_session(SYSTEM, town.session))


async def test_a_booking_s_page_offers_the_deposit_and_the_shares_that_billing_makes(database_test):
    with clock.frozen(makers.NOON):
        town = await makers.make_town()
        booked = await makers.make_booking(town, 5)
        free = await makers.make_offer("gratuit", mode=TariffMode.FREE, cents=0)
        session = await makers.make_session(free, starts_at=town.starts_at + timedelta(days=1))
        gratis = await makers.bookings.book(SYSTEM, makers.NewBooking(session, town.organisation, 3))
        other = await makers.make_organisation("Communauté", siret=None, domain="communaute.example.org")
        offered, wrong = 0, []
        early = "update organisation set early_billing_reason = $2 where id = $1"
        for reason, one, state in product(("Régie.", None), (booked, gratis), BookingState):
            await db.execute(early, town.organisation, reason)
            await _stand(one.id, one.session, state, SessionState.PUBLISHED)
            for actor in (staff(Role.BOOKKEEPER), staff(Role.ADVISER)):
                page = await booking_page(actor, one.reference)
                for name, shown, action in (
                    ("deposit", page.may_ask_deposit, lambda: ask_deposit(actor, one.id, percent=30)),  # noqa: B023
                    ("share", page.may_share, lambda: share(actor, one.id, [Share(payer=other, seats=one.seats)])),  # noqa: B023
                ):
                    offered += shown
                    if await does(action) != shown:
                        wrong.append((name, actor.label, one.reference, state, reason, shown))
    assert wrong == []
    assert offered >= 10
