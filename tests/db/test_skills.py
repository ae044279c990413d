"""Who may deliver what: one list seen from both sides, and what became of it."""

from __future__ import annotations

import pytest

import makers
from training.catalogue.actions import skills
from training.catalogue.queries import deliverers as delivering
from training.kernel import db
from training.kernel.actor import SYSTEM
from training.kernel.errors import NotFound

pytestmark = pytest.mark.anyio


async def test_the_two_sides_are_one_list(database_test):
    first, second = await makers.make_offer(), await makers.make_offer("code", title="Code de la route")
    aline, karim = await makers.make_facilitator(), await makers.make_facilitator("k@example.org", "Karim Anime")
    await skills.set_deliverers(SYSTEM, first, [aline, karim])
    await skills.set_skills(SYSTEM, karim, [second])
    assert await delivering.deliverers([first, second]) == {first: {aline}, second: {karim}}
    assert await delivering.skills([aline, karim]) == {aline: {first}, karim: {second}}
    await skills.set_deliverers(SYSTEM, first, [])
    assert await delivering.deliverers([first]) == {first: frozenset()}


async def test_who_or_what_does_not_exist_is_refused_whole(database_test):
    offer, aline = await makers.make_offer(), await makers.make_facilitator()
    with pytest.raises(NotFound):
        await skills.set_deliverers(SYSTEM, offer, [aline, 4_711])
    with pytest.raises(NotFound):
        await skills.set_skills(SYSTEM, aline, [4_711])
    for missing in (skills.set_deliverers(SYSTEM, 4_711, []), skills.set_skills(SYSTEM, 4_711, [])):
        with pytest.raises(NotFound):
            await missing
    assert await delivering.skills([aline]) == {aline: frozenset()}


async def test_what_the_list_was_and_became_is_kept_in_names(database_test):
    offer, aline = await makers.make_offer(), await makers.make_facilitator()
    karim = await makers.make_facilitator("k@example.org", "Karim Anime")
    await skills.set_deliverers(SYSTEM, offer, [karim, aline])
    await skills.set_deliverers(SYSTEM, offer, [karim, aline])
    await skills.set_skills(SYSTEM, aline, [])
    kept = await db.connection().fetch("select field, old, new from change order by id")
    assert [tuple(row) for row in kept] == [
        ("deliverers", "[]", '["Aline Anime", "Karim Anime"]'),
        ("skills", '["Sensibilisation au vélo électrique"]', "[]"),
    ]
