"""Who can be asked to pay: organisations and people by name, SIRET or what a list offered. Writes nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass

from training.kernel import db

OFFERED = 500  # in the list that a field offers: beyond, one types more of the name


@dataclass(frozen=True, slots=True)
class PayerChoice:
    """An organisation or a person; `label` is what a list offers and a field takes back."""

    id: int
    slug: str
    label: str


_LABEL = "o.name || ' – ' || coalesce(o.siret, o.city)"
_PAYER = f"select o.id, o.slug, {_LABEL} as label from organisation o where o.state in ('pending', 'approved')"


async def offered() -> list[PayerChoice]:
    """The first of all, by name."""
    return await db.rows(PayerChoice, f"{_PAYER} order by fold(o.name), o.name, o.id limit $1", OFFERED)


async def matching(text: str, limit: int = 6) -> list[PayerChoice]:
    """Those that a text means: one, when it is a SIRET, a whole name, or what a list offered; else all that have it."""
    digits = re.sub(r"[\s\u00a0\u202f.]", "", text)
    sql = f"{_PAYER} and (o.siret = $1 or o.slug = $2 or fold({_LABEL}) = fold($2) or fold(o.name) = fold($2))"
    exact = await db.rows(PayerChoice, f"{sql} order by o.id limit $3", digits, text.strip(), limit)
    if exact:
        return exact
    sql = f"{_PAYER} and strpos(fold({_LABEL}), fold($1)) > 0 order by fold(o.name), o.name, o.id limit $2"
    return await db.rows(PayerChoice, sql, text.strip(), limit)


async def by_ids(ids: list[int]) -> dict[int, PayerChoice]:
    """Some of them, by id, whatever their state."""
    sql = f"select o.id, o.slug, {_LABEL} as label from organisation o where o.id = any($1)"
    return {payer.id: payer for payer in await db.rows(PayerChoice, sql, ids)}
