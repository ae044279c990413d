"""When a session may be called held."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from training.attendance.rules import NotOver, check_time
from training.kernel.errors import Forbidden

END = datetime(2027, 3, 9, 11, 0, tzinfo=UTC)
BEFORE = END - timedelta(seconds=1)


@pytest.mark.parametrize("may_early", [True, False])
@pytest.mark.parametrize("reason", ["", "Pluie"])
def test_after_its_end_anybody_who_may_hold_holds(may_early: bool, reason: str) -> None:
    check_time(END, END, reason, may_early=may_early)


@pytest.mark.parametrize("may_early", [True, False])
@pytest.mark.parametrize("reason", ["", "  \n"])
def test_before_its_end_a_reason_is_needed(may_early: bool, reason: str) -> None:
    with pytest.raises(NotOver, match="donnez le motif" if may_early else "après sa fin") as refused:
        check_time(END, BEFORE, reason, may_early=may_early)
    assert (refused.value.status, refused.value.slug) == (409, "session-not-over")


def test_before_its_end_a_reason_is_an_administrator_s() -> None:
    check_time(END, BEFORE, "Groupe parti plus tôt", may_early=True)
    with pytest.raises(Forbidden, match="administre"):
        check_time(END, BEFORE, "Groupe parti plus tôt", may_early=False)
