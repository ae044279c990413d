"""A VTIMEZONE that every reader understands, from the rule a zone follows today; knows nothing of events.

The library's own generator lists dates instead of a rule, which some readers take for winter time for ever.
"""

from __future__ import annotations

import importlib.resources
import re
import zoneinfo
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard

_NAME = r"(<[A-Za-z0-9+-]+>|[A-Za-z]+)"
_CLOCK = r"([+-]?\d+(?::\d+){0,2})"
_ONSET = rf",M(\d+)\.(\d)\.(\d)(?:/{_CLOCK})?"
_POSIX = re.compile(rf"{_NAME}{_CLOCK}(?:{_NAME}{_CLOCK}?{_ONSET}{_ONSET})?")  # POSIX 8.3 TZ; RFC 9636 3.3
_DAYS = ("SU", "MO", "TU", "WE", "TH", "FR", "SA")  # POSIX counts days from Sunday
_CHECKED_YEARS = range(2025, 2038)  # the years compared with the zone's own table; it ends where 32-bit time ends


class UnwritableZone(ValueError):
    """The zone does not exist, or follows no rule that one STANDARD and one DAYLIGHT can say."""


@dataclass(frozen=True, slots=True)
class _Onset:
    """« The `week`-th `weekday` of `month`, when the clock shows `at` »; week 5 is the last."""

    month: int
    week: int
    weekday: int
    at: timedelta

    def wall(self, year: int) -> datetime:
        """The wall clock, still the old one, when the change comes that year."""
        first = datetime(year, self.month, 1)  # noqa: DTZ001 - a wall clock, relative to TZOFFSETFROM
        day = first + timedelta((self.weekday - first.isoweekday()) % 7 + 7 * (self.week - 1))
        return (day if day.month == self.month else day - timedelta(7)) + self.at

    @property
    def rrule(self) -> dict[str, object]:
        nth = -1 if self.week == 5 else self.week
        return {"FREQ": "YEARLY", "BYMONTH": self.month, "BYDAY": f"{nth}{_DAYS[self.weekday]}"}


@dataclass(frozen=True, slots=True)
class _Rule:
    standard: str
    winter: timedelta
    daylight: str = ""
    summer: timedelta = timedelta(0)
    begins: _Onset | None = None
    ends: _Onset | None = None

    def offset(self, instant: datetime) -> timedelta:
        """The offset from UTC that readers of our VTIMEZONE will find."""
        if self.begins is None or self.ends is None:
            return self.winter
        utc = instant.astimezone(UTC).replace(tzinfo=None)
        year = (utc + self.winter).year
        begins, ends = self.begins.wall(year) - self.winter, self.ends.wall(year) - self.summer
        in_summer = begins <= utc < ends if begins < ends else not ends <= utc < begins
        return self.summer if in_summer else self.winter


@cache
def vtimezone(name: str) -> bytes:
    """The VTIMEZONE component called `name`, CRLF at its end. Raises `UnwritableZone`."""
    rule = _rule(name)
    if any(rule.offset(instant) != instant.astimezone(ZoneInfo(name)).utcoffset() for instant in _checked_instants()):
        raise UnwritableZone(f"{name}: its clock changes by a table, not by a rule")
    zone = Timezone()
    zone.add("TZID", name)
    standard = TimezoneStandard()
    standard.add("TZNAME", rule.standard)
    standard.add("TZOFFSETTO", rule.winter)
    zone.add_component(standard)
    if rule.begins is None or rule.ends is None:
        standard.add("DTSTART", datetime(1970, 1, 1))  # noqa: DTZ001
        standard.add("TZOFFSETFROM", rule.winter)
        return bytes(zone.to_ical())
    daylight = TimezoneDaylight()
    daylight.add("TZNAME", rule.daylight)
    daylight.add("TZOFFSETTO", rule.summer)
    zone.add_component(daylight)
    # RFC 5545 3.6.5: an onset is local time relative to TZOFFSETFROM, the offset that ends there.
    for part, onset, before in ((standard, rule.ends, rule.summer), (daylight, rule.begins, rule.winter)):
        part.add("DTSTART", onset.wall(1970))
        part.add("TZOFFSETFROM", before)
        part.add("RRULE", onset.rrule)
    return bytes(zone.to_ical())


def _checked_instants() -> list[datetime]:
    """Six instants a week apart from the next: a month of Ramadan time (Africa/Casablanca) cannot slip through."""
    first = datetime(_CHECKED_YEARS.start, 1, 1, tzinfo=UTC)
    days = (date(_CHECKED_YEARS.stop, 1, 1) - first.date()).days
    return [first + timedelta(day) for day in range(0, days, 6)]


def _rule(name: str) -> _Rule:
    match = _POSIX.fullmatch(_footer(name))
    if match is None:
        raise UnwritableZone(f"{name}: no rule of months and weekdays")
    standard, west, daylight, summer_west, *onsets = match.groups()
    winter = -_duration(west)  # POSIX counts offsets westward
    if daylight is None:
        return _Rule(standard.strip("<>"), winter)
    summer = winter + timedelta(hours=1) if summer_west is None else -_duration(summer_west)
    begins, ends = _onset(name, onsets[:4]), _onset(name, onsets[4:])
    if summer < winter:  # Ireland's law calls summer the standard; readers expect DAYLIGHT to be ahead
        return _Rule(daylight.strip("<>"), summer, standard.strip("<>"), winter, ends, begins)
    return _Rule(standard.strip("<>"), winter, daylight.strip("<>"), summer, begins, ends)


def _onset(name: str, texts: list[str | None]) -> _Onset:
    month, week, weekday, clock = texts
    at = _duration(clock or "2")
    if not timedelta(0) <= at < timedelta(days=1):
        raise UnwritableZone(f"{name}: its clock changes at hour {clock} of the day, which a yearly rule cannot say")
    return _Onset(int(month or 0), int(week or 0), int(weekday or 0), at)


def _duration(clock: str) -> timedelta:
    hours, minutes, seconds = (*clock.lstrip("+-").split(":"), "0", "0")[:3]
    length = timedelta(hours=int(hours), minutes=int(minutes), seconds=int(seconds))
    return -length if clock.startswith("-") else length


def _footer(name: str) -> str:
    """The last line of the zone's TZif file, read where `zoneinfo` reads it: two databases may disagree."""
    try:
        ZoneInfo(name)  # also refuses a name that walks out of the folder
    except (OSError, ValueError, zoneinfo.ZoneInfoNotFoundError) as error:
        raise UnwritableZone(f"{name}: no such zone") from error
    for folder in zoneinfo.TZPATH:
        file = Path(folder, name)
        if file.is_file():
            return _last_line(file.read_bytes())
    return _last_line(importlib.resources.files("tzdata.zoneinfo").joinpath(name).read_bytes())


def _last_line(tzif: bytes) -> str:
    return tzif.rstrip(b"\n").rpartition(b"\n")[2].decode("ascii", "replace")
