"""An organisation is of another kind: what was said stays, what comes is by the new one."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

import makers
from training.attendance.actions import hold_session
from training.billing.queries import drafts as waiting
from training.bookings import queries as bookings
from training.bookings.actions.booking import NewBooking, book, confirm
from training.directory import queries
from training.directory.actions import archiving, kinds
from training.directory.rules.organisations import Buyer, OrganisationClosed, OrganisationKind
from training.kernel import clock, db
from training.kernel.actor import SYSTEM
from training.worker import drain

pytestmark = pytest.mark.anyio
K = OrganisationKind


async def tariff(offer: int, kind: K, cents: int) -> None:
    sql = """
        insert into tariff (offer, organisation_kind, mode, amount_cents, valid_from)
        values ($1, $2, 'flat', $3, current_date - 900)
    """
    await db.execute(sql, offer, kind, cents)


async def price(booking: int) -> int:
    view = await bookings.booking_by_id(SYSTEM.scope, booking)
    assert view is not None
    return view.price_cents


@pytest.mark.parametrize(("cents", "optioned", "next_one"), [(50_000, 35_000, 50_000), (10_000, 10_000, 10_000)])
async def test_prices_that_were_said_stay_and_the_next_are_by_the_new_tariff(database_test, cents, optioned, next_one):
    with clock.frozen(makers.NOON):
        town = await makers.make_town()
        await tariff(town.offer, K.COMPANY, cents)
        booked = await makers.make_booking(town, 5)
        later, last = [
            await makers.make_session(town.offer, starts_at=town.starts_at + timedelta(days=days)) for days in (7, 14)
        ]
        option = await book(SYSTEM, NewBooking(later, town.organisation, 5, option=True))
        await kinds.change_kind(SYSTEM, town.organisation, K.COMPANY, Buyer.COMPANY)
        await confirm(SYSTEM, option.id)
        after = await book(SYSTEM, NewBooking(last, town.organisation, 5))
        prices = [await price(one.id) for one in (booked, option, after)]
    assert prices == [35_000, optioned, next_one], "a price is a promise: it may go down, never up"


async def test_drafts_that_wait_are_looked_at_as_what_it_is_now(database_test):
    with clock.frozen(makers.NOON):
        town = await makers.make_town(issue_without_look=False)
        club = await makers.make_organisation("Club", siret=None, kind=K.ASSOCIATION, domain="club.example.org")
        booked = await makers.make_booking(replace(town, organisation=club), 5)
        await drain()
    with clock.frozen(town.ends_at):
        await hold_session(SYSTEM, town.session, {booked.id: 5})
        await drain()
        (draft,) = await waiting.drafts(SYSTEM.scope)
        assert not draft.missing
        await kinds.change_kind(SYSTEM, club, K.COMMUNE, Buyer.PUBLIC)
        (draft,) = await waiting.drafts(SYSTEM.scope)
    assert "SIRET" in " ".join(draft.missing), "a public buyer is invoiced through Chorus Pro, which wants one"


async def test_what_could_not_stay_beside_it_changes_in_the_same_act(database_test):
    club = await makers.make_organisation("Club", kind=K.ASSOCIATION)
    sql = "update organisation set payment_days = 60, billing_moment = 'confirmed' where id = $1"
    await db.execute(sql, club)
    await kinds.change_kind(SYSTEM, club, K.SCHOOL, Buyer.PUBLIC)
    view = await queries.organisation(club)
    assert view is not None
    assert (view.kind, view.buyer, view.payment_days, view.billing_moment) == (K.SCHOOL, Buyer.PUBLIC, 30, "held")
    fields = {r["field"] for r in await db.connection().fetch("select field from change where subject_id = $1", club)}
    assert fields == {"kind", "buyer", "payment_days", "billing_moment"}


async def test_an_archived_one_stays_what_it_was(database_test):
    club = await makers.make_organisation("Club", kind=K.ASSOCIATION)
    await archiving.archive(SYSTEM, club)
    with pytest.raises(OrganisationClosed):
        await kinds.change_kind(SYSTEM, club, K.COMMUNE, Buyer.PUBLIC)


async def test_no_invoice_leaves_without_an_address(database_test):
    with clock.frozen(makers.NOON):
        town = await makers.make_town(issue_without_look=False)
        await db.execute("update organisation set address = '' where id = $1", town.organisation)
        booked = await makers.make_booking(town, 5)
        await drain()
    with clock.frozen(town.ends_at):
        await hold_session(SYSTEM, town.session, {booked.id: 5})
        await drain()
        (draft,) = await waiting.drafts(SYSTEM.scope)
    assert "L’adresse de Commune d’Essai manque : elle figure sur la facture." in draft.missing
