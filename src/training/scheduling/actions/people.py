"""Whether people may be given dates: not those who left, and knowingly those who said that they are not free."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from training.directory.actions.facilitators import lock_people
from training.directory.rules.people import away_on, check_here
from training.kernel import clock
from training.scheduling import rules


async def check_people(dates: Mapping[int, Sequence[datetime]], knowing: bool) -> None:
    """Each of these facilitators may be given the dates that begin then; whoever says that one leaves waits meanwhile.

    Conflict: they left. FacilitatorAway: they are not free on that day, and nobody says that this is known.
    """
    for person in await lock_people(dates):
        for starts_at in sorted(dates[person.id]):
            on = clock.local(starts_at).date()
            check_here(person.name, person.active, person.left_on, on)
            if not knowing and (days := away_on(person.away, on)):
                raise rules.FacilitatorAway(rules.away_words(person.name, days))
