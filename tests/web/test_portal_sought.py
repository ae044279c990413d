"""Sign-in and registration say what was about to be booked, keep it to the end, and lead nowhere else."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest

import makers
from makers import text_of
from portal_makers import enter, fields
from training.bookings.actions import ending
from training.identity.actions import signin
from training.kernel import clock, db, settings
from training.kernel.actor import SYSTEM

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("noon")]
EMAIL = "nouvelle@example.org"


@pytest.fixture
async def noon():
    with clock.frozen(makers.NOON):
        yield


def path_of(session: int, people: str = "40") -> str:
    return f"/seances/{session}/reserver?places={people}"


def stub(html: str) -> str:
    """The words of the talon, "" where there is none."""
    found = re.search(r'<div class="talon".*?talon-count">(.*?)</p>', html, re.S)
    return text_of(found[0]) if found else ""


async def test_each_step_of_signing_in_says_what_is_booked(client):
    town = await makers.make_town()
    suite = path_of(town.session)
    asked = await client.get("/connexion", params={"suite": suite})
    assert "40 places" in stub(asked.text)
    assert "Alençon" in stub(asked.text)
    sent = await makers.post(client, "/connexion", {**fields(asked.text), "email": EMAIL})
    code = await client.get(sent.headers["location"])
    assert "40 places" in stub(code.text)
    again = unescape(re.search(r'href="(/connexion\?[^"]*)"', code.text)[1])
    assert fields((await client.get(again)).text)["suite"] == suite
    wrong = await makers.post(client, "/connexion/code", {"code": "x"})
    assert "40 places" in stub(wrong.text)
    request = await db.value("select max(id) from signin_request")
    token = (await signin.mint(SYSTEM, request, settings.current().secret_key)).token
    assert "40 places" in stub((await client.get(f"/connexion/lien/{token}")).text)
    entered = await makers.post(client, f"/connexion/lien/{token}")
    assert entered.headers["location"] == suite


async def test_a_mistyped_address_forgot_what_was_booked(client):
    town = await makers.make_town()
    answer = await makers.post(client, "/connexion", {"email": "nouvelle@", "suite": path_of(town.session)})
    assert answer.status_code == 422
    assert "40 places" in stub(answer.text)
    assert fields(answer.text)["suite"] == path_of(town.session)


async def test_a_link_that_is_over_lost_where_it_led(client):
    town = await makers.make_town()
    suite = path_of(town.session)
    token = await signin.open_door(SYSTEM, EMAIL, life=timedelta(minutes=20), next_path=suite)
    with clock.frozen(makers.NOON + timedelta(minutes=21)):
        over = await client.get(f"/connexion/lien/{token}")
    assert over.status_code == 404
    assert fields(over.text)["suite"] == suite
    assert "40 places" in stub(over.text)


@pytest.mark.parametrize("people", ["", "quarante", "0", "9" * 30, "-4"])
async def test_without_a_number_the_free_seats_are_said(client, people):
    town = await makers.make_town()
    asked = await client.get("/connexion", params={"suite": path_of(town.session, people)})
    assert "60 places libres" in stub(asked.text)


async def test_what_is_not_for_everybody_is_not_told_to_strangers(client):
    town = await makers.make_town()
    private = await makers.make_session(town.offer, organisation=town.organisation)
    assert stub((await client.get("/connexion", params={"suite": path_of(private)})).text) == ""
    await enter(client, town.organisation)
    assert "40 places" in stub((await client.get("/inscription", params={"suite": path_of(private)})).text)


async def test_what_cannot_be_booked_any_more_is_not_said(client):
    town = await makers.make_town()
    await ending.call_off_session(SYSTEM, town.session, "Neige")
    for session in (town.session, 999_999, "9" * 40, "x"):
        answer = await client.get("/connexion", params={"suite": path_of(session)})
        assert (answer.status_code, stub(answer.text)) == (200, "")


@pytest.mark.parametrize(
    "evil", ["//evil.example/seances/{0}/reserver", "https://evil.example/seances/{0}/reserver", "/catalogue/velo"]
)
async def test_another_address_shows_no_session(client, evil):
    town = await makers.make_town()
    answer = await client.get("/connexion", params={"suite": evil.format(town.session)})
    assert stub(answer.text) == ""
    assert "evil" not in answer.text


async def test_registration_says_it_too_asks_little_first_and_what_happens_next(client):
    town = await makers.make_town()
    await enter(client, None, name="nadia")
    page = (await client.get("/inscription", params={"suite": path_of(town.session)})).text
    assert "40 places" in stub(page)
    first, _folded, rest = page.partition("<details>")
    for name in ("kind", "name", "siret", "address", "postcode", "city", "person", "phone"):
        assert f'id="{name}"' in first, name
    for name in ("country", "title", "billing_email", "vat_number"):
        assert f'id="{name}"' in rest, name
    assert "Notre équipe vérifie votre inscription" in text_of(page)


async def test_registration_sent_empty_names_each_field(client):
    await makers.make_platform()
    await enter(client, None, name="nadia")
    answer = await makers.post(client, "/inscription", {"suite": "", "billing_name": "Félix"})
    summary = text_of(re.search(r'class="error-summary".*?</div>', answer.text, re.S)[0])
    for words in ("Nom de la structure : À remplir.", "Ville : À remplir.", "Vos prénom et nom : À remplir."):
        assert words in summary.replace("\u00a0", " ")
    assert "<details open>" in answer.text  # what is wrong is not folded away
