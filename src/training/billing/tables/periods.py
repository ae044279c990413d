"""Which days are over for good: nothing is dated inside a closed period any more."""

from __future__ import annotations

from piccolo.columns import Date, Serial, Text
from piccolo.table import Table

from training.kernel.columns import instant


class PeriodClose(Table, tablename="period_close"):
    """Nothing dated up to this day is added any more; `totals` (JSON) is what the books said then."""

    id: Serial
    until = Date(default=None, unique=True)
    totals = Text(default=None)
    closed_at = instant()
