"""The poster's address: for whoever may see the session, and of no session that does not take place."""

from __future__ import annotations

from io import BytesIO

import httpx
import pytest
from PIL import Image

import makers
import office_makers
from papers_read import alternatives, said
from training.catalogue.actions.looks import set_picture
from training.catalogue.rules.looks import PictureWords
from training.kernel import clock, db
from training.kernel.actor import SYSTEM

pytestmark = pytest.mark.anyio


async def test_anybody_gets_it_in_both_inks_and_keeps_it(client: httpx.AsyncClient, database_test: None) -> None:
    town = await makers.make_town()
    address = f"/seances/{town.session}/affiche.pdf"
    coloured, black = await client.get(address), await client.get(f"{address}?encre=noire")
    for answer in (coloured, black):
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "application/pdf"
        assert answer.content.startswith(b"%PDF")
    assert coloured.content != black.content
    again = await client.get(address, headers={"If-None-Match": coloured.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert f'href="{address}"' in (await client.get(f"/seances/{town.session}")).text


@pytest.mark.parametrize("state", ["draft", "cancelled"])
async def test_a_session_that_is_not_to_take_place_has_none(
    client: httpx.AsyncClient, database_test: None, state: str
) -> None:
    town = await makers.make_town()
    async with db.atomic():
        await db.execute("update session set state = $2 where id = $1", town.session, state)
    assert (await client.get(f"/seances/{town.session}/affiche.pdf")).status_code == 404


@pytest.mark.parametrize("name", ["0", "abc", "99999999999999999999", "9223372036854775807"])
async def test_what_is_no_session_has_none(client: httpx.AsyncClient, database_test: None, name: str) -> None:
    await makers.make_town()
    assert (await client.get(f"/seances/{name}/affiche.pdf")).status_code == 404


async def test_a_private_session_has_one_for_its_own_people_and_the_team(
    client: httpx.AsyncClient, database_test: None
) -> None:
    town = await makers.make_town()
    async with db.atomic():
        sql = "update session set kind = 'private', organisation = $2 where id = $1"
        await db.execute(sql, town.session, town.organisation)
    address = f"/seances/{town.session}/affiche.pdf"
    assert (await client.get(address)).status_code == 404
    await office_makers.staff(client)
    assert (await client.get(address)).status_code == 200


async def test_it_says_for_whom_it_is_and_a_price_that_is_everybodys(
    client: httpx.AsyncClient, database_test: None
) -> None:
    town = await makers.make_town()
    address = f"/seances/{town.session}/affiche.pdf"
    text = said((await client.get(address)).content)
    assert "350,00 € pour le groupe" in text.replace("\N{NO-BREAK SPACE}", " ")
    assert "Agents des collectivités" in text
    async with db.atomic():
        await db.execute("update tariff set organisation_kind = 'commune'")
    assert "350,00" not in said((await client.get(address)).content)


async def test_an_offers_own_picture_is_on_it_unless_the_offer_is_not_to_be_seen(
    client: httpx.AsyncClient, database_test: None
) -> None:
    town = await makers.make_town()
    address = f"/seances/{town.session}/affiche.pdf"
    Image.new("RGB", (1200, 780), "navy").save(into := BytesIO(), "JPEG")
    words = PictureWords("Six personnes autour d’une table", "Ana Test", clock.today(), "Classeur")
    await set_picture(SYSTEM, town.offer, words, into.getvalue())
    assert words.alt in alternatives((await client.get(address)).content)
    async with db.atomic():
        await db.execute("update offer set state = 'draft' where id = $1", town.offer)
    assert words.alt not in alternatives((await client.get(address)).content)
