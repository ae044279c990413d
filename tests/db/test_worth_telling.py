"""What is worth a mail about a date, in whose language, from whom; and what leaves the calendar of an old address."""

from __future__ import annotations

from datetime import timedelta

import pytest

import makers
from ics_reading import plain, properties
from invitation_mails import CONTACT, booked_town, last, last_mail, later, moved, said
from training.bookings.actions.booking import NewParticipant, name_participants
from training.bookings.actions.ending import cancel
from training.directory.actions.contacts import NewContact, edit_contact
from training.kernel import clock, db, settings
from training.kernel.actor import SYSTEM
from training.scheduling import queries as scheduling
from training.scheduling.actions.changing import edit_venue
from training.worker import drain

pytestmark = pytest.mark.anyio


async def change(sql: str, *values: object) -> None:
    async with db.atomic():
        await db.execute(sql, *values)


async def text_of_last() -> str:
    return str(await db.value("select text from mail order by id desc limit 1"))


async def test_neither_our_telephone_nor_our_address_is_told_again(database_test):
    town, _booking = await booked_town()
    begun = await last_mail()
    await change("update platform set phone = '02 61 91 99 99'")
    now = settings.current()
    settings.use(
        settings.load({"DATA_DIR": str(now.data_dir), "BASE_URL": "http://autre.local", "SECRET_KEY": "x" * 64})
    )
    try:
        await edit_venue(SYSTEM, town.venue, {"latitude": 48.5})  # anything that makes the session be looked at again
        await later()
    finally:
        settings.use(now)
    assert await said(begun) == []


async def test_an_update_says_what_changed(database_test):
    town, _booking = await booked_town()
    await edit_venue(SYSTEM, town.venue, {"access": "Par la cour.", "name": "Salle neuve"})
    await later()
    text = " ".join((await text_of_last()).split())
    assert "La séance change de lieu" in text
    assert "Nouveau lieu Salle neuve" in text
    assert "Lieu d’avant Salle des fêtes, 2 place du Marché" in text
    assert "Nouvel accès Par la cour." in text


async def test_an_update_says_the_title_that_was(database_test):
    town, _booking = await booked_town()
    await change("update offer set title = 'Rouler sans peur'")
    await edit_venue(SYSTEM, town.venue, {"latitude": 48.5})
    await later()
    text = " ".join((await text_of_last()).split())
    assert "Séance Rouler sans peur" in text
    assert "Titre d’avant Sensibilisation au vélo électrique" in text


async def test_another_address_of_a_place_raises_the_sequence_of_every_calendar(database_test):
    town, _booking = await booked_town()
    (before,) = (await scheduling.slots([town.session]))[town.session]
    await edit_venue(SYSTEM, town.venue, {"address": "3 rue Neuve"})
    (after,) = (await scheduling.slots([town.session]))[town.session]
    assert after.sequence == before.sequence + 1
    await later()
    assert int(properties(await last(CONTACT))["SEQUENCE"][1]) == after.sequence
    await edit_venue(SYSTEM, town.venue, {"access": "Par la cour."})
    assert (await scheduling.slots([town.session]))[town.session][0].sequence == after.sequence


async def test_a_corrected_address_leaves_no_event_behind(database_test):
    await booked_town()
    contact = await db.value("select id from contact where email = $1", CONTACT)
    begun = await last_mail()
    new = NewContact("Rachel", "rachel@mairie.example.org", for_booking=True)
    await edit_contact(SYSTEM, contact, new)
    await drain()
    await later()
    assert await said(begun) == [
        ("rachel@mairie.example.org", "invited", "REQUEST"),
        (CONTACT, "uninvited", "CANCEL"),
    ]


async def test_a_corrected_address_whose_booking_ends_at_once_leaves_none_either(database_test):
    _town, booking = await booked_town()
    contact = await db.value("select id from contact where email = $1", CONTACT)
    begun = await last_mail()
    new = NewContact("Rachel", "rachel@mairie.example.org", for_booking=True)
    await edit_contact(SYSTEM, contact, new)
    await cancel(SYSTEM, booking)
    await drain()
    await later()
    assert await said(begun) == [(CONTACT, "uninvited", "CANCEL")]


async def test_a_participant_s_corrected_address_too(database_test):
    _town, booking = await booked_town()
    await name_participants(SYSTEM, booking, (NewParticipant("Nina", "nina@x.example.org"),), invite=True)
    await drain()
    begun = await last_mail()
    await name_participants(SYSTEM, booking, (NewParticipant("Nina", "nina@y.example.org"),), invite=True)
    await drain()
    assert await said(begun) == [
        ("nina@x.example.org", "uninvited", "CANCEL"),
        ("nina@y.example.org", "invited", "REQUEST"),
    ]


async def test_an_event_keeps_its_organizer_when_the_platform_moves(database_test):
    town, _booking = await booked_town()
    await change("update platform set email = 'nouvelle@essai.example.org'")
    await moved(town)
    await later()
    assert "contact@essai.example.org" in str(properties(await last(CONTACT))["ORGANIZER"])


async def test_an_english_reader_has_an_english_event(database_test):
    town = await makers.make_town()
    await change("update contact set locale = 'en'")
    booked = await makers.make_booking(town, 5)
    await drain()
    sent = plain(str(properties(await last(CONTACT))["DESCRIPTION"]))
    assert "5 seats" in sent
    assert "Answer: http" in sent
    await cancel(SYSTEM, booked.id)
    await drain()
    assert "Booking cancelled" in str(properties(await last(CONTACT))["SUMMARY"])


async def test_nothing_is_said_of_a_date_that_is_past(database_test):
    town = await makers.make_town()
    begun = await last_mail()
    with clock.frozen(town.starts_at - timedelta(minutes=5)):
        await makers.make_booking(town, 5)
    with clock.frozen(town.ends_at + timedelta(hours=1)):
        await drain()
        await later()
    assert await db.value("select count(*) from mail where id > $1 and calendar is not null", begun) == 0
    assert await db.value("select count(*) from mail where id > $1 and occasion = 'booking_confirmed'", begun) == 0


async def test_the_confirmation_says_how_to_answer(database_test):
    await booked_town()
    row = await db.connection().fetchrow("select text, html from mail where occasion = 'booking_confirmed'")
    for words in row:
        assert "les boutons de votre agenda ne nous parviennent pas" in " ".join(words.split())
    event = plain(properties(await last(CONTACT))["DESCRIPTION"][1])
    assert "Répondre : http" in event
