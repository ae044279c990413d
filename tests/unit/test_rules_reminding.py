"""One step at a time: none too early, none while it is paused or paid, none before a public buyer has the invoice."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.directory.rules.organisations import Buyer
from training.dunning.rules.reminding import (
    LAST_DAY,
    STEPS,
    USUAL,
    PauseKind,
    ReceivableStanding,
    ReminderStep,
    check_pause,
    checked_days,
    coming,
    due_now,
    working_day,
)
from training.kernel.errors import Invalid

DUE = date(2027, 3, 1)  # a Monday
DAYS = USUAL[Buyer.COMPANY]

buyers = st.sampled_from(list(Buyer))
some_days = st.lists(st.integers(1, LAST_DAY), min_size=3, max_size=3, unique=True).map(
    lambda found: dict(zip(STEPS, sorted(found), strict=True))
)


@st.composite
def a_life(draw: st.DrawFn) -> tuple[Buyer, dict[ReminderStep, int], list[tuple[date, date | None]], set[date]]:
    """A buyer, the days of its steps, promises (from, until) and the days on which the sweep did not run."""
    promises = draw(
        st.lists(st.tuples(st.integers(0, 500), st.one_of(st.none(), st.integers(1, 60))), max_size=3, unique=True)
    )
    paused = [
        (DUE + timedelta(days=at), None if span is None else DUE + timedelta(days=at + span)) for at, span in promises
    ]
    missed = {DUE + timedelta(days=n) for n in draw(st.sets(st.integers(0, 600), max_size=200))}
    return draw(buyers), draw(some_days), paused, missed


def pause_of(paused: list[tuple[date, date | None]], today: date) -> tuple[bool, date | None]:
    active = [until for since, until in paused if since <= today and (until is None or today <= until)]
    if not active:
        return False, None
    return True, None if None in active else max(until for until in active if until is not None)


@given(a_life())
def test_over_two_years_each_step_is_taken_once_in_order_and_never_two_in_a_day(life) -> None:
    buyer, days, paused, missed = life
    taken: list[tuple[ReminderStep, date]] = []
    for n in range(800):
        today = DUE + timedelta(days=n)
        if today in missed:
            continue
        is_paused, until = pause_of(paused, today)
        found = due_now(ReceivableStanding(buyer, DUE, 1, taken, is_paused, until), days, today)
        if found is None:
            continue
        assert not is_paused, "a promise or a dispute is respected"
        assert today >= DUE + timedelta(days=days[found.step]), "never before its day"
        assert found.is_task == (buyer == Buyer.PUBLIC)
        if taken:
            last, on = taken[-1]
            assert today - on >= timedelta(days=days[found.step] - days[last]), "the time between two steps is kept"
        taken.append((found.step, today))
    assert [step for step, _on in taken] == list(STEPS[: len(taken)])
    if not paused:
        assert len(taken) == 3


@given(buyers, some_days, st.dates(date(2027, 1, 1), date(2029, 1, 1)))
def test_what_is_paid_is_not_reminded_of(buyer, days, today) -> None:
    assert due_now(ReceivableStanding(buyer, DUE, 0), days, today) is None


@given(some_days, st.dates(date(2027, 1, 1), date(2029, 1, 1)))
def test_nobody_is_reminded_before_the_invoice_was_made_available(days, today) -> None:
    assert due_now(ReceivableStanding(Buyer.PUBLIC, None, 1), days, today) is None


def test_every_reminder_of_a_public_buyer_is_a_task() -> None:
    taken: list[tuple[ReminderStep, date]] = []
    for step in STEPS:
        found = coming(ReceivableStanding(Buyer.PUBLIC, DUE, 1, taken), USUAL[Buyer.PUBLIC])
        assert found is not None
        assert (found.step, found.is_task) == (step, True)
        taken.append((step, found.on))
    assert coming(ReceivableStanding(Buyer.PUBLIC, DUE, 1, taken), USUAL[Buyer.PUBLIC]) is None


def test_the_day_is_a_working_day() -> None:
    found = coming(ReceivableStanding(Buyer.COMPANY, DUE, 1), DAYS)
    assert found is not None
    assert (DUE + timedelta(days=5)).weekday() == 5
    assert found.on == date(2027, 3, 8)
    assert [working_day(DUE + timedelta(days=n)).weekday() for n in range(7)] == [0, 1, 2, 3, 4, 0, 0]


def test_a_promise_moves_the_next_step_to_the_day_after_it() -> None:
    found = coming(ReceivableStanding(Buyer.COMPANY, DUE, 1, paused=True, paused_until=date(2027, 3, 17)), DAYS)
    assert found is not None
    assert found.on == date(2027, 3, 18)
    assert coming(ReceivableStanding(Buyer.COMPANY, DUE, 1, paused=True), DAYS) is None


@pytest.mark.parametrize("days", [(5, 5, 40), (0, 20, 40), (20, 5, 40), (5, 20, 366), (5, 40, 20)])
def test_days_out_of_order_are_refused(days) -> None:
    with pytest.raises(Invalid, match="chaque relance vient après la précédente"):
        checked_days(dict(zip(STEPS, days, strict=True)))


def test_the_usual_days_are_good() -> None:
    assert set(USUAL) == set(Buyer)
    for days in USUAL.values():
        assert checked_days(days) == days


def test_a_promise_has_a_day_and_a_dispute_a_reason() -> None:
    with pytest.raises(Invalid, match="jour promis"):
        check_pause(PauseKind.PROMISE, None, "", DUE)
    with pytest.raises(Invalid, match="contesté"):
        check_pause(PauseKind.DISPUTE, None, "  ", DUE)
    for wrong in (DUE - timedelta(days=1), DUE + timedelta(days=400)):
        with pytest.raises(Invalid, match="à venir"):
            check_pause(PauseKind.PROMISE, wrong, "", DUE)
    check_pause(PauseKind.PROMISE, DUE, "", DUE)
    check_pause(PauseKind.DISPUTE, None, "Facturé deux fois", DUE)
