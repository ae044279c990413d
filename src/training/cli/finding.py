"""One line of what a host should know."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing, well or not, in words."""

    good: bool
    what: str
    words: str
