"""Somebody left with twelve sessions to come: all are handed over or none, and everybody is told."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

import makers
from training.bookings.actions.ending import call_off_session, reinstate_session
from training.directory.actions import facilitators
from training.kernel import clock, db
from training.kernel.actor import SYSTEM
from training.kernel.errors import Conflict, Invalid
from training.scheduling import queries
from training.scheduling.actions.assignments import assign, change_facilitator
from training.scheduling.actions.departures import come_back, end_departed, leave
from training.scheduling.actions.planning import NewSession, NewSlot, plan_session
from training.scheduling.rules import FacilitatorAway, FacilitatorBusy
from training.worker import drain

pytestmark = pytest.mark.anyio


async def twelve(town: makers.Town) -> list[int]:
    """Twelve more sessions of the town's facilitator, a day each."""
    return [
        await makers.make_session(
            town.offer, starts_at=town.starts_at + timedelta(days=n), facilitators=(town.facilitator,)
        )
        for n in range(1, 13)
    ]


async def who_comes(session: int) -> list[int]:
    return [person.facilitator for person in await queries.assignments([session])]


async def test_twelve_sessions_are_handed_over_in_one_gesture_and_all_are_told(database_test):
    town = await makers.make_town()
    sessions = [town.session, *await twelve(town)]
    karim = await makers.make_facilitator("karim@example.org", "Karim Anime")
    await drain()
    await db.execute("delete from mail")
    takeovers = {session: karim if n % 2 else None for n, session in enumerate(sessions)}
    await leave(SYSTEM, town.facilitator, clock.today(), takeovers)
    for n, session in enumerate(sessions):
        assert await who_comes(session) == ([karim] if n % 2 else [])
    await drain()
    told = await db.connection().fetch("select to_email, count(*) as n from mail group by 1")
    assert {row["to_email"]: row["n"] for row in told} == {"anime@example.org": 13, "karim@example.org": 6}
    assert not await db.value("select active from facilitator where id = $1", town.facilitator)


async def test_when_one_of_them_cannot_be_taken_over_nothing_is_done(database_test):
    town = await makers.make_town()
    sessions = [town.session, *await twelve(town)]
    busy = await makers.make_facilitator("karim@example.org", "Karim Anime")
    last = town.starts_at + timedelta(days=12)
    await makers.make_session(town.offer, starts_at=last, facilitators=(busy,))
    with pytest.raises(FacilitatorBusy) as refused:
        await leave(SYSTEM, town.facilitator, clock.today(), dict.fromkeys(sessions, busy))
    assert refused.value.field == f"session-{sessions[-1]}"
    for session in sessions:
        assert await who_comes(session) == [town.facilitator]
    assert await db.value("select active and left_on is null from facilitator where id = $1", town.facilitator)


async def test_a_session_that_the_page_did_not_show_is_asked_about(database_test):
    town = await makers.make_town()
    with pytest.raises(Conflict) as refused:
        await leave(SYSTEM, town.facilitator, clock.today(), {})
    assert refused.value.field == f"session-{town.session}"
    assert await who_comes(town.session) == [town.facilitator]


async def test_what_comes_before_the_last_day_stays_theirs(database_test):
    town = await makers.make_town()
    later = (await twelve(town))[-1]
    on = clock.local(town.starts_at).date() + timedelta(days=12)
    others = await db.connection().fetch("select id from session where id <> $1", later)
    await leave(SYSTEM, town.facilitator, on, {later: None})
    assert await who_comes(later) == []
    assert [await who_comes(row["id"]) for row in others] == [[town.facilitator]] * 12
    assert await db.value("select active from facilitator where id = $1", town.facilitator), "until that day"
    with pytest.raises(Conflict, match="n’anime plus à partir du"):
        await makers.make_session(
            town.offer, starts_at=town.starts_at + timedelta(days=40), facilitators=(town.facilitator,)
        )
    with clock.frozen(clock.at(on, clock.now().time())):
        assert await end_departed() == 1
        assert await end_departed() == 0
    assert not await db.value("select active from facilitator where id = $1", town.facilitator)


async def test_nobody_who_left_is_given_a_date_by_any_way_and_who_comes_back_is(database_test):
    town = await makers.make_town()
    await leave(SYSTEM, town.facilitator, clock.today(), {town.session: None})
    alone = NewSlot(town.starts_at + timedelta(days=1), town.ends_at + timedelta(days=1), None, (town.facilitator,))
    for given in (
        assign(SYSTEM, town.slot, town.facilitator),
        change_facilitator(SYSTEM, town.slot, None, town.facilitator, knowing=True),
        plan_session(SYSTEM, NewSession(town.offer, 10, (alone,)), knowing=True),
    ):
        with pytest.raises(Conflict, match="n’anime plus"):
            await given
    await come_back(SYSTEM, town.facilitator)
    await assign(SYSTEM, town.slot, town.facilitator)
    assert await who_comes(town.session) == [town.facilitator]


async def test_a_session_put_back_does_not_bring_back_who_left_meanwhile(database_test):
    town = await makers.make_town()
    await call_off_session(SYSTEM, town.session, "Verglas")
    await leave(SYSTEM, town.facilitator, clock.today(), {})
    await reinstate_session(SYSTEM, town.session)
    assert await who_comes(town.session) == []


async def test_days_on_which_somebody_is_not_free_are_said_and_go_on_knowingly(database_test):
    town = await makers.make_town()
    karim = await makers.make_facilitator("karim@example.org", "Karim Anime")
    on = clock.local(town.starts_at).date()
    away = await facilitators.add_unavailability(SYSTEM, karim, on, on)
    here = NewSlot(town.starts_at, town.ends_at, None, (karim,))
    mine = await db.value("select id from assignment where slot = $1", town.slot)
    for asked in (
        assign(SYSTEM, town.slot, karim),
        change_facilitator(SYSTEM, town.slot, mine, karim),
        plan_session(SYSTEM, NewSession(town.offer, 10, (here,))),
        leave(SYSTEM, town.facilitator, clock.today(), {town.session: karim}),
    ):
        with pytest.raises(FacilitatorAway, match="pas disponible"):
            await asked
    await change_facilitator(SYSTEM, town.slot, mine, karim, knowing=True)
    assert await who_comes(town.session) == [karim]
    await facilitators.archive_unavailability(SYSTEM, away)
    await assign(
        SYSTEM, (await queries.slots([await makers.make_session(town.offer)])).popitem()[1][0].id, town.facilitator
    )


@pytest.mark.parametrize("days", [-400, 800])
async def test_a_year_that_nobody_meant_is_refused(database_test, days):
    town = await makers.make_town()
    with pytest.raises(Invalid):
        await leave(SYSTEM, town.facilitator, clock.today() + timedelta(days=days), {town.session: None})


@pytest.mark.commits
async def test_of_a_departure_and_a_new_session_at_once_none_is_forgotten(database_test):
    town = await makers.make_town()

    async def plan() -> int:
        return await makers.make_session(
            town.offer, starts_at=town.starts_at + timedelta(days=3), facilitators=(town.facilitator,)
        )

    for _round in range(4):
        left, planned = await asyncio.gather(
            leave(SYSTEM, town.facilitator, clock.today(), {town.session: None}), plan(), return_exceptions=True
        )
        given = 0 if isinstance(planned, Exception) else len(await who_comes(planned))
        active = await db.value("select active from facilitator where id = $1", town.facilitator)
        assert active == bool(given), (left, planned)
        if given:
            break
        await come_back(SYSTEM, town.facilitator)
