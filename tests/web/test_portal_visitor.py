"""A visitor says what they are, how many, near where: exact prices, near dates, and what is left when there is none."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest

import makers
from makers import text_of
from portal_makers import enter
from training.directory.rules.organisations import OrganisationKind
from training.identity.actions import roles
from training.identity.rules import Role
from training.kernel import clock, db
from training.kernel.actor import SYSTEM
from visitor_makers import far_venue, noon, priced_town, words  # noqa: F401 - a fixture

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("noon")]

PAGES = ("/", "/catalogue", "/catalogue/velo", "/seances")


# What one is


async def test_what_one_is_is_asked_once_and_then_every_page_says_its_price(client):
    town = await priced_town()
    session = f"/seances/{town.session}"
    for path in (*PAGES, session):
        page = await client.get(path)
        assert "pour=commune" in page.text or 'value="commune"' in page.text, path
    said = await client.get("/catalogue?q=velo&pour=commune")
    assert (said.status_code, said.headers["location"]) == (303, "/catalogue?q=velo")
    cookie = said.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    for path in (*PAGES, session):
        page = await words(client, path)
        assert "350,00 €" in page, path
        assert "480,00" not in page.split("Vous n’êtes pas")[0] or path == "/catalogue/velo", path
        assert "une commune" in page, path


async def test_it_is_changed_and_forgotten_where_one_stands(client):
    await priced_town()
    await client.get("/?pour=commune")
    await client.get("/seances?pour=insertion")
    assert "Gratuit" in await words(client, "/catalogue")
    assert "Les prix affichés sont ceux d’une structure d’insertion." in await words(client, "/catalogue")
    await client.get("/catalogue?pour=personne")
    assert "Dites qui vous êtes" in await words(client, "/catalogue")
    assert "De gratuit à 480,00 €" in await words(client, "/catalogue")


async def test_an_answer_leaves_the_rest_of_the_address_in_its_order(client):
    await priced_town()
    for rest in ("personnes=4&pres=Essay&theme=Bus", "theme=Bus&pres=Essay&personnes=4"):
        assert (await client.get(f"/seances?{rest}&pour=commune")).headers["location"] == f"/seances?{rest}"


@pytest.mark.parametrize("kind", ["", "rien", "COMMUNE", "commune'--", "é"])
async def test_what_is_no_kind_is_forgotten_and_gone_from_the_address(client, kind):
    await priced_town()
    answer = await client.get("/seances", params={"theme": "Vélo", "pour": kind})
    assert answer.headers["location"] == "/seances?theme=V%C3%A9lo"
    assert "set-cookie" not in answer.headers or "structure=" not in answer.headers["set-cookie"]


async def test_the_answer_never_leads_to_another_site(client):
    await priced_town()
    for path in (
        "//example.org/?pour=commune",
        "/catalogue/%2F%2Fexample.org?pour=commune",
        "/\\example.org?pour=commune",
    ):
        where = (await client.get(path)).headers.get("location", "/")
        assert re.match(r"/(?![/\\])", where), (path, where)


async def test_a_forged_cookie_says_nothing(client):
    await priced_town()
    client.cookies.set("structure", "<u>")
    assert "<u>" not in (await client.get("/catalogue")).text
    assert "De gratuit à 480,00 €" in await words(client, "/catalogue")


async def test_somebody_s_own_organisation_wins_over_what_was_said(client):
    town = await priced_town()
    await client.get("/?pour=insertion")
    await enter(client, town.organisation)
    page = await words(client, "/catalogue")
    assert "Les prix affichés sont ceux de Commune d’Essai." in page
    assert "350,00 €" in page
    assert "Changer" not in page


async def test_who_has_two_kinds_of_organisations_chooses_among_them(client):
    town = await priced_town()
    email = await enter(client, town.organisation)
    other = await makers.make_organisation("Asso", siret=None, kind=OrganisationKind.INSERTION, domain="a.example.org")
    account = await db.value("select id from account where email = $1", email)
    await roles.grant(SYSTEM, account, Role.MANAGER, organisation=other)
    page = await client.get("/catalogue")
    assert {"commune", "insertion"} == set(re.findall(r"pour=(\w+)", page.text))
    await client.get("/?pour=insertion")
    assert "Les prix affichés sont ceux d’une structure d’insertion." in await words(client, "/catalogue")


async def test_where_all_pay_the_same_nobody_is_asked(client):
    await makers.make_town()
    for path in PAGES:
        page = await client.get(path)
        assert "pour=" not in page.text, path
        assert 'name="pour"' not in page.text, path
    assert "350,00 €" in await words(client, "/catalogue")


async def test_pages_with_prices_say_that_they_vary_and_the_embedded_list_does_not(client):
    await priced_town()
    await client.get("/?pour=commune")
    for path in PAGES:
        assert "Cookie" in (await client.get(path)).headers["vary"].split(",")
    client_list = await client.get("/integrer/seances")
    assert "350,00" not in client_list.text, "the same for everybody, and kept by caches"


# How many, and where


async def test_the_home_asks_how_many_and_where_and_says_the_other_door(client):
    await priced_town()
    page = await client.get("/")
    form = re.findall(r'<form class="sheet ask" method="get" action="/seances">.*?</form>', page.text, re.S)[0]
    for name in ("personnes", "pres", "pour"):
        assert f'name="{name}"' in form
    assert 'href="#chez-vous"' in page.text
    assert 'id="chez-vous"' in page.text
    assert "mailto:contact@essai.example.org?subject=Une%20s%C3%A9ance%20chez%20nous" in page.text
    assert 'href="tel:0261910000"' in page.text


async def test_dates_for_forty_are_those_that_have_forty_places(client):
    town = await priced_town()
    small = await makers.make_session(town.offer, starts_at=clock.now() + timedelta(days=3), capacity=12)
    late = await makers.make_session(
        town.offer, starts_at=clock.now() + timedelta(days=4), closes_at=clock.now() - timedelta(hours=1)
    )
    page = (await client.get("/seances?personnes=40")).text
    assert f'href="/seances/{town.session}?places=40"' in page, "the number is kept on the way"
    assert f"/seances/{small}" not in page
    assert f"/seances/{late}" not in page, "what cannot be booked any more has no places"
    assert "Aucune date ne correspond" in await words(client, "/seances?personnes=900")
    assert f"/seances/{small}" in (await client.get("/seances?personnes=x")).text
    for path in ("/seances", "/catalogue"):
        assert "« abc » n’est pas un nombre entier." in await words(client, f"{path}?personnes=abc"), path


async def test_near_a_commune_the_dates_within_reach_say_how_far(client):
    town = await priced_town()
    away = await makers.make_session(town.offer, venue=await far_venue(), starts_at=clock.now() + timedelta(days=2))
    for typed in ("Alençon", "alencon", "61000", "ALENÇON (61000)"):
        page = await client.get("/seances", params={"pres": typed})
        assert f"/seances/{town.session}" in page.text, typed
        assert f"/seances/{away}" not in page.text, typed
    assert "sur place" in await words(client, "/seances?pres=Alençon")


async def test_where_none_is_near_the_next_ones_anywhere_are_shown_with_what_to_widen(client):
    town = await priced_town()
    await far_venue()
    page = await words(client, "/seances?pres=Brest&personnes=40")
    assert "Aucune date ne correspond" in page
    assert "Plus loin" in page
    assert re.search(r"à 33\d km", page)
    assert "partout, pas seulement près de Brest" in page
    links = [unescape(link) for link in re.findall(r'href="([^"]+)"', (await client.get("/seances?pres=Brest")).text)]
    assert f"/seances/{town.session}" in links


async def test_a_commune_that_nobody_knows_is_said_and_all_dates_are_shown(client):
    town = await priced_town()
    page = await client.get("/seances?pres=Nulle-Part")
    assert "Nous ne connaissons pas de commune « Nulle-Part »" in text_of(page.text).replace("\u00a0", " ")
    assert f"/seances/{town.session}" in page.text
    assert "Voici toutes les dates." in await words(client, "/seances?pres=Nulle-Part")
    narrowed = await words(client, "/seances?pres=Nulle-Part&personnes=10")
    assert "Voici toutes les dates." not in narrowed
    assert "Voici les dates de toutes les communes, avec vos autres choix." in narrowed
    assert "Voici" not in await words(client, "/seances?pres=Nulle-Part&personnes=900")
    assert "<script>" not in (await client.get("/seances?pres=<script>")).text.replace('<script src="', "")


async def test_communes_of_one_name_are_offered(client):
    await priced_town()
    await makers.make_commune("26001", "Alençon", "26160", (44.5, 5.0), 300_000)
    page = await client.get("/seances?pres=alencon")
    assert "pres=Alen%C3%A7on+26160" in page.text, "the one where sessions are held is meant, the other offered"
    assert "sur place" in text_of(page.text)


async def test_what_is_free_for_us_is_found_by_the_tariff_of_each_day(client):
    town = await priced_town()
    assert "gratuit=oui" not in (await client.get("/seances")).text, "nobody knows for whom"
    await client.get("/?pour=insertion")
    free = (await client.get("/seances?gratuit=oui")).text
    assert "gratuit=oui" in (await client.get("/seances")).text
    assert f"/seances/{town.session}" in free
    await db.execute(
        "update tariff set valid_until = $1 where mode = 'free'", town.starts_at.date() - timedelta(days=1)
    )
    assert f"/seances/{town.session}" not in (await client.get("/seances?gratuit=oui")).text
    await client.get("/?pour=commune")
    assert "Aucune date ne correspond" in await words(client, "/seances?gratuit=oui")


async def test_a_month_and_a_theme_are_chips_that_are_left_by_pressing_again(client):
    town = await priced_town()
    await makers.make_session(town.offer, starts_at=clock.now() + timedelta(days=70))
    page = await client.get("/seances?mois=2027-03&personnes=5")
    assert page.text.count('class="agenda-row"') == 1
    chip = re.findall(r'<a class="chip" href="([^"]*)" aria-current="true">mars 2027', page.text)
    assert chip == ["/seances?personnes=5"]
    assert 'href="/seances?personnes=5&amp;theme=V%C3%A9lo&amp;mois=2027-03"' in page.text


async def test_the_catalogue_leaves_out_groups_that_are_too_small(client):
    await priced_town()
    assert "Sensibilisation" in await words(client, "/catalogue?personnes=60")
    assert "Aucune offre ne correspond" in await words(client, "/catalogue?personnes=61")


async def test_a_search_that_finds_nothing_names_the_word_that_would(client):
    await priced_town()
    page = await words(client, "/catalogue?q=vélo+bateau")
    assert "Rien sous « vélo bateau »" in page
    assert "Voir 1 offre avec « vélo »" in page


# Refusals


async def test_a_refusal_is_drawn_with_ways_on_and_the_telephone(client):
    await makers.make_town()
    await client.get("/")  # the platform is as it was last read: a refusal asks the database for nothing
    page = (await client.get("/nulle-part")).text
    assert 'class="blank"' in page
    assert '<svg class="art"' in page
    assert 'href="/seances"' in page
    assert "02 61 91 00 00" in page
    assert page.count("<h1") == 1


async def test_what_the_home_shows_takes_the_same_statements_however_much_there_is(client, statements):
    town = await priced_town()
    counts = []
    for round_ in range(2):
        for n in range(9):
            await makers.make_session(town.offer, starts_at=clock.now() + timedelta(days=2 + n))
        await makers.make_offer(f"autre-{round_}", title=f"Autre {round_}")
        statements.clear()
        assert (await client.get("/")).status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 6


async def test_the_home_names_who_stands_behind_the_platform_and_has_no_empty_place_for_them(client):
    await priced_town()
    assert "soutien" not in await words(client, "/")
    sql = "insert into supporter (kind, name, link, sentence, position, created_at) values ($1, $2, $3, $4, 1, now())"
    async with db.atomic():
        await db.execute(sql, "funder", "Conseil départemental", "https://example.org/", "Depuis 2013.")
        await db.execute(sql, "partner", "Mutuelle", None, "")
    page = await words(client, "/")
    assert page.index("Nos partenaires Mutuelle") < page.index("Avec le soutien de Conseil départemental")
    assert 'href="https://example.org/"' in (await client.get("/")).text
