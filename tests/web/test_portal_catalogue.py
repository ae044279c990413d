"""The shop window: what anybody sees, what is kept from them, and what is said about sessions that cannot be booked."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from lxml import etree

import makers
from makers import text_of
from portal_makers import enter
from training.bookings.actions import ending
from training.catalogue.actions.offers import NewOffer, add_offer
from training.catalogue.rules.offers import OfferState
from training.catalogue.rules.tariffs import TariffMode, TariffRow
from training.directory.rules.organisations import OrganisationKind
from training.kernel import clock, db
from training.kernel.actor import SYSTEM
from training.scheduling.rules import SessionState

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("noon")]


@pytest.fixture
async def noon():
    with clock.frozen(makers.NOON):
        yield


async def offer_at(slug: str, *tariffs: tuple[str | None, TariffMode, int], theme: str = "Vélo") -> int:
    since = clock.today() - timedelta(days=30)
    rows = tuple(
        TariffRow(kind, mode, cents, 20_000 if not cents else None, since, None) for kind, mode, cents in tariffs
    )
    return await add_offer(
        SYSTEM,
        NewOffer(
            slug=slug,
            title=f"Offre {slug}",
            summary="Résumé.",
            description="Texte.",
            objectives="Savoir",
            audience="Tous",
            theme=theme,
            duration_minutes=90,
            tariffs=rows,
            state=OfferState.PUBLISHED,
        ),
    )


async def words(client, path: str, status: int = 200) -> str:
    answer = await client.get(path)
    assert answer.status_code == status, text_of(answer.text)[:500]
    return text_of(answer.text)


async def test_the_first_page_shows_what_is_next_and_one_button(client):
    town = await makers.make_town()
    answer = await client.get("/")
    assert f'href="/seances/{town.session}"' in answer.text
    assert "Voir ce qui est possible" in text_of(answer.text)
    assert answer.text.count("<h1") == 1


async def test_pages_of_an_empty_platform_say_what_to_do(client):
    assert "Formations" in await words(client, "/")
    assert "Le catalogue se prépare" in await words(client, "/catalogue")
    assert "Les prochaines dates se préparent" in await words(client, "/seances")


async def test_the_catalogue_is_searched_whatever_the_accents(client):
    await makers.make_town()
    await offer_at("bus", (None, TariffMode.FREE, 0), theme="Bus")
    assert "Offre bus" not in await words(client, "/catalogue?q=VELO+ELECTRIQUE")
    assert "Offre bus" in await words(client, "/catalogue?theme=Bus")
    assert "vélo électrique" not in await words(client, "/catalogue?type=workshop")
    assert "Rien sous « zzz% »" in (await words(client, "/catalogue?q=zzz%00%25")).replace("\u00a0", " ")


@pytest.mark.parametrize("typed", ["vélo", "vélos", "VELOS", "électriques", "vélos  électriques", "risque ville"])
async def test_what_is_searched_in_the_plural_is_found(client, typed):
    """Found, and not only: another offer is left out."""
    await makers.make_town()
    await offer_at("bus", (None, TariffMode.FREE, 0), theme="Bus")
    page = await words(client, f"/catalogue?q={typed}")
    assert ("Sensibilisation au vélo électrique" in page) == (typed != "risque ville"), "every word, not one of them"
    assert "Offre bus" not in page


async def test_a_draft_s_theme_is_not_offered_to_the_public(client):
    """Neither in the catalogue's filter, nor in that of the sessions."""
    await makers.make_town()
    await makers.make_session(await offer_at("bus", (None, TariffMode.FREE, 0), theme="Bus"))
    hidden = {state: await offer_at(state, (None, TariffMode.FREE, 0), theme=f"Sujet {state}") for state in ("draft", "archived")}  # noqa: E501  # fmt: skip
    for state, offer in hidden.items():
        await makers.make_session(offer)
        await db.execute("update offer set state = $1 where id = $2", state, offer)
    for path in ("/catalogue", "/seances"):
        page = await words(client, path)
        assert "Vélo" in page
        assert "Bus" in page
        assert "Sujet" not in page, path


async def test_a_visitor_reads_from_what_to_what_and_an_organisation_its_own_price(client):
    await makers.make_town()
    await offer_at("mixte", ("commune", TariffMode.FLAT, 35_000), (None, TariffMode.FREE, 0))
    assert "De gratuit à 350,00 €" in await words(client, "/catalogue")
    page = await words(client, "/catalogue/mixte")
    assert "Commune 350,00 €" in page
    assert "De gratuit à" not in page, "each kind's price, no range"
    other = await makers.make_organisation(
        "Asso", siret=None, kind=OrganisationKind.ASSOCIATION, domain="asso.example.org"
    )
    await enter(client, other)
    assert "De gratuit à 350" not in await words(client, "/catalogue?q=mixte")
    assert "Gratuit" in await words(client, "/catalogue?q=mixte")
    assert "Une valeur de 200,00 €" in await words(client, "/catalogue/mixte")


async def test_the_page_of_an_offer_has_all_its_facts(client):
    town = await makers.make_town()
    page = await client.get(f"/catalogue/{town.offer_slug}")
    for fact in ("Régler son vélo", "Agents des collectivités", "Savoir faire du vélo", "3 h", "6 à 60"):
        assert fact in text_of(page.text)
    assert "<strong>demi-journée</strong>" in page.text
    assert f'href="/seances/{town.session}"' in page.text


@pytest.mark.parametrize("path", ["/catalogue/inconnue", "/seances/999999", "/seances/abc", "/seances/" + "9" * 30])
async def test_what_does_not_exist_is_a_kind_404_with_ways_out(client, path):
    answer = await client.get(path)
    assert answer.status_code == 404
    assert 'href="/catalogue"' in answer.text
    assert 'href="/seances"' in answer.text


def listed(page) -> list[int]:
    return [int(number) for number in re.findall(r'href="/seances/(\d+)"', page.text)]


async def test_fifty_sessions_a_page_and_the_way_through(client):
    await makers.make_platform()
    offer = await makers.make_offer()
    ids = [
        await makers.make_session(offer, starts_at=clock.now() + timedelta(days=1 + n // 2), capacity=10 + n)
        for n in range(53)
    ]
    first = await client.get("/seances")
    assert first.text.count('class="agenda-row"') == 50
    following = first.text.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
    second = await client.get(following)
    assert second.text.count('class="agenda-row"') == 3
    assert 'rel="next"' not in second.text
    assert listed(first) + listed(second) == ids
    back = second.text.split('rel="prev"')[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
    before = await client.get(back)
    assert listed(before) == ids[:50]
    assert (await client.get("/seances?apres=nimporte,quoi")).text.count('class="agenda-row"') == 50


async def test_the_list_of_sessions_takes_the_same_statements_however_long(client, statements):
    await makers.make_platform()
    offer = await makers.make_offer()
    counts = []
    for _round in range(2):
        for n in range(4):
            await makers.make_session(offer, starts_at=clock.now() + timedelta(days=1 + n))
        statements.clear()
        await client.get("/seances")
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 6


async def test_sessions_are_narrowed_by_theme_offer_and_commune(client):
    town = await makers.make_town()
    await makers.make_session(await offer_at("bus", (None, TariffMode.FREE, 0), theme="Bus"))
    for filter_, shown in (
        ("theme=Bus", "Offre bus"), ("offre=bus", "Offre bus"), ("commune=61001", "Sensibilisation"),
    ):  # fmt: skip
        page = await client.get(f"/seances?{filter_}")
        assert page.text.count('class="agenda-row"') == 1, filter_
        assert shown in page.text
    assert "Aucune date ne correspond" in await words(client, f"/seances?offre={town.offer_slug}&theme=Bus")


async def test_the_page_of_a_session_names_bodies_and_never_persons(client):
    town = await makers.make_town()
    page = await words(client, f"/seances/{town.session}")
    for fact in ("2 place du Marché", "Parking derrière.", "60 places restantes", "350,00 €", "Plateforme d’essai"):
        assert fact in page
    assert "Aline" not in page


async def test_a_session_that_cannot_be_booked_says_so_and_offers_the_next(client):
    town = await makers.make_town()
    later = await makers.make_session(town.offer, starts_at=clock.now() + timedelta(days=20))
    await makers.make_booking(town, 60)
    full = await client.get(f"/seances/{town.session}")
    assert "Cette séance est complète" in text_of(full.text)
    assert f'href="/seances/{later}"' in full.text
    assert "/reserver" not in full.text
    await ending.call_off_session(SYSTEM, town.session, "Salle inondée.")
    off = await words(client, f"/seances/{town.session}")
    assert "Cette séance n’aura pas lieu" in off
    assert "Salle inondée." in off
    with clock.frozen(makers.NOON + timedelta(days=21)):
        assert "a commencé ou est passée" in await words(client, f"/seances/{later}")
    closed = await makers.make_session(town.offer, closes_at=clock.now() - timedelta(hours=1))
    assert "Les réservations sont closes" in await words(client, f"/seances/{closed}")


async def test_drafts_and_other_peoples_private_sessions_do_not_exist(client):
    town = await makers.make_town()
    draft = await makers.make_session(town.offer, state=SessionState.DRAFT)
    private = await makers.make_session(town.offer, organisation=town.organisation)
    for hidden in (draft, private):
        assert (await client.get(f"/seances/{hidden}")).status_code == 404
        assert f"/seances/{hidden}" not in (await client.get("/seances")).text
    await enter(client, town.organisation)
    assert (await client.get(f"/seances/{private}")).status_code == 200
    assert "Pour votre structure" in await words(client, "/seances")
    assert (await client.get(f"/seances/{draft}")).status_code == 404


async def test_the_site_map_lists_what_is_public(client):
    town = await makers.make_town()
    private = await makers.make_session(town.offer, organisation=town.organisation)
    root = etree.fromstring((await client.get("/sitemap.xml")).content)
    found = [element.text for element in root.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]
    assert f"http://testserver.local/seances/{town.session}" in found
    assert "http://testserver.local/catalogue/velo" in found
    assert not any(path.endswith(f"/{private}") for path in found)


async def test_the_accessibility_page_claims_nothing_that_nobody_checked(client):
    await makers.make_platform()
    page = await words(client, "/accessibilite")
    assert "non conforme, car aucun audit" in page
    assert "WCAG 2.2" in page


async def test_names_that_people_typed_are_text_and_not_markup(client):
    town = await makers.make_town()
    await offer_at("piege", (None, TariffMode.FREE, 0), theme="<script>alert(1)</script>")
    for path in (
        "/",
        "/catalogue",
        "/catalogue?q=<script>alert(1)</script>",
        "/catalogue/piege",
        f"/seances/{town.session}?places=<b>",
    ):
        assert "<script>alert" not in (await client.get(path)).text


async def test_the_kit_shows_every_component_and_another_platforms_ink(client):
    await makers.make_platform()
    page = (await client.get("/kit", params={"couleur": "6b2148"})).text
    for part in (
        "affiche",
        "agenda-row",
        "talon",
        "sheet",
        "money",
        "stops",
        "blank",
        "chip",
        "timeline",
        "face",
        "theme",
    ):
        assert f'class="{part}' in page, part
    assert page.count('<svg class="art"') >= 16
    assert "/integrer/couleurs.css?couleur=6b2148" in page


async def test_dates_are_found_by_the_words_of_their_offer(client):
    town = await makers.make_town()
    await makers.rewrite(town.offer, keywords="VAE, e-bike")
    found = await client.get("/seances?q=ebike&personnes=4")
    assert f'href="/seances/{town.session}' in found.text
    assert 'name="q" type="text" value="ebike"' in found.text
    nothing = await words(client, "/seances?q=cuisine")
    assert "Aucune date ne correspond" in nothing
    assert "sans « cuisine »" in nothing
