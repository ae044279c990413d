"""Feeds as calendar programs fetch them, read back with icalendar: what is in them, for whom, and the HTTP around."""

from __future__ import annotations

from datetime import timedelta

import pytest
from icalendar import Calendar

import makers
from training.bookings.actions import booking as bookings
from training.bookings.actions import ending
from training.bookings.actions.booking import NewBooking
from training.calendar.actions.feeds import close_feed, open_feed
from training.calendar.queries import feeds as queries
from training.directory.actions import platform
from training.kernel import clock, db
from training.kernel.actor import SYSTEM
from training.scheduling.rules import SessionState

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("noon")]

PUBLIC = "/agenda/public.ics"


@pytest.fixture
async def noon():
    with clock.frozen(makers.NOON):
        yield


def events(content: bytes) -> list:
    calendar = Calendar.from_ical(content)
    assert calendar.errors == []
    return list(calendar.walk("VEVENT"))


async def feed_of(**owner: int) -> str:
    return f"/agenda/p/{await open_feed(SYSTEM, 'essai', **owner)}.ics"


async def test_the_public_feed_has_the_open_sessions(client):
    town = await makers.make_town()
    await makers.make_session(town.offer, organisation=town.organisation)
    await makers.make_session(town.offer, state=SessionState.DRAFT)
    answer = await client.get(PUBLIC)
    assert answer.status_code == 200
    (event,) = events(answer.content)
    assert str(event["SUMMARY"]) == "Sensibilisation au vélo électrique"
    assert event["DTSTART"].dt == town.starts_at
    assert str(event["LOCATION"]) == "Salle des fêtes, 2 place du Marché, 61000 Alençon"
    assert str(event["URL"]).endswith(f"/seances/{town.session}")
    assert "METHOD" not in Calendar.from_ical(answer.content)
    assert "40 places" not in str(event["DESCRIPTION"])


async def test_what_a_calendar_program_needs_of_http(client):
    await makers.make_town()
    answer = await client.get(PUBLIC, headers={"Accept": "text/html", "Accept-Encoding": "gzip, br"})
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert answer.headers["content-disposition"] == 'inline; filename="seances.ics"'
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "last-modified" not in answer.headers, "it would go back when its newest event leaves"
    assert answer.headers["etag"].startswith('"')
    assert not {"set-cookie", "content-encoding", "vary"} & answer.headers.keys()
    assert answer.content.startswith(b"BEGIN:VCALENDAR\r\n")


async def test_a_program_that_has_it_hears_304(client):
    town = await makers.make_town()
    first = await client.get(PUBLIC)
    etag = first.headers["etag"]
    for known in (etag, f"W/{etag}", f'"other", {etag}', "*"):
        again = await client.get(PUBLIC, headers={"If-None-Match": known})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", etag)
    since = await client.get(PUBLIC, headers={"If-Modified-Since": "Mon, 01 Mar 2027 11:00:00 GMT"})
    assert since.status_code == 200, "only the entity tag is believed"
    await makers.make_session(town.offer)
    changed = await client.get(PUBLIC, headers={"If-None-Match": etag})
    assert (changed.status_code, len(events(changed.content))) == (200, 2)


async def test_head_says_what_get_would(client):
    await makers.make_town()
    got, headed = await client.get(PUBLIC), await client.head(PUBLIC)
    assert (headed.status_code, headed.content) == (200, b"")
    for name in ("etag", "content-type", "content-length"):
        assert headed.headers[name] == got.headers[name]
    assert (await client.head(PUBLIC, headers={"If-None-Match": got.headers["etag"]})).status_code == 304
    assert (await client.post(PUBLIC)).status_code in (403, 405)


async def test_the_bytes_are_the_same_for_everybody_and_every_time(client):
    await makers.make_town()
    first = await client.get(PUBLIC, headers={"Accept-Language": "en"})
    with clock.frozen(makers.NOON + timedelta(hours=3)):
        again = await client.get(PUBLIC, headers={"Accept-Language": "fr", "Cookie": "signin=x"})
    assert first.content == again.content
    assert "séances ouvertes" in first.text


async def test_a_feed_of_nothing_is_a_calendar_all_the_same(client):
    for _platform in range(2):  # first nobody runs the site yet
        answer = await client.get(PUBLIC)
        assert answer.status_code == 200
        assert events(answer.content) == []
        assert "last-modified" not in answer.headers
        await makers.make_platform()


async def test_an_organisations_feed_has_what_it_booked(client):
    town = await makers.make_town()
    other = await makers.make_session(town.offer, starts_at=makers.NOON + timedelta(days=30))
    path = await feed_of(organisation=town.organisation)
    assert events((await client.get(path)).content) == []
    booked = await makers.make_booking(town, 40)
    answer = await client.get(path)
    (event,) = events(answer.content)
    assert "40 places réservées" in str(event["DESCRIPTION"])
    assert "access-control-allow-origin" not in answer.headers
    assert answer.headers["cache-control"] == "private, no-cache"
    assert "Commune d’Essai" in str(Calendar.from_ical(answer.content)["X-WR-CALNAME"])
    await ending.cancel(SYSTEM, booked.id)
    (event,) = events((await client.get(path)).content)
    assert (str(event["STATUS"]), str(event["SUMMARY"]).startswith("Réservation annulée")) == ("CANCELLED", True)
    assert "la séance a lieu" in str(event["DESCRIPTION"])
    assert "n’a pas lieu" not in str(event["DESCRIPTION"])
    assert other not in [int(str(e["URL"]).rsplit("/", 1)[1]) for e in [event]]


async def test_a_facilitators_feed_says_who_comes(client):
    town = await makers.make_town()
    await makers.make_booking(town, 12)
    (event,) = events((await client.get(await feed_of(facilitator=town.facilitator))).content)
    assert "12 places réservées (Commune d’Essai)" in str(event["DESCRIPTION"])
    assert "/animation/seances/" in str(event["URL"])


async def test_several_dates_are_several_events(client):
    offer = await makers.make_offer()
    await makers.make_session(offer, slots=3)
    found = events((await client.get(PUBLIC)).content)
    assert [str(e["SUMMARY"])[-5:] for e in found] == ["(1/3)", "(2/3)", "(3/3)"]
    assert len({str(e["UID"]) for e in found}) == 3


@pytest.mark.parametrize(
    "forge",
    [
        lambda token: token[:-1],
        lambda token: token + "A",
        lambda token: token[::-1],
        lambda token: token.swapcase(),
        lambda _token: "",
        lambda _token: "%00" * 32,
        lambda _token: "%E9%FF" * 16,
        lambda _token: "1",
        lambda _token: "x" * 5_000,
        lambda _token: "' or 1=1 --------------",
    ],
)
async def test_a_wrong_address_is_404_in_words(client, forge):
    town = await makers.make_town()
    token = (await feed_of(organisation=town.organisation)).removeprefix("/agenda/p/").removesuffix(".ics")
    answer = await client.get(f"/agenda/p/{forge(token)}.ics")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert "adresse" in answer.text
    assert "<" not in answer.text
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("suffix", ["", ".ical", ".ics.ics", ".ICS "])
async def test_an_address_without_its_end_is_404_too(client, suffix):
    town = await makers.make_town()
    path = (await feed_of(organisation=town.organisation)).removesuffix(".ics")
    assert (await client.get(path + suffix)).status_code == 404


async def test_a_closed_address_is_unknown_from_then_on(client):
    town = await makers.make_town()
    path = await feed_of(organisation=town.organisation)
    assert (await client.get(path)).status_code == 200
    (token,) = await queries.tokens(organisation=town.organisation)
    await close_feed(SYSTEM, token.id)
    assert (await client.get(path)).status_code == 404


async def test_the_program_that_fetches_is_noted(client):
    town = await makers.make_town()
    path = await feed_of(organisation=town.organisation)
    await client.get(path, headers={"User-Agent": "Google-Calendar-Importer " + "x" * 300})
    (token,) = await queries.tokens(organisation=town.organisation)
    assert token.fetched_at == makers.NOON
    assert token.fetched_by is not None
    assert token.fetched_by.startswith("Google-Calendar-Importer")


async def test_a_feed_costs_the_same_number_of_statements_however_long(client, statements):
    town = await makers.make_town()
    counts = []
    for _n in range(2):
        statements.clear()
        first = await client.get(PUBLIC)
        counts.append(len(statements))
        statements.clear()
        await client.get(PUBLIC, headers={"If-None-Match": first.headers["etag"]})
        await client.get(PUBLIC)
        counts.append(len(statements))
        for _m in range(5):
            await makers.make_session(town.offer)
    assert counts[0] == counts[2], "what was never written is written at once"
    assert counts[1] == counts[3] == 4  # the platform and the digests, for a 304 and for a file that is known


async def test_names_that_calendars_do_not_like_come_back_whole(client):
    await platform.set_platform(SYSTEM, {**makers.PLATFORM, "short_name": "A, B; C\\D", "phone": "02"})
    offer = await makers.make_offer(title="Vélo ; trottinette, « etc. » 🚲 " + "long " * 30)
    await makers.make_session(offer)
    answer = await client.get(PUBLIC)
    (event,) = events(answer.content)
    assert str(event["SUMMARY"]) == ("Vélo ; trottinette, « etc. » 🚲 " + "long " * 30).strip()
    assert "A, B; C\\D, 02" in str(event["DESCRIPTION"])
    assert all(len(line) <= 75 for line in answer.content.split(b"\r\n"))


async def test_the_event_of_a_private_session_opens_for_its_reader(client):
    town = await makers.make_town()
    private = await makers.make_session(
        town.offer, organisation=town.organisation, starts_at=makers.NOON + timedelta(days=29), venue=town.venue
    )
    await bookings.book(SYSTEM, NewBooking(private, town.organisation, 4))
    for owner in ({"organisation": town.organisation}, {"venue": town.venue}):
        (url,) = {
            str(event["URL"])
            for event in events((await client.get(await feed_of(**owner))).content)
            if "/lien/" in str(event["URL"])
        }
        shown = await client.get(url)
        assert shown.status_code == 200
        assert "Sensibilisation au vélo électrique" in shown.text
        assert "Commune d’Essai" not in shown.text, "who it is for is not said to whoever holds it"
        assert "/reserver" not in shown.text
    assert (await client.get(f"/seances/{private}")).status_code == 404


async def test_english_readers_have_english_events(client):
    town = await makers.make_town()
    await makers.make_booking(town, 4)
    token = await open_feed(SYSTEM, "essai", facilitator=town.facilitator)
    assert "4 places réservées" in (await client.get(f"/agenda/p/{token}.ics")).text
    async with db.atomic():
        await db.execute("update facilitator set locale = 'en'")
    assert "4 seats" in (await client.get(f"/agenda/p/{token}.ics")).text
    english = await client.get(PUBLIC, params={"lang": "en"})
    assert "A question: " in english.text
    assert english.headers["etag"] != (await client.get(PUBLIC)).headers["etag"]


async def test_a_partner_s_feed_counts_what_it_names(client):
    town = await makers.make_town()
    await makers.make_booking(town, 12)
    other = await makers.make_organisation("Autre", siret=None, domain="autre.example.org")
    await makers.bookings.book(SYSTEM, makers.NewBooking(town.session, other, 7, option=True))
    async with db.atomic():
        partner = await db.value("insert into partner (slug, name, summary) values ('p', 'P', '') returning id")
        await db.execute("update offer set partner = $1", partner)
    for owner in ({"partner": partner}, {"facilitator": town.facilitator}):
        (event,) = events((await client.get(await feed_of(**owner))).content)
        assert "12 places réservées (Commune d’Essai)" in str(event["DESCRIPTION"])
