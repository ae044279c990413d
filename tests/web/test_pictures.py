"""The picture of an offer: given with an agreement, seen by everybody once it is published, gone when taken away."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
from PIL import Image

import makers
from office_makers import done, refused, staff
from training.catalogue.actions.looks import remove_picture, set_picture
from training.catalogue.rules.looks import PictureWords
from training.identity.rules import Role
from training.kernel import clock, db
from training.kernel.actor import SYSTEM
from training.kernel.errors import Invalid, NotFound
from training.web.security import PRIVATE

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("noon")]

PATH = "/gestion/catalogue/velo/image"
SAID = {
    "alt": "Six personnes autour d’une table",
    "agreed_by": "Ana Test, pour elle-même",
    "agreement": "Classeur « droit à l’image »",
    "agreed_on": "2027-02-20",
}


@pytest.fixture
async def noon():
    with clock.frozen(makers.NOON):
        yield


def photo(colour: str = "navy") -> bytes:
    Image.new("RGB", (1_600, 1_000), colour).save(into := BytesIO(), "JPEG")
    return into.getvalue()


def words() -> PictureWords:
    return PictureWords(SAID["alt"], SAID["agreed_by"], clock.today(), SAID["agreement"])


async def send(client, data: dict[str, str], content: bytes | None = None):
    files = {"picture": ("photo.jpg", content, "image/jpeg")} if content else {"nothing": ("", b"", "text/plain")}
    return await makers.post(client, PATH, data, files=files)


async def shown(client, path: str = "/catalogue/velo") -> str | None:
    found = re.search(r'<img class="art" src="([^"]+)"', (await client.get(path)).text)
    return found[1] if found else None


async def test_a_picture_takes_the_drawing_s_place_and_goes_again(client):
    await makers.make_town()
    assert await shown(client) is None
    await staff(client)
    assert (await send(client, SAID, photo())).status_code == 303
    page = (await client.get(PATH)).text
    assert "Retirer l’image" in page
    assert SAID["agreement"] in page
    address = await shown(client, PATH)
    assert re.fullmatch(r"/images/[0-9a-f]{32}\.webp", address)
    assert f'alt="{SAID["alt"]}" srcset="{address.removesuffix(".webp")}-2x.webp 2x" width="400" height="260"' in page
    await done(client, f"{PATH}/retirer")
    assert await shown(client, PATH) is None
    assert (await client.get(address)).status_code == 404
    assert await db.value("select count(*) from file where media_type = 'image/webp' and content is not null") == 0


async def test_everybody_sees_the_picture_of_what_is_published(client):
    town = await makers.make_town()
    await set_picture(SYSTEM, town.offer, words(), photo())
    address = "/images/" + await db.value("select address from offer_picture")
    narrow, wide = await client.get(f"{address}.webp"), await client.get(f"{address}-2x.webp")
    for answer in (narrow, wide):
        assert (answer.status_code, answer.headers["content-type"]) == (200, "image/webp")
        assert "immutable" in answer.headers["cache-control"]
        assert "sandbox" in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"
    assert [Image.open(BytesIO(answer.content)).width for answer in (narrow, wide)] == [600, 1_200]
    again = await client.get(f"{address}.webp", headers={"If-None-Match": narrow.headers["etag"]})
    assert again.status_code == 304
    for other in ("/images/x.webp", f"{address}.jpg", f"{address}-3x.webp", f"/images/{'0' * 32}.webp"):
        assert (await client.get(other)).status_code == 404, other


async def test_nobody_but_its_writers_sees_the_picture_of_a_draft(client):
    town = await makers.make_town()
    await set_picture(SYSTEM, town.offer, words(), photo())
    await db.execute("update offer set state = 'draft'")
    address = f"/images/{await db.value('select address from offer_picture')}.webp"
    answer = await client.get(address)
    assert (answer.status_code, answer.headers["cache-control"]) == (404, PRIVATE)
    await staff(client)
    answer = await client.get(address)
    assert (answer.status_code, answer.headers["cache-control"]) == (200, PRIVATE)


async def test_a_picture_of_two_offers_stays_while_one_shows_it(client):
    town = await makers.make_town()
    other = await makers.make_offer("atelier", title="Atelier")
    for offer in (town.offer, other):
        await set_picture(SYSTEM, offer, words(), photo())
    address = f"/images/{await db.value('select min(address) from offer_picture')}.webp"
    await db.execute("update offer set state = 'draft' where id = $1", other)
    assert "immutable" in (await client.get(address)).headers["cache-control"]
    await remove_picture(SYSTEM, town.offer)
    assert (await client.get(address)).status_code == 404  # the other is a draft
    await db.execute("update offer set state = 'published' where id = $1", other)
    assert (await client.get(address)).status_code == 200


async def test_another_picture_lets_the_first_go_and_words_alone_keep_it(client):
    town = await makers.make_town()
    with pytest.raises(Invalid, match="Choisissez une image"):
        await set_picture(SYSTEM, town.offer, words())
    await set_picture(SYSTEM, town.offer, words(), photo())
    await staff(client)
    assert (await send(client, {**SAID, "alt": "Une table"})).status_code == 303
    assert await db.value("select alt from offer_picture") == "Une table"
    await set_picture(SYSTEM, town.offer, words(), photo("green"))
    assert await db.value("select count(*) from file where media_type = 'image/webp' and content is not null") == 2
    await set_picture(SYSTEM, town.offer, words(), photo("green"))  # the same again: it stays
    assert await db.value("select count(*) from file where media_type = 'image/webp' and content is not null") == 2
    with pytest.raises(NotFound):
        await set_picture(SYSTEM, 999_999, words(), photo())


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("alt", "", "À remplir"),
        ("agreed_by", " ", "À remplir"),
        ("agreement", "", "À remplir"),
        ("agreed_on", "", "Indiquez une date"),
        ("agreed_on", "2028-01-01", "n’est pas encore passée"),
    ],
)
async def test_a_picture_without_an_agreement_is_refused_beside_its_field(client, field, value, sentence):
    await makers.make_town()
    await staff(client)
    answer = await send(client, {**SAID, field: value}, photo())
    assert (answer.status_code, sentence in makers.text_of(answer.text)) == (422, True)
    assert await db.value("select count(*) from offer_picture") == 0


async def test_what_is_no_picture_is_refused_beside_its_field(client):
    await makers.make_town()
    await staff(client)
    for content in (b"<svg xmlns='http://www.w3.org/2000/svg'/>", photo()[:3_000]):
        answer = await send(client, SAID, content)
        assert (answer.status_code, "ne se lit pas" in answer.text) == (422, True)
    await refused(client, PATH, SAID, 422, "Choisissez une image.")


HEIC = b"\x00\x00\x00\x18ftypheic" + bytes(2_000)
SVG = b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(bytes(40_000_000), "pèse 40 Mo : il en faut 10 Mo au plus"), (HEIC, "HEIC"), (SVG, "SVG")],
)
async def test_a_picture_that_is_too_large_or_of_another_kind_is_said_beside_it_and_nothing_typed_is_lost(
    client, content, sentence
):
    await makers.make_town()
    await staff(client)
    answer = await send(client, SAID, content)
    assert answer.status_code == 422
    assert 'id="picture-error"' in answer.text
    assert sentence in makers.text_of(answer.text)
    assert SAID["agreement"] in answer.text
    assert await db.value("select count(*) from offer_picture") == 0


async def test_only_who_writes_the_catalogue_changes_its_pictures(client):
    await makers.make_town()
    await staff(client, Role.BOOKKEEPER)
    assert (await client.get(PATH)).status_code == 403
    assert (await send(client, SAID, photo())).status_code == 403
    assert (await makers.post(client, f"{PATH}/retirer")).status_code == 403
