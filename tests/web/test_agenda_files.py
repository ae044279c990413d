"""Files to add to a calendar once: a session's for anybody, a booking's for its organisation."""

from __future__ import annotations

import pytest
from icalendar import Calendar

import makers
from training.identity.actions import roles
from training.identity.rules import Role
from training.kernel import clock
from training.kernel.actor import SYSTEM
from training.scheduling.rules import SessionState

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("noon")]


@pytest.fixture
async def noon():
    with clock.frozen(makers.NOON):
        yield


async def member(organisation: int, email: str) -> str:
    account = await roles.add_user(SYSTEM, email, "Membre Essai")
    await roles.grant(SYSTEM, account, Role.MEMBER, organisation=organisation)
    return email


async def test_a_sessions_file_has_each_of_its_dates(client):
    offer = await makers.make_offer()
    session = await makers.make_session(offer, slots=2)
    answer = await client.get(f"/agenda/seances/{session}.ics")
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert answer.headers["content-disposition"] == f'inline; filename="seance-{session}.ics"'
    assert "set-cookie" not in answer.headers
    calendar = Calendar.from_ical(answer.content)
    assert len(calendar.walk("VEVENT")) == 2
    assert "X-WR-CALNAME" not in calendar
    assert "METHOD" not in calendar
    again = await client.get(f"/agenda/seances/{session}.ics", headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304
    assert (await client.head(f"/agenda/seances/{session}.ics")).headers["etag"] == answer.headers["etag"]


async def test_its_events_are_those_of_the_feed(client):
    town = await makers.make_town()
    one = Calendar.from_ical((await client.get(f"/agenda/seances/{town.session}.ics")).content)
    feed = Calendar.from_ical((await client.get("/agenda/public.ics")).content)
    assert one.walk("VEVENT")[0].to_ical() == feed.walk("VEVENT")[0].to_ical()


async def test_a_session_that_is_not_for_everybody_has_no_file(client):
    town = await makers.make_town()
    private = await makers.make_session(town.offer, organisation=town.organisation)
    draft = await makers.make_session(town.offer, state=SessionState.DRAFT)
    for name in (f"{private}.ics", f"{draft}.ics", "999999.ics", "9" * 30 + ".ics", "x.ics", "²3.ics", ".ics", "1"):
        answer = await client.get(f"/agenda/seances/{name}")
        assert answer.status_code == 404, name
        assert answer.headers["content-type"] == "text/plain; charset=utf-8"


async def test_a_bookings_file_is_for_the_people_of_its_organisation(client):
    town = await makers.make_town()
    booked = await makers.make_booking(town, 40)
    path = f"/agenda/reservations/{booked.reference}.ics"
    visitor = await client.get(path)
    assert (visitor.status_code, visitor.headers["location"].startswith("/connexion")) == (303, True)
    await makers.sign_in(client, await member(town.organisation, "membre@mairie.example.org"))
    answer = await client.get(path)
    (event,) = Calendar.from_ical(answer.content).walk("VEVENT")
    assert "40 places réservées" in str(event["DESCRIPTION"])
    assert answer.headers["cache-control"] == "private, no-cache"
    assert answer.headers["content-disposition"] == f'inline; filename="reservation-{booked.reference}.ics"'
    assert (await client.get(path.lower().replace(".ICS", ".ics"))).status_code == 200


async def test_anothers_booking_has_no_file(client):
    town = await makers.make_town()
    booked = await makers.make_booking(town, 40)
    neighbour = await makers.make_organisation("Commune Voisine", siret="00009999400022", domain="v.example.org")
    await makers.sign_in(client, await member(neighbour, "membre@v.example.org"))
    for name in (f"{booked.reference}.ics", "R-NOTHING.ics", f"{booked.reference}", "%00.ics"):
        assert (await client.get(f"/agenda/reservations/{name}")).status_code == 404


async def test_an_option_is_not_yet_a_date(client):
    town = await makers.make_town()
    booked = await makers.make_booking(town, 4, option=True)
    await makers.sign_in(client, await member(town.organisation, "membre@mairie.example.org"))
    assert (await client.get(f"/agenda/reservations/{booked.reference}.ics")).status_code == 404
