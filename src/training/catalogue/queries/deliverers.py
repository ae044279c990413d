"""Who may deliver which offers, read."""

from __future__ import annotations

from collections.abc import Sequence

from training.kernel import db


async def deliverers(offers: Sequence[int]) -> dict[int, frozenset[int]]:
    """Who may deliver some offers, by offer: facilitators, those who left too; one statement."""
    sql = "select offer as key, array_agg(facilitator) as held from offer_facilitator where offer = any($1) group by 1"
    return await _links(sql, offers)


async def skills(facilitators: Sequence[int]) -> dict[int, frozenset[int]]:
    """What some facilitators may deliver, by facilitator: offers, in any state; one statement."""
    sql = """
        select facilitator as key, array_agg(offer) as held
        from offer_facilitator where facilitator = any($1) group by 1
    """
    return await _links(sql, facilitators)


async def _links(sql: str, keys: Sequence[int]) -> dict[int, frozenset[int]]:
    found: dict[int, frozenset[int]] = {key: frozenset() for key in keys}
    for record in await db.connection().fetch(sql, list(keys)):
        found[record["key"]] = frozenset(record["held"])
    return found
