"""Communes: typed by hand, found again however they are written."""

from __future__ import annotations

import pytest

import makers
from training.directory.actions.communes import commune_named
from training.kernel import db
from training.kernel.actor import SYSTEM
from training.kernel.errors import Invalid

pytestmark = pytest.mark.anyio


async def known(insee: str, name: str, *postcodes: str) -> int:
    """A commune of the country."""
    commune = await db.value(
        "insert into commune (insee, name, postcode, latitude, longitude, population)"
        " values ($1, $2, $3, 48.4, 0.1, 900) returning id",
        insee,
        name,
        postcodes[0],
    )
    for postcode in postcodes[1:]:
        await db.execute("insert into commune_postcode (commune, postcode) values ($1, $2)", commune, postcode)
    return int(commune)


@pytest.mark.parametrize(
    ("typed", "postcode"),
    [
        ("Saint-Denis-sur-Sarthon", "61420"),
        ("st denis sur sarthon", "61420"),
        ("St. Denis-s/Sarthon", "61 420"),
        ("SAINT DENIS SUR SARTHON", "61420"),
        ("Saint-Denis-sur-Sarthon Cedex", "61421"),
    ],
)
async def test_a_commune_is_found_again_however_it_is_written(database_test, typed, postcode):
    commune = await known("61382", "Saint-Denis-sur-Sarthon", "61420")
    assert await commune_named(SYSTEM, typed, postcode) == commune
    assert await db.value("select count(*) from commune") == 1


async def test_the_district_of_a_town_is_the_town(database_test):
    paris = await known("75056", "Paris", "75001", "75012")
    for typed in ("Paris 12e", "PARIS 12", "Paris", "paris 12ème arrondissement", "Paris cedex 12"):
        assert await commune_named(SYSTEM, typed, "75012") == paris, typed


async def test_an_apostrophe_is_a_space_and_an_accent_is_none(database_test):
    commune = await known("01001", "L’Abergement-Clémenciat", "01400")
    assert await commune_named(SYSTEM, "L'ABERGEMENT CLEMENCIAT", "01400") == commune


async def test_one_that_nobody_knows_is_made_once_without_a_place_on_the_map(database_test):
    sees = await commune_named(SYSTEM, " Sées ", "61500")
    assert await commune_named(SYSTEM, "SEES", "61500") == sees
    row = dict(await db.connection().fetchrow("select * from commune where id = $1", sees))
    assert (row["name"], row["postcode"], row["insee"], row["latitude"], row["population"]) == (
        "Sées", "61500", None, None, None,
    )  # fmt: skip
    assert await commune_named(SYSTEM, "Sées", "61501") != sees, "another postcode may be another commune"


async def test_letters_to_companies_name_a_commune_only_where_one_bears_the_name(database_test):
    alencon = await known("61001", "Alençon", "61000")
    assert await commune_named(SYSTEM, "Alençon Cedex 9", "61014") == alencon
    assert await commune_named(SYSTEM, "Alençon", "61014") != alencon, "nobody said that it is one for letters"
    assert await commune_named(SYSTEM, "Alençon cedex", "72014") != alencon, "another département"


async def test_what_stands_for_another_is_that_one(database_test):
    typed = await commune_named(SYSTEM, "Sees en Orne", "61500")
    sees = await known("61464", "Sées", "61500")
    await db.execute("update commune set same_as = $2 where id = $1", typed, sees)
    assert await commune_named(SYSTEM, "Sees-en-Orne", "61500") == sees


@pytest.mark.parametrize(
    ("name", "postcode", "fields"),
    [
        ("Sées", "6150", {"postcode"}),
        ("Sées", "6150A", {"postcode"}),
        ("Sées", "٦١٥٠٠", {"postcode"}),
        ("61500 Sées", "61500", {"city"}),
        ("", "", {"city", "postcode"}),
        ("- -", "61500", {"city"}),
        ("S" * 101, "61500", {"city"}),
        ("cedex", "61500", {"city"}),
    ],
)
async def test_what_can_be_no_commune_is_refused_beside_its_field(database_test, name, postcode, fields):
    with pytest.raises(Invalid) as caught:
        await commune_named(SYSTEM, name, postcode)
    assert caught.value.errors.keys() == fields
    assert await db.value("select count(*) from commune") == 0


async def test_an_address_names_a_commune_by_its_insee_code_or_by_its_row_for_ever(database_test):
    typed = await commune_named(SYSTEM, "Sées", "61500")
    known_one = await known("61001", "Alençon", "61000")
    assert await db.value("select commune_of($1)", f"x{typed}") == typed
    assert await db.value("select commune_of('61001')") == known_one
    for code in ("x", "x99999999999", "61999", "xx1", ""):
        assert await db.value("select commune_of($1)", code) is None
    await db.execute("update commune set same_as = $2 where id = $1", typed, known_one)
    assert await db.value("select commune_of($1)", f"x{typed}") == known_one


async def test_a_postcode_is_kept_by_any_door(database_test):
    await makers.make_venue()
    assert await db.value("select array_agg(postcode::text) from commune_postcode") == ["61000"]
    await db.execute("update commune set postcode = '61250'")
    assert await db.value("select array_agg(postcode::text order by 1) from commune_postcode") == ["61000", "61250"]
