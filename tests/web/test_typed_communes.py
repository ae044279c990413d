"""A platform whose communes were typed by hand: every page that reads one."""

from __future__ import annotations

import pytest

import makers
from office_makers import done, refused, staff
from training.directory.actions.communes import commune_named
from training.kernel import db
from training.kernel.actor import SYSTEM
from visitor_makers import priced_town

pytestmark = pytest.mark.anyio
COMMUNES = "/gestion/lieux/communes"


async def typed_town() -> tuple[makers.Town, int]:
    """A town whose venue is in a commune typed by hand, and the commune."""
    town = await priced_town()
    commune = await commune_named(SYSTEM, "Damigny", "61250")
    await db.execute("update venue set commune = $1, latitude = null, longitude = null", commune)
    return town, commune


async def test_dates_are_found_near_a_commune_without_a_place_on_the_map(client):
    town, _commune = await typed_town()
    for typed in ("Damigny", "damigny 61250", "61250"):
        page = await client.get("/seances", params={"pres": typed})
        assert f"/seances/{town.session}" in page.text, typed
        assert "sur place" in page.text
    assert "sur place" not in (await client.get("/seances?pres=Alençon")).text, "nobody knows how far"


async def test_lists_and_feeds_are_narrowed_to_a_commune_without_an_insee_code(client):
    town, commune = await typed_town()
    for path in ("/seances", "/agenda/public.ics"):
        assert str(town.session) in (await client.get(path, params={"commune": f"x{commune}"})).text, path
        other = (await client.get(path, params={"commune": "x999999"})).text
        assert f"/seances/{town.session}" not in other, path
    assert "Damigny" in (await client.get("/integrer/seances", params={"commune": f"x{commune}"})).text
    assert "Damigny" not in (await client.get("/integrer/seances", params={"commune": "x999999"})).text
    embedding = (await client.get("/integrer")).text
    assert f'value="x{commune}"' in embedding


async def test_the_office_narrows_its_sessions_to_it(client):
    town, commune = await typed_town()
    await staff(client)
    page = (await client.get("/gestion/seances")).text
    assert f'value="x{commune}"' in page
    assert f"/gestion/seances/{town.session}" in (await client.get(f"/gestion/seances?commune=x{commune}")).text
    assert f"/gestion/seances/{town.session}" not in (await client.get("/gestion/seances?commune=61001")).text


async def test_one_typed_by_hand_is_joined_by_a_click_and_its_venue_follows(client):
    town, commune = await typed_town()
    await staff(client)
    page = COMMUNES
    assert "À savoir une fois la liste chargée." not in (await client.get(page)).text, "Alençon is known"
    known = await makers.make_commune("61143", "Damigny", "61252", (48.45, 0.07), 2_800)
    shown = (await client.get(page)).text
    assert "Damigny (61252), 61143" in shown
    await done(client, f"{COMMUNES}/{commune}", {"commune": str(known)})
    assert await db.value("select commune from venue where id = $1", town.venue) == known
    assert "Rien à rattacher" in (await client.get(page)).text
    await refused(client, f"{COMMUNES}/{commune}", {"commune": str(known)}, 409, "déjà rattachée")
    for nobody in ("", "x", "999999", "99999999999999999999"):
        answer = await makers.post(client, f"{COMMUNES}/{commune}", {"commune": nobody})
        assert answer.status_code == 404, nobody


async def test_the_page_of_communes_says_what_an_empty_list_means(client):
    await makers.make_platform()
    await staff(client)
    page = (await client.get(COMMUNES)).text
    assert "Aucune liste de communes n’est chargée" in page
    assert "training import communes" in page
    await commune_named(SYSTEM, "Sées", "61500")
    assert "À savoir une fois la liste chargée." in (await client.get(COMMUNES)).text
