"""A planned session is changed by the office: each mistake beside its field, each person told."""

from __future__ import annotations

import pytest

import makers
from training.bookings.actions.ending import call_off_session
from training.kernel import clock, db
from training.kernel.actor import SYSTEM
from training.scheduling import queries as scheduling

pytestmark = pytest.mark.anyio


@pytest.fixture
async def town(client):
    with clock.frozen(makers.NOON):
        made = await makers.make_town()
        await makers.make_staff()
        await makers.sign_in(client, "equipe@example.org")
        yield made


def form(town: makers.Town, **changes: str) -> dict[str, str]:
    return {
        f"date-{town.slot}": "2027-03-12",
        f"start-{town.slot}": "14:00",
        f"end-{town.slot}": "17:00",
        f"venue-{town.slot}": str(town.venue),
        **{f"{name}-{town.slot}": value for name, value in changes.items()},
    }


async def test_the_form_shows_the_session_as_it_stands(client, town):
    page = await client.get(f"/gestion/seances/{town.session}/modifier")
    assert 'value="2027-03-10"' in page.text
    assert 'value="09:00"' in page.text
    assert f'<option value="{town.facilitator}" selected>' in page.text, "sent as it is, nobody is taken away"


async def test_it_moves_and_says_who_is_told(client, town):
    answer = await makers.post(client, f"/gestion/seances/{town.session}/deplacer", form(town))
    assert answer.status_code == 303
    (slot,) = (await scheduling.slots([town.session]))[town.session]
    assert f"{clock.local(slot.starts_at):%d/%m %H:%M}" == "12/03 14:00"
    assert slot.sequence == 1
    assert "en un seul courriel" in (await client.get(answer.headers["location"])).text


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"date": "demain"}, "date"),
        ({"date": "0212-03-04"}, "Vérifiez l’année"),
        ({"start": "25:00"}, "heure de début"),
        ({"end": "13:00"}, "La fin doit venir après le début"),
        ({"venue": "999"}, "Choisissez un lieu"),
    ],
)
async def test_a_mistake_is_said_and_nothing_typed_is_lost(client, town, wrong, sentence):
    answer = await makers.post(client, f"/gestion/seances/{town.session}/deplacer", form(town, **wrong))
    assert answer.status_code == 422
    assert sentence in answer.text
    assert 'value="17:00"' in answer.text or "end" in wrong
    (slot,) = (await scheduling.slots([town.session]))[town.session]
    assert slot.sequence == 0


async def test_a_room_that_is_taken_is_refused(client, town):
    await makers.make_session(town.offer, venue=town.venue, starts_at=town.starts_at.replace(day=12))
    answer = await makers.post(
        client, f"/gestion/seances/{town.session}/deplacer", form(town, start="09:00", end="12:00")
    )
    assert answer.status_code == 409
    assert "déjà pris" in answer.text


async def test_facilitators_come_and_go(client, town):
    other = await makers.make_facilitator("bruno@example.org", "Bruno Renfort")
    path = f"/gestion/seances/{town.session}/animer"
    field = f"facilitator-{town.slot}"
    await makers.post(client, path, {"slot": town.slot, field: other})
    assert {a.name for a in await scheduling.assignments([town.session])} == {"Aline Anime", "Bruno Renfort"}
    first = await db.value("select id from assignment where facilitator = $1", town.facilitator)
    before = await db.value("select count(*) from audit where action like 'assignment.%'")
    await makers.post(client, path, {"slot": town.slot, "assignment": first, field: town.facilitator})
    assert await db.value("select count(*) from audit where action like 'assignment.%'") == before, "the same person"
    await makers.post(client, path, {"slot": town.slot, "assignment": first, field: ""})
    assert [a.name for a in await scheduling.assignments([town.session])] == ["Bruno Renfort"]
    nobody = await makers.post(client, path, {"slot": town.slot, field: ""})
    assert nobody.status_code == 422
    assert "Choisissez une personne" in nobody.text


async def test_seats_cannot_go_below_those_taken(client, town):
    await makers.make_booking(town, 40)
    path = f"/gestion/seances/{town.session}/places"
    fields = {"capacity": "39", "closes_on": "2027-03-09", "closes": "18:00", "note": "Clé à la mairie."}
    refused = await makers.post(client, path, fields)
    assert refused.status_code == 409
    assert "40 places sont déjà prises" in makers.text_of(refused.text)
    assert (await makers.post(client, path, {**fields, "capacity": "45"})).status_code == 303
    view = await scheduling.session(town.session)
    assert view is not None
    assert (view.capacity, view.note) == (45, "Clé à la mairie.")


async def test_called_off_by_mistake_it_comes_back(client, town):
    booked = await makers.make_booking(town, 5)
    await call_off_session(SYSTEM, town.session, "Verglas.")
    page = await client.get(f"/gestion/seances/{town.session}/modifier")
    assert "Rétablir la séance" in page.text
    assert (await makers.post(client, f"/gestion/seances/{town.session}/retablir")).status_code == 303
    assert await db.value("select state from booking where id = $1", booked.id) == "confirmed"
    again = await makers.post(client, f"/gestion/seances/{town.session}/retablir")
    assert again.status_code == 409
