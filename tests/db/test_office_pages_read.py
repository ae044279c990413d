"""One query gives an office page, in a number of statements that does not grow with what the page shows."""

from __future__ import annotations

import pytest

import makers
from training.kernel.actor import SYSTEM
from training.kernel.errors import NotFound
from training.reporting.office import booking, invoice, organisation, session, sessions
from training.reporting.office.sessions import SessionFilter

pytestmark = pytest.mark.anyio


async def test_the_page_of_a_session_costs_the_same_with_many_bookings(database_test, statements):
    town = await makers.make_town()
    await makers.make_booking(town, 1)
    statements.clear()
    one = await session.session_page(SYSTEM, town.session)
    cost = len(statements)
    for _n in range(4):
        await makers.book_beside(town, 1)
    statements.clear()
    five = await session.session_page(SYSTEM, town.session)
    assert (len(one.bookings), len(five.bookings)) == (1, 5)
    assert len(statements) == cost <= 19


async def test_the_page_of_a_booking_is_one_query(database_test, statements):
    town = await makers.make_town()
    made = await makers.make_booking(town, 3)
    statements.clear()
    found = await booking.booking_page(SYSTEM, made.reference)
    assert found.booking.id == made.id
    assert len(statements) <= 19


async def test_the_list_of_sessions_costs_three_statements(database_test, statements):
    town = await makers.make_town()
    for _n in range(3):
        await makers.make_session(town.offer)
    statements.clear()
    found = await sessions.sessions_page(SYSTEM.scope, SessionFilter(), after=None, limit=2)
    assert len(found.sessions) == 2
    assert found.following == (found.sessions[-1].starts_at, found.sessions[-1].id)
    assert len(statements) == 3


async def test_what_is_not_there_is_said_by_the_query(database_test):
    await makers.make_town()
    for reading in (
        session.session_page(SYSTEM, 999_999),
        session.edit_page(SYSTEM, 999_999),
        session.call_off_page(SYSTEM.scope, 999_999),
        booking.booking_page(SYSTEM, "R-INCONNU"),
        invoice.invoice_page(SYSTEM, "F1999-00001"),
        organisation.organisation_page(SYSTEM, "nulle-part", latest=5),
    ):
        with pytest.raises(NotFound):
            await reading
