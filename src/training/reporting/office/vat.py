"""VAT by month and regime as the office shows it: what was issued, what was received."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from training.accounting.queries import accounts
from training.accounting.queries.accounts import VatMonth
from training.directory import queries as directory
from training.papers.rules.vat import VatRegime


@dataclass(frozen=True, slots=True)
class VatSum:
    """A regime over the whole period. Cents."""

    regime: VatRegime
    net_cents: int
    vat_cents: int
    gross_cents: int
    received_cents: int
    received_vat_cents: int


@dataclass(frozen=True, slots=True)
class OfficeVat:
    """What the page of VAT shows. `on_debits`: what was issued counts, not what was received (CGI art. 269-2 c)."""

    months: list[VatMonth]
    sums: list[VatSum]
    on_debits: bool


async def vat_page(period: tuple[date, date] | None) -> OfficeVat:
    """What the page of VAT shows, in two statements; nothing of a period that makes no sense (None)."""
    months = await accounts.vat_months(*period) if period else []
    platform = await directory.platform()
    return OfficeVat(months, _sums(months), platform is not None and platform.vat_on_debits)


def _sums(months: Sequence[VatMonth]) -> list[VatSum]:
    by_regime = {regime: [month for month in months if month.regime == regime] for regime in VatRegime}
    return [
        VatSum(
            regime,
            sum(m.net_cents for m in of),
            sum(m.vat_cents for m in of),
            sum(m.gross_cents for m in of),
            sum(m.received_cents for m in of),
            sum(m.received_vat_cents for m in of),
        )
        for regime, of in by_regime.items()
        if of
    ]
