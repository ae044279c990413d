"""How the numbers of the three billing series are written, whether they were opened already or not."""

from __future__ import annotations

from dataclasses import dataclass

from training.billing.rules.states import PREFIXES, BillingSeries
from training.kernel import clock
from training.records import queries as records
from training.records import rules


@dataclass(frozen=True, slots=True)
class Numbering:
    """A series. `example`: its next number, were it given today; `issued`: it is set for good."""

    series: BillingSeries
    prefix: str
    first_number: int
    next_number: int
    issued: bool
    example: str


async def numberings() -> list[Numbering]:
    """The three series, in the order in which people speak of them."""
    opened = await records.series()
    return [_numbering(key, opened.get(key)) for key in BillingSeries]


def _numbering(key: BillingSeries, opened: records.SeriesView | None) -> Numbering:
    if opened is None:
        opened = records.SeriesView(key, PREFIXES[key], 1, 1, None)
    day = max(filter(None, (clock.today(), opened.last_issued_on)))
    example = rules.number(opened.prefix, day.year, opened.next_number)
    return Numbering(key, opened.prefix, opened.first_number, opened.next_number, opened.issued, example)
