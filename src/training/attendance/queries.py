"""Who came, read."""

from __future__ import annotations

from training.kernel import db


async def head_counts(session: int) -> dict[int, int]:
    """How many came, by booking, for a held session."""
    sql = "select h.booking, h.present from head_count h join booking b on b.id = h.booking where b.session = $1"
    return {record["booking"]: record["present"] for record in await db.connection().fetch(sql, session)}
