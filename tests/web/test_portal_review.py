"""Reading over, then booking: too many people are offered what is left, and « C’est réservé » says what comes next."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest

import makers
from makers import text_of
from portal_makers import enter, fields
from training.bookings import queries
from training.bookings.actions import ending
from training.catalogue.rules.tariffs import TariffMode
from training.directory.rules.organisations import OrganisationKind
from training.kernel import clock
from training.kernel.actor import SYSTEM

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("noon")]


@pytest.fixture
async def noon():
    with clock.frozen(makers.NOON):
        yield


def button(html: str) -> str:
    """What the button sends that takes what is left."""
    return unescape(re.search(r'name="plutot" value="([^"]*)"', html)[1])


async def seats() -> list[int]:
    return [b.seats for b in await queries.bookings(SYSTEM.scope)]


async def test_too_many_people_may_take_what_is_left_and_lose_nothing_typed(client):
    town = await makers.make_town()
    await makers.make_booking(town, 48, option=True)
    other = await makers.make_organisation(
        "Amis", siret=None, kind=OrganisationKind.ASSOCIATION, domain="amis.example.org"
    )
    await enter(client, other)
    path = f"/seances/{town.session}/reserver"
    shown = (await client.get(f"{path}?places=40")).text
    assert "12 places libres" in text_of(shown)
    assert "Réserver 12 places" in text_of(shown)
    sent = {**fields(shown), "note": "Deux fauteuils", "plutot": button(shown)}
    answer = await makers.post(client, path, sent)
    assert answer.status_code == 303
    assert sorted(await seats()) == [12, 48]
    assert {b.note for b in await queries.bookings(SYSTEM.scope)} == {"", "Deux fauteuils"}


async def test_however_many_are_asked_for_what_is_left_is_said_and_offered(client):
    town = await makers.make_town()
    await enter(client, town.organisation)
    for typed in ("61", "9999"):
        shown = (await client.get(f"/seances/{town.session}/reserver?places={typed}")).text
        assert "Il reste 60 places : demandez-en 60 ou moins" in text_of(shown)
        assert "ou plus" not in text_of(shown)
        assert button(shown) == f"{typed}>60"


async def test_the_price_beside_what_is_left_is_that_of_what_is_left(client):
    town = await makers.make_town()
    each = await makers.make_session(await makers.make_offer("code", mode=TariffMode.PER_SEAT, cents=25_00), capacity=6)
    await enter(client, town.organisation)
    shown = (await client.get(f"/seances/{each}/reserver?places=10")).text
    assert "150,00 €" in text_of(shown).replace("\u00a0", " ")
    answer = await makers.post(client, f"/seances/{each}/reserver", {**fields(shown), "plutot": button(shown)})
    assert answer.status_code == 303
    assert await seats() == [6]


async def test_another_number_typed_meanwhile_is_shown_before_it_is_booked(client):
    town = await makers.make_town()
    await makers.make_booking(town, 48, option=True)
    other = await makers.make_organisation(
        "Amis", siret=None, kind=OrganisationKind.ASSOCIATION, domain="amis.example.org"
    )
    await enter(client, other)
    path = f"/seances/{town.session}/reserver"
    shown = (await client.get(f"{path}?places=40")).text
    answer = await makers.post(client, path, {**fields(shown), "places": "8", "plutot": button(shown)})
    assert answer.status_code == 200
    assert "Réserver pour 8 personnes" in text_of(answer.text)
    assert await seats() == [48]


async def test_what_can_wait_is_folded_and_unfolds_around_a_mistake(client):
    town = await makers.make_town()
    await enter(client, town.organisation)
    path = f"/seances/{town.session}/reserver"
    shown = (await client.get(f"{path}?places=2")).text
    assert "<details>" in shown
    wrong = await makers.post(client, path, {**fields(shown), "participants": "lea@example.org"})
    assert wrong.status_code == 422
    assert "<details open>" in wrong.text


@pytest.mark.parametrize(
    ("kind", "said", "never"),
    [
        (OrganisationKind.COMMUNE, "Numéro d’engagement", "bon de commande"),
        (OrganisationKind.ASSOCIATION, "Numéro de bon de commande", "engagement"),
    ],
)
async def test_each_reader_is_asked_for_their_own_number(client, kind, said, never):
    town = await makers.make_town()
    other = await makers.make_organisation("Autre", siret=None, kind=kind, domain="autre.example.org")
    await enter(client, other)
    words = text_of((await client.get(f"/seances/{town.session}/reserver?places=2")).text)
    assert said in words
    assert never not in words


async def test_once_booked_the_page_says_who_is_told_and_what_comes(client):
    town = await makers.make_town()
    booked = await makers.make_booking(town, 40, purchase_order="EJ-7")
    await enter(client, town.organisation)
    here = f"/espace/{town.slug}/reservations/{booked.reference}"
    page = (await client.get(f"{here}/suite")).text
    words = text_of(page).replace("\u00a0", " ")
    for fact in (
        "C’est réservé.", "Rachel Ressources reçoit la confirmation et l’invitation d’agenda",
        "Rien d’autre à faire aujourd’hui.", "40 places réservées", "Donner les noms, si vous le souhaitez",
        "La facture : 350,00 €", "Votre service financier la reçoit sur Chorus Pro", "Numéro d’engagement : EJ-7.",
    ):  # fmt: skip
        assert fact in words, fact
    for leads in (
        f"{here}#participants",
        f"{here}/places",
        f"{here}/annuler",
        f"/agenda/reservations/{booked.reference}.ics",
        f"/seances/{town.session}/affiche.pdf",
    ):
        assert f'href="{leads}"' in page, leads


async def test_what_came_to_an_end_or_is_over_has_its_own_page(client):
    town = await makers.make_town()
    booked = await makers.make_booking(town, 4)
    await enter(client, town.organisation)
    here = f"/espace/{town.slug}/reservations/{booked.reference}"
    with clock.frozen(town.ends_at + timedelta(hours=1)):
        await enter(client, town.organisation, name="apres")
        assert (await client.get(f"{here}/suite")).headers["location"] == here
    await ending.cancel(SYSTEM, booked.id, "Neige")
    assert (await client.get(f"{here}/suite")).headers["location"] == here
    assert "Elle est annulée" in text_of((await client.get(here)).text)


async def test_another_organisations_booking_has_no_such_page(client):
    town = await makers.make_town()
    booked = await makers.make_booking(town, 4)
    other = await makers.make_organisation(
        "Amis", siret=None, kind=OrganisationKind.ASSOCIATION, domain="amis.example.org"
    )
    await enter(client, other)
    for slug in (town.slug, "amis"):
        assert (await client.get(f"/espace/{slug}/reservations/{booked.reference}/suite")).status_code == 404
