"""What goes wrong with invitations elsewhere: odd texts, addresses, hours and roles; two workers, lost mails."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, time, timedelta

import icalendar
import pytest

import makers
from ics_reading import instant, plain, properties
from relays import relay
from rfc5545 import check_calendar, check_threads
from training.attendance.actions import hold_session
from training.bookings.actions.booking import NewBooking, NewParticipant, book, name_participants
from training.bookings.actions.ending import call_off_session, cancel, reinstate_session
from training.calendar.queries import slots
from training.calendar.queries.slots import Source
from training.calendar.rules import FeedKind
from training.catalogue.actions import edit_words
from training.directory.actions import add_facilitator
from training.kernel import clock, db, outbox
from training.kernel.actor import SYSTEM
from training.kernel.errors import Invalid
from training.kernel.outbox import Fact
from training.messages import queries as mails
from training.messages.actions import invitations
from training.messages.actions.delivery import deliver_due
from training.scheduling import queries as scheduling
from training.scheduling.actions.assignments import assign
from training.scheduling.actions.changing import Moved, edit_venue, move_session, tell_of_changes
from training.scheduling.actions.planning import publish_session
from training.worker import drain

pytestmark = pytest.mark.anyio
HOUR = timedelta(hours=1)
CONTACT = "rh@mairie.example.org"
ODD = [
    "Commas, semicolons; and \\ back\\Nslashes",
    'Des "guillemets", « chevrons » : et deux-points',
    "Vélo 🚲 et famille 👨‍👩‍👧‍👦, 車, é",
    "Ligne\r\nBEGIN:VALARM\nATTENDEE:mailto:autre@example.org\rfin",
    "É" * 199,
]


async def later(minutes: float = 2) -> None:
    """It has been quiet since the last change."""
    with clock.frozen(clock.now() + timedelta(minutes=minutes)):
        await tell_of_changes()
        await drain()


async def said(after: int = 0) -> list[tuple[str, str, str]]:
    """(address, occasion, method) of the mails with a calendar object that came after one."""
    found = [m for m in await mails.mails() if m.id > after and m.calendar_method]
    return sorted((m.to_email, m.occasion, m.calendar_method) for m in found)


async def last_mail() -> int:
    return int(await db.value("select coalesce(max(id), 0) from mail"))


async def objects() -> list[tuple[str, bytes]]:
    rows = await db.connection().fetch("select to_email, calendar from mail where calendar is not null order by id")
    return [(row["to_email"], row["calendar"]) for row in rows]


async def last(email_: str) -> bytes:
    return [content for to, content in await objects() if to.lower() == email_.lower()][-1]


async def moved(town: makers.Town, by: timedelta = HOUR) -> None:
    (slot,) = (await scheduling.slots([town.session]))[town.session]
    await move_session(SYSTEM, town.session, {slot.id: Moved(slot.starts_at + by, slot.ends_at + by, slot.venue_id)})


async def booked_town() -> tuple[makers.Town, int]:
    town = await makers.make_town()
    made = await makers.make_booking(town, 5)
    await drain()
    return town, made.id


# --- odd texts


@pytest.mark.parametrize("words", ODD, ids=["commas", "quotes", "emoji", "line breaks", "long"])
async def test_odd_words_arrive_whole_and_are_nobody_s_property(database_test, words):
    town, booking = await booked_town()
    await edit_words(SYSTEM, town.offer, title=words, summary=words)
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


# --- who


async def test_who_has_two_reasons_has_one_event(database_test):
    town, booking = await booked_town()
    await edit_venue(SYSTEM, town.venue, {"contact_email": "Anime@example.org", "contact_name": "Aline"})
    again = (NewParticipant("Aline", "ANIME@example.org"), NewParticipant("Aline", "anime@example.org"))
    begun = await last_mail()
    await name_participants(SYSTEM, booking, again, invite=True)
    await drain()
    await later()
    assert [line for line in await said(begun) if line[0].lower() == "anime@example.org"] == [], "they have it"
    begun = await last_mail()
    await moved(town)
    await later()
    assert [line for line in await said(begun) if line[0].lower() == "anime@example.org"] == [
        ("anime@example.org", "session_changed", "REQUEST")
    ]
    assert "5 places" in str(properties(await last("anime@example.org"))["DESCRIPTION"]).replace("\u00a0", " ")


async def test_a_contact_of_two_organisations_has_one_event(database_test):
    town, booking = await booked_town()
    other = await makers.make_organisation("Communauté", siret=None)  # the same address
    second = await book(SYSTEM, NewBooking(town.session, other, 7))
    await drain()
    await cancel(SYSTEM, booking)
    await drain()
    assert "CANCEL" not in [line[2] for line in await said() if line[0] == CONTACT]
    await cancel(SYSTEM, second.id)
    await drain()
    assert [line[2] for line in await said() if line[0] == CONTACT].count("CANCEL") == 1
    check_threads(await objects())


async def test_nobody_reads_another_s_name(database_test):
    town, booking = await booked_town()
    people = (
        NewParticipant("Nina Nommée", "nina@mairie.example.org"),
        NewParticipant("Noé Nommé", "noe@x.example.org"),
    )
    await name_participants(SYSTEM, booking, people, invite=True)
    await edit_venue(SYSTEM, town.venue, {"contact_email": "hote@example.org", "contact_name": "Hélène Hôte"})
    await later()
    names = {"nina@mairie.example.org": "Nina", "noe@x.example.org": "Noé", "hote@example.org": "Hélène",
             CONTACT: "Rachel", "anime@example.org": "Aline"}  # fmt: skip
    sent = await objects()
    assert {to for to, _content in sent} == names.keys()
    for to, content in sent:
        whole = content.replace(b"\r\n ", b"").decode()
        for other, name in names.items():
            if other != to:
                assert name not in whole
                assert other not in whole


async def test_another_address_is_invited_and_the_old_one_is_told(database_test):
    town, _booking = await booked_town()
    begun = await last_mail()
    async with db.atomic():
        await db.execute("update facilitator set email = 'aline@nouvelle.example.org'")
        await db.execute("update contact set email = 'drh@nouvelle.example.org' where email = $1", CONTACT)
    await edit_venue(SYSTEM, town.venue, {"access": "Par la cour."})  # anything that makes the session be told again
    await later()
    assert await said(begun) == [
        ("aline@nouvelle.example.org", "invited", "REQUEST"),
        ("anime@example.org", "uninvited", "CANCEL"),
        ("drh@nouvelle.example.org", "invited", "REQUEST"),
        (CONTACT, "uninvited", "CANCEL"),
    ]
    await later()
    assert len(await said(begun)) == 4


async def test_the_platform_s_own_address_is_published_to(database_test):
    town = await makers.make_town()
    own = await add_facilitator(SYSTEM, name="C", email="CONTACT@essai.example.org", phone=None, locale="fr")
    await assign(SYSTEM, town.slot, own)
    await drain()
    await moved(town)
    await later()
    await call_off_session(SYSTEM, town.session, "Verglas.")
    await drain()
    mine = [(to, content) for to, content in await objects() if to.startswith("CONTACT")]
    assert [check_calendar(content).value("METHOD") for _to, content in mine] == ["PUBLISH"] * 3
    check_threads(mine)


async def test_a_draft_tells_nobody_and_a_held_one_nothing_more(database_test):
    town = await makers.make_town()
    start = town.starts_at + timedelta(days=3)
    draft = await makers.make_session(town.offer, starts_at=start, facilitators=(town.facilitator,), state="draft")
    await drain()
    begun = await last_mail()
    (slot,) = (await scheduling.slots([draft]))[draft]
    await move_session(SYSTEM, draft, {slot.id: Moved(slot.starts_at + HOUR, slot.ends_at + HOUR, None)})
    await later()
    assert await said(begun) == []
    listing = await slots.listing(Source(FeedKind.FACILITATOR, (town.facilitator,)), "")
    assert len(listing.digests) == 1, "nor does a feed"
    await publish_session(SYSTEM, draft)
    await drain()
    assert await said(begun) == [("anime@example.org", "assignment_confirmed", "REQUEST")]

    booked = await makers.make_booking(town, 5)
    people = (NewParticipant("N", "nina@mairie.example.org"),)
    await name_participants(SYSTEM, booked.id, people, invite=True)
    await drain()
    begun = await last_mail()
    await edit_venue(SYSTEM, town.venue, {"access": "Trop tard."})
    with clock.frozen(town.ends_at + HOUR):
        await hold_session(SYSTEM, town.session)
        await drain()
        await later()
    assert await said(begun) == []


async def test_a_date_that_is_over_is_not_told_of(database_test):
    town = await makers.make_town()
    start = town.starts_at + timedelta(days=5)
    session = await makers.make_session(town.offer, starts_at=start, slots=2)
    booked = await book(SYSTEM, NewBooking(session, town.organisation, 5))
    await drain()
    begun = await last_mail()
    with clock.frozen(start + 6 * HOUR):
        people = (NewParticipant("N", "nina@mairie.example.org"),)
        await name_participants(SYSTEM, booked.id, people, invite=True)
        await drain()
    assert await said(begun) == [("nina@mairie.example.org", "invited", "REQUEST")]
    assert "(2/2)" in properties(await last("nina@mairie.example.org"))["SUMMARY"][1]


# --- changes


async def test_forty_changes_in_a_minute_are_one_update(database_test):
    town, _booking = await booked_town()
    await later()
    begun = await last_mail()
    for number in range(20):
        await moved(town)
        await edit_words(SYSTEM, town.offer, title=f"Titre {number}", summary="S")
        await drain()
    await later()
    assert await said(begun) == [
        ("anime@example.org", "session_changed", "REQUEST"),
        (CONTACT, "session_changed", "REQUEST"),
    ]


async def test_cancelled_and_reinstated_every_thread_is_by_the_rfc(database_test):
    town, booking = await booked_town()
    for _round in range(2):
        await call_off_session(SYSTEM, town.session, "Verglas.")
        await drain()
        await reinstate_session(SYSTEM, town.session)
        await drain()
        await moved(town)
        await later()
    await cancel(SYSTEM, booking)
    await drain()
    threads = check_threads(await objects())
    assert {email_: thread.method for (email_, _uid), thread in threads.items()} == {
        CONTACT: "CANCEL",
        "anime@example.org": "REQUEST",
    }


async def test_a_draft_called_off_and_reinstated_is_seen(database_test):
    town = await makers.make_town()
    session = await makers.make_session(town.offer, starts_at=town.starts_at + timedelta(days=3), state="draft")
    await call_off_session(SYSTEM, session, "Non.")
    await reinstate_session(SYSTEM, session)
    assert len((await slots.listing(Source(FeedKind.PUBLIC, ("", "", "")), "")).digests) == 2


async def test_an_organisation_s_new_name_reaches_its_facilitator(database_test):
    town, _booking = await booked_town()
    async with db.atomic():
        await db.execute("update organisation set name = 'Ville Nouvelle'")
    await moved(town)
    await later()
    assert "Ville Nouvelle" in plain(properties(await last("anime@example.org"))["DESCRIPTION"][1])


@pytest.mark.commits
async def test_two_workers_that_follow_one_session_at_once_write_one_mail_each(database_test):
    town, _booking = await booked_town()
    await later()
    begun = await last_mail()
    await moved(town)
    async with db.atomic():
        await db.execute("delete from pgqueuer")

    async def one(number: int) -> None:
        # as two facts, or two reactions, about one session: the lock of one reaction does not hold the other's
        fact = Fact("session.changed", ("session", town.session))
        async with outbox.answering(fact, f"reaction-{number}"):
            await invitations.follow(SYSTEM, town.session)

    await asyncio.gather(*(one(n) for n in range(6)))
    assert await said(begun) == [
        ("anime@example.org", "session_changed", "REQUEST"),
        (CONTACT, "session_changed", "REQUEST"),
    ]
