"""The team changes how an offer is called and summed up."""

from __future__ import annotations

import pytest

import makers
from office_makers import done, refused, staff
from training.identity.rules import Role

pytestmark = pytest.mark.anyio
WORDS = "/gestion/catalogue/velo/mots"


async def test_an_offer_s_words_are_changed_and_read_in_the_catalogue(client):
    await makers.make_offer("velo")
    await staff(client)
    listed = await client.get("/gestion/catalogue")
    assert f'href="{WORDS}"' in listed.text
    await done(client, WORDS, {"title": " Rouler en ville ", "summary": "Deux heures à vélo."})
    assert 'value="Rouler en ville"' in (await client.get(WORDS)).text
    assert "Deux heures à vélo." in (await client.get("/catalogue/velo")).text
    await refused(client, WORDS, {"title": "", "summary": "x" * 401}, 422, "400 caractères au plus")
    assert (await client.get("/gestion/catalogue/rien/mots")).status_code == 404


async def test_who_only_bills_is_not_led_there(client):
    await makers.make_offer("velo")
    await staff(client, Role.BOOKKEEPER)
    assert f'href="{WORDS}"' not in (await client.get("/gestion/catalogue")).text
    assert (await client.get(WORDS)).status_code == 403
