"""A price is a promise: fixed when seats are asked for, and never above what whoever asks accepted."""

from __future__ import annotations

from dataclasses import replace

import pytest

import makers
from training.bookings.actions import booking as bookings
from training.bookings.actions import ending
from training.bookings.actions.booking import NewBooking
from training.bookings.rules.prices import PriceRisen
from training.directory.actions import organisations
from training.kernel import db
from training.kernel.actor import SYSTEM

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(("later", "charged"), [(52_500, 35_000), (17_500, 17_500), (35_000, 35_000)])
async def test_a_confirmation_charges_what_was_said_or_less(database_test, later, charged):
    town = await makers.make_town()
    option = await makers.make_booking(town, 5, option=True)
    assert option.price_cents == 35_000
    await db.execute("update tariff set amount_cents = $1", later)
    await bookings.confirm(SYSTEM, option.id)
    assert await db.value("select price_cents from booking where id = $1", option.id) == charged


async def test_a_promise_holds_when_no_tariff_is_set_any_more(database_test):
    town = await makers.make_town()
    option = await makers.make_booking(town, 5, option=True)
    await db.execute("delete from tariff")
    await bookings.confirm(SYSTEM, option.id)
    assert await db.value("select price_cents from booking where id = $1", option.id) == 35_000


async def test_a_request_of_an_organisation_to_be_approved_keeps_its_price(database_test):
    town = await makers.make_town()
    new = await makers.make_organisation("Nouvelle", siret=None, approved=False, domain="n.example.org")
    asked = await bookings.book(SYSTEM, NewBooking(town.session, new, 5))
    await db.execute("update tariff set amount_cents = amount_cents + 1")
    await organisations.approve(SYSTEM, new)
    await bookings.confirm_requests_of(SYSTEM, new)
    row = await db.connection().fetchrow("select state, price_cents from booking where id = $1", asked.id)
    assert tuple(row) == ("confirmed", asked.price_cents)


async def test_nobody_pays_more_than_they_accepted(database_test):
    town = await makers.make_town()
    wanted = NewBooking(town.session, town.organisation, 5, accept_price_cents=34_999)
    with pytest.raises(PriceRisen) as refused:
        await bookings.book(SYSTEM, wanted)
    assert refused.value.extra == {"price_cents": 35_000}
    for accepted in (None, 35_000, 40_000):
        made = await bookings.book(SYSTEM, replace(wanted, accept_price_cents=accepted))
        assert made.price_cents == 35_000
        await ending.cancel(SYSTEM, made.id)
