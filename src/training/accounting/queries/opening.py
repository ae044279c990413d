"""Who a line of another ledger is owed by, as people write it."""

from __future__ import annotations

from collections.abc import Iterable

from training.kernel import db


async def payers(typed: Iterable[str]) -> dict[str, int]:
    """What was typed → the organisation's id: a SIRET, the name in its address, or its whole name if one has it."""
    wanted = sorted({text for text in typed if text.strip()})
    sql = """
        select t.typed, min(o.id) as id from unnest($1::text[]) as t (typed)
        join organisation o on o.siret = regexp_replace(t.typed, '\\s|\u00a0', '', 'g') or o.slug = lower(t.typed)
                            or fold(o.name) = fold(t.typed)
        group by t.typed having count(*) = 1
    """
    return {record["typed"]: record["id"] for record in await db.connection().fetch(sql, wanted)}
