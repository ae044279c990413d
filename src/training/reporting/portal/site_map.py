"""What search engines may know: every public page that shows something out of the database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from training.kernel import addresses, clock, db
from training.scheduling.queries import visible


@dataclass(frozen=True, slots=True)
class Mapped:
    """An offer or a session on the site map, and when what it shows last changed."""

    offer: str | None
    session: int | None
    changed_at: datetime

    @property
    def path(self) -> str:
        """Where it is shown."""
        return addresses.offer(self.offer) if self.offer else addresses.session(self.session or 0)


async def site_map() -> list[Mapped]:
    """Every offer and every open coming session: what search engines may know."""
    where = visible(clock.now())
    sql = f"""
        select offer, session, changed_at from (
            select slug as offer, null::bigint as session, updated_at as changed_at from offer where state = 'published'
            union all
            select null, s.id, s.updated_at from session s
            join offer o on o.id = s.offer where {where}
        ) known order by offer, session limit 50000
    """
    return await db.rows(Mapped, sql, *where.values)
