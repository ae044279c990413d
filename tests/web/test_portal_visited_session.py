"""One session as a visitor sees it: the workshop first, the number kept, what is wrong said on the spot."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

import makers
from makers import text_of
from training.kernel import clock, db
from visitor_makers import far_venue, noon, priced_town, words  # noqa: F401 - a fixture

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("noon")]


async def test_a_session_names_the_workshop_first_and_keeps_the_number(client):
    town = await priced_town()
    await client.get("/?pour=commune")
    page = await client.get(f"/seances/{town.session}?places=40")
    assert re.search(r"<h1>\s*Sensibilisation au vélo électrique", page.text)
    assert page.text.index("<h1>") < page.text.index("Alençon</p>")
    assert "Continuer pour 40 personnes" in text_of(page.text)
    assert 'value="40"' in page.text
    assert 'class="bar"' in page.text
    assert "Continuer</button>" in (await client.get(f"/seances/{town.session}")).text


async def test_more_people_than_places_is_said_before_the_button(client):
    town = await priced_town()
    await makers.make_booking(town, 55)
    page = await words(client, f"/seances/{town.session}?places=40")
    assert "Il reste 5 places : demandez-en 5 ou moins" in page
    assert "Continuer pour 40" not in page


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("9999", "Il reste 60 places : demandez-en 60 ou moins"),
        ("61", "Il reste 60 places : demandez-en 60 ou moins"),
        ("", "Indiquez un nombre."),
        ("0", "Indiquez 1 ou plus."),
        ("abc", "n’est pas un nombre entier"),
    ],
)
async def test_a_visitor_hears_what_is_wrong_with_the_number_before_signing_in(client, typed, said):
    town = await priced_town()
    answer = await client.get(f"/seances/{town.session}/reserver", params={"places": typed})
    assert answer.headers["location"] == f"/seances/{town.session}?places={typed}#reserver"
    assert said in await words(client, answer.headers["location"])
    assert said not in await words(client, f"/seances/{town.session}")


async def test_what_can_be_booked_leads_a_visitor_to_sign_in_and_what_is_full_does_not(client):
    town = await priced_town()
    path = f"/seances/{town.session}/reserver"
    for address in (path, f"{path}?places=60"):
        assert (await client.get(address)).headers["location"].startswith("/connexion?suite="), address
    await makers.make_booking(town, 60)
    assert (await client.get(f"{path}?places=1")).headers["location"].startswith(f"/seances/{town.session}?")


async def test_saying_what_one_is_comes_back_to_the_sheet_with_the_number(client):
    town = await priced_town()
    page = (await client.get(f"/seances/{town.session}?places=40")).text
    assert f'href="/seances/{town.session}?places=40&amp;pour=commune#reserver"' in page
    assert 'pour=commune#prix"' in (await client.get("/catalogue/velo")).text
    bar = page.split('class="bar"')[1]
    assert "Continuer pour 40</button>" in bar.replace("\u00a0", " ")
    assert 'form="reserver"' in bar


async def test_the_way_there_stands_apart_from_the_address(client):
    town = await priced_town()
    await db.execute("update venue set latitude = 48.4, longitude = 0.1")
    page = await words(client, f"/seances/{town.session}")
    assert re.search(r"\S Itinéraire", page)


async def test_a_full_session_with_no_other_date_sends_to_the_telephone(client):
    town = await priced_town()
    assert "60 places libres sur 60" in await words(client, f"/seances/{town.session}")
    assert "Réservable" in await words(client, f"/seances/{town.session}")
    await makers.make_booking(town, 60)
    page = await words(client, f"/seances/{town.session}")
    assert "Choisissez une autre date" not in page
    assert "Appelez-nous : des places se libèrent parfois." in page
    assert "Réservable" not in page


async def test_two_halves_of_one_day_are_no_two_dates(client):
    town = await priced_town()
    start = clock.now() + timedelta(days=20)
    session = await makers.make_session(town.offer, slots=2, starts_at=start)
    first, second = await db.connection().fetch(
        "select id, starts_at from slot where session = $1 order by position", session
    )
    await db.execute(
        "update slot set starts_at = $2::timestamptz, ends_at = $2::timestamptz + interval '2 hours' where id = $1",
        second["id"], first["starts_at"] + timedelta(hours=5),
    )  # fmt: skip
    page = await words(client, f"/seances/{session}")
    assert "2 dates" not in page
    assert re.search(r"\d h – \d+ h et \d+ h – \d+ h", page)
    assert "en deux temps, le même jour" in await words(client, "/seances")


async def test_a_date_of_another_year_says_its_year(client):
    town = await makers.make_town()
    assert str(town.starts_at.year) not in (await words(client, "/catalogue")).split("©")[0]
    await db.execute("update slot set starts_at = starts_at + interval '1 year', ends_at = ends_at + interval '1 year'")
    year = str(town.starts_at.year + 1)
    assert re.search(rf"[a-zé]+ {year}, Alençon", await words(client, "/catalogue"))
    hero = (await client.get(f"/seances/{town.session}")).text.split('class="stamp"')[0].split('class="when"')[1]
    assert re.search(rf'class="month" aria-hidden="true">[^<]+ {year}</span>', hero)


async def test_several_days_are_one_session(client):
    town = await priced_town()
    session = await makers.make_session(town.offer, slots=3, starts_at=clock.now() + timedelta(days=20))
    assert "Une séance en 3 dates" in await words(client, f"/seances/{session}")
    assert "une séance en 3 dates" in await words(client, "/seances")


async def test_the_last_days_to_book_are_said(client):
    town = await priced_town()
    soon = await makers.make_session(town.offer, closes_at=clock.now() + timedelta(days=2))
    assert "Derniers jours pour réserver" in await words(client, f"/seances/{soon}")
    assert "Derniers jours" not in await words(client, f"/seances/{town.session}")
