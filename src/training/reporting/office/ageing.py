"""What is owed by age, everybody together and payer by payer: the aged balance."""

from __future__ import annotations

from dataclasses import dataclass

from training.accounting.rules.ageing import Age, limits
from training.directory.rules.organisations import Buyer
from training.kernel import clock, db
from training.kernel.actor import Scope
from training.kernel.clauses import Clauses


@dataclass(frozen=True, slots=True)
class Aged:
    """What one payer (or everybody) owes, by age. Cents."""

    payer: str
    slug: str
    buyer: Buyer | None
    cents: dict[Age, int]

    @property
    def total_cents(self) -> int:
        """All ages."""
        return sum(self.cents.values())


@dataclass(frozen=True, slots=True)
class OfficeBalance:
    """What everybody owes today, and the `most` payers who owe most."""

    whole: Aged
    payers: list[Aged]
    most: int


async def balance_page(scope: Scope, *, most: int = 100) -> OfficeBalance:
    """What is owed today by age, in two statements."""
    nobody, of = "'' as payer, '' as slug, null as buyer", "o.name as payer, o.slug, o.buyer"
    where = Clauses("r.settled_cents < r.gross_cents")
    bounds = [where.value(day) for day in limits(clock.today())]
    where.within(scope, "r.payer")
    by_payer = f"group by o.id order by sum(r.gross_cents - r.settled_cents) desc, o.id limit {most:d}"
    whole = await db.connection().fetchrow(_AGES.format(*bounds, what=nobody, where=where, group=""), *where.values)
    payers = await db.connection().fetch(_AGES.format(*bounds, what=of, where=where, group=by_payer), *where.values)
    return OfficeBalance(_aged(whole), [_aged(record) for record in payers], most)


def _aged(record: dict[str, object]) -> Aged:
    buyer = record["buyer"]
    cents = {age: int(str(record[age])) for age in Age}
    return Aged(str(record["payer"]), str(record["slug"]), None if buyer is None else Buyer(str(buyer)), cents)


_AGES = """
    select {what},
           coalesce(sum(d) filter (where r.due_on is null), 0)::bigint as unavailable,
           coalesce(sum(d) filter (where r.due_on >= {0}), 0)::bigint as not_due,
           coalesce(sum(d) filter (where r.due_on < {0} and r.due_on >= {1}), 0)::bigint as to_30,
           coalesce(sum(d) filter (where r.due_on < {1} and r.due_on >= {2}), 0)::bigint as to_60,
           coalesce(sum(d) filter (where r.due_on < {2} and r.due_on >= {3}), 0)::bigint as to_90,
           coalesce(sum(d) filter (where r.due_on < {3}), 0)::bigint as older
    from receivable r join organisation o on o.id = r.payer, lateral (select r.gross_cents - r.settled_cents as d) x
    where {where} {group}
"""
