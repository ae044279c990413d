"""A month of sessions on one invoice: what is grouped, what is not, and when it may be issued."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

import makers
from draft_makers import (
    drafts,
    hold,
    issued,
    monthly,
)
from training.billing.actions import make_billable as billable
from training.billing.actions.ask_missing import complete_booking
from training.billing.actions.issue_all import issue_all
from training.billing.queries import drafts as waiting
from training.billing.queries import invoices as queries
from training.bookings.actions.ending import call_off_session
from training.kernel import clock, db
from training.kernel.actor import SYSTEM
from training.papers.rules.references import References
from training.worker import drain

pytestmark = pytest.mark.anyio


async def test_a_month_is_one_invoice(database_test):
    with clock.frozen(makers.NOON):
        _town, sessions = await monthly()
        for session in sessions:
            await hold(session)
        march, april = sorted(await drafts(), key=lambda d: d.month)
    assert (march.month, march.line_count, march.net_cents) == (date(2027, 3, 1), 2, 70_000)
    assert (march.subject, march.booking, march.references.purchase_order) == ("Séances de mars 2027", None, "2027-1")
    assert (april.month, april.subject, april.line_count) == (date(2027, 4, 1), "Séances d’avril 2027", 1)
    assert [line.served_from.day for line in await queries.lines(march.id)] == [9, 30]


@pytest.mark.parametrize(
    "change",
    [
        "update booking set service_code = 'SPORTS' where session = $1",
        "update booking set purchase_order = '2027-2' where session = $1",
        "update offer set vat_regime = 'franchise_293b' where id = (select offer from session where id = $1)",
    ],
)
async def test_another_service_engagement_or_regime_is_another_invoice(database_test, change):
    with clock.frozen(makers.NOON):
        _town, sessions = await monthly()
        await hold(sessions[0])
        await db.execute(change, sessions[1])
        await hold(sessions[1])
        found = await drafts()
    assert [(d.month, d.line_count) for d in found] == [(date(2027, 3, 1), 1)] * 2


async def test_a_month_is_issued_when_it_is_over_and_not_before(database_test):
    with clock.frozen(makers.NOON):
        _town, sessions = await monthly(issue_without_look=True)
        for session in sessions[:2]:
            await hold(session)
    with clock.frozen(clock.at(date(2027, 3, 31), makers.NOON.time())):
        await billable.close_month()
        await drain()
        assert await issued() == []
        (listed,) = await waiting.drafts(SYSTEM.scope)
        assert (listed.collecting, listed.green, listed.missing) == (True, False, ())
        assert await issue_all(SYSTEM) == []
    with clock.frozen(clock.at(date(2027, 4, 1), makers.NOON.time())):
        assert await billable.close_month() == 1
        await drain()
        (invoice,) = await issued()
        assert (invoice.line_count, invoice.issued_on) == (2, date(2027, 4, 1))
        assert await billable.close_month() == 0
    with clock.frozen(clock.at(date(2027, 4, 20), makers.NOON.time())):
        await hold(sessions[2], on=clock.at(date(2027, 4, 20), makers.NOON.time()))
        assert len(await issued()) == 1


async def test_held_late_in_a_month_that_is_over_goes_on_its_own_way(database_test):
    with clock.frozen(makers.NOON):
        _town, sessions = await monthly(issue_without_look=True)
    await hold(sessions[0], on=clock.at(date(2027, 4, 5), makers.NOON.time()))
    (invoice,) = await issued()
    assert (invoice.month, invoice.line_count) == (date(2027, 3, 1), 1)
    await hold(sessions[1], on=clock.at(date(2027, 4, 6), makers.NOON.time()))
    assert len(await issued()) == 2, "what is issued collects no more"


async def test_a_booking_leaves_a_grouped_draft_alone(database_test):
    with clock.frozen(makers.NOON):
        town, sessions = await monthly()
        for session in sessions[:2]:
            await hold(session)
        (draft,) = await drafts()
        gone = await db.value("select id from booking where session = $1", sessions[0])
        await db.execute("update booking set state = 'cancelled' where id = $1", gone)
        await billable.withdraw(SYSTEM, gone)
        (left,) = await drafts()
        assert (left.id, left.line_count, left.net_cents, left.served_from) == (draft.id, 1, 35_000, date(2027, 3, 30))
        await call_off_session(SYSTEM, town.session, "Verglas.")


async def test_an_engagement_said_of_one_booking_is_not_put_on_the_others(database_test):
    with clock.frozen(makers.NOON):
        _town, sessions = await monthly()
        for session in sessions[:2]:
            await hold(session)
        (draft,) = await drafts()
        one, two = [line.booking for line in await queries.lines(draft.id)]
        await complete_booking(SYSTEM, draft.id, one, References(purchase_order="2027-7"))
        found = {d.references.purchase_order: d for d in await drafts()}
        assert {order: (d.line_count, d.net_cents) for order, d in found.items()} == {
            "2027-1": (1, 35_000),
            "2027-7": (1, 35_000),
        }
        assert found["2027-7"].month == draft.month
        await complete_booking(
            SYSTEM, found["2027-1"].id, two, References(purchase_order="2027-7")
        )  # alone on its draft: the draft says it
        await complete_booking(SYSTEM, found["2027-1"].id, two, References(purchase_order="2027-1"))
        await complete_booking(SYSTEM, found["2027-7"].id, one, References(purchase_order="2027-1"))
        assert sorted(d.line_count for d in await drafts()) == [1, 1]
        assert await db.value("select sum(net_cents)::bigint from invoice") == 70_000


async def test_a_booking_that_leaves_a_draft_takes_its_hour_of_issue_along(database_test):
    """Its references completed, a draft kept back for somebody to look at was issued by itself."""
    with clock.frozen(makers.NOON):
        _town, sessions = await monthly()
        for session in sessions[:2]:
            await hold(session)
        (draft,) = await drafts()
        later = makers.NOON + timedelta(minutes=10)
        await db.execute(
            "update invoice set issue_at = $2, kept_back_at = $3 where id = $1", draft.id, later, clock.now()
        )
        one = (await queries.lines(draft.id))[0].booking
        await complete_booking(SYSTEM, draft.id, one, References(purchase_order="2027-7"))
        assert {(d.issue_at, d.kept_back_at) for d in await drafts()} == {(later, makers.NOON)}
        assert len(await drafts()) == 2
