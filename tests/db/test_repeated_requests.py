"""The same request twice, from a form or a program, is one booking: by its key, at once or a day later."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

import makers
from training.bookings.actions import booking as actions
from training.bookings.actions import ending
from training.bookings.actions.booking import NewBooking, NewParticipant, RepeatKey
from training.bookings.actions.locking import Booked
from training.bookings.rules.seats import KeyReused
from training.bookings.rules.states import BookingState
from training.kernel import clock, db
from training.kernel.actor import SYSTEM
from training.kernel.errors import Conflict
from training.messages import queries as mails
from training.papers.rules.references import References
from training.worker import drain

pytestmark = pytest.mark.anyio
DAY = timedelta(days=1)


async def taken(session: int) -> int:
    return int(await db.connection().fetchval("select seats_taken from session where id = $1", session))


@pytest.mark.commits
async def test_the_same_key_at_once_is_one_booking_and_one_mail(database_test):
    town = await makers.make_town()
    key = RepeatKey("key:1", "abc")
    new = NewBooking(town.session, town.organisation, 5, references=References(purchase_order="BC-1"))
    made = await asyncio.gather(*(actions.book(SYSTEM, new, key) for _each in range(8)))
    assert len({m.reference for m in made}) == 1
    assert sorted(m.repeated for m in made) == [False] + [True] * 7
    assert await taken(town.session) == 5
    await drain()
    assert [m.occasion for m in await mails.mails()].count("booking_confirmed") == 1


async def test_the_same_key_with_another_body_is_refused_and_another_asker_is_another(database_test):
    town = await makers.make_town()
    key = RepeatKey("key:1", "abc")
    first = await actions.book(SYSTEM, NewBooking(town.session, town.organisation, 5), key)
    for other in (
        NewBooking(town.session, town.organisation, 6),
        NewBooking(town.session, town.organisation, 5, note="autre"),
        NewBooking(town.session, town.organisation, 5, participants=(NewParticipant("Alix"),)),
    ):
        with pytest.raises(KeyReused, match=first.reference):
            await actions.book(SYSTEM, other, key)
    second = await actions.book(SYSTEM, NewBooking(town.session, town.organisation, 5), RepeatKey("key:2", "abc"))
    assert (second.reference, second.repeated) == (first.reference, False)
    assert await taken(town.session) == 10, "another wish: five seats more"


async def test_a_key_answers_as_things_are_now_and_is_forgotten_after_a_day(database_test):
    town = await makers.make_town()
    key = RepeatKey("key:1", "abc")
    new = NewBooking(town.session, town.organisation, 60)
    first = await actions.book(SYSTEM, new, key)
    assert (await actions.book(SYSTEM, new, key)).repeated, "the session is full by now, and that is not asked"
    await ending.cancel(SYSTEM, first.id)
    assert (await actions.book(SYSTEM, new, key)).state == BookingState.CANCELLED
    with clock.frozen(clock.now() + timedelta(hours=25)):
        await actions.forget_request_keys()
        assert not (await actions.book(SYSTEM, new, key)).repeated


@pytest.mark.commits
async def test_the_same_key_at_once_for_two_sessions_is_one_booking_and_a_refusal(database_test):
    """Two sessions are two locks, so both get past the look: the constraint decides."""
    town = await makers.make_town()
    other = await makers.make_session(town.offer, starts_at=town.starts_at + DAY)
    work = [
        actions.book(SYSTEM, NewBooking(session, town.organisation, 5), RepeatKey("key:1", "abc"))
        for session in (town.session, other) * 3
    ]
    made = await asyncio.gather(*work, return_exceptions=True)
    assert len({m.reference for m in made if isinstance(m, Booked)}) == 1
    assert all(isinstance(m, Booked | Conflict | KeyReused) for m in made)
    assert await db.pool().fetchval("select count(*) from booking") == 1
