"""An offer's tariffs as one grid, kinds of organisations by periods, and the days that no price covers. No I/O."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from training.catalogue.rules.tariffs import TariffRow, tariff_for
from training.directory.rules.organisations import OrganisationKind

DAY = timedelta(days=1)
Kind = str | None  # None: any kind that has no tariff of its own


@dataclass(frozen=True, slots=True)
class TariffPeriod:
    """Days over which no tariff begins or ends, both ends included; None is for ever."""

    since: date
    until: date | None

    def has(self, day: date) -> bool:
        """Whether a day is one of them."""
        return self.since <= day and (self.until is None or day <= self.until)


@dataclass(frozen=True, slots=True)
class Gap:
    """Days on which a kind of organisation has no price; None is for ever, before or after."""

    since: date | None
    until: date | None

    @property
    def hole(self) -> bool:
        """There is a price before and after it: somebody forgot."""
        return self.since is not None and self.until is not None

    def has(self, day: date) -> bool:
        """Whether a day is one of them."""
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


@dataclass(frozen=True, slots=True)
class TariffCell:
    """What a line pays over a period. `own`: by its own tariff, not by the one for any other; `hole`: as of a gap."""

    tariff: TariffRow | None
    own: bool
    hole: bool

    @property
    def said(self) -> tuple[object, ...]:
        """What it says, whichever row says so."""
        t = self.tariff
        return (self.own, self.hole) + ((t.mode, t.amount_cents, t.reference_cents) if t else ())


@dataclass(frozen=True, slots=True)
class TariffLine:
    """Kinds that pay alike in every period, a cell each. None among them: any other kind."""

    kinds: tuple[Kind, ...]
    cells: tuple[TariffCell, ...]

    @property
    def named(self) -> tuple[str, ...]:
        """The kinds that are said by name."""
        return tuple(kind for kind in self.kinds if kind is not None)

    @property
    def others(self) -> bool:
        """It is the line of whoever has no tariff of its own."""
        return None in self.kinds


@dataclass(frozen=True, slots=True)
class TariffStretch:
    """Periods over which a line pays the same, as one."""

    cell: TariffCell
    period: TariffPeriod
    periods: int


@dataclass(frozen=True, slots=True)
class TariffGrid:
    """What an offer costs, whom, and when; the last line is of any other kind."""

    periods: tuple[TariffPeriod, ...]
    lines: tuple[TariffLine, ...]

    def cell(self, kind: Kind, day: date) -> TariffCell | None:
        """What a kind pays on a day; None before the grid begins."""
        at = next((n for n, period in enumerate(self.periods) if period.has(day)), None)
        line = next((line for line in self.lines if kind in line.kinds), None)
        return None if at is None or line is None else line.cells[at]

    def stretches(self, line: TariffLine) -> list[TariffStretch]:
        """A line as it is read: what stays the same is said once."""
        found: list[TariffStretch] = []
        for cell, period in zip(line.cells, self.periods, strict=True):
            last = found[-1] if found else None
            if last and last.cell.said == cell.said:
                found[-1] = TariffStretch(last.cell, TariffPeriod(last.period.since, period.until), last.periods + 1)
            else:
                found.append(TariffStretch(cell, period, 1))
        return found


def grid(tariffs: Iterable[TariffRow], today: date) -> TariffGrid:
    """The grid of today and later. A kind has a line of its own where a tariff that is not over names it."""
    known = list(tariffs)
    spans = periods(known, today)
    first = spans[0].since
    named = {t.organisation_kind for t in known if t.valid_until is None or t.valid_until >= first}
    own = [kind.value for kind in OrganisationKind if kind.value in named]
    grouped: dict[tuple[object, ...], tuple[list[Kind], tuple[TariffCell, ...]]] = {}
    for kind in own:
        cells = _cells(known, kind, spans)
        key = tuple(cell.said for cell in cells)
        grouped.setdefault(key, ([], cells))[0].append(kind)
    lines = [TariffLine(tuple(kinds), cells) for kinds, cells in grouped.values()]
    rest = [kind.value for kind in OrganisationKind if kind.value not in own]
    return TariffGrid(spans, (*lines, TariffLine((None, *rest), _cells(known, None, spans))))


def _cells(tariffs: Sequence[TariffRow], kind: Kind, spans: Sequence[TariffPeriod]) -> tuple[TariffCell, ...]:
    holes = [gap for gap in gaps(tariffs, kind) if gap.hole]
    found = []
    for span in spans:
        tariff = tariff_for(tariffs, kind, span.since)
        own = tariff is not None and tariff.organisation_kind == kind
        found.append(TariffCell(tariff, own, any(gap.has(span.since) for gap in holes)))
    return tuple(found)


def periods(tariffs: Iterable[TariffRow], today: date) -> tuple[TariffPeriod, ...]:
    """From the one that today is in on, in order; it begins where the last tariff began or ended."""
    turns = sorted(_turns(tariffs))
    begun = max((day for day in turns if day <= today), default=today)
    days = [begun, *(day for day in turns if day > today)]
    ends = [*(day - DAY for day in days[1:]), None]
    return tuple(TariffPeriod(since, until) for since, until in zip(days, ends, strict=True))


def _turns(tariffs: Iterable[TariffRow]) -> set[date]:
    """The days on which a price may be another than the day before."""
    known = list(tariffs)
    return {t.valid_from for t in known} | {t.valid_until + DAY for t in known if t.valid_until}


def gaps(tariffs: Iterable[TariffRow], kind: Kind) -> list[Gap]:
    """The days without any price for a kind, as few and long as they are, from the first day of all on."""
    known = [t for t in tariffs if t.organisation_kind in (None, kind)]
    found: list[Gap] = []
    open_since: date | None = None  # while `bare`: since when
    bare = True
    for day in sorted(_turns(known)):
        priced = tariff_for(known, kind, day) is not None
        if priced and bare:
            found.append(Gap(open_since, day - DAY))
        elif not priced and not bare:
            open_since = day
        bare = not priced
    return [*found, Gap(open_since, None)] if bare else found


def unpriced(tariffs: Iterable[TariffRow], day: date) -> tuple[OrganisationKind, ...]:
    """The kinds of organisations that have no price on a day."""
    known = list(tariffs)
    return tuple(kind for kind in OrganisationKind if tariff_for(known, kind.value, day) is None)
