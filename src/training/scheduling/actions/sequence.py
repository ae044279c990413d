"""Where SEQUENCE grows: with the time, the place or the state of a date, and with nothing else (RFC 5546 2.1.4).

What one address was told is counted on from there by `calendar.actions.invitations`.
"""

from __future__ import annotations

from typing import Any

from training.kernel import clock
from training.scheduling.tables import Slot


def grown() -> dict[Any, Any]:
    """What an update of slots writes so that calendars take it for newer than what they have."""
    return {Slot.sequence: Slot.sequence + 1, Slot.updated_at: clock.now()}
