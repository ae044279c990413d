"""The fiscal years as the office shows them: how far each is exported and closed, and what ends one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from training.accounting.queries import journal as books
from training.accounting.queries import year_end
from training.accounting.queries.journal import YearView
from training.accounting.queries.year_end import Ahead, ToInvoice
from training.accounting.rules.fiscal_year import FiscalYear, fiscal_year, years_between
from training.billing.queries.periods import closed_until, first_day
from training.directory import queries as directory
from training.kernel import clock
from training.kernel.actor import Actor
from training.kernel.errors import NotFound
from training.kernel.i18n import _
from training.kernel.permissions import Permission
from training.records import queries as records


@dataclass(frozen=True, slots=True)
class OfficeYear:
    """A fiscal year; `journal` is none until it was written."""

    year: FiscalYear
    closed: bool
    journal: YearView | None


@dataclass(frozen=True, slots=True)
class OfficeYears:
    """The fiscal years since the first thing in the books, the last first."""

    years: list[OfficeYear]
    may_keep: bool
    may_set: bool


async def years_page(actor: Actor) -> OfficeYears:
    """What the page of fiscal years shows, in four statements."""
    month = await directory.fiscal_year_end()
    today = clock.today()
    first, closed = await first_day() or today, await closed_until()
    kept = {one.until: one for one in await books.years()}
    years = [
        OfficeYear(year, closed is not None and year.last <= closed, kept.get(year.last))
        for year in years_between(first, today, month)
    ]
    return OfficeYears(years, actor.may(Permission.ACCOUNTS_KEEP), actor.may(Permission.PLATFORM_EDIT))


@dataclass(frozen=True, slots=True)
class OfficeYearEnd:
    """What the end of a fiscal year leaves to the accountant. `over`: the day is past."""

    year: FiscalYear
    over: bool
    ahead: list[Ahead]
    to_invoice: list[ToInvoice]

    @property
    def ahead_cents(self) -> int:
        """Invoiced for the next year, without VAT."""
        return sum(one.next_cents for one in self.ahead)

    @property
    def to_invoice_cents(self) -> int:
        """Held and not invoiced, without VAT."""
        return sum(one.net_cents for one in self.to_invoice)


async def year_end_page(last: date | None) -> OfficeYearEnd:
    """What the page of a year's end shows, in three statements; NotFound when no fiscal year ends on that day."""
    month = await directory.fiscal_year_end()
    if last is None or last.year < 1900 or fiscal_year(last, month).last != last:
        raise NotFound(_("Aucun exercice ne finit ce jour-là."))
    year, over = fiscal_year(last, month), last < clock.today()
    return OfficeYearEnd(year, over, await year_end.ahead(last), await year_end.to_invoice(last))


async def year_file(until: date | None) -> tuple[YearView, bytes]:
    """The journal of a closed year as it is kept, in two statements; NotFound when there is none."""
    kept = None if until is None else await books.year(until)
    stored = None if kept is None else await records.file(kept.file)
    if kept is None or stored is None or stored.content is None:
        raise NotFound(_("Le journal de cet exercice n’est pas encore préparé."))
    return kept, stored.content
