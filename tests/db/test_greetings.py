"""Every mail to somebody we know greets them by the name of their row, and nobody by what is no name."""

from __future__ import annotations

import pytest

import makers
from invitation_mails import CONTACT, booked_town, later
from training.identity.actions import signin
from training.kernel import db
from training.kernel.actor import SYSTEM
from training.scheduling.actions.changing import edit_venue
from training.worker import drain

pytestmark = pytest.mark.anyio


async def greeting(email: str, occasion: str) -> str:
    """The greeting of the last such mail to an address."""
    sql = "select text from mail where to_email = $1 and occasion = $2 order by id desc limit 1"
    text: str = await db.value(sql, email, occasion)
    return next(line for line in text.splitlines() if line.startswith(("Bonjour", "Hello")))


async def asked_to_come_in(email: str) -> str:
    await signin.request(email, network="192.0.2.1")
    await drain()
    return await greeting(email, "signin")


async def test_who_signs_in_is_greeted_by_the_name_that_we_know(database_test):
    await makers.make_town()
    await makers.make_staff("equipe@example.org")
    assert await asked_to_come_in(CONTACT) == "Bonjour Rachel Ressources,"
    assert await asked_to_come_in("anime@example.org") == "Bonjour Aline Anime,"
    assert await asked_to_come_in("personne@example.org") == "Bonjour,"
    async with db.atomic():
        await db.execute("update facilitator set locale = 'en'")
    assert await asked_to_come_in("anime@example.org") == "Hello Aline Anime,"


async def test_who_is_invited_no_more_was_uninvited_without_a_name(database_test):
    town, _booking = await booked_town()
    async with db.atomic():
        await db.execute("update contact set email = 'drh@nouvelle.example.org' where email = $1", CONTACT)
    await edit_venue(SYSTEM, town.venue, {"access": "Par la cour."})
    await later()
    assert await greeting(CONTACT, "uninvited") == "Bonjour Rachel Ressources,"
    assert await greeting("drh@nouvelle.example.org", "invited") == "Bonjour Rachel Ressources,"


async def test_a_venue_without_a_person_was_greeted_as_one(database_test):
    town, _booking = await booked_town()
    await edit_venue(SYSTEM, town.venue, {"contact_email": "clefs@example.org"})
    await later()
    assert await greeting("clefs@example.org", "invited") == "Bonjour,"
