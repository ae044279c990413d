"""The order of breaking: the same whatever order things come in, nothing lost, « et n autres » right."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from training.kernel.i18n import speaking
from training.reporting.office.today.kinds import PATIENCE, WHO, WaitingKind, said
from training.reporting.office.today.pile import AGEING, PileRow, Urgency, first_ones, group_of, in_order, pile

NOW = datetime(2027, 3, 1, 11, tzinfo=UTC)
MIDNIGHT = datetime(2027, 2, 28, 23, tzinfo=UTC)


def made(kind: WaitingKind, hours: int | None, key: int = 0) -> PileRow:
    at = None if hours is None else NOW - timedelta(hours=hours)
    group = group_of(kind, at, NOW, MIDNIGHT)
    return PileRow(kind, group, at, key, "", "", f"{kind} {key}", "", "/", "Voir")


ROWS = st.lists(
    st.builds(made, st.sampled_from(list(WaitingKind)), st.integers(-300, 300), st.integers(1, 9)),
    max_size=30,
    unique_by=lambda row: (row.kind, row.key),
)


@given(ROWS, st.randoms())
def test_the_order_does_not_depend_on_how_things_came(rows, random):
    shuffled = random.sample(rows, len(rows))
    assert in_order(shuffled) == in_order(rows)
    assert pile(shuffled, {}) == pile(rows, {})


@given(ROWS, st.integers(0, 9), st.integers(0, 40))
def test_nothing_is_lost(rows, most, more):
    """What is shown and what is counted make all there is, even where the count is older than the rows."""
    totals: dict[Urgency, dict[WaitingKind, int]] = {group: {} for group in Urgency}
    for row in rows:
        totals[row.group][row.kind] = more
    found = pile(rows, totals, most)
    for kind in WaitingKind:
        for group in Urgency:
            there = sum(row.kind is kind and row.group is group for row in rows)
            shown = [row for g in found if g.group is group for row in g.rows if row.kind is kind]
            left = [r.number for g in found if g.group is group for r in g.rest if r.href == kind.href]
            if len(left) <= 1:  # two kinds may be listed in one place
                assert len(shown) + sum(left) >= there
    assert sum(len(g.rows) for g in found) <= 3 * most
    assert all(g.number == len(g.rows) + sum(r.number for r in g.rest) for g in found)


def test_the_oldest_comes_first_and_the_rest_is_counted_by_kind():
    rows = [made(WaitingKind.LATE, hours, hours) for hours in (30, 50, 40)] + [made(WaitingKind.UNDECIDED, 45, 1)]
    shown, rest = first_ones(rows, {WaitingKind.LATE: 12, WaitingKind.UNDECIDED: 1}, 2)
    assert [(row.kind, row.key) for row in shown] == [(WaitingKind.LATE, 50), (WaitingKind.UNDECIDED, 1)]
    assert [(r.number, r.words, r.href) for r in rest] == [
        (11, "factures en retard", "/gestion/factures?etat=en-retard")
    ]


def test_a_row_for_a_whole_kind_stands_for_all_of_it_after_what_has_a_date():
    rows = [made(WaitingKind.MAIL_FAILED, None), made(WaitingKind.LATE, 30)]
    shown, rest = first_ones(rows, {WaitingKind.MAIL_FAILED: 9, WaitingKind.LATE: 1})
    assert [row.kind for row in shown] == [WaitingKind.LATE, WaitingKind.MAIL_FAILED]
    assert rest == []


def test_what_asks_for_an_answer_turns_late_with_time():
    for kind in AGEING:
        assert group_of(kind, NOW - PATIENCE, NOW, MIDNIGHT) is Urgency.LATE
        assert group_of(kind, NOW - PATIENCE + timedelta(seconds=1), NOW, MIDNIGHT) is Urgency.SOON


def test_what_ended_today_is_for_tonight():
    assert group_of(WaitingKind.TO_CONFIRM, NOW, NOW, MIDNIGHT) is Urgency.SOON
    assert group_of(WaitingKind.TO_CONFIRM, MIDNIGHT - timedelta(seconds=1), NOW, MIDNIGHT) is Urgency.LATE


def test_the_groups_come_in_the_order_of_breaking():
    rows = [made(WaitingKind.DRAFT, None), made(WaitingKind.UNMANNED, -30, 1), made(WaitingKind.LATE, 30, 1)]
    assert [group.group for group in pile(rows, {})] == [Urgency.LATE, Urgency.SOON, Urgency.LATER]


def test_a_group_of_which_nothing_is_read_is_still_counted():
    (group,) = pile([], {Urgency.LATE: {WaitingKind.LATE: 3}})
    assert (group.number, group.rows, [r.number for r in group.rest]) == (3, [], [3])


def test_every_kind_has_its_list_its_words_and_who_deals_with_it():
    assert WHO.keys() == set(WaitingKind)
    for kind in WaitingKind:
        assert kind.href.startswith("/gestion")
        assert said(kind, 1)
        with speaking("en"):
            assert said(kind, 2) != said(kind, 1) or kind in (WaitingKind.UNMATCHED,)
