"""Who is told that a group is another size: its contact, who facilitates and hosts, the team; each once."""

from __future__ import annotations

from datetime import timedelta

import pytest

import makers
from training.bookings.actions.booking import NewBooking, NewParticipant, book, name_participants
from training.bookings.actions.ending import cancel
from training.bookings.actions.resizing import resize
from training.kernel import clock, db
from training.kernel.actor import SYSTEM
from training.messages import queries as mails
from training.messages.actions.resized import tell_headcount, tell_resized
from training.worker import drain

pytestmark = pytest.mark.anyio
CONTACT, FACILITATOR, HOST = "rh@mairie.example.org", "anime@example.org", "gardien@example.org"


async def said(after: int = 0) -> list[tuple[str, str, str | None]]:
    sql = "select to_email, occasion, calendar_method from mail where id > $1 order by id"
    return [tuple(record) for record in await db.connection().fetch(sql, after)]


async def last() -> int:
    return await db.value("select coalesce(max(id), 0) from mail")


async def told() -> tuple[makers.Town, int, int]:
    """A town whose contact, facilitator and host have its session in their calendars, and the last mail of that."""
    town = await makers.make_town()
    await db.execute("update venue set contact_email = $1", HOST)
    booked = await makers.make_booking(town, 3)
    await name_participants(SYSTEM, booked.id, (NewParticipant("Zoé", "zoe@mairie.example.org"),), invite=True)
    await drain()
    return town, booked.id, await last()


async def test_contact_facilitator_and_host_are_told_once_and_participants_are_not(database_test):
    _town, booking, begun = await told()
    sequences = await db.connection().fetch("select email, sequence, answer from invitation order by id")
    await resize(SYSTEM, booking, 5)
    await drain()
    assert sorted(await said(begun)) == [
        (FACILITATOR, "headcount", "REQUEST"),
        (HOST, "headcount", "REQUEST"),
        (CONTACT, "booking_resized", "REQUEST"),
    ]
    again = await db.connection().fetch("select email, sequence, answer from invitation order by id")
    assert again == sequences, "a count is no reschedule (RFC 5546 2.1.4)"
    mail = (await mails.mails())[0]
    for reaction in (tell_resized, tell_headcount, tell_resized):
        await reaction(SYSTEM, booking)
    assert len(await said(begun)) == 3
    assert mail


async def test_changes_that_come_together_are_one_mail(database_test):
    _town, booking, begun = await told()
    for seats in (4, 7, 6):
        await resize(SYSTEM, booking, seats)
    await drain()
    assert len(await said(begun)) == 3
    subject = await db.value("select subject from mail where occasion = 'booking_resized'")
    assert subject.replace("\u00a0", " ").startswith("De 3 à 6 places :")


async def test_there_and_back_is_nothing_to_tell(database_test):
    _town, booking, begun = await told()
    for seats in (8, 3):
        await resize(SYSTEM, booking, seats)
    await drain()
    assert await said(begun) == []
    await resize(SYSTEM, booking, 4)
    await drain()
    assert len(await said(begun)) == 3


async def test_a_new_booking_is_not_told_to_who_facilitates(database_test):
    town, booking, begun = await told()
    other = await makers.make_organisation("Autre", siret=None, domain="autre.example.org")
    await book(SYSTEM, NewBooking(town.session, other, 4))
    await drain()
    assert [occasion for _to, occasion, _method in await said(begun)] == ["booking_confirmed"]
    await resize(SYSTEM, booking, 5)
    await drain()
    found = await db.value("select text from mail where occasion = 'headcount' and to_email = $1", FACILITATOR)
    assert "9 personnes attendues maintenant" in found


async def test_seats_that_are_not_confirmed_are_told_in_words(database_test):
    town = await makers.make_town()
    option = await makers.make_booking(town, 3, option=True)
    await drain()
    begun = await last()
    await resize(SYSTEM, option.id, 5)
    await drain()
    assert await said(begun) == [(CONTACT, "booking_resized", None)]
    await cancel(SYSTEM, option.id)
    await tell_resized(SYSTEM, option.id)
    assert [occasion for _to, occasion, _method in await said(begun)] == ["booking_resized"]


async def test_the_team_is_told_near_the_date_and_of_a_request_that_grew(database_test):
    town = await makers.make_town()
    await makers.make_staff()
    booked = await makers.make_booking(town, 3)
    await drain()
    await resize(SYSTEM, booked.id, 4)
    await drain()
    assert "staff_resized" not in {m.occasion for m in await mails.mails()}
    with clock.frozen(town.starts_at - timedelta(days=2)):
        await resize(SYSTEM, booked.id, 2)
        await drain()
    assert [m.to_email for m in await mails.mails() if m.occasion == "staff_resized"] == ["equipe@example.org"]
    unknown = await makers.make_organisation("Inconnue", siret=None, domain="inc.example.org", approved=False)
    request = await book(SYSTEM, NewBooking(town.session, unknown, 3))
    await drain()
    for seats in (2, 6):
        await resize(SYSTEM, request.id, seats)
        await drain()
    texts = [m.subject for m in await mails.mails() if m.occasion == "staff_resized"]
    assert len(texts) == 2


async def test_several_dates_are_a_mail_each(database_test):
    await makers.make_town()
    offer = await db.value("select id from offer")
    session = await makers.make_session(offer, slots=3, starts_at=clock.now() + timedelta(days=20))
    organisation = await db.value("select id from organisation")
    booked = await book(SYSTEM, NewBooking(session, organisation, 3))
    await drain()
    begun = await last()
    await resize(SYSTEM, booked.id, 5)
    await drain()
    assert [o for _to, o, _m in await said(begun)] == ["booking_resized", "further_date", "further_date"]
