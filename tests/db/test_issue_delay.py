"""« Une erreur se défait » was not true: a click on « réalisée » issued the invoices at once, for ever."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

import makers
from training.attendance.actions import hold_session
from training.billing.actions.issue import issue
from training.billing.actions.make_billable import issue_due, keep_back
from training.billing.actions.undo_held import undo_held
from training.directory.actions import set_platform
from training.kernel import clock, db
from training.kernel.actor import SYSTEM, Actor
from training.kernel.errors import Conflict
from training.kernel.permissions import Permission
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
