"""The team chooses how themes and offers are shown; what programs read of a theme stays as it was."""

from __future__ import annotations

import pytest

import makers
from office_makers import done, refused, staff
from training.identity.rules import Role
from training.kernel import db

pytestmark = pytest.mark.anyio

SHOWN = {"name": "À deux roues", "paper": "lilas", "motif": "roue", "keywords": "bicyclette, VAE", "position": "2"}


async def theme_of(offer: int) -> tuple[str, str]:
    """Its text, and the address of its page."""
    sql = "select th.id, th.text from offer o join theme th on th.text = o.theme where o.id = $1"
    row = await db.connection().fetchrow(sql, offer)
    return row["text"], f"/gestion/themes/{row['id']}"


async def test_a_theme_is_renamed_and_dressed_and_the_catalogue_shows_it(client):
    town = await makers.make_town()
    await staff(client)
    text, page = await theme_of(town.offer)
    assert f'href="{page}"' in (await client.get("/gestion/themes")).text
    assert await done(client, page, SHOWN) == "/gestion/themes"
    again = (await client.get(page)).text
    assert 'value="lilas" checked' in again
    assert 'value="roue" checked' in again
    assert f"« {text} »" in makers.text_of(again).replace("\u00a0", " ")
    found = (await client.get("/catalogue?q=bicyclettes")).text
    assert town.offer_slug in found
    assert 'data-paper="lilas"' in found


async def test_renaming_a_theme_changes_neither_the_api_nor_the_feed_nor_addresses(client):
    town = await makers.make_town()
    text, page = await theme_of(town.offer)
    feed = f"/agenda/public.ics?theme={text}"
    before = [(await client.get(address)).text for address in ("/api/v1/offers", feed)]
    await staff(client)
    await done(client, page, SHOWN)
    after = [(await client.get(address)).text for address in ("/api/v1/offers", feed)]
    assert after == before
    assert "BEGIN:VEVENT" in after[1]
    assert f'"theme":"{text}"' in after[0]
    assert town.offer_slug in (await client.get("/catalogue", params={"theme": text})).text
    assert town.offer_slug not in (await client.get("/catalogue", params={"theme": "À deux roues"})).text


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("name", " ", "À remplir."),
        ("name", "x" * 61, "60 caractères au plus"),
        ("keywords", "x" * 401, "400 caractères au plus"),
        ("paper", "fluo", "Choisissez un papier."),
        ("motif", "", "Choisissez un dessin."),
        ("position", "0", "Indiquez 1 ou plus."),
    ],
)
async def test_what_is_not_there_to_choose_is_refused_beside_its_field(client, field, value, words):
    town = await makers.make_town()
    await staff(client)
    _text, page = await theme_of(town.offer)
    answer = await refused(client, page, SHOWN | {field: value}, 422, words)
    assert f'id="{field}-error"' in answer.text


async def test_an_offer_takes_a_drawing_of_its_own_and_goes_back_to_its_theme_s(client):
    town = await makers.make_town()
    await staff(client)
    page = f"/gestion/catalogue/{town.offer_slug}/dessin"
    assert f'href="{page}"' in (await client.get(f"/gestion/catalogue/{town.offer_slug}")).text
    assert 'value="" checked' in (await client.get(page)).text
    await done(client, page, {"motif": "casserole"})
    assert await db.value("select motif from offer where id = $1", town.offer) == "casserole"
    await refused(client, page, {"motif": "dragon"}, 422, "Choisissez un dessin.")
    await done(client, page, {"motif": ""})
    assert await db.value("select motif from offer where id = $1", town.offer) is None


async def test_a_theme_without_a_text_is_shown_and_can_be_dressed(client):
    town = await makers.make_town()
    await db.execute("update offer set theme = '' where id = $1", town.offer)
    await staff(client)
    _text, page = await theme_of(town.offer)
    assert "Sans thème" in (await client.get("/gestion/themes")).text
    await done(client, page, SHOWN | {"name": "Divers"})
    assert "Divers" in (await client.get("/gestion/themes")).text
    assert "Divers" not in (await client.get("/")).text


async def test_no_theme_at_all_and_no_such_page(client):
    await makers.make_platform()
    await staff(client)
    assert "Aucun thème pour l’instant" in (await client.get("/gestion/themes")).text
    assert (await client.get("/gestion/themes/999999999999")).status_code == 404
    assert (await client.get("/gestion/catalogue/rien/dessin")).status_code == 404


async def test_who_only_bills_is_not_led_there(client):
    town = await makers.make_town()
    _text, page = await theme_of(town.offer)
    await staff(client, Role.BOOKKEEPER)
    assert 'href="/gestion/themes"' not in (await client.get("/gestion/catalogue")).text
    for path in ("/gestion/themes", page, f"/gestion/catalogue/{town.offer_slug}/dessin"):
        assert (await client.get(path)).status_code == 403
