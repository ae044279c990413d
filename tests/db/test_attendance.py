"""When a session counts as held, who may say so, and how many came."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import asyncpg
import pytest

import makers
from training.attendance.actions import hold_session
from training.attendance.queries import head_counts
from training.attendance.rules import NotOver
from training.bookings.actions.booking import NewBooking, book
from training.bookings.actions.ending import call_off_session
from training.identity.rules import PLATFORM_ROLES, Role
from training.kernel import clock, db
from training.kernel.actor import SYSTEM, Actor, Scope
from training.kernel.errors import Conflict, Forbidden, Invalid, NotFound

pytestmark = pytest.mark.anyio


def staff(role: Role) -> Actor:
    return Actor("user", None, role, frozenset(map(str, PLATFORM_ROLES[role])), Scope(everything=True))


async def held() -> int:
    return int(await db.connection().fetchval("select count(*) from holding"))


async def test_before_its_end_it_takes_an_administrator_and_a_reason(database_test):
    town = await makers.make_town()
    for actor, reason, refusal in (
        (staff(Role.ADVISER), "", NotOver),
        (staff(Role.ADMINISTRATOR), "", NotOver),
        (staff(Role.ADMINISTRATOR), "   ", NotOver),
        (staff(Role.ADVISER), "Avancée.", Forbidden),
    ):
        with pytest.raises(refusal):
            await hold_session(actor, town.session, early_reason=reason)
    assert await held() == 0
    await hold_session(staff(Role.ADMINISTRATOR), town.session, early_reason="Avancée.")
    assert await held() == 1
    early = await db.value("select fields from audit where action = 'session.hold'")
    assert early == ["state", "early"]
    assert await db.value("select early_reason from holding") == "Avancée."


async def test_it_is_over_at_the_end_of_its_last_slot(database_test):
    town = await makers.make_town()
    two = await makers.make_session(town.offer, starts_at=town.starts_at + timedelta(days=10), slots=2)
    with clock.frozen(town.starts_at + timedelta(days=10, hours=4)), pytest.raises(NotOver):
        await hold_session(staff(Role.ADVISER), two)
    with clock.frozen(town.starts_at + timedelta(days=11, hours=3)):
        await hold_session(staff(Role.ADVISER), two)
    with clock.frozen(town.ends_at - timedelta(seconds=1)), pytest.raises(NotOver):
        await hold_session(staff(Role.ADVISER), town.session)


@pytest.mark.commits
async def test_it_is_held_once_also_by_eight_at_once(database_test):
    town = await makers.make_town()
    await makers.make_booking(town, 5)
    with clock.frozen(town.ends_at):
        work = (hold_session(SYSTEM, town.session) for _each in range(8))
        done = await asyncio.gather(*work, return_exceptions=True)
        assert sorted(type(d).__name__ for d in done) == ["Conflict"] * 7 + ["int"]
        with pytest.raises(Conflict):
            await hold_session(SYSTEM, town.session)
    assert await held() == 1
    facts = await db.pool().fetch("select payload from pgqueuer where entrypoint = 'fact'")
    assert sum(b"session.held" in f["payload"] for f in facts) == 1


async def test_what_was_called_off_or_never_was_is_not_held(database_test):
    town = await makers.make_town()
    await call_off_session(SYSTEM, town.session, "Verglas.")
    with clock.frozen(town.ends_at):
        with pytest.raises(Conflict):
            await hold_session(SYSTEM, town.session)
        with pytest.raises(NotFound):
            await hold_session(SYSTEM, 0)


async def test_heads_are_counted_by_booking_and_silence_means_all(database_test):
    town = await makers.make_town()
    first, second = await makers.make_booking(town, 10), await makers.book_beside(town, 5)
    option = await makers.book_beside(town, 5, option=True)
    with clock.frozen(town.ends_at):
        await hold_session(SYSTEM, town.session, {first.id: 12}, more={first.id: 12})
    assert await head_counts(town.session) == {first.id: 12, second.id: 5}
    assert option.id not in await head_counts(town.session)


async def test_a_head_count_that_cannot_be_undoes_the_whole(database_test):
    town = await makers.make_town()
    mine = await makers.make_booking(town, 10)
    elsewhere = await makers.make_session(town.offer, starts_at=town.starts_at + timedelta(days=1))
    other = await book(SYSTEM, NewBooking(elsewhere, town.organisation, 5))
    option = await makers.book_beside(town, 5, option=True)
    with clock.frozen(town.ends_at):
        for present in ({other.id: 3}, {option.id: 3}, {mine.id: -1}, {mine.id: 3, 0: 1}):
            with pytest.raises(Invalid) as caught:
                await hold_session(SYSTEM, town.session, present)
            assert str(caught.value.field).startswith("present-")
    assert await held() == 0
    assert await head_counts(town.session) == {}
    assert await db.value("select state from session where id = $1", town.session) == "published"
    with pytest.raises(asyncpg.CheckViolationError):
        async with db.atomic():
            await db.execute("insert into head_count (booking, present, counted_at) values ($1, -1, now())", mine.id)
