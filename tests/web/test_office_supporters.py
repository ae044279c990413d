"""Partners and funders: written by an administrator, named on the home with their logos, removed again."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image

import makers
from office_makers import done, refused, staff
from training.catalogue import queries
from training.identity.rules import Role
from training.kernel import clock

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("noon")]

PATH = "/gestion/soutiens"
WRITTEN = {"kind": "funder", "name": "Région d’Essai", "link": "https://region.example.org", "position": "2"}


@pytest.fixture
async def noon():
    with clock.frozen(makers.NOON):
        yield


def logo() -> bytes:
    Image.new("RGBA", (900, 300), (0, 0, 128, 128)).save(into := BytesIO(), "PNG")
    return into.getvalue()


async def test_a_funder_is_named_with_its_logo_and_removed(client):
    await makers.make_platform()
    await staff(client)
    assert "Personne n’est nommé" in (await client.get(PATH)).text
    files = {"logo": ("logo.png", logo(), "image/png")}
    page = await makers.post(client, f"{PATH}/nouveau", WRITTEN, files=files)
    assert (page.status_code, "Dites ce que le logo montre" in page.text) == (422, True)
    made = await makers.post(client, f"{PATH}/nouveau", {**WRITTEN, "alt": "Région d’Essai"}, files=files)
    assert made.status_code == 303
    (kept,) = await queries.supporters()
    home = (await client.get("/")).text
    assert f'<img src="/images/{kept.address}.webp" alt="Région d’Essai"' in home
    shown = await client.get(f"/images/{kept.address}.webp")
    assert (shown.status_code, shown.headers["content-type"]) == (200, "image/webp")
    assert Image.open(BytesIO(shown.content)).size == (480, 160)
    await done(client, f"{PATH}/{kept.id}", {**WRITTEN, "name": "Région", "alt": "Région"})
    (again,) = await queries.supporters()
    assert (again.name, again.address) == ("Région", kept.address)
    await done(client, f"{PATH}/{kept.id}/retirer")
    assert await queries.supporters() == []
    assert (await client.get(f"/images/{kept.address}.webp")).status_code == 404
    assert "Retirés de l’accueil" in (await client.get(PATH)).text, "nothing is deleted by a slip"
    await done(client, f"{PATH}/{kept.id}/remettre")
    assert (await client.get(f"/images/{kept.address}.webp")).status_code == 200
    assert "Sur la page d’accueil" in (await client.get(f"{PATH}/{kept.id}")).text, "who removed it is told there"


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("name", "", "À remplir"),
        ("link", "http://region.example.org", "commence par https://"),
        ("link", "javascript:alert(1)", "commence par https://"),
        ("kind", "autre", "Choisissez une réponse"),
        ("position", "0", "Indiquez 1 ou plus"),
    ],
)
async def test_what_cannot_be_is_refused_beside_its_field(client, field, value, sentence):
    await makers.make_platform()
    await staff(client)
    await refused(client, f"{PATH}/nouveau", {**WRITTEN, field: value}, 422, sentence)
    assert await queries.supporters() == []


async def test_only_administrators_write_them(client):
    await makers.make_platform()
    await staff(client, Role.ADVISER)
    for path in (PATH, f"{PATH}/nouveau"):
        assert (await client.get(path)).status_code == 403
    assert (await makers.post(client, f"{PATH}/nouveau", WRITTEN)).status_code == 403
