"""A session planned where there is nothing yet: no venue, nobody who delivers, no organisation, no offer."""

from __future__ import annotations

import pytest

import makers
from makers import text_of
from office_makers import done, refused
from training.identity.rules import Role
from training.kernel import clock, db
from training.scheduling import queries as scheduling
from training.worker import drain

pytestmark = pytest.mark.anyio
NEW = "/gestion/seances/nouvelle"
ROOM = {"room": "Salle des fêtes", "address": "1 rue", "city": "Sées", "postcode": "61500"}
PERSON = {"person_name": "Paul Pédale", "person_email": "paul@example.org"}


@pytest.fixture
async def offer(client):
    with clock.frozen(makers.NOON):
        await makers.make_platform()
        made = await makers.make_offer()
        await makers.make_staff(role=Role.ADVISER)
        await makers.sign_in(client, "equipe@example.org")
        yield made


def typed(offer: int, **more: str) -> dict[str, str]:
    usual = {"offer": str(offer), "capacity": "30", "state": "published", "date-1": "2027-04-06"}
    return {**usual, "start-1": "09:00", "end-1": "12:00", **more}


async def test_a_venue_and_a_person_are_made_with_the_session(client, offer):
    page = text_of((await client.get(NEW)).text)
    assert "Aucun lieu pour l’instant : écrivez-le ici" in page
    assert "Personne n’est encore dans la liste" in page
    assert "Pour qui ?" not in page
    path = await done(client, NEW, typed(offer, **ROOM, **PERSON))
    session = int(path.rsplit("/", 1)[1])
    (slot,) = (await scheduling.slots([session]))[session]
    (assigned,) = await scheduling.assignments([session])
    assert (slot.venue, slot.address, slot.city, slot.postcode) == ("Salle des fêtes", "1 rue", "Sées", "61500")
    assert (assigned.name, assigned.email, assigned.partner) == ("Paul Pédale", "paul@example.org", None)
    assert await db.value("select capacity from venue") == 30
    await drain()
    assert await db.value("select count(*) from mail where to_email = 'paul@example.org'") == 1


async def test_with_lists_the_form_is_as_short_as_it_was(client, offer):
    await done(client, NEW, typed(offer, **ROOM, **PERSON))
    page = (await client.get(NEW)).text
    assert "Salle des fêtes (30 places)" in text_of(page)
    form = page.split("data-kept")[1].split("</form>")[0]
    assert form.count("<details>") == 5, "three dates, a venue, a person: all folded"


async def test_only_the_dates_without_one_are_given_what_is_written(client, offer):
    venue, person = await makers.make_venue(), await makers.make_facilitator()
    two = {"date-2": "2027-04-07", "start-2": "09:00", "end-2": "12:00"}
    chosen = {"venue-1": str(venue), "facilitator-2": str(person)}
    path = await done(client, NEW, typed(offer, **two, **chosen, **ROOM, **PERSON))
    session = int(path.rsplit("/", 1)[1])
    assert [slot.city for slot in (await scheduling.slots([session]))[session]] == ["Alençon", "Sées"]
    assert [a.name for a in await scheduling.assignments([session])] == ["Paul Pédale", "Aline Anime"]
    both = {"venue-1": str(venue), "facilitator-1": str(person)}
    answer = await refused(client, NEW, typed(offer, **both, **ROOM, **PERSON), 422, "Chaque date a déjà son lieu")
    assert 'id="person_name-error"' in answer.text


async def test_who_is_known_already_is_not_made_again(client, offer):
    await done(client, NEW, typed(offer, **ROOM, **PERSON))
    again = {**ROOM, "room": "SALLE DES FETES", "city": "sees", **PERSON, "person_email": "Paul@example.org"}
    await done(client, NEW, typed(offer, **again) | {"date-1": "2027-05-06"})
    assert await db.value("select count(*) from venue") == await db.value("select count(*) from facilitator") == 1


@pytest.mark.parametrize(
    ("wrong", "field", "sentence"),
    [
        ({**ROOM, "postcode": "615"}, "postcode", "cinq chiffres"),
        ({**ROOM, "postcode": "97400"}, "postcode", "outre-mer"),
        ({**ROOM, "city": ""}, "city", "À remplir."),
        ({"city": "Sées"}, "room", "À remplir."),
        ({"person_name": "Paul"}, "person_email", "À remplir."),
        ({**PERSON, "person_email": "paul@"}, "person_email", "pas complète"),
        ({**PERSON, "person_name": " "}, "person_name", "À remplir."),
    ],
)
async def test_a_mistake_makes_nothing_and_loses_nothing(client, offer, wrong, field, sentence):
    answer = await refused(client, NEW, typed(offer, note="Prendre la clé", **wrong), 422, sentence)
    assert f'id="{field}-error"' in answer.text
    assert "Prendre la clé" in answer.text
    for value in filter(str.strip, wrong.values()):
        assert value in answer.text
    for table in ("venue", "facilitator", "session", "commune"):
        assert await db.value(f"select count(*) from {table}") == 0, table


async def test_a_clash_takes_back_what_was_made_with_it(client, offer):
    await done(client, NEW, typed(offer, **ROOM, **PERSON))
    other = {"room": "Gymnase", "city": "Argentan", "postcode": "61200"}
    await refused(client, NEW, typed(offer, **other, **PERSON), 409, "anime déjà une séance")
    assert await db.value("select count(*) from venue") == 1
    assert await db.value("select count(*) from commune") == 1


async def test_without_an_offer_the_form_says_so_and_keeps_what_is_typed(client, offer):
    await db.execute("update offer set state = 'draft'")
    page = (await client.get(NEW)).text
    assert 'href="/gestion/catalogue/nouvelle"' in page
    assert "data-kept" in page
    answer = await refused(client, NEW, typed(offer, **ROOM), 422, "Choisissez une offre.")
    assert 'value="Salle des fêtes"' in answer.text
    assert 'value="2027-04-06"' in answer.text
