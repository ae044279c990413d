"""Venues of a spreadsheet come in, all of them or none; run again, what is known stays as it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from training.kernel.actor import Actor
from training.kernel.permissions import Permission
from training.records.actions.acting import acting
from training.scheduling.actions.planning import add_venue
from training.scheduling.formats.venues_sheet import VenueRow
from training.scheduling.queries import known_venues


async def import_venues(actor: Actor, rows: Sequence[VenueRow]) -> int:
    """Those whose name nobody knows in their town. Invalid: a commune that cannot be, a clock that is not Paris's."""
    async with acting(actor, "venue.import") as change:
        actor.must(Permission.SESSIONS_PLAN)
        change.about("platform", 1, "venue")
        seen: set[tuple[str, str]] = set()
        for row, there in zip(rows, await known_venues(rows), strict=True):
            if there is None and row.key not in seen:
                seen.add(row.key)
                values = asdict(row)
                del values["line"]
                await add_venue(actor, **values)
    return len(seen)
