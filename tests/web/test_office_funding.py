"""Funders and shares, by pages: hostile logos, what was typed, what public pages then show."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
from PIL import Image

import makers
from office_makers import done, refused, staff
from training.catalogue.queries import funding as supporting
from training.catalogue.rules.supporters import SupporterKind
from training.identity.rules import Role
from training.kernel import clock, db

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("noon")]
PATH = "/gestion/financements"


@pytest.fixture
async def noon():
    with clock.frozen(makers.NOON):
        yield


def logo() -> bytes:
    Image.new("RGBA", (900, 300), (0, 0, 128, 128)).save(into := BytesIO(), "PNG")
    return into.getvalue()


def written(**more: object) -> dict[str, object]:
    return {"name": "Fondation d’Essai", "sentence": "Avec l’aide de la Fondation.", "position": "1", **more}


async def town(client) -> tuple[makers.Town, str]:
    made = await makers.make_town()
    await staff(client, Role.ADVISER)
    return made, str(await db.value("select slug from offer where id = $1", made.offer))


async def test_a_funder_is_written_funds_an_offer_and_is_named_in_public_on_its_days(client):
    made, slug = await town(client)
    assert "Aucun financement pour l’instant" in (await client.get(PATH)).text
    assert "Aucun financement en cours" in (await client.get(f"/gestion/catalogue/{slug}/financement")).text
    last = clock.local(made.starts_at).date()
    files = {"logo": ("logo.png", logo(), "image/png")}
    data = written(alt="Fondation", valid_until=str(last))
    assert (await makers.post(client, f"{PATH}/nouveau", data, files=files)).status_code == 303
    (kept,) = await supporting.supporters_kept(SupporterKind.FUNDER)
    await done(client, f"/gestion/catalogue/{slug}/financement", {"funding": str(kept.id), "share": "12,5 %"})
    assert "12,5" in makers.text_of((await client.get(f"/gestion/catalogue/{slug}/tarifs")).text)
    assert "Fondation d’Essai" in (await client.get(f"/gestion/catalogue/{slug}")).text
    for page in (f"/catalogue/{slug}", f"/seances/{made.session}"):
        shown = (await client.get(page)).text
        assert f"/images/{kept.address}.webp" in shown, page
        assert "Avec l’aide de la Fondation." in shown
    await done(client, f"{PATH}/{kept.id}", written(alt="Fondation", valid_until=str(last - timedelta(days=1))))
    assert "Avec le soutien de" not in (await client.get(f"/seances/{made.session}")).text
    assert "Avec le soutien de" in (await client.get(f"/catalogue/{slug}")).text


async def test_shares_of_more_than_all_are_refused_beside_the_field(client):
    _made, slug = await town(client)
    path = f"/gestion/catalogue/{slug}/financement"
    for name in ("Un", "Deux"):
        await done(client, f"{PATH}/nouveau", written(name=name))
    one, two = await supporting.supporters_kept(SupporterKind.FUNDER)
    await done(client, path, {"funding": str(one.id), "share": "70"})
    answer = await refused(client, path, {"funding": str(two.id), "share": "40"}, 422, "110")
    assert 'id="share-error"' in answer.text
    assert 'value="40"' in answer.text
    await refused(client, path, {"funding": str(two.id), "share": "beaucoup"}, 422, "pourcentage")
    await refused(client, path, {"funding": "", "share": "4"}, 422, "Choisissez un financement")
    await done(client, path, {"funding": str(two.id), "share": ""})
    await done(client, f"{path}/{one.id}/retirer")


@pytest.mark.parametrize(
    ("name", "content", "media_type", "sentence"),
    [
        ("photo.heic", b"\0\0\0\x18ftypheic" + b"0" * 500, "image/heic", "PNG ou JPEG"),
        (
            "logo.svg",
            b"<svg><script>alert(1)</script></svg>",
            "image/svg+xml",
            "PNG ou JPEG",
        ),
        ("logo.png", b"<svg><script>alert(1)</script></svg>", "image/png", "PNG ou JPEG"),
        ("logo.png", logo()[:200], "image/png", "coupée ou abîmée"),
        ("logo.png", logo() + b"0" * 400_000, "image/png", "pèse"),
    ],
)
async def test_a_logo_that_is_none_is_refused_and_nothing_typed_is_lost(client, name, content, media_type, sentence):
    await town(client)
    page = await makers.post(
        client, f"{PATH}/nouveau", written(alt="Fondation"), files={"logo": (name, content, media_type)}
    )
    assert page.status_code == 422
    assert sentence in makers.text_of(page.text)
    assert "Avec l’aide de la Fondation." in page.text
    assert await supporting.supporters_kept(SupporterKind.FUNDER) == []


async def test_a_logo_of_forty_megabytes_is_refused_beside_its_field_and_what_was_typed_stays(client):
    await town(client)
    page = await makers.post(
        client, f"{PATH}/nouveau", written(), files={"logo": ("logo.png", b"0" * 40_000_000, "image/png")}
    )
    assert page.status_code == 422
    assert 'id="logo-error"' in page.text
    assert "Avec l’aide de la Fondation." in page.text
    assert await supporting.supporters_kept(SupporterKind.FUNDER) == []


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("name", "", "À remplir"),
        ("link", "javascript:alert(1)", "commence par https://"),
        ("valid_from", "hier", "Indiquez une date"),
        ("valid_until", "2026-01-01", "La fin vient avant le début"),
    ],
)
async def test_what_cannot_be_is_refused_beside_its_field(client, field, value, sentence):
    await town(client)
    data = written(valid_from="2027-01-01")
    await refused(client, f"{PATH}/nouveau", {**data, field: value}, 422, sentence)


async def test_an_archived_funder_is_read_and_named_again(client):
    await town(client)
    await done(client, f"{PATH}/nouveau", written())
    (kept,) = await supporting.supporters_kept(SupporterKind.FUNDER)
    await done(client, f"{PATH}/{kept.id}/retirer")
    page = (await client.get(f"{PATH}/{kept.id}")).text
    assert "Archivé le" in page
    assert 'name="name"' not in page
    await done(client, f"{PATH}/{kept.id}/remettre")
    assert 'name="name"' in (await client.get(f"{PATH}/{kept.id}")).text
    assert (await client.get(f"/gestion/soutiens/{kept.id}")).status_code == 404, "a funder is no partner"
