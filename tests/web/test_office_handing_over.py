"""The page for who takes over, and the gesture that gives a colleague's things to another."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

import makers
from office_makers import done, refused, staff
from training.directory.actions.facilitators import add_facilitator
from training.identity.actions import roles
from training.identity.rules import Role
from training.kernel import db
from training.kernel.actor import SYSTEM
from training.reporting.office import handing_over
from training.reporting.office.turns import TURNS, turn_said
from training.scheduling.actions.assignments import assign

pytestmark = pytest.mark.anyio
PATH = "/gestion/passation"


async def words(client, path: str = PATH) -> str:
    return makers.text_of((await client.get(path)).text)


async def test_an_empty_house_says_what_comes_again(client):
    await makers.make_platform()
    await staff(client)
    page = await words(client)
    assert "Rien n’attend" in page
    assert "Les jours ouvrés à 9 h" in page
    assert "L’exercice se termine" in page
    assert "Aucune sauvegarde" in page
    assert "Confier à quelqu’un d’autre" not in page, "there is nobody to give it to"


async def test_it_opens_before_anybody_has_said_who_runs_the_site(client):
    """It answered 500 on the first day."""
    await staff(client)
    for path in (PATH, f"{PATH}?imprimer=1"):
        assert (await client.get(path)).status_code == 200
    assert "L’exercice se termine" in await words(client)


async def test_it_says_what_is_in_progress_who_did_the_last_act_and_who_is_who(client):
    town = await makers.make_town()
    await makers.make_organisation("Mairie en attente", siret=None, domain="autre.example.org", approved=False)
    bare = await makers.make_session(town.offer)
    await staff(client)
    page = await words(client)
    assert "Structures à valider 1 " in page
    assert "Mairie en attente" in page
    assert "À nous de répondre" in page
    assert "Séances sans personne pour animer 1" in page
    assert f"/gestion/seances/{bare}" in (await client.get(PATH)).text
    assert "Aline Anime" in page


async def test_a_group_shows_a_few_and_says_how_many_there_are(client):
    await makers.make_platform()
    for n in range(10):
        await makers.make_organisation(f"Mairie {n}", siret=None, domain=f"m{n}.example.org", approved=False)
    await staff(client)
    page = await words(client)
    assert "Structures à valider 10" in page
    assert "Voir les 10" in page


async def test_an_adviser_reads_it_and_is_shown_no_keys(client):
    await makers.make_platform()
    await staff(client, Role.ADVISER)
    page = await words(client)
    assert "Ce qui revient" in page
    assert "Où sont les choses" not in page
    assert (await client.get(f"{PATH}/confier?de=1&a=2")).status_code == 403


async def test_one_gesture_gives_it_after_saying_what_it_changes(client):
    town = await makers.make_town(contact_name="Aline Anime")
    aline = await roles.add_user(SYSTEM, "anime@example.org", "Aline Anime")
    await roles.grant(SYSTEM, aline, Role.ADMINISTRATOR)
    await staff(client)
    eve = await db.value("select id from account where email = 'equipe@example.org'")
    asked = await words(client, f"{PATH}/confier?de={aline}&a={eve}")
    assert "la personne à appeler" in asked
    assert "n’est pas parmi les personnes qui animent" in asked
    await add_facilitator(
        SYSTEM, name="Ève Équipe", email="equipe@example.org", phone=None, partner=None, locale="fr", active=True
    )
    assert await done(client, f"{PATH}/confier", {"de": aline, "a": eve}) == PATH
    assert "C’est confié : 1 date, le nom que les pages montrent." in await words(client)
    assert await db.value("select contact_name from platform") == "Ève Équipe"
    edits = await words(client, "/gestion/plateforme")
    assert "La personne à appeler Aline Anime → devient Ève Équipe" in edits
    assert "Animation : Aline Anime → Ève Équipe" in await words(client, f"/gestion/seances/{town.session}")


async def test_one_cannot_give_to_oneself_or_to_a_stranger(client):
    await makers.make_platform()
    await staff(client)
    eve = await db.value("select id from account where email = 'equipe@example.org'")
    await refused(client, f"{PATH}/confier", {"de": eve, "a": eve}, 422, "Choisissez deux personnes")
    assert (await client.get(f"{PATH}/confier?de={eve}&a={eve}")).status_code == 404
    assert (await client.get(f"{PATH}/confier?de=x&a=99999999999999")).status_code == 404
    assert (await client.get(f"{PATH}/confier")).status_code == 303


async def test_whose_turn_it_is_is_said_of_each_thing_as_the_data_knows(client):
    """One session waits for whom we asked, another for us; one invoice for its buyer, another for who pays it."""
    town = await makers.make_town()
    await makers.make_session(town.offer)
    asked = await makers.make_session(town.offer, starts_at=town.starts_at + timedelta(days=2))
    slot = await db.value("select id from slot where session = $1", asked)
    assignment = await assign(SYSTEM, slot, town.facilitator)
    await db.execute("update assignment set state = 'proposed' where id = $1", assignment)
    late = await makers.make_booking(town, 12, option=True)
    await db.execute("update booking set expires_at = now() + interval '2 days' where id = $1", late.id)
    await staff(client)
    page = await words(client)
    assert "À nous de trouver quelqu’un" in page
    assert "À Aline Anime de répondre" in page
    assert "À la structure de confirmer" in page


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("call", "À nous d’appeler"),
        ("to_deposit", "À nous, sur Chorus Pro : à déposer"),
        ("available", "À l’organisme public de mandater"),
        ("mandated", "Au comptable public de payer"),
    ],
)
def test_who_pays_late_is_told_apart_by_where_the_invoice_stands(code, said) -> None:
    assert turn_said(code, None) == said


def test_no_turn_has_words_that_nothing_says() -> None:
    assert TURNS.keys() <= set(re.findall(r"'([a-z]+)'", handing_over._OPEN))
