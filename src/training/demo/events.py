"""What the town's history is made of: moments, and the ids that the database gave. What happens is in other files."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(slots=True)
class Town:
    """The ids that the database gave to the town's slugs and keys."""

    communes: dict[str, int] = field(default_factory=dict)
    partners: dict[str, int] = field(default_factory=dict)
    facilitators: dict[str, int] = field(default_factory=dict)
    venues: dict[str, int] = field(default_factory=dict)
    organisations: dict[str, int] = field(default_factory=dict)
    offers: dict[str, int] = field(default_factory=dict)
    sessions: dict[str, int] = field(default_factory=dict)
    bookings: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened in the town; `rank` orders what happened at the same instant."""

    at: datetime
    rank: int
    run: Callable[[], Awaitable[None]]
