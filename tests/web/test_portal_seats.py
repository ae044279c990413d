"""Another number of seats, by its people: said before it is sent, refused beside its number, done once."""

from __future__ import annotations

from datetime import timedelta
from html import unescape

import pytest

import makers
from makers import text_of
from portal_makers import enter, fields
from training.bookings import queries
from training.bookings.actions.booking import NewParticipant
from training.catalogue.rules.tariffs import TariffMode
from training.directory.rules.organisations import OrganisationKind
from training.identity.rules import Role
from training.kernel import clock, db, limits
from training.kernel.actor import SYSTEM
from training.kernel.limits import Limit

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("noon")]


@pytest.fixture
async def noon():
    with clock.frozen(makers.NOON):
        yield


def path_of(town, booked) -> str:
    return f"/espace/{town.slug}/reservations/{booked.reference}/places"


async def by_the_seat(seats: int = 40, cents: int = 25_00):
    """A town whose session costs so much a seat, and its booking."""
    town = await makers.make_town()
    await db.execute("update tariff set mode = 'per_seat', amount_cents = $1", cents)
    return town, await makers.make_booking(town, seats)


async def looked(client, town, booked, seats: int, **changes: str) -> dict[str, str]:
    """The form that the page shows for so many seats."""
    shown = await client.get(f"{path_of(town, booked)}?places={seats}")
    assert shown.status_code == 200
    return {**fields(shown.text), **changes}


async def now(booked):
    found = await queries.booking(SYSTEM.scope, booked.reference)
    return found.seats, found.price_cents


async def test_the_page_of_a_booking_leads_to_its_number_of_seats(client):
    town = await makers.make_town()
    booked = await makers.make_booking(town, 40)
    await enter(client, town.organisation)
    page = (await client.get(path_of(town, booked).removesuffix("/places"))).text
    assert f'href="{path_of(town, booked)}"' in page
    asked = await client.get(path_of(town, booked))
    words = text_of(asked.text)
    assert "Vos places 40" in words
    assert "20 places restantes" in words
    assert "350,00 €, pour tout le groupe" in words
    assert 'id="places" name="places" type="text" value="40"' in asked.text
    assert "Passer de" not in words


async def test_a_flat_price_stays_and_is_said_to(client):
    town = await makers.make_town()
    booked = await makers.make_booking(town, 40)
    await enter(client, town.organisation)
    words = text_of((await client.get(path_of(town, booked) + "?places=45")).text)
    assert "Le prix ne change pas : il est pour tout le groupe." in words
    assert "Passer de 40 à 45 places" in words
    answer = await makers.post(client, path_of(town, booked), await looked(client, town, booked, 45))
    assert answer.headers["location"] == path_of(town, booked).removesuffix("/places")
    assert "45 places au lieu de 40." in text_of((await client.get(answer.headers["location"])).text)
    assert await now(booked) == (45, 350_00)


async def test_more_seats_cost_more_and_fewer_cost_less_as_was_said(client):
    town, booked = await by_the_seat()
    await enter(client, town.organisation)
    words = text_of((await client.get(path_of(town, booked) + "?places=45")).text)
    for fact in (
        "Prix pour 45 places en tout",
        "1 125,00 €",
        "125,00 € de plus qu’aujourd’hui",
        "25,00 € par place",
    ):
        assert fact in words
    answer = await makers.post(client, path_of(town, booked), await looked(client, town, booked, 45))
    said = text_of((await client.get(answer.headers["location"])).text)
    assert "45 places au lieu de 40. Le prix est maintenant de 1 125,00 €." in said
    words = text_of((await client.get(path_of(town, booked) + "?places=30")).text)
    assert "375,00 € de moins qu’aujourd’hui" in words
    assert "15 places seront libérées aussitôt" in words
    await makers.post(client, path_of(town, booked), await looked(client, town, booked, 30))
    assert await now(booked) == (30, 750_00)
    assert "Passer de 30 à 1 place Garder" in text_of((await client.get(path_of(town, booked) + "?places=1")).text)


@pytest.mark.parametrize(
    ("places", "sentence"),
    [
        ("61", "Il reste 20 places : demandez-en 60 en tout au plus"),
        ("0", "Une place au moins : pour n’en garder aucune, annulez la réservation."),
        ("-3", "Indiquez 1 ou plus"),
        ("quarante", "n’est pas un nombre entier"),
        ("4,5", "n’est pas un nombre entier"),
        ("99999999999999999999", "Indiquez 1000 ou moins"),
        ("40", "C’est le nombre actuel"),
        ("1", "2 personnes sont nommées : gardez 2 places au moins"),
    ],
)
async def test_a_number_that_cannot_be_is_refused_beside_the_field_looked_at_or_sent(client, places, sentence):
    town = await makers.make_town()
    people = (NewParticipant("Léa Exemple"), NewParticipant("Zoé Test"))
    booked = await makers.make_booking(town, 40, participants=people)
    await enter(client, town.organisation)
    sent = {"places": places, "avant": "40", "price": "35000"}
    for answer in (
        await client.get(path_of(town, booked), params={"places": places}),
        *([await makers.post(client, path_of(town, booked), sent)] if places != "40" else []),
    ):
        assert sentence in (words := text_of(unescape(answer.text))), words
        assert 'href="#places"' in answer.text
        assert 'id="places-error"' in answer.text
        assert f'value="{places}"' in answer.text
        assert "Passer de" not in answer.text
    assert await now(booked) == (40, 350_00)


async def test_what_is_refused_when_sent_is_no_200(client):
    town = await makers.make_town()
    booked = await makers.make_booking(town, 40)
    await enter(client, town.organisation)
    for places, status in (("61", 409), ("0", 422), ("x", 422), ("", 422)):
        answer = await makers.post(client, path_of(town, booked), {"places": places, "avant": "40", "price": "35000"})
        assert answer.status_code == status, places


async def test_somebody_took_the_last_seats_meanwhile(client):
    town = await makers.make_town()
    booked = await makers.make_booking(town, 40)
    other = await makers.make_organisation(
        "Amis du vélo", siret=None, kind=OrganisationKind.ASSOCIATION, domain="a.example.org"
    )
    await enter(client, town.organisation)
    form = await looked(client, town, booked, 55)
    await makers.bookings.book(SYSTEM, makers.NewBooking(town.session, other, 15))
    answer = await makers.post(client, path_of(town, booked), form)
    assert answer.status_code == 409
    assert "Il reste 5 places : demandez-en 45 en tout au plus" in text_of(answer.text)
    assert 'value="55"' in answer.text


async def test_a_price_that_rose_meanwhile_is_said_beside_the_number_and_read_again(client):
    town, booked = await by_the_seat(cents=25_00)
    await db.execute("update tariff set amount_cents = 2000")  # today's is lower: more seats cost that
    await enter(client, town.organisation)
    form = await looked(client, town, booked, 50)
    assert form["price"] == "100000"
    await db.execute("update tariff set amount_cents = 2300")
    answer = await makers.post(client, path_of(town, booked), form)
    assert answer.status_code == 409
    assert 'id="places-error"' in answer.text
    assert "Le prix est maintenant de 1 150,00 €" in text_of(answer.text)
    assert await now(booked) == (40, 1_000_00)
    again = await makers.post(client, path_of(town, booked), fields(answer.text))
    assert again.status_code == 303
    assert await now(booked) == (50, 1_150_00)


async def test_a_second_click_is_the_same_number_of_seats(client):
    town, booked = await by_the_seat()
    await enter(client, town.organisation)
    form = await looked(client, town, booked, 45)
    for _click in range(2):
        answer = await makers.post(client, path_of(town, booked), form)
        assert answer.status_code == 303
        assert "45 places au lieu de 40." in text_of((await client.get(answer.headers["location"])).text)
    assert await db.value("select count(*) from seats_change where booking = $1", booked.id) == 1


async def test_another_tab_changed_it_meanwhile(client):
    """« De 40 à 45 » pressed on an old page takes no seat away from the 50 that a colleague made of them."""
    town = await makers.make_town()
    booked = await makers.make_booking(town, 40)
    await enter(client, town.organisation)
    old = await looked(client, town, booked, 45)
    await makers.post(client, path_of(town, booked), await looked(client, town, booked, 50))
    answer = await makers.post(client, path_of(town, booked), old)
    assert answer.status_code == 422
    assert "Cette réservation a maintenant 50 places" in text_of(answer.text)
    assert "Passer de 50 à 45 places" in text_of(answer.text)
    assert (await now(booked))[0] == 50


async def test_another_organisation_s_booking_does_not_exist(client):
    town = await makers.make_town()
    booked = await makers.make_booking(town, 40)
    other = await makers.make_organisation(
        "Autre", siret=None, kind=OrganisationKind.ASSOCIATION, domain="autre.example.org"
    )
    await enter(client, other)
    for path in (path_of(town, booked), f"/espace/autre/reservations/{booked.reference}/places"):
        assert (await client.get(path)).status_code == 404
        assert (await makers.post(client, path, {"places": "45"})).status_code == 404
    assert (await now(booked))[0] == 40


async def test_once_begun_it_is_said_why_and_whom_to_call(client):
    town = await makers.make_town()
    booked = await makers.make_booking(town, 40)
    await enter(client, town.organisation)
    form = await looked(client, town, booked, 45)
    with clock.frozen(town.starts_at + timedelta(minutes=1)):
        page = await client.get(path_of(town, booked).removesuffix("/places"))
        for answer in (
            page,
            await client.get(path_of(town, booked)),
            await makers.post(client, path_of(town, booked), form),
        ):
            words = text_of(answer.text)
            assert "La séance a commencé : appelez-nous pour en parler." in words
            assert "02 61 91 00 00 , Camille Essai" in words
            assert "Voir ce que cela change" not in words
        assert answer.status_code == 409
        assert f'href="{path_of(town, booked)}"' not in page.text
    assert (await now(booked))[0] == 40


async def test_bookings_closed_leave_only_giving_back(client):
    town = await makers.make_town()
    booked = await makers.make_booking(town, 40)
    await enter(client, town.organisation)
    closes = town.starts_at - timedelta(days=1)
    await db.execute("update session set closes_at = $1", closes)
    with clock.frozen(closes + timedelta(minutes=1)):
        words = text_of((await client.get(path_of(town, booked) + "?places=45")).text)
        assert "la réservation est close : appelez-nous" in words
        assert "Passer de" not in words
        answer = await makers.post(client, path_of(town, booked), await looked(client, town, booked, 35))
        assert answer.status_code == 303
    assert (await now(booked))[0] == 35


@pytest.mark.parametrize(
    ("role", "status", "fewer"),
    [
        (Role.MANAGER, 200, True),
        (Role.MEMBER, 200, True),
        (Role.REFERRER, 200, False),
        (Role.ACCOUNTANT, 403, False),
    ],
)
async def test_who_may_change_it(client, role, status, fewer):
    town = await makers.make_town()
    booked = await makers.make_booking(town, 40)
    await enter(client, town.organisation, role)
    answer = await client.get(path_of(town, booked) + "?places=35")
    assert answer.status_code == status
    page = (await client.get(path_of(town, booked).removesuffix("/places"))).text
    assert (f'href="{path_of(town, booked)}"' in page) == (status == 200)
    if status == 200:
        assert ("Passer de 40 à 35 places" in text_of(answer.text)) == fewer
        assert ("pas en rendre" in text_of(answer.text)) != fewer


async def test_an_option_stays_to_be_confirmed(client):
    town = await makers.make_town()
    booked = await makers.make_booking(town, 12, option=True)
    await enter(client, town.organisation)
    words = text_of((await client.get(path_of(town, booked) + "?places=15")).text)
    assert "Ces places restent à confirmer, jusqu’au 8 mars 2027" in words
    await makers.post(client, path_of(town, booked), await looked(client, town, booked, 15))
    assert await db.value("select state from booking where id = $1", booked.id) == "option"


async def test_a_price_by_the_seat_is_that_of_the_tariff_mode(client):
    """A free session says so, and bills nothing."""
    town = await makers.make_town()
    session = await makers.make_session(await makers.make_offer("libre", mode=TariffMode.FREE, cents=0))
    booked = await makers.bookings.book(SYSTEM, makers.NewBooking(session, town.organisation, 4))
    await enter(client, town.organisation)
    words = text_of((await client.get(path_of(town, booked) + "?places=6")).text)
    assert "Gratuit Le prix ne change pas." in words
    assert "La facture" not in words


async def test_too_many_changes_come_back_as_the_form_with_when_to_try_again(client, monkeypatch):
    monkeypatch.setattr(limits, "BOOKED", Limit("booking.person", 1, limits.HOUR, "account", "Trop."))
    town = await makers.make_town()
    booked = await makers.make_booking(town, 40)
    await enter(client, town.organisation)
    await makers.post(client, path_of(town, booked), await looked(client, town, booked, 45))
    answer = await makers.post(client, path_of(town, booked), await looked(client, town, booked, 46))
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "3600")
    assert "Réessayez dans 60 min" in text_of(answer.text)
    assert 'value="46"' in answer.text
    assert (await now(booked))[0] == 45
