"""Partners: written by the team, named on the home with their logos, archived and reopened."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image

import makers
from office_makers import done, refused, staff
from training.catalogue.queries import funding as supporting
from training.identity.rules import Role
from training.kernel import clock

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("noon")]

PATH = "/gestion/soutiens"
WRITTEN = {"name": "Garage d’Essai", "link": "https://garage.example.org", "position": "2"}


@pytest.fixture
async def noon():
    with clock.frozen(makers.NOON):
        yield


def logo() -> bytes:
    Image.new("RGBA", (900, 300), (0, 0, 128, 128)).save(into := BytesIO(), "PNG")
    return into.getvalue()


async def test_a_logo_of_forty_megabytes_is_said_beside_it_and_nothing_typed_is_lost(client):
    await makers.make_platform()
    await staff(client)
    files = {"logo": ("logo.png", bytes(40_000_000), "image/png")}
    answer = await makers.post(client, f"{PATH}/nouveau", {**WRITTEN, "alt": "Garage d’Essai"}, files=files)
    assert answer.status_code == 422
    assert 'id="logo-error"' in answer.text
    assert "pèse 40 Mo" in answer.text
    assert 'value="Garage d’Essai"' in answer.text


async def test_a_partner_is_named_with_its_logo_and_archived(client):
    await makers.make_platform()
    await staff(client)
    assert "Personne n’est nommé" in (await client.get(PATH)).text
    files = {"logo": ("logo.png", logo(), "image/png")}
    page = await makers.post(client, f"{PATH}/nouveau", WRITTEN, files=files)
    assert (page.status_code, "Dites ce que le logo montre" in page.text) == (422, True)
    made = await makers.post(client, f"{PATH}/nouveau", {**WRITTEN, "alt": "Garage d’Essai"}, files=files)
    assert made.status_code == 303
    (kept,) = await supporting.supporters()
    home = (await client.get("/")).text
    assert f'<img src="/images/{kept.address}.webp" alt="Garage d’Essai"' in home
    shown = await client.get(f"/images/{kept.address}.webp")
    assert (shown.status_code, shown.headers["content-type"]) == (200, "image/webp")
    assert Image.open(BytesIO(shown.content)).size == (480, 160)
    await done(client, f"{PATH}/{kept.id}", {**WRITTEN, "name": "Garage", "alt": "Garage"})
    (again,) = await supporting.supporters()
    assert (again.name, again.address) == ("Garage", kept.address)
    await done(client, f"{PATH}/{kept.id}/retirer")
    assert await supporting.supporters() == []
    assert kept.address not in (await client.get("/")).text
    page = (await client.get(f"{PATH}/{kept.id}")).text
    assert "Archivé le" in page
    assert 'name="name"' not in page
    await refused(client, f"{PATH}/{kept.id}", {**WRITTEN, "alt": "Garage"}, 409, "archivé")
    await done(client, f"{PATH}/{kept.id}/remettre")
    assert [one.name for one in await supporting.supporters()] == ["Garage"]


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("name", "", "À remplir"),
        ("link", "http://garage.example.org", "commence par https://"),
        ("link", "javascript:alert(1)", "commence par https://"),
        ("position", "0", "Indiquez 1 ou plus"),
    ],
)
async def test_what_cannot_be_is_refused_beside_its_field(client, field, value, sentence):
    await makers.make_platform()
    await staff(client)
    await refused(client, f"{PATH}/nouveau", {**WRITTEN, field: value}, 422, sentence)
    assert await supporting.supporters() == []


async def test_the_bookkeeper_does_not_write_them(client):
    await makers.make_platform()
    await staff(client, Role.BOOKKEEPER)
    for path in (PATH, f"{PATH}/nouveau"):
        assert (await client.get(path)).status_code == 403
    assert (await makers.post(client, f"{PATH}/nouveau", WRITTEN)).status_code == 403
