"""« Réalisée » by mistake is undone, with all that it made, while nothing of it is issued."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

import makers
from training.attendance.actions import hold_session
from training.billing.actions.confirm_free import confirm_free
from training.billing.actions.edit_draft import NewLine, add_line
from training.billing.actions.issue import issue
from training.billing.actions.make_billable import make_billable
from training.billing.actions.undo_held import Undone, undo_held
from training.billing.queries import invoices as queries
from training.billing.rules.states import InvoiceState
from training.bookings.actions.booking import NewBooking, book
from training.catalogue.rules.tariffs import TariffMode
from training.kernel import clock, db
from training.kernel.actor import SYSTEM
from training.kernel.errors import Conflict, Invalid, NotFound
from training.papers.rules.lines import LineKind
from training.worker import drain

pytestmark = pytest.mark.anyio
WHY = "Mauvaise séance."


async def hold(town: makers.Town, session: int | None = None) -> None:
    with clock.frozen(town.ends_at + timedelta(days=1)):
        await hold_session(SYSTEM, session or town.session)
        await drain()


async def undo(town: makers.Town, session: int | None = None) -> Undone:
    with clock.frozen(town.ends_at + timedelta(days=1)):
        return await undo_held(SYSTEM, session or town.session, WHY)


async def drafts() -> list[queries.InvoiceView]:
    return await queries.invoices(SYSTEM.scope, state=InvoiceState.DRAFT)


async def count(table: str) -> int:
    return int(await db.value(f"select count(*) from {table}"))


async def state(session: int) -> str:
    return str(await db.value("select state from session where id = $1", session))


async def test_everything_that_it_made_goes_and_it_may_be_held_again(database_test):
    town = await makers.make_town(issue_without_look=False)
    await makers.make_booking(town, 10)
    await db.execute("update session set state = 'confirmed'")
    await hold(town)
    (draft,) = await drafts()
    await add_line(SYSTEM, draft.id, NewLine(kind=LineKind.TRAVEL, description="Trajet", unit_price_cents=900))
    assert await undo(town) == Undone(confirmations=0, lines_by_hand=1)
    assert await state(town.session) == "confirmed"
    tables = ("holding", "head_count", "billable", "invoice_line", "invoice", "free_confirmation")
    assert {t: await count(t) for t in tables} == dict.fromkeys(tables, 0)
    kept = await db.connection().fetchrow("select session, reason, undone_at - held_at as after from unholding")
    assert tuple(kept) == (town.session, WHY, timedelta(0))
    await drain()
    await hold(town)
    (again,) = await drafts()
    assert (again.net_cents, await count("head_count")) == (35_000, 1)


async def test_a_free_session_s_confirmations_go_and_are_counted(database_test):
    town = await makers.make_town()
    offer = await makers.make_offer("gratuit", mode=TariffMode.FREE, cents=0)
    session = await makers.make_session(offer, starts_at=town.starts_at)
    for seats in (3, 4):
        await makers.book_beside(replace(town, session=session), seats)
    await hold(town, session)
    assert await undo(town, session) == Undone(confirmations=2, lines_by_hand=0)
    assert await count("free_confirmation") == 0


async def test_what_comes_late_finds_that_it_was_undone(database_test):
    town = await makers.make_town()
    offer = await makers.make_offer("gratuit", mode=TariffMode.FREE, cents=0)
    session = await makers.make_session(offer, starts_at=town.starts_at)
    free = await book(SYSTEM, NewBooking(session, town.organisation, 3))
    await makers.make_booking(town, 10)
    with clock.frozen(town.ends_at + timedelta(days=1)):
        for held in (town.session, session):
            await hold_session(SYSTEM, held)
            await undo_held(SYSTEM, held, WHY)
        await drain()
        await make_billable(SYSTEM, town.session)
        await confirm_free(SYSTEM, free.id)
    assert (await count("invoice"), await count("billable"), await count("free_confirmation")) == (0, 0, 0)


async def test_what_is_issued_is_named_and_nothing_is_undone(database_test):
    town = await makers.make_town(issue_without_look=False)
    for seats in (3, 4):
        await makers.book_apart(town, seats)
    await hold(town)
    waiting = await drafts()
    number = await issue(SYSTEM, waiting[0].id)
    with pytest.raises(Conflict, match=number):
        await undo(town)
    assert await state(town.session) == "held"
    assert (await count("holding"), await count("head_count"), len(await drafts())) == (1, 2, 1)


async def test_what_was_billed_before_stays(database_test):
    town = await makers.make_town(issue_without_look=False)
    await db.execute("update organisation set buyer = 'association', billing_moment = 'confirmed'")
    await makers.make_booking(town, 10)
    await drain()
    (draft,) = await drafts()
    await issue(SYSTEM, draft.id)
    await makers.book_apart(town, 4)
    await drain()
    await hold(town)
    await undo(town)
    assert (len(await drafts()), await count("billable"), await state(town.session)) == (1, 2, "published")


async def test_a_grouped_draft_keeps_the_others(database_test):
    town = await makers.make_town(issue_without_look=False)
    await db.execute("update organisation set billing_moment = 'monthly'")
    other = await makers.make_session(town.offer, starts_at=town.starts_at + timedelta(hours=4))
    await makers.make_booking(town, 10)
    await book(SYSTEM, NewBooking(other, town.organisation, 5))
    await hold(town)
    await hold(town, other)
    (draft,) = await drafts()
    assert draft.line_count == 2
    await undo(town)
    (left,) = await drafts()
    assert (left.id, left.line_count, left.net_cents) == (draft.id, 1, 35_000)


async def test_what_was_not_held_is_not_undone_and_a_reason_is_wanted(database_test):
    town = await makers.make_town()
    with pytest.raises(Conflict, match="encore confirmé"):
        await undo(town)
    with pytest.raises(NotFound):
        await undo_held(SYSTEM, 0, WHY)
    await makers.make_booking(town, 10)
    with clock.frozen(town.ends_at + timedelta(days=1)):
        await hold_session(SYSTEM, town.session)
    for reason in ("  ", "x" * 401):
        with pytest.raises(Invalid):
            await undo_held(SYSTEM, town.session, reason)
    await undo(town)
    with pytest.raises(Conflict, match="encore confirmé"):
        await undo(town)


@pytest.mark.commits
async def test_undone_and_issued_at_once_is_one_of_the_two(database_test):
    async with db.atomic():
        town = await makers.make_town(issue_without_look=False)
        await makers.make_booking(town, 10)
        await hold(town)
        (draft,) = await drafts()
    done = await asyncio.gather(issue(SYSTEM, draft.id), undo(town), return_exceptions=True)
    if isinstance(done[0], str):
        assert isinstance(done[1], Conflict)
        assert (await state(town.session), await count("ledger_entry")) == ("held", 1)
    else:
        assert isinstance(done[0], NotFound | Conflict)
        assert (await state(town.session), await count("invoice")) == ("published", 0)
