"""What goes wrong with invitations elsewhere: odd texts, odd addresses, odd hours and places."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import icalendar
import pytest

import makers
from ics_reading import instant, plain, properties
from invitation_mails import CONTACT, HOUR, booked_town, last, last_mail, later, moved, objects, said
from relays import relay
from rfc5545 import check_calendar, check_threads
from training.bookings.actions.booking import NewBooking, NewParticipant, book, name_participants
from training.bookings.actions.ending import cancel
from training.kernel import clock, db
from training.kernel.actor import SYSTEM
from training.kernel.errors import Invalid
from training.messages import queries as mails
from training.messages.actions.delivery import deliver_due
from training.scheduling import queries as scheduling
from training.scheduling.actions.changing import Moved, edit_venue, move_session
from training.worker import drain

pytestmark = pytest.mark.anyio
ODD = [
    "Commas, semicolons; and \\ back\\Nslashes",
    'Des "guillemets", « chevrons » : et deux-points',
    "Vélo 🚲 et famille 👨‍👩‍👧‍👦, 車, é",
    "Ligne\r\nBEGIN:VALARM\nATTENDEE:mailto:autre@example.org\rfin",
    "É" * 199,
]


# --- odd texts


@pytest.mark.parametrize("words", ODD, ids=["commas", "quotes", "emoji", "line breaks", "long"])
async def test_odd_words_arrive_whole_and_are_nobody_s_property(database_test, words):
    town, booking = await booked_town()
    await makers.rewrite(town.offer, title=words, summary=words)
    await edit_venue(SYSTEM, town.venue, {"name": words[:190], "access": words, "address": words[:190]})
    await name_participants(SYSTEM, booking, (NewParticipant(words[:190], "nina@mairie.example.org"),), invite=True)
    async with db.atomic():
        await db.execute("update organisation set name = $1", words)
    await later()
    one_line = " ".join(words.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    for address in (CONTACT, "nina@mairie.example.org", "anime@example.org"):
        content = await last(address)
        calendar = check_calendar(content)
        assert b"VALARM" not in content.replace(b"\r\n ", b"").replace(b"BEGIN:VALARM\\n", b"").split(b"\r\n")
        ((_parameters, attendee),) = calendar.parts("VEVENT")[0].all("ATTENDEE")
        assert attendee == f"mailto:{address}"
        assert plain(properties(content)["SUMMARY"][1]) == one_line
        assert words.replace("\r\n", "\n").replace("\r", "\n") in plain(properties(content)["DESCRIPTION"][1])
        (event,) = icalendar.Calendar.from_ical(content).walk("VEVENT")
        assert str(event["SUMMARY"]) == one_line
    check_threads(await objects())


# --- odd addresses


async def test_a_domain_beyond_ascii_travels_in_ascii(database_test):
    town, booking = await booked_town()
    await name_participants(SYSTEM, booking, (NewParticipant("Élise", "elise@École.example.org"),), invite=True)
    await drain()
    assert b"mailto:elise@xn--cole-9oa.example.org" in (await last("elise@École.example.org")).replace(b"\r\n ", b"")
    await moved(town)
    await later()
    await later()
    sent = [line for line in await said() if line[0] == "elise@École.example.org"]
    assert [line[2] for line in sent] == ["REQUEST", "REQUEST"], "one invitation and one update"


async def test_an_address_that_cannot_be_keeps_nobody_from_theirs(database_test):
    town, booking = await booked_town()
    people = [("Pas d’arobase", "nina.mairie.example.org"), ("Blancs", "a b@mairie.example.org"), ("Deux", "a@b@"),
              ("Accent", "hélène@mairie.example.org"), ("Bien", "zoe@mairie.example.org")]  # fmt: skip
    await name_participants(SYSTEM, booking, tuple(NewParticipant(*p) for p in people), invite=True)
    await drain()
    assert ("zoe@mairie.example.org", "invited", "REQUEST") in await said()
    async with relay() as taken:
        await deliver_due()
        await drain()
    assert {to for to, _raw in taken} >= {"zoe@mairie.example.org", CONTACT}
    failed = {m.to_email: m for m in await mails.mails() if m.state == "failed"}
    assert failed.keys() == {address for _name, address in people[:4]}, "the team sees them"
    begun = await last_mail()
    await moved(town)
    await later()
    await later()
    assert ("zoe@mairie.example.org", "session_changed", "REQUEST") in await said(begun)
    assert len([line for line in await said(begun) if line[0] == "a@b@"]) == 1, "and not again and again"


async def test_the_same_address_in_any_case_is_one(database_test):
    town, booking = await booked_town()
    people = (NewParticipant("Rachel", "RH@Mairie.Example.org"), NewParticipant("R.", "rh@MAIRIE.example.org"))
    begun = await last_mail()
    await name_participants(SYSTEM, booking, people, invite=True)
    await drain()
    assert await said(begun) == [], "they have it"
    await moved(town)
    await later()
    assert len([line for line in await said(begun) if line[0].lower() == CONTACT]) == 1


# --- odd hours and places


@pytest.mark.parametrize(
    ("start", "hours"),
    [
        (datetime(2027, 3, 28, 0, 30, tzinfo=UTC), 2),  # over the hour that is not
        (datetime(2027, 10, 31, 0, 30, tzinfo=UTC), 1),  # from the first 02:30 to the second
        (datetime(2027, 10, 31, 1, 15, tzinfo=UTC), 3),  # from the second 02:15
        (datetime(2027, 3, 1, 23, 0, tzinfo=UTC), 2),  # at midnight
        (datetime(2027, 3, 10, 21, 0, tzinfo=UTC), 4),  # 22:00 to 02:00
    ],
    ids=["spring", "autumn", "autumn's second hour", "midnight", "over midnight"],
)
@pytest.mark.parametrize("zone", ["Europe/Paris", "Indian/Reunion", "America/Martinique", "America/Miquelon"])
async def test_every_reader_finds_the_instant(database_test, start, hours, zone):
    with clock.frozen(datetime(2027, 2, 1, 9, tzinfo=UTC)):
        town = await makers.make_town()
        await makers.move_overseas(town.venue, zone)
        (slot,) = (await scheduling.slots([town.session]))[town.session]
        end = start + timedelta(hours=hours)
        await move_session(SYSTEM, town.session, {slot.id: Moved(start, end, town.venue)})
        made = await makers.make_booking(town, 5)
        await drain()
        content = await last(CONTACT)
        check_calendar(content)
        assert (instant(content, "DTSTART"), instant(content, "DTEND")) == (start, end)
        (event,) = icalendar.Calendar.from_ical(content).walk("VEVENT")
        assert event["DTSTART"].dt.astimezone(UTC) == start
        if "TZID" in event["DTSTART"].params:
            assert event["DTSTART"].params["TZID"] == zone
        await cancel(SYSTEM, made.id)
        await drain()
        off = await last(CONTACT)
        assert properties(off)["DTSTART"] == ("", start.strftime("%Y%m%dT%H%M%SZ"))


async def test_midnight_is_the_place_s_own(database_test):
    """A slot from 00:00 on in Réunion is on that day there, and the day before in Paris."""
    with clock.frozen(datetime(2027, 2, 1, 9, tzinfo=UTC)):
        town = await makers.make_town()
        await makers.move_overseas(town.venue)
        start = datetime.combine(datetime(2027, 3, 10).date(), time(20), UTC)  # noqa: DTZ001 - a date
        (slot,) = (await scheduling.slots([town.session]))[town.session]
        await move_session(SYSTEM, town.session, {slot.id: Moved(start, start + HOUR, town.venue)})
        await makers.make_booking(town, 5)
        await drain()
        assert properties(await last(CONTACT))["DTSTART"] == (";TZID=Indian/Reunion", "20270311T000000")


async def test_several_dates_are_several_events_and_only_the_moved_one_is_told(database_test):
    town = await makers.make_town()
    session = await makers.make_session(town.offer, starts_at=town.starts_at + timedelta(days=5), slots=3)
    await book(SYSTEM, NewBooking(session, town.organisation, 5))
    await drain()
    dates = (await scheduling.slots([session]))[session]
    begun = await last_mail()
    middle = dates[1]
    await move_session(SYSTEM, session, {middle.id: Moved(middle.starts_at + HOUR, middle.ends_at + HOUR, None)})
    await later()
    assert await said(begun) == [(CONTACT, "session_changed", "REQUEST")]
    assert properties(await last(CONTACT))["UID"][1] == middle.uid
    assert "(2/3)" in properties(await last(CONTACT))["SUMMARY"][1]


@pytest.mark.parametrize("values", [{"latitude": 481.2}, {"longitude": float("nan")}])
async def test_a_venue_that_no_calendar_can_carry_is_refused(database_test, values):
    town = await makers.make_town()
    with pytest.raises(Invalid):
        await edit_venue(SYSTEM, town.venue, values)
    async with db.atomic():
        await db.execute("update venue set latitude = 481, longitude = 0")
    await makers.make_booking(town, 5)
    await drain()
    assert "GEO" not in properties(await last(CONTACT)), "and one that is there already breaks nothing"
