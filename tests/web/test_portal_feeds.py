"""Subscribing, as a town hall's officer does it: two kinds of calendar, several devices, each replaced or closed."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, quote, urlsplit

import pytest

import makers
from makers import text_of
from portal_makers import enter
from training.bookings.actions.booking import NewParticipant, name_participants
from training.calendar.actions.answers import answer
from training.calendar.queries import feeds, invitations
from training.calendar.rules import Answer, FeedKind
from training.identity.rules import Role
from training.kernel import clock, db
from training.kernel.actor import SYSTEM
from training.worker import drain

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("noon")]


@pytest.fixture
async def noon():
    with clock.frozen(makers.NOON):
        yield


@pytest.fixture
async def path(client):
    town = await makers.make_town()
    await enter(client, town.organisation)
    return f"/espace/{town.slug}/agenda"


def secret(page) -> str:
    """The token of the address that a page shows."""
    (found,) = set(re.findall(r"/agenda/p/([\w-]+)\.ics", page.text))
    return str(found)


async def test_the_question_has_two_answers_and_each_gives_its_calendar(client, path):
    page = text_of((await client.get(path)).text)
    assert "Les séances de la structure" in page
    assert "Mes séances à moi" in page
    whole = await makers.post(client, path, {"label": "mon téléphone", "which": "structure"})
    mine = await makers.post(client, path, {"label": "mon ordinateur", "which": "moi"})
    kinds = {(await feeds.owner(secret(made))).kind for made in (whole, mine)}
    assert kinds == {FeedKind.ORGANISATION, FeedKind.PERSON}
    listed = text_of((await client.get(path)).text)
    assert "mon téléphone Séances de la structure" in listed
    assert "mon ordinateur Ses séances à soi" in listed


async def test_each_program_has_its_button(client, path):
    made = await makers.post(client, path, {"label": "mon téléphone"})
    https = f"http://testserver.local/agenda/p/{secret(made)}.ics"
    webcal = https.replace("http://", "webcal://")
    assert f'value="{https}"' in made.text
    assert f'href="{webcal}"' in made.text
    links = re.findall(r'href="(https://[^"]+)"', made.text)
    by_host = {urlsplit(link.replace("&amp;", "&")).hostname: parse_qs(urlsplit(link).query) for link in links}
    assert by_host["calendar.google.com"]["cid"] == [webcal]
    assert by_host["outlook.live.com"]["url"] == by_host["outlook.office.com"]["url"] == [https]
    assert quote("mon téléphone") in made.text
    assert re.search(r'<svg role="img" [^>]*><title>Code à viser', made.text)
    assert "style=" not in made.text
    assert made.headers["cache-control"] == "private, no-store"
    words = text_of(made.text)
    for said in ("12 à 24 heures", "plusieurs heures", "deux fois", "secrète"):
        assert said in words


async def test_last_read_is_said_in_plain_words(client, path):
    made = await makers.post(client, path, {"label": "mon téléphone"})
    assert "Jamais encore" in text_of((await client.get(path)).text)
    await client.get(f"/agenda/p/{secret(made)}.ics", headers={"User-Agent": "iOS/17.4 (21E219) dataaccessd/1.0"})
    listed = text_of((await client.get(path)).text)
    assert "1er mars 2027 à 12 h par iPhone ou iPad" in listed
    (close,) = re.findall(r'href="([^"]+/supprimer)"', (await client.get(path)).text)
    assert "par iPhone ou iPad" in text_of((await client.get(close)).text)


async def test_replacing_asks_first_then_shows_the_new_one_once(client, path):
    old = secret(await makers.post(client, path, {"label": "mon téléphone"}))
    (replace,) = re.findall(r'href="([^"]+/remplacer)"', (await client.get(path)).text)
    assert "cesse de répondre tout de suite" in text_of((await client.get(replace)).text)
    assert (await client.get(f"/agenda/p/{old}.ics")).status_code == 200
    made = await makers.post(client, replace)
    assert made.headers["cache-control"] == "private, no-store"
    assert "Voici l’adresse pour « mon téléphone »" in text_of(made.text)
    assert (await client.get(f"/agenda/p/{old}.ics")).status_code == 404
    assert (await client.get(f"/agenda/p/{secret(made)}.ics")).status_code == 200
    assert (await makers.post(client, replace)).status_code == 404


async def test_a_name_is_needed_and_what_was_chosen_stays(client, path):
    refused = await makers.post(client, path, {"label": " ", "which": "moi"})
    assert refused.status_code == 422
    assert "À remplir." in refused.text
    assert re.search(r'value="moi" checked', refused.text)
    assert (await makers.post(client, path, {"label": "x" * 81})).status_code == 422


async def test_a_colleagues_own_calendar_is_not_on_the_page(client, path):
    await makers.post(client, path, {"label": "à moi seule", "which": "moi"})
    (close,) = re.findall(r'href="([^"]+/supprimer)"', (await client.get(path)).text)
    organisation = await db.value("select id from organisation")
    await enter(client, organisation, Role.MEMBER, "collegue")
    assert "à moi seule" not in (await client.get(path)).text
    assert (await client.get(close)).status_code == 404
    assert (await makers.post(client, close)).status_code == 404


async def test_an_accountant_follows_no_calendar(client):
    town = await makers.make_town()
    await enter(client, town.organisation, Role.ACCOUNTANT)
    assert (await client.get(f"/espace/{town.slug}/agenda")).status_code == 403
    answered = await makers.post(client, f"/espace/{town.slug}/agenda", {"label": "x"})
    assert answered.status_code == 403


async def test_participants_are_invited_when_the_organisation_wants_it(client):
    town = await makers.make_town()
    booked = await makers.make_booking(town, 3)
    await enter(client, town.organisation)
    path = f"/espace/{town.slug}/reservations/{booked.reference}"
    assert 'name="invite" value="1"' in (await client.get(path)).text
    people = "Léa Exemple <lea@example.org>\nMax Modèle"
    await makers.post(client, f"{path}/participants", {"participants": people, "invite": "1"})
    page = await client.get(path)
    words = text_of(page.text)
    assert "2 noms sont enregistrés. 1 personne reçoit l’invitation." in words
    assert re.search(r'name="invite" value="1" checked', page.text)
    assert "Léa Exemple lea@example.org Pas de réponse" in words
    await makers.post(client, f"{path}/participants", {"participants": people})
    assert not re.search(r'name="invite" value="1" checked', (await client.get(path)).text)


async def test_what_was_answered_is_shown_to_who_booked_and_to_the_team(client):
    town = await makers.make_town()
    booked = await makers.make_booking(town, 3)
    await name_participants(SYSTEM, booked.id, (NewParticipant("Léa Exemple", "lea@example.org"),), invite=True)
    await drain()
    with clock.frozen(makers.NOON.replace(hour=12)):
        await drain()
    notes = {note.email: note for note in await invitations.told_of(town.session)}
    await answer(SYSTEM, notes["lea@example.org"].id, Answer.DECLINED)
    await answer(SYSTEM, notes["rh@mairie.example.org"].id, Answer.TENTATIVE)
    await answer(SYSTEM, notes["anime@example.org"].id, Answer.ACCEPTED)
    await enter(client, town.organisation)
    page = await client.get(f"/espace/{town.slug}/reservations/{booked.reference}")
    assert "lea@example.org Non" in text_of(page.text)
    await makers.make_staff()
    await makers.sign_in(client, "equipe@example.org")
    words = text_of((await client.get(f"/gestion/seances/{town.session}")).text)
    assert "a répondu oui le 01/03/2027" in words
    assert "Léa Exemple lea@example.org participant Non" in words
    assert "Rachel Ressources rh@mairie.example.org contact Peut-être" in words
    assert "Aline Anime anime@example.org personne qui anime Oui" in words
    one = text_of((await client.get(f"/gestion/reservations/{booked.reference}")).text)
    assert "participant Non" in one
    assert "Aline Anime" not in one
    await answer(SYSTEM, notes["anime@example.org"].id, Answer.DECLINED)
    words = text_of((await client.get(f"/gestion/seances/{town.session}")).text)
    assert "Aline Anime anime@example.org personne qui anime Non" in words
