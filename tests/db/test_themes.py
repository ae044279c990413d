"""Themes are data: every text that offers bear has a row, shown under its name, and still known by its text."""

from __future__ import annotations

import pytest

import makers
from training.catalogue.queries import offers as catalogue
from training.catalogue.queries import themes as theming
from training.catalogue.rules.looks import default_look
from training.kernel import db

pytestmark = pytest.mark.anyio

TEXTS = ("Cuisine", "Français", "Démarches en ligne", "Jardin", "", "Thème n° 12", "🚲 à deux", "É" * 60)


async def look_of(text: str) -> tuple[str, str, str]:
    row = await db.connection().fetchrow("select name, paper, motif from theme where text = $1", text)
    return row["name"], row["paper"], row["motif"]


async def rename(text: str, name: str) -> None:
    await db.execute("update theme set name = $2, keywords = 'fourneau, marmite' where text = $1", text, name)


@pytest.mark.parametrize("text", TEXTS)
async def test_an_offer_of_a_new_theme_makes_its_row_as_the_rule_would(database_test: None, text: str) -> None:
    town = await makers.make_town()
    await db.execute("update offer set theme = $2 where id = $1", town.offer, text)
    expected = default_look(text)
    assert await look_of(text) == (text, expected.paper, expected.motif)


async def test_a_second_offer_of_a_theme_leaves_what_was_chosen(database_test: None) -> None:
    town = await makers.make_town()
    await db.execute("update offer set theme = 'Cuisine' where id = $1", town.offer)
    await rename("Cuisine", "Aux fourneaux")
    await db.execute("update offer set theme = 'Jardin' where id = $1", town.offer)
    await db.execute("update offer set theme = 'Cuisine' where id = $1", town.offer)
    assert (await look_of("Cuisine"))[0] == "Aux fourneaux"


async def test_an_offer_is_found_by_its_theme_s_name_and_keywords(database_test: None) -> None:
    town = await makers.make_town()
    await db.execute("update offer set theme = 'Cuisine' where id = $1", town.offer)
    await rename("Cuisine", "Aux fourneaux")
    for search in ("cuisine", "fourneaux", "marmites"):
        (found,) = await catalogue.offers(search=search)
        assert (found.theme, found.look.name) == ("Cuisine", "Aux fourneaux")


async def test_an_offer_s_own_drawing_goes_before_its_theme_s(database_test: None) -> None:
    town = await makers.make_town()
    await db.execute("update offer set theme = 'Cuisine', motif = 'arbre' where id = $1", town.offer)
    (found,) = await catalogue.offers()
    assert (found.look.motif, found.look.paper) == ("arbre", default_look("Cuisine").paper)


async def test_offers_of_no_theme_have_a_look_and_are_no_theme_to_choose(database_test: None) -> None:
    town = await makers.make_town()
    await db.execute("update offer set theme = '' where id = $1", town.offer)
    (found,) = await catalogue.offers()
    assert found.look == default_look("")
    assert await theming.themes() == []


async def test_themes_are_listed_as_staff_placed_them(database_test: None) -> None:
    town = await makers.make_town()
    await db.execute("update offer set theme = 'Cuisine' where id = $1", town.offer)
    (theme,) = await theming.themes()
    assert (theme.look, theme.offers) == (default_look("Cuisine"), 1)


async def test_an_offer_whose_theme_has_no_row_is_shown_all_the_same(database_test: None) -> None:
    """Rows that were restored or copied with the triggers off."""
    town = await makers.make_town()
    await db.execute("alter table offer disable trigger theme_of_offer")
    await db.execute("update offer set theme = 'Sans ligne' where id = $1", town.offer)
    await db.execute("alter table offer enable trigger theme_of_offer")
    (found,) = await catalogue.offers()
    assert (found.look.name, found.look.paper, found.look.motif) == ("Sans ligne", "chamois", "salle")
