"""What an address to go on to is about, so that sign-in and registration say it: a session, and for how many."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

from training.kernel.actor import Actor
from training.reporting.portal import sought as reading
from training.reporting.portal.sought import Sought
from training.web.parameters import row_key, whole
from training.web.seats import MOST_SEATS

_SESSION = re.compile(r"/seances/(\d+)(/reserver)?")


async def sought(actor: Actor | None, following: str) -> Sought | None:
    """What is booked at the end of a path of this site; None when it leads anywhere else."""
    parts = urlsplit(following)
    found = _SESSION.fullmatch(parts.path)
    session = row_key(found[1]) if found else None
    if session is None:
        return None
    said = parse_qs(parts.query, max_num_fields=20).get("places", [""])[0].strip()
    return await reading.sought(actor, session, whole(said, MOST_SEATS) or 0)
