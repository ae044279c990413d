"""« À facturer »: drafts are listed, and issued together or at once."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

import makers
from draft_makers import (
    db_draft,
    drafts,
    hold,
    issued,
    monthly,
    over,
    town_of,
)
from training.attendance.actions import hold_session
from training.billing.actions import make_billable as billable
from training.billing.actions.issue import issue
from training.billing.actions.issue_all import issue_all
from training.billing.queries import drafts as waiting
from training.billing.queries import invoices as queries
from training.bookings.actions.booking import NewBooking, book
from training.bookings.actions.ending import cancel
from training.bookings.queries import booking_by_id
from training.directory.rules.organisations import OrganisationKind
from training.kernel import clock, db
from training.kernel.actor import SYSTEM
from training.kernel.errors import Conflict, NotFound
from training.worker import drain

pytestmark = pytest.mark.anyio


async def test_a_list_of_drafts_reads_a_constant_number_of_statements(database_test, statements):
    counts = []
    town = await town_of(chorus_needs="both")
    for n in range(3):
        await makers.book_apart(town, 2 + n)
    await hold(town.session)
    for limit in (1, 3):
        statements.clear()
        listed = await waiting.drafts(SYSTEM.scope, limit=limit)
        counts.append(len([s for s in statements if s.startswith("select")]))
        assert len(listed) == limit
        for each in listed:
            assert list(each.missing) == await queries.blockers(each.invoice.id) != []
            assert not each.green
    assert counts[0] == counts[1] <= 8


async def test_all_that_is_green_is_issued_and_what_is_not_stays(database_test):
    town = await town_of()
    await makers.make_booking(town, 3)
    other = await makers.make_organisation(
        "Sans numéro", siret=None, kind=OrganisationKind.COMPANY, domain="autre.example.org"
    )
    await book(SYSTEM, NewBooking(town.session, other, 3))
    await makers.book_apart(town, 4)
    await hold(town.session)
    outcomes = await issue_all(SYSTEM)
    assert [bool(o.number) for o in outcomes] == [True, True]
    (left,) = await drafts()
    assert left.payer == other
    assert await issue_all(SYSTEM) == []


async def test_one_that_cannot_be_stops_no_other(database_test, monkeypatch):
    town = await town_of()
    for seats in (3, 4):
        await makers.book_apart(town, seats)
    await hold(town.session)
    one, two = await drafts()

    async def stale(scope):
        return [one.id, 0, two.id]

    monkeypatch.setattr("training.billing.actions.issue_all.ready", stale)
    outcomes = await issue_all(SYSTEM)
    assert [bool(o.number) for o in outcomes] == [True, False, True]
    assert outcomes[1].reason


@pytest.mark.commits
async def test_one_billable_issued_twice_at_once_is_one_invoice(database_test):
    draft = await db_draft()
    done = await asyncio.gather(*(issue(SYSTEM, draft) for _ in range(6)), return_exceptions=True)
    assert len([d for d in done if isinstance(d, str)]) == 1
    assert len([d for d in done if isinstance(d, Conflict)]) == 5
    assert await db.value("select count(*) from ledger_entry where subject_kind = 'invoice'") == 1


@pytest.mark.commits
async def test_two_sessions_of_a_month_held_at_once_make_one_draft(database_test):
    async with db.atomic():
        with clock.frozen(makers.NOON):
            _town, sessions = await monthly()
            for session in sessions[:2]:
                with clock.frozen(await over(session)):
                    await hold_session(SYSTEM, session)
    with clock.frozen(makers.NOON + timedelta(days=31)):
        await asyncio.gather(*(billable.make_billable(SYSTEM, session) for session in sessions[:2] * 3))
        (draft,) = await drafts()
    assert (draft.line_count, draft.net_cents) == (2, 70_000)
    assert await db.value("select count(*) from billable") == 2


@pytest.mark.commits
async def test_a_cancellation_and_an_issue_at_once_lose_no_money(database_test):
    async with db.atomic():
        town = await town_of(buyer="association", billing_moment="confirmed")
        booked = await makers.make_booking(town, 10)
        await drain()
        (draft,) = await drafts()
        await cancel(SYSTEM, booked.id)
    done = await asyncio.gather(issue(SYSTEM, draft.id), billable.withdraw(SYSTEM, booked.id), return_exceptions=True)
    kept = await issued()
    if isinstance(done[0], str):  # the number came first: it stays, and is to be credited
        assert [i.number for i in kept] == [done[0]]
        assert [c.number for c in await waiting.to_credit(SYSTEM.scope)] == [done[0]]
    else:
        assert isinstance(done[0], NotFound | Conflict)
        assert kept == await drafts() == []
    assert done[1] is None
    view = await booking_by_id(SYSTEM.scope, booked.id)
    assert view is not None
