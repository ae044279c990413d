"""The plan: nobody and no room in two places, what moves with a slot, what a cancelled session frees."""

# ruff: noqa: PT012 - what raises here is the end of a transaction, with what was done in it

from __future__ import annotations

import asyncio
from datetime import timedelta

import asyncpg
import pytest

import makers
from training.bookings.actions.ending import call_off_session
from training.kernel import clock, db
from training.kernel.actor import SYSTEM
from training.kernel.errors import Conflict, Invalid, NotFound
from training.messages import queries as mails
from training.scheduling import queries
from training.scheduling.actions import assignments
from training.scheduling.actions import planning as actions
from training.scheduling.actions.planning import NewSession, NewSlot
from training.scheduling.rules import FacilitatorBusy, SessionState, VenueTaken
from training.worker import drain

pytestmark = pytest.mark.anyio
HOUR = timedelta(hours=1)


async def test_a_facilitator_is_not_in_two_places(database_test):
    town = await makers.make_town()
    with pytest.raises(FacilitatorBusy):
        await makers.make_session(town.offer, starts_at=town.starts_at + HOUR, facilitators=(town.facilitator,))
    other = await makers.make_session(town.offer, starts_at=town.starts_at + HOUR)
    slot = (await queries.slots([other]))[other][0]
    with pytest.raises(FacilitatorBusy):
        await assignments.assign(SYSTEM, slot.id, town.facilitator)
    assert await queries.assignments([other]) == []


async def test_a_venue_is_not_used_twice_at_once(database_test):
    town = await makers.make_town()
    with pytest.raises(VenueTaken):
        await makers.make_session(town.offer, starts_at=town.ends_at - HOUR, venue=town.venue)


async def test_back_to_back_is_fine(database_test):
    town = await makers.make_town()
    for start in (town.ends_at, town.starts_at - 3 * HOUR):
        await makers.make_session(town.offer, starts_at=start, venue=town.venue, facilitators=(town.facilitator,))


async def test_a_draft_holds_its_room_already(database_test):
    town = await makers.make_town()
    start = town.starts_at + timedelta(days=1)
    await makers.make_session(town.offer, starts_at=start, venue=town.venue, state=SessionState.DRAFT)
    with pytest.raises(VenueTaken):
        await makers.make_session(town.offer, starts_at=start, venue=town.venue)


async def test_a_cancelled_session_frees_its_room_and_its_facilitator(database_test):
    town = await makers.make_town()
    await call_off_session(SYSTEM, town.session, "Verglas.")
    again = await makers.make_session(
        town.offer, starts_at=town.starts_at, venue=town.venue, facilitators=(town.facilitator,)
    )
    assert [a.name for a in await queries.assignments([again])] == ["Aline Anime"]
    assert await queries.assignments([town.session]) == []


async def test_two_slots_of_one_session_may_not_clash_with_each_other_s_people(database_test):
    town = await makers.make_town()
    start = town.starts_at + timedelta(days=3)
    slots = (NewSlot(start, start + 2 * HOUR, None), NewSlot(start + HOUR, start + 3 * HOUR, None))
    with pytest.raises(Invalid):
        await actions.plan_session(SYSTEM, NewSession(town.offer, 10, slots))


@pytest.mark.commits
async def test_eight_at_once_take_a_room_and_a_person_once(database_test):
    town = await makers.make_town()
    start = town.starts_at + timedelta(days=1)
    one = ({"venue": town.venue}, VenueTaken), ({"facilitators": (town.facilitator,)}, FacilitatorBusy)
    for held, refusal in one:
        made = await asyncio.gather(
            *(makers.make_session(town.offer, starts_at=start, **held) for _each in range(8)), return_exceptions=True
        )
        assert sorted(type(m).__name__ for m in made) == [refusal.__name__] * 7 + ["int"]
    assert await db.pool().fetchval("select count(*) from session") == 3


async def _during(table: str, slot: int) -> asyncpg.Range:
    return await db.value(f"select during from {table} where slot = $1", slot)


async def test_what_holds_a_slot_moves_with_it_by_whatever_door_it_moved(database_test):
    town = await makers.make_town()
    moved = town.starts_at + timedelta(days=2)
    await db.execute("update slot set starts_at = $2, ends_at = $3 where id = $1", town.slot, moved, moved + 3 * HOUR)
    for table in ("venue_use", "assignment"):
        during = await _during(table, town.slot)
        assert (during.lower, during.upper) == (moved, moved + 3 * HOUR)
    await makers.make_session(town.offer, starts_at=town.starts_at, venue=town.venue)
    with pytest.raises(VenueTaken):
        await makers.make_session(town.offer, starts_at=moved, venue=town.venue)


async def test_a_slot_moved_onto_another_is_refused_by_the_database(database_test):
    town = await makers.make_town()
    other = await makers.make_session(town.offer, starts_at=town.ends_at, venue=town.venue)
    slot = (await queries.slots([other]))[other][0]
    with pytest.raises(VenueTaken):
        async with db.atomic():
            await db.execute("update slot set starts_at = starts_at - interval '1 hour' where id = $1", slot.id)
            await db.execute("set constraints all immediate")


async def test_nobody_writes_another_time_than_the_slot_s(database_test):
    town = await makers.make_town()
    other = await makers.make_facilitator("autre@example.org", "Autre")
    await db.execute(
        "insert into assignment (slot, facilitator, state, created_at, updated_at, during)"
        " values ($1, $2, 'confirmed', now(), now(), tstzrange('2020-01-01', '2020-01-02'))",
        town.slot,
        other,
    )
    assert (await _during("assignment", town.slot)).lower == town.starts_at
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        async with db.atomic():
            await db.execute("update assignment set during = tstzrange('2020-01-01', '2020-01-02')")


async def test_states_move_as_their_table_says(database_test):
    town = await makers.make_town()
    draft = await makers.make_session(
        town.offer, starts_at=town.ends_at + HOUR, facilitators=(town.facilitator,), state=SessionState.DRAFT
    )
    await drain()
    told = len(await mails.mails())
    await actions.publish_session(SYSTEM, draft)
    await drain()
    assert len(await mails.mails()) == told + 1, "a draft invites nobody; published, its facilitator"
    with pytest.raises(Conflict):
        await actions.publish_session(SYSTEM, draft)
    with pytest.raises(NotFound):
        await actions.publish_session(SYSTEM, 0)
    await call_off_session(SYSTEM, draft, "Personne.")
    slot = (await queries.slots([draft]))[draft][0]
    assert slot.sequence == 1
    with pytest.raises(Conflict):
        await assignments.assign(SYSTEM, slot.id, town.facilitator)
    with pytest.raises(Conflict):
        await call_off_session(SYSTEM, draft, "Encore.")


@pytest.mark.parametrize("hours", [0, -1, 13])
async def test_a_slot_that_cannot_be_is_refused(database_test, hours):
    town = await makers.make_town()
    start = clock.now() + timedelta(days=30)
    with pytest.raises(Invalid):
        await actions.plan_session(SYSTEM, NewSession(town.offer, 10, (NewSlot(start, start + hours * HOUR, None),)))
    with pytest.raises(Invalid):
        await actions.plan_session(SYSTEM, NewSession(town.offer, 10, ()))


async def test_whose_sessions_a_facilitator_s_rights_reach(database_test):
    """Those in which they hold a date: not another's, nor one that they declined."""
    town = await makers.make_town()
    other = await makers.make_facilitator("autre@example.org", "Autre")
    later = town.starts_at + timedelta(days=2)
    theirs = await makers.make_session(town.offer, starts_at=later, facilitators=(other,), slots=2)
    assert await queries.facilitated({town.facilitator}) == [town.session]
    assert sorted(await queries.facilitated({town.facilitator, other})) == sorted([town.session, theirs])
    await db.execute("update assignment set state = 'declined' where facilitator = $1", town.facilitator)
    assert await queries.facilitated({town.facilitator}) == []
