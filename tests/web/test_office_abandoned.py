"""A session that was planned by mistake is given up before anybody saw it: no reason is asked, nothing is deleted."""

from __future__ import annotations

import pytest

import makers
from office_makers import done, refused, staff
from training.kernel import db
from training.scheduling.actions import planning

pytestmark = pytest.mark.anyio


async def test_a_draft_is_given_up_without_a_word_and_comes_back(client):
    town = await makers.make_town()
    await db.execute("update session set state = 'draft' where id = $1", town.session)
    await staff(client)
    page = f"/gestion/seances/{town.session}"
    assert "Renoncer à cette séance" in (await client.get(page)).text
    asked = makers.text_of((await client.get(f"{page}/annuler")).text)
    assert "Elle n’a jamais été publiée" in asked
    assert await done(client, f"{page}/annuler", {"reason": ""}) == page
    assert "Retirée avant d’être publiée" in makers.text_of((await client.get(page)).text)
    await done(client, f"{page}/retablir")
    assert await db.value("select state from session where id = $1", town.session) == "draft"


async def test_what_was_published_is_called_off_with_its_reason(client):
    town = await makers.make_town()
    await staff(client)
    await refused(client, f"/gestion/seances/{town.session}/annuler", {"reason": " "}, 422, "Donnez le motif")


async def test_no_session_is_ever_deleted(database_test):
    assert not [name for name in dir(planning) if "delete" in name or "remove" in name]
    town = await makers.make_town()
    await makers.make_booking(town, 3)
    with pytest.raises(Exception, match="violates foreign key"):
        await db.execute("delete from session where id = $1", town.session)
