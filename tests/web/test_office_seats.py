"""Another number of seats, changed by the team until the session is held, with what follows said before it is done."""

from __future__ import annotations

from datetime import timedelta

import pytest

import makers
from office_makers import done, refused, staff
from portal_makers import fields
from training.billing.actions.share import share
from training.billing.rules.sharing import Share
from training.bookings import queries
from training.identity.rules import Role
from training.kernel import clock, db
from training.kernel.actor import SYSTEM

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("noon")]

MAILED = "La structure reçoit un courriel, la personne qui anime et la personne qui ouvre la salle aussi."


@pytest.fixture
async def noon():
    with clock.frozen(makers.NOON):
        yield


def path_of(booked) -> str:
    return f"/gestion/reservations/{booked.reference}/places"


async def seats_of(booked) -> int:
    found = await queries.booking(SYSTEM.scope, booked.reference)
    return int(found.seats)


async def test_the_team_changes_it_from_the_page_of_the_booking(client):
    town = await makers.make_town()
    booked = await makers.make_booking(town, 40)
    await staff(client, Role.ADVISER)
    assert f'href="{path_of(booked)}"' in (await client.get(path_of(booked).removesuffix("/places"))).text
    shown = await client.get(path_of(booked) + "?places=45")
    words = makers.text_of(shown.text)
    for fact in (
        "Commune d’Essai",
        "Places 40",
        "5 places de plus sont prises aussitôt",
        "Le prix ne change pas",
        MAILED,
    ):
        assert fact in words
    back = await done(client, path_of(booked), fields(shown.text))
    assert "45 places au lieu de 40." in makers.text_of((await client.get(back)).text)
    assert await seats_of(booked) == 45


async def test_the_team_may_after_it_began_and_not_once_it_was_held(client):
    town = await makers.make_town()
    booked = await makers.make_booking(town, 40)
    await staff(client)
    with clock.frozen(town.starts_at + timedelta(minutes=10)):
        await done(client, path_of(booked), fields((await client.get(path_of(booked) + "?places=45")).text))
    with clock.frozen(town.ends_at + timedelta(hours=1)):
        after = await client.get(path_of(booked) + "?places=38")
        assert MAILED not in makers.text_of(after.text)  # who was there knows
        late = fields(after.text)
        await makers.post(client, f"/gestion/seances/{town.session}/realisee")
        for answer in (await client.get(path_of(booked)), await makers.post(client, path_of(booked), late)):
            words = makers.text_of(answer.text)
            assert "La séance a eu lieu : le nombre de places ne change plus." in words
            assert "Voir ce que cela change" not in words
        assert answer.status_code == 409
        assert f'href="{path_of(booked)}"' not in (await client.get(path_of(booked).removesuffix("/places"))).text
    assert await seats_of(booked) == 45


async def test_what_cannot_be_is_refused_beside_the_number(client):
    town = await makers.make_town()
    booked = await makers.make_booking(town, 40)
    await staff(client)
    sent = {"avant": "40", "price": "35000"}
    answer = await refused(
        client, path_of(booked), {**sent, "places": "61"}, 409, "Il reste 20 places : demandez-en 60 en tout au plus"
    )
    assert 'value="61"' in answer.text
    await refused(client, path_of(booked), {**sent, "places": "0"}, 422, "annulez la réservation")
    await refused(client, path_of(booked), {**sent, "places": "45", "avant": "41"}, 422, "a maintenant 40 places")
    assert await seats_of(booked) == 40


async def test_what_was_invoiced_already_is_said_before_fewer_seats_are_kept(client):
    """A deposit of 800 € on a booking that will cost 750 €: the credit that the team will be proposed is named."""
    town = await makers.make_town()
    await db.execute("update tariff set mode = 'per_seat', amount_cents = 2500")
    booked = await makers.make_booking(town, 40)
    await db.execute("update organisation set buyer = 'association'")
    await staff(client)
    page = f"/gestion/reservations/{booked.reference}"
    await done(client, f"{page}/acompte", {"way": "percent", "percent": "80", "amount": ""})
    draft = await db.value("select max(id) from invoice")
    words = makers.text_of((await client.get(path_of(booked) + "?places=45")).text)
    assert "La facture en préparation est refaite à ce prix." in words
    await done(client, f"/gestion/factures/brouillons/{draft}/emettre")
    words = makers.text_of((await client.get(path_of(booked) + "?places=30")).text)
    number = await db.value("select number from invoice where number is not null")
    assert f"800,00 € sont déjà facturés ({number}) : un avoir de 50,00 € vous sera proposé" in words
    words = makers.text_of((await client.get(path_of(booked) + "?places=45")).text)
    assert f"800,00 € sont déjà facturés ({number}) : un complément est préparé." in words


async def test_several_payers_are_to_be_said_anew_where_their_parts_make_the_whole_no_more(client):
    town = await makers.make_town()
    booked = await makers.make_booking(town, 40)
    other = await makers.make_organisation("Région d’Essai", siret=None, domain="region.example.org")
    await staff(client)
    half = (Share(payer=town.organisation, seats=20), Share(payer=other, seats=20))
    await share(SYSTEM, booked.id, half)
    sentence = "Cette réservation a plusieurs clients facturés : rien ne part avant"
    assert sentence in makers.text_of((await client.get(path_of(booked) + "?places=45")).text)
    whole = (Share(payer=town.organisation, amount_cents=100_00), Share(payer=other, amount_cents=250_00))
    await share(SYSTEM, booked.id, whole)
    assert sentence not in makers.text_of((await client.get(path_of(booked) + "?places=45")).text)


async def test_who_only_keeps_the_books_does_not_change_it(client):
    town = await makers.make_town()
    booked = await makers.make_booking(town, 40)
    await staff(client, Role.BOOKKEEPER)
    assert (await client.get(path_of(booked))).status_code == 403
    assert f'href="{path_of(booked)}"' not in (await client.get(path_of(booked).removesuffix("/places"))).text
    assert (await makers.post(client, path_of(booked), {"places": "45", "avant": "40"})).status_code == 403
    assert await seats_of(booked) == 40


async def test_no_such_booking(client):
    await staff(client)
    assert (await client.get("/gestion/reservations/R-NADA/places")).status_code == 404
    assert (await makers.post(client, "/gestion/reservations/R-NADA/places", {"places": "4"})).status_code == 404
