"""Names given after the booking: one a line, replaced as a whole, kept as typed when something is wrong."""

from __future__ import annotations

from datetime import timedelta

import pytest

import makers
from makers import text_of
from portal_makers import enter, fields, hold_session
from training.bookings import queries
from training.bookings.actions import ending
from training.bookings.actions.booking import NewParticipant, name_participants
from training.identity.rules import Role
from training.kernel import clock
from training.kernel.actor import SYSTEM

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("noon")]
ONE = "Donner les noms"


@pytest.fixture
async def noon():
    with clock.frozen(makers.NOON):
        yield


async def booked(client, role: Role = Role.MANAGER):
    """A booking of three seats in the town, seen by somebody of it: its page's path, and its id."""
    town = await makers.make_town()
    made = await makers.make_booking(town, 3)
    await enter(client, town.organisation, role)
    return f"/espace/{town.slug}/reservations/{made.reference}", made, town


async def test_names_are_given_then_changed(client):
    path, made, _town = await booked(client)
    page = (await client.get(path)).text
    assert ONE in page
    assert "autocomplete" in page
    typed = "Léa Exemple <lea@Example.org>\n\nMax Modèle"
    answer = await makers.post(client, f"{path}/participants", {"participants": typed})
    assert (answer.status_code, answer.headers["location"]) == (303, path)
    later = (await client.get(path)).text
    assert "2 noms sont enregistrés." in text_of(later)
    assert "1 nom reste à donner." in text_of(later)
    assert "Changer la liste" in later
    assert fields(later)["participants"] == "Léa Exemple <lea@Example.org>\nMax Modèle"
    # the list replaces the one before; empty, it is empty
    await makers.post(client, f"{path}/participants", {"participants": "Max Modèle"})
    assert [p.name for p in await queries.participants(made.id)] == ["Max Modèle"]
    await makers.post(client, f"{path}/participants", {"participants": " \n"})
    assert await queries.participants(made.id) == []
    assert "La liste des participants est vide." in text_of((await client.get(path)).text)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("A\nB\nC\nD", "plus de noms que de places"),
        ("Léa\n<lea@example.org>", "Ligne 2 : il manque le nom."),
        ("Léa lea@example", "Ligne 1 : l’adresse « lea@example » n’est pas complète."),
        ("x" * 201, "Ligne 1 : ce nom est trop long."),
    ],
)
async def test_what_is_wrong_is_said_and_kept(client, typed, sentence):
    path, made, _town = await booked(client)
    answer = await makers.post(client, f"{path}/participants", {"participants": typed})
    assert answer.status_code == 422
    assert text_of(answer.text).count(sentence) == 2  # on top, and beside the field
    assert "<details open" in answer.text
    assert fields(answer.text)["participants"] == typed
    assert await queries.participants(made.id) == []


async def test_who_may_not_book_may_not_name(client):
    path, made, _town = await booked(client, Role.ACCOUNTANT)
    assert ONE not in (await client.get(path)).text
    answer = await makers.post(client, f"{path}/participants", {"participants": "Léa"})
    assert answer.status_code == 403
    assert await queries.participants(made.id) == []


async def test_another_organisations_booking_is_not_there(client):
    path, made, _town = await booked(client)
    other = await makers.make_organisation("Autre", siret=None, domain="autre.example.org")
    await enter(client, other, name="voisine")
    for slug in ("commune-d-essai", "autre"):
        there = path.replace("commune-d-essai", slug)
        assert (await makers.post(client, f"{there}/participants", {"participants": "Léa"})).status_code == 404
    assert await queries.participants(made.id) == []


async def test_after_the_session_or_the_booking_nobody_is_named(client):
    path, made, town = await booked(client)
    await hold_session(town)
    answer = await makers.post(client, f"{path}/participants", {"participants": "Léa"})
    assert answer.status_code == 409
    assert "ne se nomment plus" in text_of(answer.text)
    assert ONE not in (await client.get(path)).text
    assert await queries.participants(made.id) == []


async def test_a_cancelled_booking_has_nobody_to_name(client):
    path, made, _town = await booked(client)
    await ending.cancel(SYSTEM, made.id)
    with clock.frozen(makers.NOON + timedelta(minutes=1)):
        answer = await makers.post(client, f"{path}/participants", {"participants": "Léa"})
    assert answer.status_code == 409
    assert fields(answer.text).get("participants", "Léa") == "Léa"


async def test_names_that_the_team_gave_meanwhile_are_not_lost_without_a_word(client):
    path, made, _town = await booked(client)
    page = fields((await client.get(path)).text)
    await name_participants(SYSTEM, made.id, (NewParticipant("Léa Exemple"),))
    answer = await makers.post(client, f"{path}/participants", {"vu": page["vu"], "participants": "Max Modèle"})
    assert answer.status_code == 409
    assert "Quelqu’un d’autre l’a modifié entre-temps" in text_of(answer.text)
    again = fields(answer.text)
    assert again["participants"] == "Max Modèle", "what was typed is kept"
    assert "Léa Exemple" in text_of(answer.text), "and who is named now is above it"
    await makers.post(client, f"{path}/participants", again)
    assert [p.name for p in await queries.participants(made.id)] == ["Max Modèle"]
