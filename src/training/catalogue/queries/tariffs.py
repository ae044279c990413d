"""Tariffs, read: those of some offers, and what somebody pays by them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from training.catalogue.rules.tariffs import Price, TariffRow, price_for
from training.kernel import clock, db


async def tariffs(offers: list[int]) -> dict[int, list[TariffRow]]:
    """Every tariff of some offers, by offer, in one statement."""
    found: dict[int, list[TariffRow]] = {offer: [] for offer in offers}
    sql = """
        select offer, organisation_kind, mode, amount_cents, reference_cents, valid_from, valid_until
        from tariff where offer = any($1)
    """
    for of in await db.rows(_TariffOf, sql, offers):
        found[of.offer].append(of.tariff)
    return found


async def published_tariffs() -> dict[int, list[TariffRow]]:
    """Every tariff of every published offer, by offer, in one statement."""
    found: dict[int, list[TariffRow]] = {}
    sql = """
        select t.offer, t.organisation_kind, t.mode, t.amount_cents, t.reference_cents, t.valid_from, t.valid_until
        from tariff t join offer o on o.id = t.offer where o.state = 'published'
    """
    for of in await db.rows(_TariffOf, sql):
        found.setdefault(of.offer, []).append(of.tariff)
    return found


async def kinds_priced() -> frozenset[str | None]:
    """The kinds of organisations that tariffs of published offers name, now or later; None is any other kind."""
    sql = """
        select distinct t.organisation_kind as kind from tariff t join offer o on o.id = t.offer
        where o.state = 'published' and (t.valid_until is null or t.valid_until >= $1)
    """
    return frozenset(record["kind"] for record in await db.connection().fetch(sql, clock.today()))


async def price_of(offer: int, organisation_kind: str, starts_at: datetime, seats: int) -> Price | None:
    """What an organisation of a kind pays for seats at a session of that offer that starts then."""
    on = clock.local(starts_at).date()
    return price_for((await tariffs([offer]))[offer], organisation_kind, on, seats)


@dataclass(frozen=True, slots=True)
class _TariffOf:
    offer: int
    tariff: TariffRow
