"""Who is invited, by which reason, and what many changes become; two workers, lost mails."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

import makers
from ics_reading import plain, properties
from invitation_mails import CONTACT, HOUR, booked_town, last, last_mail, later, moved, objects, said
from rfc5545 import check_calendar, check_threads
from training.attendance.actions import hold_session
from training.bookings.actions.booking import NewBooking, NewParticipant, book, name_participants
from training.bookings.actions.ending import call_off_session, cancel, reinstate_session
from training.calendar.queries import slots
from training.calendar.queries.slots import Source
from training.calendar.rules import FeedKind
from training.directory.actions.facilitators import add_facilitator
from training.kernel import clock, db, outbox
from training.kernel.actor import SYSTEM
from training.kernel.outbox import Fact
from training.messages.actions import invitations
from training.scheduling import queries as scheduling
from training.scheduling.actions.assignments import assign
from training.scheduling.actions.changing import Moved, edit_venue, move_session
from training.scheduling.actions.planning import publish_session
from training.worker import drain

pytestmark = pytest.mark.anyio


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
        await makers.rewrite(town.offer, title=f"Titre {number}", summary="S")
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


async def test_a_draft_called_off_and_reinstated_is_seen_once_it_is_published(database_test):
    town = await makers.make_town()
    session = await makers.make_session(town.offer, starts_at=town.starts_at + timedelta(days=3), state="draft")
    await call_off_session(SYSTEM, session, "Non.")
    await reinstate_session(SYSTEM, session)
    assert len((await slots.listing(Source(FeedKind.PUBLIC, ("", "", "")), "")).digests) == 1
    await publish_session(SYSTEM, session)
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
