"""Pages of refusals: whose site it is, where to go, and nothing typed is lost when the sign-in has ended."""

from __future__ import annotations

import pytest

import makers
from makers import text_of
from office_makers import staff
from portal_makers import enter, fields
from training.kernel import clock

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("noon")]


@pytest.fixture
async def noon():
    with clock.frozen(makers.NOON):
        yield


async def test_a_page_that_asks_to_sign_in_is_come_back_to_with_its_question(client):
    await makers.make_town()
    answer = await client.get("/gestion/reservations?q=commune&etat=pending")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/connexion?suite=/gestion/reservations%3Fq%3Dcommune%26etat%3Dpending"
    asked = await client.get(answer.headers["location"])
    assert 'value="/gestion/reservations?q=commune&amp;etat=pending"' in asked.text


async def test_what_was_typed_outlives_the_sign_in(client):
    town = await makers.make_town()
    made = await makers.make_booking(town, 3)
    await enter(client, town.organisation)
    path = f"/espace/{town.slug}/reservations/{made.reference}/annuler"
    await client.get(path)
    client.cookies.delete("signin")
    answer = await makers.post(client, path, {"reason": 'Trop de "neige"\n& de vent'})
    assert answer.status_code == 401
    assert answer.headers["cache-control"] == "private, no-store"
    assert "Votre connexion a pris fin" in text_of(answer.text)
    assert '<a class="button button-primary" href="/connexion" target="_blank">' in answer.text
    assert f'<form method="post" action="{path}">' in answer.text
    assert fields(answer.text) == {"reason": 'Trop de "neige"\n& de vent'}
    assert answer.text.count('name="_csrf_token"') == 1
    # signed in again, in another tab: the same browser
    await makers.sign_in(client, "manager@personne.example.org")
    again = await makers.post(client, path, fields(answer.text))
    assert again.status_code == 303


async def test_an_act_without_fields_is_done_again_too(client):
    await makers.make_town()
    answer = await makers.post(client, "/gestion/structures/commune-d-essai/valider")
    assert answer.status_code == 401
    assert '<form method="post" action="/gestion/structures/commune-d-essai/valider">' in answer.text
    assert "Recommencer" in answer.text


@pytest.mark.parametrize("path", ["/catalogue/rien", "/nulle-part", "/gestion/nulle-part"])
async def test_a_refusal_says_whose_site_it_is_and_whom_to_call(client, path):
    await makers.make_platform()
    await client.get("/")  # some page was shown before
    answer = await client.get(path)
    assert answer.status_code == 404
    assert "Plateforme d’essai" in answer.text
    assert "02 61 91 00 00" in answer.text
    assert 'data-audience="portal"' in answer.text


async def test_a_refusal_keeps_the_frame_where_one_works(client):
    await makers.make_town()
    await staff(client)
    answer = await client.get("/gestion/reservations/R-0000000")
    assert answer.status_code == 404
    assert 'data-audience="office"' in answer.text
    assert 'href="/gestion/seances"' in answer.text


@pytest.mark.parametrize("typed", ["--5", "+-5", "5-", "²", "١"])
async def test_a_number_that_is_none_is_said(client, typed):
    await makers.make_town()
    await staff(client)
    answer = await makers.post(client, "/gestion/seances/nouvelle", {"capacity": typed})
    assert answer.status_code == 422
    assert f"« {typed} » n’est pas un nombre entier." in text_of(answer.text)
