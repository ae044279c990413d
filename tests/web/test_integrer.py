"""Our dates elsewhere: subscribing to the public ones, and the list that another site shows in its own page."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest

import makers
from makers import text_of
from portal_makers import enter
from training.directory.actions import partners
from training.kernel import clock, db, palette
from training.kernel.actor import SYSTEM

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("noon")]
LIST = "/integrer/seances"


@pytest.fixture
async def noon():
    with clock.frozen(makers.NOON):
        yield


async def towns() -> makers.Town:
    """The town's session in Alençon, and one on another theme, with a partner, at a place to be said."""
    town = await makers.make_town()
    partner = await partners.add_partner(SYSTEM, name="Partenaire Essai", slug="partenaire", summary="")
    other = await makers.make_offer("permis", title="Préparer son permis")
    await db.execute("update offer set theme = 'Permis', partner = $1 where id = $2", partner, other)
    await makers.make_session(other, starts_at=makers.NOON + timedelta(days=30))
    return town


def cards(answer) -> int:
    return int(answer.text.count('class="agenda-row"'))


async def test_the_list_is_small_still_and_alone(client):
    await towns()
    answer = await client.get(LIST)
    assert answer.status_code == 200
    assert cards(answer) == 2
    assert "<script" not in answer.text
    assert "style=" not in answer.text
    assert '<base target="_top">' in answer.text
    assert answer.text.count("<h1") == 1
    assert "set-cookie" not in answer.headers
    assert answer.headers["cache-control"].startswith("public, max-age=")
    assert answer.headers.get("vary", "Accept-Encoding") == "Accept-Encoding", "whoever asks"


async def test_it_alone_may_be_framed_by_anybody(client):
    town = await towns()
    for path in (LIST, LIST + "?nombre=1&couleur=8a1f5c"):
        policy = (await client.get(path)).headers["content-security-policy"]
        assert "frame-ancestors *" in policy
        assert "script-src" not in policy
        assert "x-frame-options" not in (await client.get(path)).headers
    for path in ("/", "/integrer", "/seances", f"/seances/{town.session}", "/connexion", "/integrer/rien"):
        assert "frame-ancestors 'none'" in (await client.get(path)).headers["content-security-policy"]


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ({"theme": "Permis"}, 1),
        ({"commune": "61001"}, 1),
        ({"partenaire": "partenaire"}, 1),
        ({"theme": "Permis", "commune": "61001"}, 0),
        ({"nombre": "1"}, 1),
        # what makes no sense asks for nothing: never an error in somebody's page
        ({"theme": "Inconnu"}, 0),  # of another town, or renamed: nobody else's sessions in its place
        ({"commune": "99999"}, 0),
        ({"partenaire": "' or 1=1 --"}, 0),
        ({"nombre": "0"}, 1),
        ({"nombre": "-3"}, 2),
        ({"nombre": "²"}, 2),
        ({"nombre": "9" * 400}, 2),
        ({"couleur": "javascript:alert(1)"}, 2),
        ({"couleur": "ffff00"}, 2),
        ({"fond": "url(//example.org)"}, 2),
        ({"lang": "xx"}, 2),
        ({"autre": "x" * 3000}, 2),
    ],
)
async def test_it_is_narrowed_by_its_address(client, query, number):
    await towns()
    answer = await client.get(LIST, params=query)
    assert (answer.status_code, cards(answer)) == (200, number)


async def test_the_same_for_everybody_whoever_is_signed_in(client):
    town = await towns()
    await makers.make_session(town.offer, starts_at=makers.NOON + timedelta(days=20), organisation=town.organisation)
    visitor = await client.get(LIST, headers={"Accept-Language": "en"})
    await enter(client, town.organisation)
    signed_in = await client.get(LIST, headers={"Accept-Language": "fr"})
    assert visitor.text == signed_in.text
    assert "set-cookie" not in signed_in.headers


async def test_its_language_is_that_of_the_address(client):
    await towns()
    assert '<html lang="fr">' in (await client.get(LIST, headers={"Accept-Language": "en"})).text
    english = await client.get(LIST, params={"lang": "en"})
    assert '<html lang="en">' in english.text
    assert "March" in english.text


async def test_its_colours_are_a_sheet_of_their_own_and_only_readable_ones(client):
    await makers.make_platform()
    page = await client.get(LIST, params={"couleur": "8A1F5C", "fond": "blanc"})
    (sheet,) = re.findall(r'href="(/integrer/couleurs\.css[^"]*)"', page.text)
    css = await client.get(unescape(sheet))
    assert css.headers["content-type"].startswith("text/css")
    assert css.text.startswith(":root{--ground:#ffffff}\n")
    assert "--accent:#8a1f5c;" in css.text
    assert "prefers-color-scheme" not in css.text  # a town's page is white, whatever its reader's machine prefers
    for wrong in ("ffff00", "red", "#000}body{display:none", ""):
        css = await client.get("/integrer/couleurs.css", params={"couleur": wrong, "fond": wrong})
        assert css.text == f":root{{--ground:transparent}}\n{palette.light_css(makers.PLATFORM['accent'])}"
        assert "set-cookie" not in css.headers


async def test_with_nothing_to_come_it_says_so(client):
    await makers.make_platform()
    answer = await client.get(LIST)
    assert answer.status_code == 200
    assert "Pas de date à venir" in answer.text


async def test_with_the_database_away_it_still_is_a_page(client, monkeypatch):
    async def away(*_args):
        raise ConnectionRefusedError

    monkeypatch.setattr("training.web.portal.embedding.narrowing", away)
    answer = await client.get(LIST)
    assert answer.status_code == 503
    assert "ne répond pas pour le moment" in answer.text
    assert "frame-ancestors *" in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "private, no-store"


async def test_the_explanation_gives_the_lines_and_shows_them(client):
    await towns()
    answer = await client.get(
        "/integrer", params={"theme": "Permis", "nombre": "4", "couleur": "#8a1f5c", "fond": "blanc", "lang": "en"}
    )
    address = "/integrer/seances?theme=Permis&nombre=4&couleur=8a1f5c&fond=blanc&lang=en"
    assert f'<iframe src="{address.replace("&", "&amp;")}"' in answer.text
    (snippet,) = re.findall(r"<textarea.*?>\n(.*?)</textarea>", answer.text, re.S)
    pasted = unescape(snippet)
    assert pasted.startswith('<iframe src="http://testserver.local/integrer/seances?')
    assert unescape(re.findall(r'src="([^"]+)"', pasted)[0]) == f"http://testserver.local{address}"
    assert 'title="' in pasted
    assert "frame-src 'self'" in answer.headers["content-security-policy"]
    assert cards(await client.get(address)) == 1


async def test_a_colour_too_light_is_said(client):
    await towns()
    assert "trop claire" in text_of((await client.get("/integrer", params={"couleur": "#ffff00"})).text)
    plain = await client.get("/integrer", params={"couleur": makers.PLATFORM["accent"]})
    assert "trop claire" not in text_of(plain.text)
    assert "couleur=" not in re.findall(r"<textarea.*?</textarea>", plain.text, re.S)[0]


async def test_subscribing_keeps_the_filters_of_the_list(client):
    await towns()
    listed = await client.get("/seances", params={"theme": "Permis", "partenaire": "partenaire"})
    assert cards(listed) == 1
    assert 'href="/seances/agenda?theme=Permis&amp;partenaire=partenaire"' in listed.text
    page = await client.get("/seances/agenda", params={"theme": "Permis", "partenaire": "partenaire"})
    path = "/agenda/public.ics?theme=Permis&partenaire=partenaire"
    assert f'value="http://testserver.local{path.replace("&", "&amp;")}"' in page.text
    assert "Permis" in text_of(page.text)
    assert (await client.get(path)).text.count("BEGIN:VEVENT") == 1
    unknown = await client.get("/seances/agenda", params={"theme": "Inconnu", "commune": "x"})
    assert 'value="http://testserver.local/agenda/public.ics?theme=Inconnu&amp;commune=x"' in unknown.text


async def test_robots_may_read_calendars(client):
    robots = (await client.get("/robots.txt")).text
    assert "Allow: /agenda/\n" in robots
    assert "Disallow: /agenda" not in robots


async def test_a_facilitators_file_of_one_session(client):
    town = await makers.make_town()
    path = f"/agenda/missions/{town.session}.ics"
    assert (await client.get(path)).headers["location"].startswith("/connexion")
    await makers.make_facilitator("autre@example.org", "Odile Autre")
    await makers.sign_in(client, "autre@example.org")
    assert (await client.get(path)).status_code == 404
    await makers.sign_in(client, "anime@example.org")
    answer = await client.get(path)
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert answer.text.count("BEGIN:VEVENT") == 1
    assert path in (await client.get(f"/animation/seances/{town.session}")).text
    for name in ("x.ics", "0.ics", "9" * 30 + ".ics", str(town.session)):
        assert (await client.get(f"/agenda/missions/{name}")).status_code == 404
