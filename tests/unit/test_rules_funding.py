"""Shares of what an offer is worth: typed, and never more than all of it on any day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.catalogue.rules.funding import FundedShare, check_fundable, check_shares, most_funded, parse_share
from training.kernel.errors import Conflict, Invalid

TODAY = date(2027, 3, 9)
days = st.none() | st.integers(0, 20).map(lambda n: TODAY + timedelta(days=n))
shares = st.builds(FundedShare, st.integers(1, 10_000), days, days)


@given(st.lists(shares, max_size=6))
def test_what_is_paid_together_is_the_most_of_any_day(known):
    known = [s for s in known if s.since is None or s.until is None or s.since <= s.until]
    total, _day = most_funded(known)
    every = [sum(s.share_bp for s in known if s.has(TODAY + timedelta(days=n))) for n in range(-5, 30)]
    assert total == max(every)
    if total > 10_000:
        with pytest.raises(Invalid) as refused:
            check_shares(known, field="share")
        assert list(refused.value.errors) == ["share"]
    else:
        check_shares(known, field="share")


@pytest.mark.parametrize(
    ("typed", "share"),
    [("40", 4_000), ("12,5", 1_250), ("12.50 %", 1_250), ("100", 10_000), (" 7 %", 700), ("0,01", 1)],
)
def test_a_share_is_read_as_people_type_it(typed, share):
    assert parse_share(typed) == share


@pytest.mark.parametrize("typed", ["0", "100,01", "-4", "un tiers", "12,345", "1e2", "%", "999999", "４０"])
def test_what_is_no_share_is_refused_in_words(typed):
    with pytest.raises(ValueError, match=r"part|pourcentage"):
        parse_share(typed)


def test_who_is_archived_or_over_funds_nothing_more():
    check_fundable(True, TODAY, TODAY)
    for active, until in ((False, None), (True, TODAY - timedelta(days=1))):
        with pytest.raises(Conflict):
            check_fundable(active, until, TODAY)
