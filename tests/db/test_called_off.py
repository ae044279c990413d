"""A session that is called off: its seats are free, and everybody concerned is told, once."""

from __future__ import annotations

import pytest

import makers
from training.bookings.actions import ending
from training.kernel import db
from training.kernel.actor import SYSTEM
from training.kernel.errors import Invalid
from training.messages import queries as mails
from training.worker import drain

pytestmark = pytest.mark.anyio


async def test_called_off_everybody_concerned_is_told_once(database_test):
    town = await makers.make_town()
    gone = await makers.make_booking(town, 5)
    await ending.cancel(SYSTEM, gone.id)
    await drain()
    kept = await makers.make_booking(town, 5)
    option = await makers.book_beside(town, 5, option=True)
    await drain()
    before = [m.id for m in await mails.mails()]
    with pytest.raises(Invalid):
        await ending.call_off_session(SYSTEM, town.session, " ")
    await ending.call_off_session(SYSTEM, town.session, "Verglas.")
    assert await db.value("select seats_taken from session where id = $1", town.session) == 0
    await drain()
    new = [m for m in await mails.mails() if m.id not in before]
    assert sorted(m.occasion for m in new) == ["assignment_cancelled", "booking_cancelled", "booking_cancelled"]
    subjects = [
        r["subject_id"]
        for r in await db.connection().fetch(
            "select subject_id from mail where id <> all($1) and occasion = 'booking_cancelled'", before
        )
    ]
    assert sorted(subjects) == sorted([kept.id, option.id]), "who had cancelled before was told before"
    assert sorted(m.calendar_method or "" for m in new) == ["", "CANCEL", "CANCEL"]


async def test_a_booking_cancelled_just_before_its_session_is_told_of_once(database_test):
    town = await makers.make_town()
    booked = await makers.make_booking(town, 5)
    await drain()
    await ending.cancel(SYSTEM, booked.id)
    await ending.call_off_session(SYSTEM, town.session, "Verglas.")
    await drain()
    assert [m.occasion for m in await mails.mails()].count("booking_cancelled") == 1
