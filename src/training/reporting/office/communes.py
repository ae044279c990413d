"""Communes as the office's forms offer them."""

from __future__ import annotations

from dataclasses import dataclass

from training.kernel import db
from training.kernel.clauses import Clauses

OFFERED = 8  # of a list that opens under a field
FEWEST = 2  # letters: fewer begin the names of half a country


@dataclass(frozen=True, slots=True)
class CommuneOffered:
    """A commune that what was typed may begin."""

    name: str
    postcode: str


async def communes_offered(name: str, postcode: str) -> list[CommuneOffered]:
    """Those whose name begins so, or of a postcode: the largest first, one statement; none for less than that."""
    where = Clauses("c.same_as is null")
    if len(name.strip()) >= FEWEST:
        # not `like`: of a text that is not known yet it has no plan by an index
        where.add("commune_key(c.name) ~>=~ commune_key({})", name)
        where.add("commune_key(c.name) ~<~ (commune_key({}) || '~')", name)
    if len(postcode) == 5:
        where.add("c.id in (select commune from commune_postcode where postcode = {})", postcode)
    elif len(name.strip()) < FEWEST:
        return []
    shown = where.value(postcode) if len(postcode) == 5 else "c.postcode"
    sql = f"""
        select c.name, {shown} as postcode from commune c
        where {where} order by c.population desc nulls last, fold(c.name), c.id limit {OFFERED:d}
    """
    return await db.rows(CommuneOffered, sql, *where.values)
