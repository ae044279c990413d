"""The seats of a booking change after something of it was billed: drafts follow, what is issued is completed or given
back, and nobody is billed twice."""

from __future__ import annotations

import contextlib
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import makers
from draft_makers import drafts, extra, hold, issued, over, town_of
from refit_makers import UNIT, only, per_seat, proposed, sums, to
from training.billing.actions.credit import CreditWanted, credit, credit_and_reissue
from training.billing.actions.edit_draft import DraftFacts, add_line, edit_draft
from training.billing.actions.issue import issue
from training.billing.actions.make_billable import bill_at_confirmation
from training.billing.actions.refit import refit
from training.billing.actions.undo_held import undo_held
from training.billing.queries import invoices as queries
from training.billing.queries.refitting import too_much
from training.bookings.actions.booking import NewBooking, book
from training.bookings.actions.ending import call_off_session, cancel, reinstate_session
from training.bookings.actions.resizing import resize
from training.kernel import clock, db
from training.kernel.actor import SYSTEM, Actor, Scope
from training.kernel.errors import Conflict
from training.kernel.permissions import Permission
from training.papers.rules.lines import LineKind
from training.papers.rules.references import References
from training.worker import drain

pytestmark = pytest.mark.anyio


async def test_a_draft_is_made_again_where_it_stands(database_test):
    _town, _session, booking = await per_seat(3)
    draft = await only()
    await edit_draft(SYSTEM, draft.id, DraftFacts(references=References(purchase_order="B-12"), subject="Vélo"))
    await add_line(SYSTEM, draft.id, extra())
    later, now = clock.now() + timedelta(minutes=7), clock.now()
    sql = "update invoice set issue_at = $1, kept_back_at = $2, asked_at = $2"
    await db.execute(sql, later, now)
    await to(booking, 5)
    again = await only()
    assert (again.id, again.net_cents) == (draft.id, 5 * UNIT + 5_000)
    assert (again.references.purchase_order, again.subject) == ("B-12", "Vélo")
    assert (again.issue_at, again.kept_back_at, again.asked_at) == (later, now, now)
    service, hand = await queries.lines(again.id)
    assert (service.quantity, hand.description) == (5, "Salle")
    assert "Groupe de 5 personnes" in service.detail
    await to(booking, 2)
    assert (await only()).net_cents == 2 * UNIT + 5_000


async def test_a_flat_price_stays_and_its_words_follow(database_test):
    town = await town_of(buyer="association", billing_moment="confirmed")
    booked = await makers.make_booking(town, 3)
    await drain()
    await to(booked.id, 5)
    draft = await only()
    (line,) = await queries.lines(draft.id)
    assert draft.net_cents == 35_000
    assert "Groupe de 5 personnes" in line.detail
    await issue(SYSTEM, draft.id)
    await to(booked.id, 2)
    assert await drafts() == []
    assert await too_much(SYSTEM.scope) == []


async def test_above_what_is_issued_the_difference_is_billed_once(database_test):
    _town, _session, booking = await per_seat(3)
    first = await issue(SYSTEM, (await only()).id)
    await to(booking, 5)
    draft = await only()
    (line,) = await queries.lines(draft.id)
    assert (line.quantity, line.unit, line.unit_price_cents) == (2, "C62", UNIT)
    assert "2 places de plus" in line.detail
    assert first in line.detail
    for late in range(2):
        await refit(SYSTEM, booking)
        assert [d.id for d in await drafts()] == [draft.id], late
    await bill_at_confirmation(SYSTEM, booking)
    assert (await only()).net_cents == 2 * UNIT
    await issue(SYSTEM, draft.id)
    await to(booking, 9)
    await issue(SYSTEM, (await only()).id)
    assert await sums() == (9 * UNIT, 0)
    found = await db.connection().fetch("select part, amount_cents from billable order by id")
    assert [tuple(r) for r in found] == [("whole", 3 * UNIT), ("more", 2 * UNIT), ("more2", 4 * UNIT)]


async def test_what_nobody_issued_of_the_difference_goes_again(database_test):
    _town, _session, booking = await per_seat(3)
    await issue(SYSTEM, (await only()).id)
    for seats, owed in ((5, 2), (4, 1), (3, 0), (7, 4)):
        await to(booking, seats)
        assert sum(d.net_cents for d in await drafts()) == owed * UNIT
    await cancel(SYSTEM, booking)
    await drain()
    assert await drafts() == []


async def test_below_what_is_issued_a_credit_note_is_proposed_and_not_made(database_test):
    _town, _session, booking = await per_seat(5)
    first = await issue(SYSTEM, (await only()).id)
    await to(booking, 6)
    second = await issue(SYSTEM, (await only()).id)
    await to(booking, 3)
    assert await drafts() == []
    assert len(await issued()) == 2
    found = await too_much(SYSTEM.scope)
    assert [(c.number, c.left_cents, c.seats) for c in found] == [(second, UNIT, 3), (first, 2 * UNIT, 3)]
    for item in found:
        asked = await proposed(item.invoice, item.reference)
        assert asked is not None
        assert sum(asked.lines.values()) == item.left_cents
        await credit(SYSTEM, item.invoice, CreditWanted(reason=asked.reason, lines=asked.lines))
    await drain()
    assert await sums() == (3 * UNIT, 0)
    await to(booking, 4)
    assert (await only()).net_cents == UNIT, "what was given back is billed again, and no more"


async def test_a_gesture_is_not_billed_again(database_test):
    """A credit note that answers no change of seats is a gift: it is no reason to bill more."""
    _town, _session, booking = await per_seat(3)
    draft = await only()
    await issue(SYSTEM, draft.id)
    (line,) = await queries.lines(draft.id)
    await credit(SYSTEM, draft.id, CreditWanted(reason="Salle froide.", lines={line.id: 1_000}))
    await drain()
    assert await drafts() == []
    await to(booking, 5)
    assert (await only()).net_cents == 2 * UNIT
    await to(booking, 3)
    assert await drafts() == []
    assert await too_much(SYSTEM.scope) == []


async def test_a_copy_that_replaces_an_invoice_says_what_is_owed_now(database_test):
    _town, _session, booking = await per_seat(5)
    invoice = (await only()).id
    await issue(SYSTEM, invoice)
    await to(booking, 3)
    await credit_and_reissue(SYSTEM, invoice, "Places rendues.")
    await drain()
    draft = await only()
    assert (draft.net_cents, draft.replaces is not None) == (3 * UNIT, True)
    await issue(SYSTEM, draft.id)
    await to(booking, 4)
    await issue(SYSTEM, (await only()).id)
    assert await sums() == (4 * UNIT, 0)


async def test_an_invoice_of_which_nothing_is_owed_any_more_is_credited_not_replaced(database_test):
    """Its copy went at once, and whoever replaced it was sent to a draft that there is not."""
    _town, _session, booking = await per_seat(3)
    await issue(SYSTEM, (await only()).id)
    await to(booking, 5)
    more = (await only()).id
    await issue(SYSTEM, more)
    await to(booking, 3)
    with pytest.raises(Conflict, match="rien à facturer"):
        await credit_and_reissue(SYSTEM, more, "Places rendues.")
    assert await drafts() == []
    assert await sums() == (5 * UNIT, 2 * UNIT)


async def test_a_month_s_draft_changes_that_booking_alone(database_test):
    town, _session, booking = await per_seat(3, billing_moment="monthly")
    other = await makers.make_session(town.offer, starts_at=town.starts_at + timedelta(hours=4))
    await book(SYSTEM, NewBooking(other, town.organisation, 8))
    await hold(other)
    await hold(_session)
    with clock.frozen(await over(_session)):
        await undo_held(SYSTEM, _session, "Erreur.")
    await to(booking, 6)
    await hold(_session)
    draft = await only()
    assert (draft.line_count, draft.net_cents) == (2, 35_000 + 6 * UNIT)


async def test_credited_because_it_fell_with_its_session_it_is_billed_again_when_that_comes_back(database_test):
    _town, session, booking = await per_seat(3)
    invoice = (await only()).id
    await issue(SYSTEM, invoice)
    await call_off_session(SYSTEM, session, "Neige.")
    await drain()
    await credit(SYSTEM, invoice, CreditWanted(reason="N’a pas lieu."))
    await reinstate_session(SYSTEM, session)
    await drain()
    assert (await only()).net_cents == 3 * UNIT
    assert booking


async def test_what_was_on_a_draft_when_the_session_fell_is_billed_when_it_comes_back(database_test):
    """Three issued, two more on a draft, which went; half of what fell credited, and half owed again."""
    _town, session, booking = await per_seat(3)
    first = await issue(SYSTEM, (await only()).id)
    await to(booking, 5)
    await call_off_session(SYSTEM, session, "Neige")
    await drain()
    assert await drafts() == []
    (paper,) = [invoice for invoice in await issued() if invoice.number == first]
    (line,) = await queries.lines(paper.id)
    await credit(SYSTEM, paper.id, CreditWanted(reason="Neige", lines={line.id: UNIT}))
    await reinstate_session(SYSTEM, session)
    await drain()
    assert await sums() == (5 * UNIT, 0)


@pytest.mark.parametrize("given", [True, False])
async def test_what_became_free_leaves_the_drafts_or_is_proposed_to_be_credited(database_test, given):
    _town, _session, booking = await per_seat(3)
    if given:
        await issue(SYSTEM, (await only()).id)
    await db.execute("update tariff set mode = 'free', amount_cents = 0 where mode = 'per_seat'")
    await to(booking, 4)
    assert await drafts() == []
    assert await sums() == ((3 * UNIT, 3 * UNIT) if given else (0, 0))


async def test_what_a_person_changed_is_issued_a_little_later(database_test):
    """Three, five, three again within a minute was an invoice and a credit note."""
    _town, _session, booking = await per_seat(3)
    await issue(SYSTEM, (await only()).id)
    await db.execute("update platform set issue_without_look = true, issue_delay_minutes = 10")
    person = Actor("user", await makers.make_staff(), "Ève", frozenset(Permission), Scope(everything=True))
    await resize(person, booking, 5)
    await drain()
    assert (await only()).issue_at is not None
    await resize(person, booking, 3)
    await drain()
    assert (await drafts(), len(await issued())) == ([], 1)
    await to(booking, 4)
    assert (await drafts(), len(await issued())) == ([], 2), "a program's is issued at once"


async def test_a_discount_by_hand_stays_when_seats_are_given_back(database_test):
    _town, _session, booking = await per_seat(5)
    draft = await only()
    await add_line(SYSTEM, draft.id, extra(kind=LineKind.DISCOUNT, description="Remise", unit_price_cents=3_000))
    await to(booking, 2)
    with pytest.raises(Conflict, match="négatif"):
        await issue(SYSTEM, draft.id)
    await to(booking, 3)
    await issue(SYSTEM, draft.id)
    await to(booking, 5)
    assert (await only()).net_cents == 2 * UNIT


class _Undo(Exception):
    """Ends an example."""


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("to"), st.integers(1, 9)),
        st.tuples(st.just("issue"), st.just(0)),
        st.tuples(st.just("credit"), st.integers(0, 3)),
        st.tuples(st.just("gift"), st.integers(1, 700)),
        st.tuples(st.just("again"), st.integers(1, 3)),
    ),
    min_size=1,
    max_size=9,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
async def test_whatever_happens_nobody_is_billed_more_than_is_owed(database_test, steps):
    with contextlib.suppress(_Undo):
        async with db.atomic():
            _town, _session, booking = await per_seat(3)
            gifts, seats = 0, 3
            for step, n in steps:
                if step == "to":
                    seats = n
                    await resize(SYSTEM, booking, n)
                elif step == "issue":
                    for draft in await drafts():
                        await issue(SYSTEM, draft.id)
                elif step == "credit":
                    for item in (await too_much(SYSTEM.scope))[:n]:
                        asked = await proposed(item.invoice, item.reference)
                        assert asked is not None
                        await credit(SYSTEM, item.invoice, CreditWanted(reason=asked.reason, lines=asked.lines))
                elif step == "gift" and not await too_much(SYSTEM.scope):
                    gifts += await _gift(n)
                await drain()
                for _n in range(n if step == "again" else 0):
                    await refit(SYSTEM, booking)
                billed, too = await sums()
                assert billed - too + gifts == seats * UNIT, "what is billed, credited, proposed and given adds up"
                assert billed - too <= seats * UNIT
            raise _Undo


async def _gift(cents: int) -> int:
    """A gesture on the first line that has so much left."""
    sql = """
        select l.id, l.invoice from invoice_line l join invoice i on i.id = l.invoice and i.state = 'issued'
        join billable k on k.invoice_line = l.id
        where k.amount_cents >= l.net_cents and l.net_cents >= $1 and not exists (
            select from invoice_line where corrects = l.id
        ) order by l.id limit 1
    """
    found = await db.connection().fetchrow(sql, cents)
    if found is None:
        return 0
    await credit(SYSTEM, found["invoice"], CreditWanted(reason="Geste.", lines={found["id"]: cents}))
    return cents
