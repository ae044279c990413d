"""A group is a group: who has seats in a session is told so, and asked, before any are added."""

from __future__ import annotations

from datetime import timedelta

import pytest

import makers
from makers import text_of
from portal_makers import enter, fields
from training.bookings import queries
from training.bookings.actions import booking as bookings
from training.bookings.actions import resizing
from training.bookings.actions.booking import NewBooking
from training.directory.rules.organisations import OrganisationKind
from training.kernel import clock, db
from training.kernel.actor import SYSTEM

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("noon")]


@pytest.fixture
async def noon():
    with clock.frozen(makers.NOON):
        yield


def path_of(town) -> str:
    return f"/seances/{town.session}/reserver"


async def typed(client, path: str, **changes: str) -> dict[str, str]:
    shown = await client.get(path)
    assert shown.status_code == 200, text_of(shown.text)[:400]
    return {**fields(shown.text), **changes}


async def made() -> list[tuple[int, int]]:
    """(seats, price) of every booking."""
    return [(b.seats, b.price_cents) for b in await queries.bookings(SYSTEM.scope)]


async def by_the_seat(cents: int = 25_00) -> None:
    await db.execute("update tariff set mode = 'per_seat', amount_cents = $1", cents)


async def association() -> int:
    return await makers.make_organisation(
        "Amis du vélo", siret=None, kind=OrganisationKind.ASSOCIATION, domain="a.example.org"
    )


async def test_who_has_seats_is_told_so_and_asked_how_many_more(client):
    town = await makers.make_town()
    booked = await makers.make_booking(town, 40)
    await enter(client, town.organisation)
    shown = await client.get(path_of(town) + "?places=3")
    words = text_of(shown.text)
    for fact in (
        "Vous avez déjà 40 places dans cette séance",
        "Combien de places en plus ?",
        "Prix pour 43 places en tout 350,00 €",
        "Le prix ne change pas : il est pour tout le groupe.",
        "Garder 40 places",
    ):
        assert fact in words
    assert f'href="/espace/{town.slug}/reservations/{booked.reference}"' in shown.text
    assert 'name="option"' not in shown.text
    answer = await makers.post(client, path_of(town), fields(shown.text))
    assert answer.headers["location"] == f"/espace/{town.slug}/reservations/{booked.reference}"
    assert "Vous avez maintenant 43 places." in text_of((await client.get(answer.headers["location"])).text)
    assert await made() == [(43, 350_00)]


async def test_the_page_of_the_session_says_it_too(client):
    town = await makers.make_town()
    booked = await makers.make_booking(town, 40)
    await enter(client, town.organisation)
    page = await client.get(f"/seances/{town.session}")
    assert "Vous avez déjà 40 places dans cette séance" in text_of(page.text)
    assert f"/reservations/{booked.reference}" in page.text
    assert "Combien de places en plus ?" in text_of(page.text)


async def test_a_full_session_still_leads_to_what_one_has_there(client):
    town = await makers.make_town()
    booked = await makers.make_booking(town, 60)
    await enter(client, town.organisation)
    page = await client.get(f"/seances/{town.session}")
    assert "Cette séance est complète" in text_of(page.text)
    assert f"/reservations/{booked.reference}" in page.text


async def test_by_the_seat_the_total_is_said_and_charged(client):
    town = await makers.make_town()
    await by_the_seat()
    await makers.make_booking(town, 40)
    await enter(client, town.organisation)
    form = await typed(client, path_of(town) + "?places=3")
    assert form["price"] == "107500"
    changed = await makers.post(client, path_of(town), {**form, "places": "5"})
    assert changed.status_code == 422
    assert "Pour 45 personnes, le prix est de 1 125,00 €" in text_of(changed.text)
    assert await made() == [(40, 1_000_00)]
    await makers.post(client, path_of(town), fields(changed.text))
    assert await made() == [(45, 1_125_00)]


@pytest.mark.parametrize("flat", [True, False])
async def test_a_form_sent_again_adds_nothing(client, flat):
    town = await makers.make_town()
    if not flat:
        await by_the_seat()
    await makers.make_booking(town, 40)
    await enter(client, town.organisation)
    form = await typed(client, path_of(town) + "?places=3")
    first = await makers.post(client, path_of(town), form)
    second = await makers.post(client, path_of(town), form)
    assert second.headers["location"] == f"{first.headers['location']}/suite"
    assert [seats for seats, _price in await made()] == [43]


async def test_the_first_form_sent_again_adds_nothing_by_the_seat_either(client):
    town = await makers.make_town()
    await by_the_seat()
    await enter(client, town.organisation)
    form = await typed(client, path_of(town) + "?places=40")
    first = await makers.post(client, path_of(town), form)
    second = await makers.post(client, path_of(town), form)
    assert (second.status_code, second.headers.get("location")) == (303, first.headers["location"])
    assert await made() == [(40, 1_000_00)]


async def test_two_tabs_that_knew_of_no_booking_do_not_book_twice(client):
    """The second is told of the twenty that there are by now, with all that was typed, and asked."""
    town = await makers.make_town()
    await enter(client, town.organisation)
    one, other = [
        await typed(client, path_of(town) + "?places=20", note="Le café ?", participants="Léa") for _tab in "12"
    ]
    assert one["cle"] != other["cle"]
    await makers.post(client, path_of(town), one)
    answer = await makers.post(client, path_of(town), other)
    assert answer.status_code == 409
    words = text_of(answer.text)
    assert "Votre structure a maintenant 20 places dans cette séance" in words
    assert "Vous avez déjà 20 places dans cette séance" in words
    assert 'id="places-error"' in answer.text
    again = fields(answer.text)
    assert (again["places"], again["note"], again["participants"], again["avant"]) == ("20", "Le café ?", "Léa", "20")
    assert await made() == [(20, 350_00)]
    await makers.post(client, path_of(town), {**again, "places": "5"})
    assert await made() == [(25, 350_00)]


@pytest.mark.parametrize("flat", [True, False])
async def test_more_than_are_left(client, flat):
    """By the seat too: what cannot be had is no price to agree to."""
    town = await makers.make_town()
    if not flat:
        await by_the_seat()
    await makers.make_booking(town, 40)
    await enter(client, town.organisation)
    form = await typed(client, path_of(town) + "?places=3")
    answer = await makers.post(client, path_of(town), {**form, "places": "21", "participants": "Léa"})
    assert answer.status_code in (409, 422)
    assert "Il reste 20 places" in text_of(answer.text)
    assert 'id="places-error"' in answer.text
    assert fields(answer.text)["participants"] == "Léa"
    assert [seats for seats, _price in await made()] == [40]


async def test_names_come_with_the_seats_and_a_number_that_is_there_is_not_asked_again(client):
    town = await makers.make_town()
    booked = await makers.make_booking(town, 2, purchase_order="ENG-1")
    await enter(client, town.organisation)
    form = await typed(client, path_of(town) + "?places=1", participants="Léa Exemple <lea@example.org>")
    assert "purchase_order" not in form
    answer = await makers.post(client, path_of(town), form)
    assert answer.status_code == 303
    view = await queries.booking(SYSTEM.scope, booked.reference)
    assert (view.seats, view.named, view.references.purchase_order) == (3, 1, "ENG-1")


async def test_a_missing_number_is_filled(client):
    town = await makers.make_town()
    booked = await makers.make_booking(town, 2)
    await enter(client, town.organisation)
    await makers.post(client, path_of(town), await typed(client, path_of(town) + "?places=1", purchase_order="ENG-2"))
    view = await queries.booking(SYSTEM.scope, booked.reference)
    assert (view.seats, view.references.purchase_order) == (3, "ENG-2")


async def test_an_option_beside_is_named_before_anything_is_typed(client):
    town = await makers.make_town()
    option = await makers.make_booking(town, 12, option=True)
    await enter(client, town.organisation)
    assert 'name="places"' not in (await client.get(f"/seances/{town.session}")).text
    page = await client.get(path_of(town) + "?places=3")
    words = text_of(page.text)
    assert f"{option.reference} · 12 places" in words
    assert "Ces places vous sont gardées jusqu’au 8 mars 2027" in words
    here = f"/espace/{town.slug}/reservations/{option.reference}"
    assert f'href="{here}"' in page.text
    assert f'href="{here}/places"' in page.text
    assert 'name="places"' not in page.text


async def test_an_option_laid_meanwhile_is_named_and_nothing_typed_is_lost(client):
    town = await makers.make_town()
    await enter(client, town.organisation)
    form = await typed(client, path_of(town) + "?places=3", note="Gardé")
    option = await makers.make_booking(town, 12, option=True)
    answer = await makers.post(client, path_of(town), form)
    assert answer.status_code == 409
    assert f"{option.reference} · 12 places" in text_of(answer.text)
    assert "Gardé" in answer.text
    assert f'href="/espace/{town.slug}/reservations/{option.reference}"' in answer.text


async def test_an_option_that_ran_out_is_in_nobodys_way(client):
    town = await makers.make_town()
    await makers.make_booking(town, 12, option=True)
    await enter(client, town.organisation)
    with clock.frozen(makers.NOON + timedelta(days=7, minutes=1)):
        answer = await makers.post(client, path_of(town), await typed(client, path_of(town) + "?places=3"))
        assert answer.status_code == 303


async def test_a_request_that_waits_grows(client):
    town = await makers.make_town()
    new = await makers.make_organisation(
        "Nouvelle", siret=None, kind=OrganisationKind.ASSOCIATION, approved=False, domain="n.example.org"
    )
    asked = await bookings.book(SYSTEM, NewBooking(town.session, new, 4))
    await enter(client, new)
    form = await typed(client, path_of(town) + "?places=2")
    await makers.post(client, path_of(town), form)
    view = await queries.booking(SYSTEM.scope, asked.reference)
    assert (view.seats, view.state) == (6, "pending")


async def test_who_acts_for_two_organisations_sees_which_has_seats(client):
    town, other = await makers.make_town(), await association()
    booked = await makers.make_booking(town, 40)
    await enter(client, other, name="double")
    await enter(client, town.organisation, name="double")
    words = text_of((await client.get(path_of(town) + "?places=3")).text)
    assert "Commune d’Essai Déjà 40 places dans cette séance" in words
    page = text_of((await client.get(f"/seances/{town.session}")).text)
    assert f"Commune d’Essai : Voir la réservation {booked.reference}" in page
    assert "Combien serez-vous" in page
    assert "Vous avez déjà 40 places" in text_of(
        (await client.get(path_of(town) + f"?places=3&structure={town.slug}")).text
    )
    first = await client.get(path_of(town) + "?places=3&structure=amis-du-velo")
    assert "Réserver pour 3 personnes" in text_of(first.text)


async def test_others_bookings_are_no_business_of_ours(client):
    town, other = await makers.make_town(), await association()
    await makers.make_booking(town, 40)
    await enter(client, other)
    assert "Vous avez déjà" not in text_of((await client.get(f"/seances/{town.session}")).text)
    assert "Réserver pour 3 personnes" in text_of((await client.get(path_of(town) + "?places=3")).text)


async def test_an_old_total_is_not_added_to_a_new_one(client):
    """A colleague made sixty of the forty meanwhile: « 43 en tout » is not what pressing would give."""
    town = await makers.make_town()
    booked = await makers.make_booking(town, 40)
    await enter(client, town.organisation)
    form = await typed(client, path_of(town) + "?places=3")
    await resizing.resize(SYSTEM, booked.id, 50)
    answer = await makers.post(client, path_of(town), form)
    assert answer.status_code == 409
    assert "Votre structure a maintenant 50 places" in text_of(answer.text)
    assert await made() == [(50, 350_00)]
