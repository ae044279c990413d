"""Of two who edit one thing, the second is told what the first changed; nothing of either is lost."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

import makers
from training.directory.tables import Platform
from training.kernel import clock, db
from training.kernel.actor import SYSTEM, Actor, Scope
from training.kernel.permissions import Permission
from training.records.actions.acting import EditedMeanwhile, acting, forget_changes
from training.records.queries import changes_since, last_change
from training.records.rules import CHANGES_KEPT
from training.reporting.office.edits import MOST, edits_of

pytestmark = pytest.mark.anyio
EVE = Actor("user", 4_711, "Ève", frozenset(Permission), Scope(everything=True))


async def edit(seen: int | None, **values: object) -> None:
    async with acting(EVE, "platform.edit", ("platform", 1)) as change:
        await change.edit(Platform, 1, values, seen=seen)


async def test_the_second_is_told_who_changed_what_from_what(database_test):
    await makers.make_platform(phone="01")
    seen = await last_change("platform", 1)
    await edit(seen, phone="02", city="Sées")
    with pytest.raises(EditedMeanwhile) as told:
        await edit(seen, phone="03", city="Sées")
    (met,) = told.value.edits
    assert (met.field, met.old, met.new, met.actor_id) == ("phone", "01", "02", 4_711), "both typed the same city"
    assert await db.value("select phone from platform") == "02"
    assert told.value.status == 409
    assert told.value.seen == await last_change("platform", 1)
    await edit(told.value.seen, phone="03")
    assert await db.value("select phone from platform") == "03", "sent again, it writes, knowingly"


async def test_who_changes_other_fields_does_not_meet(database_test):
    await makers.make_platform(phone="01")
    seen = await last_change("platform", 1)
    await edit(seen, phone="02")
    await edit(seen, city="Sées")
    assert tuple(await db.connection().fetchrow("select phone, city from platform")) == ("02", "Sées")


async def test_what_came_back_to_where_it_was_is_no_change(database_test):
    await makers.make_platform(phone="01")
    seen = await last_change("platform", 1)
    await edit(None, phone="02")
    await edit(None, phone="01")
    await edit(seen, phone="03")
    assert await db.value("select phone from platform") == "03"


async def test_a_page_that_says_nothing_writes_as_before(database_test):
    await makers.make_platform(phone="01")
    await edit(None, phone="02")
    await edit(None, phone="03")
    assert await db.value("select phone from platform") == "03"


async def test_purged_changes_do_not_fool_it(database_test):
    await makers.make_platform(phone="01")
    with clock.frozen(clock.now() - 2 * CHANGES_KEPT):
        await edit(None, phone="02")
    seen = await last_change("platform", 1)
    await forget_changes(SYSTEM)
    assert await last_change("platform", 1) == 0
    await edit(seen, phone="03")
    with pytest.raises(EditedMeanwhile):
        await edit(seen, phone="04")
    shown = await edits_of("platform", 1)
    assert [(one.name, one.erased) for one in shown] == [("Téléphone", False), ("Téléphone", True)]
    assert shown[1].old == shown[1].new == ""


async def test_of_endless_edits_past_their_term_the_last_are_shown(database_test):
    await makers.make_platform(phone="01")
    long_ago = clock.now() - 2 * CHANGES_KEPT
    for n in range(MOST + 5):
        with clock.frozen(long_ago + timedelta(minutes=n)):
            await edit(None, phone=f"02{n}")
    await forget_changes(SYSTEM)
    await edit(None, phone="03")
    shown = await edits_of("platform", 1)
    assert [one.erased for one in shown] == [False] + [True] * (MOST - 1)
    assert [one.at for one in shown[1:]] == [long_ago + timedelta(minutes=n) for n in range(MOST + 4, 5, -1)]


@pytest.mark.commits
async def test_two_at_once_one_writes_and_one_is_told(database_test):
    await makers.make_platform(phone="01")
    seen = await last_change("platform", 1)
    answers = await asyncio.gather(*(edit(seen, phone=f"0{n}") for n in range(2, 8)), return_exceptions=True)
    told = [answer for answer in answers if isinstance(answer, EditedMeanwhile)]
    assert len(told) == 5
    assert answers.count(None) == 1
    kept = await db.value("select phone from platform")
    assert [(c.old, c.new) for c in await changes_since(("platform", 1), seen)] == [("01", kept)]


async def test_an_edit_belongs_to_the_row_whatever_the_action_is_about(database_test):
    town = await makers.make_town()
    seen = await last_change("offer", town.offer)
    async with acting(EVE, "session.edit", ("session", town.session)) as change:
        await change.edit(Platform, 1, {"phone": "09"})
    assert [one.new for one in await edits_of("platform", 1)][:1] == ["09"]
    assert await edits_of("session", town.session) == []
    assert await last_change("offer", town.offer) == seen
