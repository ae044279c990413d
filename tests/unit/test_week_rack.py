"""The week as a rack: a row a person after the row of nobody, every date once in the list of its day."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from training.kernel import clock
from training.reporting.office.week import DAYS, RackDate, board
from training.scheduling.rules import SessionState

MONDAY = date(2027, 3, 1)


def made(slot: int, day: int, name: str | None = None, *, state: SessionState = SessionState.PUBLISHED) -> RackDate:
    start = clock.at(MONDAY + timedelta(days=day), datetime.min.time()) + timedelta(hours=9)
    return RackDate(
        slot, slot, state, "Vélo", None, "Sées", None, start, start + timedelta(hours=3), 8, 12,
        None if name is None else sum(map(ord, name)), name, None, False,
    )  # fmt: skip


def test_what_nobody_leads_comes_first_and_people_by_name():
    found = board([made(1, 0, "Zoé"), made(2, 4), made(3, 1, "André"), made(3, 1, "Zoé")], MONDAY)
    assert [(row.name, row.number) for row in found.rows] == [("", 1), ("André", 1), ("Zoé", 2)]
    assert [[slip.who for slip in slips] for slips in found.by_day] == [["Zoé"], ["André, Zoé"], [], [], [""], [], []]
    assert (found.sessions, found.people, found.holes) == (3, 24, 1)


def test_a_draft_that_nobody_leads_is_no_hole_yet():
    found = board([made(1, 0, state=SessionState.DRAFT)], MONDAY)
    assert found.holes == 0
    (slip,) = found.rows[0].days[0]
    assert (slip.draft, slip.hole) == (True, False)


def test_an_empty_week_has_its_days_and_no_row():
    found = board([], MONDAY)
    assert (len(found.days), found.rows, found.sessions) == (DAYS, [], 0)


@given(st.lists(st.tuples(st.integers(1, 9), st.sampled_from([None, "Anne", "Bob"])), max_size=20, unique=True))
def test_no_date_is_lost(pairs):
    found = board([made(slot, slot % DAYS, name) for slot, name in pairs], MONDAY)
    assert sum(len(slips) for slips in found.by_day) == len({slot for slot, _name in pairs})
    assert sum(row.number for row in found.rows) == len(pairs)
