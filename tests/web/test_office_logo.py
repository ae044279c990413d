"""The platform's logo: sent by an administrator, served to everybody, and nothing else with it."""

from __future__ import annotations

import base64
import re
import zlib

import pytest

import makers
from makers import text_of
from office_makers import done, staff
from training.directory import queries as directory
from training.directory.actions import platform
from training.identity.rules import Role
from training.kernel import clock, db
from training.kernel.actor import SYSTEM
from training.kernel.errors import Conflict, Invalid
from training.records.actions.files import keep_file
from training.web.security import ASKED_AGAIN, FOR_EVER

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("noon")]

PATH = "/gestion/plateforme"
# One grey pixel.
PNG = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==")
_HEAD = b"IHDR" + (30_000).to_bytes(4) * 2 + PNG[24:29]
BOMB = PNG[:12] + _HEAD + zlib.crc32(_HEAD).to_bytes(4) + PNG[33:]  # the same pixel, said to be 900 million


@pytest.fixture
async def noon():
    with clock.frozen(makers.NOON):
        yield


async def send(client, content: bytes, name: str = "logo.png", media_type: str = "image/png"):
    return await makers.post(client, f"{PATH}/logo", files={"logo": (name, content, media_type)})


async def test_a_logo_is_sent_shown_and_taken_away(client):
    await makers.make_town()
    assert (await client.get("/logo")).status_code == 404
    await staff(client)
    answer = await send(client, PNG)
    assert (answer.status_code, answer.headers["location"]) == (303, PATH)
    kept = (await directory.platform()).logo
    page = (await client.get("/catalogue")).text
    assert f'<img src="/logo?{kept}" alt="Essai">' in page
    shown = await client.get(f"/logo?{kept}")
    assert (shown.status_code, shown.content, shown.headers["content-type"]) == (200, PNG, "image/png")
    assert shown.headers["cache-control"] == "public, max-age=3600"
    assert "sandbox" in shown.headers["content-security-policy"]
    known = await client.get("/logo", headers={"If-None-Match": shown.headers["etag"]})
    assert (known.status_code, known.content) == (304, b"")
    assert await done(client, f"{PATH}/logo/retirer") == PATH
    assert (await client.get("/logo")).status_code == 404
    assert "/logo?" not in (await client.get("/catalogue")).text


@pytest.mark.parametrize(
    ("content", "media_type", "sentence"),
    [
        (b"", "image/png", "Choisissez une image PNG ou JPEG."),
        (b"<svg onload='alert(1)'/>", "image/svg+xml", "Choisissez une image PNG ou JPEG : les autres (SVG, HEIC…)"),
        (b"<html>", "image/png", "Choisissez une image PNG ou JPEG : les autres"),
        (PNG.ljust(300_001), "image/png", "Ce fichier pèse 301 ko : il en faut 300 ko au plus."),
        (PNG[:-30], "image/png", "Cette image est coupée ou abîmée : enregistrez-la de nouveau."),
        (bytes(40_000_000), "image/png", "Ce fichier pèse 40 Mo : il en faut 300 ko au plus."),
        (BOMB, "image/png", "30000 × 30000 points : réduisez-la à 2000"),
    ],
)
async def test_what_is_no_logo_is_refused_beside_its_field(client, content, media_type, sentence):
    await makers.make_town()
    await staff(client)
    answer = await send(client, content, media_type=media_type)
    assert answer.status_code == 422
    assert text_of(answer.text).count(sentence) == 2
    assert 'value="Plateforme d’essai"' in answer.text  # the rest of the page is as it stands
    assert (await directory.platform()).logo is None


async def test_only_who_edits_the_platform_sends_a_logo(client):
    await makers.make_town()
    await staff(client, Role.ADVISER)
    assert (await send(client, PNG)).status_code == 403
    assert (await makers.post(client, f"{PATH}/logo/retirer")).status_code == 403


async def test_a_file_that_is_no_picture_is_not_served(client):
    await makers.make_platform(logo=await keep_file(b"%PDF-1.7 a paper of somebody's", "application/pdf"))
    assert (await client.get("/logo")).status_code == 404


async def test_setting_a_logo_is_an_action(client):
    with pytest.raises(Conflict, match="Enregistrez d’abord"):
        await platform.set_logo(SYSTEM, PNG, "image/png")
    await makers.make_platform()
    with pytest.raises(Invalid):
        await platform.set_logo(SYSTEM, PNG, "image/jpeg")
    await platform.set_logo(SYSTEM, PNG, "image/png")
    first = (await directory.platform()).logo
    await platform.remove_logo(SYSTEM)
    await platform.set_logo(SYSTEM, PNG, "image/png")
    assert (await directory.platform()).logo == first  # the same bytes are kept once
    said = await db.connection().fetch(
        "select action, fields from audit where action like 'platform.%-logo' order by id"
    )
    assert [row["action"] for row in said] == ["platform.set-logo", "platform.remove-logo", "platform.set-logo"]
    assert all(row["fields"] == ["logo"] for row in said)


async def test_a_logo_kept_before_anybody_looked_is_told_where_it_is_put_right(client):
    await makers.make_town(logo=await keep_file(PNG[:-30], "image/png"))
    await staff(client)
    said = text_of((await client.get(PATH)).text)
    assert "Les factures portent votre nom à la place du logo. Cette image est coupée ou abîmée" in said
    await send(client, PNG)
    assert "à la place du logo. " not in text_of((await client.get(PATH)).text)


async def test_the_icon_of_pages_is_the_platform_s_initials_on_its_colour_kept_until_they_change(client):
    await makers.make_platform(short_name="La Table & Cie", accent="#6d2c5b")
    address = re.search(r'<link rel="icon" href="([^"]+)"', (await client.get("/catalogue")).text)[1]
    icon = await client.get(address)
    assert (icon.headers["content-type"], icon.headers["cache-control"]) == ("image/svg+xml", FOR_EVER)
    assert "sandbox" in icon.headers["content-security-policy"]
    assert ">TC</text>" in icon.text
    assert 'fill="#6d2c5b"' in icon.text
    await makers.make_platform(short_name="Mobijump")
    assert (await client.get(address)).headers["cache-control"] == ASKED_AGAIN
    assert address not in (await client.get("/catalogue")).text
