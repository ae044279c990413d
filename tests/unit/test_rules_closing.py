"""Which months may be closed: those that are over, upward."""

from __future__ import annotations

from datetime import date

import pytest

from training.accounting.rules.closing import check_close, closable
from training.kernel.errors import Conflict, Invalid

TODAY = date(2027, 7, 1)


def test_only_whole_months_that_are_over_are_closed_upward() -> None:
    check_close(date(2027, 6, 30), date(2027, 5, 31), TODAY)
    for wrong in (TODAY, date(2027, 7, 31), date(2028, 1, 31)):
        with pytest.raises(Invalid, match="mois terminé"):
            check_close(wrong, None, TODAY)
    with pytest.raises(Invalid, match="dernier jour"):
        check_close(date(2027, 6, 29), None, TODAY)
    for closed in (date(2027, 6, 30), date(2027, 8, 31)):
        with pytest.raises(Conflict, match="déjà close"):
            check_close(date(2027, 6, 30), closed, TODAY)


def test_what_may_be_closed_is_offered() -> None:
    assert closable(date(2027, 4, 30), TODAY) == [date(2027, 6, 30), date(2027, 5, 31)]
    assert closable(None, TODAY)[:2] == [date(2027, 6, 30), date(2027, 5, 31)]
    assert closable(date(2027, 6, 30), TODAY) == []
    for day in closable(None, TODAY):
        check_close(day, None, TODAY)
