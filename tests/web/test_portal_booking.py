"""Booking seats, and every way it can be refused: each says why, and nothing that was typed is lost."""

from __future__ import annotations

from datetime import timedelta
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest

import makers
from makers import text_of
from portal_makers import enter, fields
from training.bookings import queries
from training.bookings.actions import booking as bookings
from training.bookings.actions import ending
from training.catalogue.rules.tariffs import TariffMode
from training.directory.rules.organisations import OrganisationKind
from training.identity import queries as identity
from training.identity.rules import Role
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
    """The check page's form as shown, with changes."""
    shown = await client.get(path)
    assert shown.status_code == 200, text_of(shown.text)[:400]
    return {**fields(shown.text), **changes}


async def all_bookings():
    return await queries.bookings(SYSTEM.scope)


async def test_a_visitor_signs_in_and_comes_back_with_the_number_of_people(client):
    town = await makers.make_town()
    answer = await client.get(path_of(town) + "?places=40")
    assert answer.status_code == 303
    to = urlsplit(answer.headers["location"])
    assert to.path == "/connexion"
    assert parse_qs(to.query) == {"suite": [f"{path_of(town)}?places=40"]}


async def test_the_check_page_says_everything_before_the_button(client):
    town = await makers.make_town()
    await enter(client, town.organisation)
    words = text_of((await client.get(path_of(town) + "?places=40")).text)
    for fact in ("Réserver pour 40 personnes", "350,00 €", "Commune d’Essai", "mercredi 10 mars", "Rachel Ressources"):
        assert fact in words
    assert "Garder les places 7 jours" in words
    assert "Sans TVA" in words


async def test_forty_seats_with_everything_said(client):
    town = await makers.make_town()
    await enter(client, town.organisation)
    form = await typed(
        client,
        path_of(town) + "?places=40",
        purchase_order="ENG-2027-12",
        service_code="RH",
        note="Une personne en fauteuil.",
        participants="Léa Exemple <lea@example.org>\n\nJean d’Essai\nZoé Test, zoe@example.org",
    )
    answer = await makers.post(client, path_of(town), form)
    (booked,) = await all_bookings()
    assert (answer.status_code, answer.headers["location"]) == (
        303,
        f"/espace/{town.slug}/reservations/{booked.reference}/suite",
    )
    assert (booked.state, booked.seats, booked.price_cents) == ("confirmed", 40, 35_000)
    assert (booked.references.purchase_order, booked.references.service_code, booked.note) == (
        "ENG-2027-12",
        "RH",
        "Une personne en fauteuil.",
    )
    people = {(p.name, p.email) for p in await queries.participants(booked.id)}
    assert people == {("Léa Exemple", "lea@example.org"), ("Jean d’Essai", None), ("Zoé Test", "zoe@example.org")}
    page = await client.get(answer.headers["location"])
    assert "C’est réservé" in text_of(page.text)


async def test_a_second_click_lands_on_the_same_booking(client):
    town = await makers.make_town()
    await enter(client, town.organisation)
    form = await typed(client, path_of(town) + "?places=60")
    first = await makers.post(client, path_of(town), form)
    second = await makers.post(client, path_of(town), form)
    assert second.headers["location"] == first.headers["location"]
    assert len(await all_bookings()) == 1


async def test_the_same_form_sent_again_with_other_answers_is_told_of_the_first(client):
    town = await makers.make_town()
    await enter(client, town.organisation)
    form = await typed(client, path_of(town) + "?places=10")
    await makers.post(client, path_of(town), form)
    again = await makers.post(client, path_of(town), {**form, "places": "12"})
    (booked,) = await all_bookings()
    assert again.status_code == 422
    assert booked.reference in text_of(again.text)


@pytest.mark.parametrize(
    ("places", "sentence"),
    [
        ("0", "Indiquez 1 ou plus"),
        ("-3", "Indiquez 1 ou plus"),
        ("quarante", "n’est pas un nombre entier"),
        ("4,5", "n’est pas un nombre entier"),
        ("", "Indiquez un nombre"),
        ("99999999999999999999", "Il reste 60 places : demandez-en 60 ou moins"),
        ("61", "Il reste 60 places : demandez-en 60 ou moins"),
        ("<b>", "n’est pas un nombre entier"),
        ("٤٠", "n’est pas un nombre entier"),
    ],
)
async def test_a_number_of_people_that_cannot_be_is_said_and_everything_typed_stays(client, places, sentence):
    town = await makers.make_town()
    await enter(client, town.organisation)
    kept = {"purchase_order": "ENG-1", "service_code": "SVC", "note": "Bonjour & merci", "participants": "Léa\nJean"}
    form = await typed(client, path_of(town) + "?places=40", places=places, **kept)
    answer = await makers.post(client, path_of(town), form)
    assert answer.status_code in (409, 422)
    assert sentence in text_of(unescape(answer.text))
    assert 'href="#places"' in answer.text
    assert 'id="places-error"' in answer.text
    assert fields(answer.text) == {**form, "price": fields(answer.text)["price"]}
    assert await all_bookings() == []


async def test_too_many_people_are_told_before_anything_else_is_typed(client):
    town = await makers.make_town()
    await makers.make_booking(town, 48)
    await enter(client, town.organisation)
    words = text_of((await client.get(path_of(town) + "?places=40")).text)
    assert "Il reste 12 places : demandez-en 12 ou moins" in words


async def test_somebody_else_was_faster(client):
    town = await makers.make_town()
    await enter(client, town.organisation)
    form = await typed(client, path_of(town) + "?places=40", note="Nous y tenons.")
    await makers.make_booking(town, 48)
    answer = await makers.post(client, path_of(town), form)
    assert answer.status_code == 409
    assert "Il reste 12 places" in text_of(answer.text)
    assert "Nous y tenons." in answer.text
    corrected = await makers.post(client, path_of(town), {**fields(answer.text), "places": "12"})
    assert corrected.status_code == 303


async def test_a_session_that_passed_meanwhile_is_refused_in_words(client):
    town = await makers.make_town()
    await enter(client, town.organisation)
    form = await typed(client, path_of(town) + "?places=4", note="Gardé")
    with clock.frozen(town.starts_at + timedelta(minutes=1)):
        answer = await makers.post(client, path_of(town), form)
        assert answer.status_code == 409
        assert "a déjà commencé ou est passée" in text_of(answer.text)
        assert "Gardé" in answer.text
        assert (await client.get(path_of(town))).headers["location"] == f"/seances/{town.session}"


async def test_a_session_called_off_or_unknown_is_not_booked(client):
    town = await makers.make_town()
    await enter(client, town.organisation)
    form = await typed(client, path_of(town) + "?places=4")
    await ending.call_off_session(SYSTEM, town.session, "Neige")
    assert (await makers.post(client, path_of(town), form)).status_code == 409
    assert (await client.get("/seances/999999/reserver")).status_code == 404
    assert (await makers.post(client, "/seances/999999/reserver", form)).status_code == 404


@pytest.mark.parametrize("asked_first", [(bookings, "book"), (identity, "by_session")])
async def test_the_database_goes_away_and_what_was_typed_comes_back(client, monkeypatch, asked_first):
    town = await makers.make_town()
    await enter(client, town.organisation)
    form = await typed(client, path_of(town) + "?places=40", note="Ne perdez pas ceci")

    async def away(*_args, **_more):
        raise ConnectionRefusedError

    with monkeypatch.context() as patched:
        patched.setattr(*asked_first, away)
        answer = await makers.post(client, path_of(town), form)
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "5"
    assert "Ne perdez pas ceci" in answer.text
    again = await makers.post(client, path_of(town), fields(answer.text))
    assert again.status_code == 303
    (booked,) = await all_bookings()
    assert booked.note == "Ne perdez pas ceci"


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        ("Léa\nlea@example.org", "Ligne 2 : il manque le nom"),
        ("Léa <lea@example>", "Ligne 1 : l’adresse « lea@example » n’est pas complète"),
        ("a" * 201, "Ligne 1 : ce nom est trop long"),
        ("Un\nDeux\nTrois", "Il y a plus de noms que de places"),
    ],
)
async def test_names_that_cannot_be_read_are_said_by_their_line(client, lines, sentence):
    town = await makers.make_town()
    await enter(client, town.organisation)
    form = await typed(client, path_of(town) + "?places=2", participants=lines)
    answer = await makers.post(client, path_of(town), form)
    assert answer.status_code == 422
    assert sentence in text_of(answer.text)
    assert 'href="#participants"' in answer.text
    assert fields(answer.text)["participants"] == lines


async def test_a_purchase_order_longer_than_chorus_pro_takes(client):
    town = await makers.make_town()
    await enter(client, town.organisation)
    form = await typed(client, path_of(town) + "?places=2", purchase_order="X" * 51)
    answer = await makers.post(client, path_of(town), form)
    assert answer.status_code == 422
    assert "50 caractères au plus" in text_of(answer.text)


async def test_nobody_owes_a_price_that_they_have_not_read(client):
    town = await makers.make_town()
    each = await makers.make_session(await makers.make_offer("code", mode=TariffMode.PER_SEAT, cents=25_00))
    await enter(client, town.organisation)
    form = await typed(client, f"/seances/{each}/reserver?places=4", places="6")
    answer = await makers.post(client, f"/seances/{each}/reserver", form)
    assert answer.status_code == 422
    assert "Pour 6 personnes, le prix est de 150,00 €" in text_of(answer.text)
    assert await all_bookings() == []
    assert (await makers.post(client, f"/seances/{each}/reserver", fields(answer.text))).status_code == 303
    assert [b.price_cents for b in await all_bookings()] == [150_00]


async def test_an_option_holds_seats_and_is_confirmed(client):
    town = await makers.make_town()
    await enter(client, town.organisation)
    form = await typed(client, path_of(town) + "?places=40", option="1")
    answer = await makers.post(client, path_of(town), form)
    page = text_of((await client.get(answer.headers["location"])).text)
    assert "Les 40 places sont gardées pour vous jusqu’au lundi 8 mars" in page
    assert "Rien d’autre à faire" not in page
    assert "Dire si vous gardez les places" in text_of((await client.get(f"/espace/{town.slug}")).text)
    here = answer.headers["location"].removesuffix("/suite")
    confirmed = await makers.post(client, f"{here}/confirmer")
    assert confirmed.headers["location"] == f"{here}/suite"
    assert "C’est réservé" in text_of((await client.get(f"{here}/suite")).text)
    assert [b.state for b in await all_bookings()] == ["confirmed"]
    again = await makers.post(client, f"{here}/confirmer")
    assert again.status_code == 303
    assert "déjà confirmée" in text_of((await client.get(here)).text)


async def test_an_option_past_its_time_is_not_confirmed(client):
    town = await makers.make_town()
    booked = await makers.make_booking(town, 4, option=True)
    await enter(client, town.organisation)
    path = f"/espace/{town.slug}/reservations/{booked.reference}"
    with clock.frozen(makers.NOON + timedelta(days=7, minutes=1)):
        await makers.post(client, path + "/confirmer")
        assert "Cette réservation a expiré" in text_of((await client.get(path)).text)
    assert [b.state for b in await all_bookings()] == ["option"]


async def test_somebody_of_two_organisations_says_for_which(client):
    town = await makers.make_town()
    other = await makers.make_organisation(
        "Amis du vélo", siret=None, kind=OrganisationKind.ASSOCIATION, domain="a.example.org"
    )
    await enter(client, other, name="double")
    await enter(client, town.organisation, name="double")
    asked = await client.get(path_of(town) + "?places=40")
    assert "Pour quelle structure réservez-vous" in text_of(asked.text)
    assert 'name="places" value="40"' in asked.text
    form = await typed(client, path_of(town) + "?places=40&structure=amis-du-velo")
    answer = await makers.post(client, path_of(town), form)
    assert answer.headers["location"].startswith("/espace/amis-du-velo/")


async def test_a_contact_of_somebody_else_is_no_choice(client):
    town = await makers.make_town()
    other = await makers.make_organisation(
        "Autre", siret=None, kind=OrganisationKind.ASSOCIATION, domain="autre.example.org"
    )
    foreign = await db.value("select min(id) from contact where organisation = $1", other)
    await enter(client, town.organisation)
    form = await typed(client, path_of(town) + "?places=4", contact=str(foreign))
    answer = await makers.post(client, path_of(town), form)
    assert answer.status_code == 422
    assert "Choisissez qui suit la réservation" in text_of(answer.text)


async def test_another_organisations_name_in_the_form_books_nothing_for_it(client):
    town = await makers.make_town()
    other = await makers.make_organisation(
        "Autre", siret=None, kind=OrganisationKind.ASSOCIATION, domain="autre.example.org"
    )
    await enter(client, other)
    form = await typed(client, path_of(town) + "?places=4", structure=town.slug)
    assert (await makers.post(client, path_of(town), form)).status_code == 403
    assert await all_bookings() == []


@pytest.mark.parametrize(
    ("role", "status"),
    [(Role.MANAGER, 200), (Role.MEMBER, 200), (Role.REFERRER, 200), (Role.ACCOUNTANT, 403)],
)
async def test_who_may_book(client, role, status):
    town = await makers.make_town()
    await enter(client, town.organisation, role)
    answer = await client.get(path_of(town) + "?places=4")
    assert answer.status_code == status
    if status == 403:
        assert "Demandez-le à la personne qui gère cet espace" in text_of(answer.text)


async def test_somebody_without_an_organisation_registers_one_first(client):
    town = await makers.make_town()
    await enter(client, None, name="nouveau")
    answer = await client.get(path_of(town) + "?places=40")
    to = urlsplit(answer.headers["location"])
    assert (to.path, parse_qs(to.query)["suite"]) == ("/inscription", [f"{path_of(town)}?places=40"])


async def test_the_team_is_sent_to_its_own_pages(client):
    town = await makers.make_town()
    await makers.make_staff()
    await makers.sign_in(client, "equipe@example.org")
    answer = await client.get(path_of(town))
    assert answer.status_code == 403
    assert "depuis son espace" in text_of(answer.text)


async def test_an_organisation_that_waits_is_told_that_its_booking_waits_too(client):
    town = await makers.make_town()
    new = await makers.make_organisation(
        "Nouvelle", siret=None, kind=OrganisationKind.ASSOCIATION, approved=False, domain="n.example.org"
    )
    await enter(client, new)
    shown = await client.get(path_of(town) + "?places=4")
    assert "Votre structure est en cours de vérification" in text_of(shown.text)
    assert 'name="option"' not in shown.text
    answer = await makers.post(client, path_of(town), fields(shown.text))
    page = text_of((await client.get(answer.headers["location"])).text)
    assert "C’est demandé." in page
    assert "En cours de vérification" in page
    assert "Notre équipe vérifie votre inscription" in page


async def test_who_comes_back_to_the_form_hears_what_is_booked_already(client) -> None:
    with clock.frozen(makers.NOON):
        town = await makers.make_town()
        booked = await makers.make_booking(town, 12)
        await makers.sign_in(client, "rh@mairie.example.org")
        shown = (await client.get(f"/seances/{town.session}/reserver?places=12")).text
    assert "Vous avez déjà 12 places dans cette séance" in text_of(shown)
    assert booked.reference in shown


async def test_a_booking_that_ended_says_what_is_due_and_not_its_price(client):
    town = await makers.make_town()
    booked = await makers.make_booking(town, 4)
    await enter(client, town.organisation)
    here = f"/espace/{town.slug}/reservations/{booked.reference}"
    assert "350,00 € pour tout le groupe" in text_of((await client.get(here)).text).replace("\u00a0", " ")
    await makers.post(client, f"{here}/annuler", {"reason": ""})
    page = text_of((await client.get(here)).text).replace("\u00a0", " ")
    assert "0,00 € rien n’est dû" in page
    assert "350,00 €" not in page
