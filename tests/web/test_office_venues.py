"""Venues, as the team keeps them: found, corrected, added; who was invited there is told, mistakes are said."""

from __future__ import annotations

import re

import pytest

import makers
from makers import text_of
from office_makers import done, refused
from training.calendar import rules as calendar
from training.calendar.queries import slots
from training.identity.rules import Role
from training.kernel import clock, db
from training.reporting.office import venues as reading

pytestmark = pytest.mark.anyio
PATH = "/gestion/lieux"


@pytest.fixture
async def town(client):
    with clock.frozen(makers.NOON):
        made = await makers.make_town()
        await makers.make_staff(role=Role.ADVISER)
        await makers.sign_in(client, "equipe@example.org")
        yield made


def values(**changes: str) -> dict[str, str]:
    usual = {
        "name": "Salle des fêtes", "address": "2 place du Marché", "capacity": "80", "access": "Parking derrière.",
        "contact_name": "Odile Gardienne", "contact_email": "Odile@SALLE.example.org", "active": "1",
        "city": "Alençon", "postcode": "61000",
    }  # fmt: skip
    return {**usual, **changes}


async def test_the_list_says_what_is_coming_and_can_be_narrowed(client, town):
    await makers.make_booking(town, 4)
    page = text_of((await client.get(PATH)).text)
    assert "Salle des fêtes Alençon – 80 1 Utilisé" in page
    assert "Salle des fêtes" in (await client.get(PATH, params={"q": "ALENCON"})).text
    assert "Aucun lieu ne correspond" in (await client.get(PATH, params={"q": "%"})).text


async def test_a_venue_is_corrected_and_its_people_told_later(client, town):
    page = await client.get(f"{PATH}/{town.venue}")
    assert 'value="2 place du Marché"' in page.text
    assert "celle de Paris" in text_of(page.text)
    assert "1 date est prévue ici" in text_of(page.text)
    where = await done(client, f"{PATH}/{town.venue}", values(access="Par la cour."))
    assert where == f"{PATH}/{town.venue}"
    found = await reading.venue_page(town.venue)
    assert found is not None
    assert (found.access, found.contact_name, found.contact_email) == (
        "Par la cour.", "Odile Gardienne", "Odile@salle.example.org",
    )  # fmt: skip
    assert await db.value("select tell_after is not null from session where id = $1", town.session)
    await done(client, f"{PATH}/{town.venue}", values(contact_name="", contact_email=""))
    found = await reading.venue_page(town.venue)
    assert found is not None
    assert (found.contact_name, found.contact_email) == (None, None)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"contact_email": "pas une adresse"}, "Cette adresse n’est pas complète."),
        ({"contact_email": "a@b.example.org\r\nBcc: x@example.org"}, "Cette adresse n’est pas complète."),
        ({"name": " "}, "À remplir."),
        ({"capacity": "0"}, "Indiquez 1 ou plus."),
        ({"capacity": "beaucoup"}, "n’est pas un nombre entier"),
        ({"access": "x" * 2001}, "2000 caractères au plus"),
    ],
)
async def test_a_mistake_is_said_beside_its_field_and_the_rest_stays(client, town, wrong, sentence):
    answer = await refused(client, f"{PATH}/{town.venue}", values(address="4 rue Neuve", **wrong), 422, sentence)
    (field,) = wrong
    assert f'id="{field}-error"' in answer.text
    assert 'value="4 rue Neuve"' in answer.text
    assert await db.value("select address from venue where id = $1", town.venue) == "2 place du Marché"


async def test_a_venue_no_longer_used_is_not_offered_and_can_come_back(client, town):
    await done(client, f"{PATH}/{town.venue}", values(active=""))
    assert "Archivé" in text_of((await client.get(PATH)).text)
    assert "Salle des fêtes" not in (await client.get("/gestion/seances/nouvelle")).text
    await done(client, f"{PATH}/{town.venue}", values())
    assert "Utilisé" in text_of((await client.get(PATH)).text)


async def test_a_venue_overseas_is_refused_beside_its_commune(client, town):
    new = values(name="Case à lire", city="Saint-Denis", postcode="97400")
    answer = await refused(client, f"{PATH}/nouveau", new, 422, "Ce lieu est outre-mer")
    assert 'id="postcode-error"' in answer.text
    assert await db.value("select count(*) from venue where name = 'Case à lire'") == 0
    assert await db.value("select count(*) from commune") == 1, "nothing half done"


async def test_a_venue_overseas_from_before_is_corrected_but_offered_no_more(client, town):
    await makers.move_overseas(town.venue)
    answer = await refused(client, f"{PATH}/{town.venue}", values(access="Par la cour."), 422, "Ce lieu est outre-mer")
    assert 'id="active-error"' in answer.text
    await done(client, f"{PATH}/{town.venue}", values(access="Par la cour.", active=""))
    assert await db.value("select access from venue where id = $1", town.venue) == "Par la cour."
    assert await db.value("select zone from venue where id = $1", town.venue) == "Indian/Reunion"


async def test_a_venue_is_added_in_a_commune_that_is_typed(client, town):
    where = await done(client, f"{PATH}/nouveau", values(name="Case à lire", city="ALENCON"))
    found = await reading.venue_page(int(where.rsplit("/", 1)[1]))
    assert (found.name, found.city, found.zone) == ("Case à lire", "Alençon", "Europe/Paris")
    where = await done(client, f"{PATH}/nouveau", values(name="Gymnase", city="Sées", postcode="61500"))
    found = await reading.venue_page(int(where.rsplit("/", 1)[1]))
    assert (found.city, found.postcode) == ("Sées", "61500")


@pytest.mark.parametrize(
    ("city", "postcode", "field", "sentence"),
    [
        ("", "61500", "city", "À remplir."),
        ("Sées 2", "61500", "city", "pas de chiffre"),
        ("Sées", "6150", "postcode", "cinq chiffres"),
        ("Sées", "", "postcode", "À remplir."),
    ],
)
async def test_what_is_no_commune_is_said_beside_its_field(client, town, city, postcode, field, sentence):
    for path in (f"{PATH}/nouveau", f"{PATH}/{town.venue}"):
        answer = await refused(client, path, values(city=city, postcode=postcode), 422, sentence)
        assert f'id="{field}-error"' in answer.text


async def test_a_venue_moves_to_another_commune_with_its_calendars(client, town):
    sequence = "select sequence from slot where session = $1"
    before = await db.value(sequence, town.session)
    await done(client, f"{PATH}/{town.venue}", values(city="Damigny", postcode="61250"))
    found = await reading.venue_page(town.venue)
    assert (found.city, found.postcode) == ("Damigny", "61250")
    assert await db.value(sequence, town.session) == before + 1


async def test_what_only_the_team_reads_tells_nobody(client, town):
    same = values(contact_name="", contact_email="", capacity="90", position="48.43, 0.09")
    await done(client, f"{PATH}/{town.venue}", same)
    assert await db.value("select tell_after is null from session where id = $1", town.session)


async def test_communes_are_offered_while_one_is_typed(client, town):
    near = f"{PATH}/communes/proches"
    for asked in (
        {"q": "alen"},
        {"q": "ALENÇ", "cp": ""},
        {"cp": "61000"},
        {"q": "al", "cp": "61000"},
        {"q": "alen", "cp": "61500"},
    ):
        answer = await client.get(near, params=asked)
        assert answer.text == '<option value="Alençon (61000)" data-name="Alençon" data-postcode="61000">', asked
    for asked in ({}, {"q": "a"}, {"q": "%"}, {"cp": "6100"}, {"q": "lençon"}):
        assert (await client.get(near, params=asked)).text == "", asked


async def test_unknown_venues_and_other_roles(client, town):
    for number in ("999999", "99999999999"):
        assert (await client.get(f"{PATH}/{number}")).status_code == 404
        assert (await makers.post(client, f"{PATH}/{number}", values())).status_code == 404
    await db.execute("update membership set role = 'bookkeeper'")
    assert (await client.get(PATH)).status_code == 403


async def test_the_list_goes_on_page_after_page(client, town):
    commune = await db.value("select id from commune limit 1")
    await db.execute(
        "insert into venue (name, address, commune, capacity, access, active)"
        " select 'Salle ' || lpad(n::text, 3, '0'), '', $1, 10, '', n % 2 = 0 from generate_series(1, 119) n",
        commune,
    )
    seen, path = 0, PATH
    for _page in range(3):
        text = (await client.get(path)).text
        seen += text.count('<th scope="row">')
        path = text.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0] if 'rel="next"' in text else ""
    assert (seen, path) == (120, "")


async def test_every_fact_of_a_venue_is_kept_and_shown_again(client, town):
    whole = values(
        contact_phone="02 33 00 00 00", equipment="Vidéoprojecteur\nTables", wheelchair="help", note="Clé au bar.",
        position="48.4329, 0.0917",
    )  # fmt: skip
    await done(client, f"{PATH}/{town.venue}", whole)
    page = (await client.get(f"{PATH}/{town.venue}")).text
    for shown in ("02 33 00 00 00", "Vidéoprojecteur\nTables", "Clé au bar.", 'value="48.4329, 0.0917"'):
        assert shown in page
    assert re.search(r'value="help" checked', page)
    found = await reading.venue_page(town.venue)
    assert (found.wheelchair, found.latitude, found.longitude) == ("help", 48.4329, 0.0917)
    public = text_of((await client.get(f"/seances/{town.session}")).text)
    assert "En fauteuil roulant accessible avec de l’aide" in public
    assert "Clé au bar" not in public
    assert "Modifications" in page
    await done(client, f"{PATH}/{town.venue}", {**whole, "position": "", "wheelchair": ""})
    found = await reading.venue_page(town.venue)
    assert (found.wheelchair, found.latitude) == ("", None)
    for wrong in ("48.4", "ici", "95.0, 0.1", "48.4, 0.1, 3.2"):
        answer = await refused(client, f"{PATH}/{town.venue}", {**whole, "position": wrong}, 422)
        assert 'id="position-error"' in answer.text, wrong


async def test_the_second_of_two_editors_is_told(client, town):
    page = (await client.get(f"{PATH}/{town.venue}")).text
    seen = re.search(r'name="vu" value="(\d+)"', page)[1]
    await done(client, f"{PATH}/{town.venue}", {**values(access="Par la cour."), "vu": seen})
    answer = await refused(client, f"{PATH}/{town.venue}", {**values(access="Par le portail."), "vu": seen}, 409)
    assert "Par la cour." in answer.text
    assert "Par le portail." in answer.text


async def test_who_opens_is_said_to_who_delivers_with_a_telephone(client, town):
    with_phone = values(contact_name="Odile Gardienne", contact_phone="02 33 00 00 00")
    await done(client, f"{PATH}/{town.venue}", with_phone)
    session = (await client.get(f"/gestion/seances/{town.session}")).text
    assert 'href="tel:0233000000"' in session
    assert "Odile Gardienne" in session
    assert "Odile" not in (await client.get(f"/seances/{town.session}")).text
    facts = await slots.for_facilitator(town.slot, town.facilitator)
    said = {
        audience: calendar.event(facts, audience, base_url="http://x", contact="c").description
        for audience in calendar.Audience
    }
    assert {a for a, words in said.items() if "Ouvre la salle : Odile Gardienne, 02 33 00 00 00" in words} == {
        calendar.Audience.FACILITATOR, calendar.Audience.STAFF,
    }  # fmt: skip


async def test_rooms_of_a_building_are_shown_and_written_together(client, town):
    new = (await client.get(f"{PATH}/nouveau?comme={town.venue}")).text
    assert 'value="2 place du Marché"' in new
    assert 'value="Salle des fêtes"' not in new, "its own name"
    where = await done(client, f"{PATH}/nouveau", values(name="Salle du conseil", address="2, PLACE du marché"))
    other = int(where.rsplit("/", 1)[1])
    page = text_of((await client.get(f"{PATH}/{town.venue}")).text)
    assert "Dans le même bâtiment" in page
    assert "Salle du conseil" in page
    await done(client, f"{PATH}/{town.venue}", values(access="Par la cour.", capacity="12", everywhere="1"))
    found = await reading.venue_page(other)
    assert (found.name, found.access, found.address, found.capacity) == (
        "Salle du conseil", "Par la cour.", "2 place du Marché", 80,
    )  # fmt: skip
    await done(client, f"{PATH}/{town.venue}", values(access="Par le jardin."))
    assert (await reading.venue_page(other)).access == "Par la cour."


async def test_one_that_looks_like_it_is_shown_before_it_is_made_twice(client, town):
    twin = values(name="Salle des Fetes", address="")
    answer = await refused(client, f"{PATH}/nouveau", twin, 409, "Un lieu lui ressemble")
    assert f'href="{PATH}/{town.venue}"' in answer.text
    assert await db.value("select count(*) from venue") == 1
    await done(client, f"{PATH}/nouveau", {**twin, "other": "1"})
    await done(client, f"{PATH}/nouveau", values(name="Salle des fêtes", city="Sées", postcode="61500"))
    assert await db.value("select count(*) from venue") == 3
