"""When somebody on the telephone wants to come: « mars », « 12 mars », « 12/03/2027 » among their words. No I/O."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

MONTHS = (
    "janvier", "fevrier", "mars", "avril", "mai", "juin", "juillet", "aout", "septembre", "octobre", "novembre",
    "decembre",
)  # fmt: skip
_ACCENTS = str.maketrans("éèêûôà", "eeeuoa")
_NUMERIC = re.compile(r"(\d{1,2})[/.](\d{1,2})(?:[/.](\d{4}|\d{2}))?")
_NEXT = {"aujourd’hui": 0, "aujourd'hui": 0, "demain": 1}
_EMPTY = {"en", "le", "du", "au", "de", "la", "les", "pour", "vers", "a", "à", "des", "un", "une", "et"}


@dataclass(frozen=True, slots=True)
class SaidWhen:
    """The words that are none of the date, and the days between which it lies; None: any."""

    words: str
    since: date | None = None
    until: date | None = None


def said_when(text: str, today: date) -> SaidWhen:
    """What was typed, taken apart. A day or a month that has passed this year is the next year's."""
    left, since, until = [], None, None
    typed = text.split()
    at = 0
    while at < len(typed):
        found = _at(typed, at, today) if since is None else None
        if found is None:
            if typed[at].lower() not in _EMPTY:
                left.append(typed[at])
            at += 1
        else:
            since, until, used = found
            at += used
    return SaidWhen(" ".join(left), since, until)


def _at(typed: list[str], at: int, today: date) -> tuple[date, date, int] | None:
    """The days that begin at a word, and how many words say them."""
    word = typed[at].lower().strip(",;")
    if word in _NEXT:
        day = today + timedelta(days=_NEXT[word])
        return day, day, 1
    if found := _NUMERIC.fullmatch(word):
        return _days(int(found[1]), int(found[2]), _year(found[3]), today, 1)
    number = int(re.sub("er$", "", word)) if re.fullmatch(r"\d{1,2}(er)?", word) else None
    month = _month(typed, at + 1) if number is not None else _month(typed, at)
    if month is None:
        return None
    used = 1 if number is None else 2
    year = _year(typed[at + used]) if at + used < len(typed) and re.fullmatch(r"20\d\d", typed[at + used]) else None
    return _days(number, month, year, today, used + (year is not None))


def _month(typed: list[str], at: int) -> int | None:
    word = typed[at].lower().translate(_ACCENTS).strip(",;.") if at < len(typed) else ""
    return MONTHS.index(word) + 1 if word in MONTHS else None


def _year(text: str | None) -> int | None:
    return None if text is None else int(text) if len(text) == 4 else 2000 + int(text)


def _days(day: int | None, month: int, year: int | None, today: date, used: int) -> tuple[date, date, int] | None:
    try:
        first = date(year or today.year, month, day or 1)
        last = first if day else first.replace(day=monthrange(first.year, month)[1])
        if year is None and last < today:
            first = first.replace(year=first.year + 1)
            last = first if day else first.replace(day=monthrange(first.year, month)[1])
    except ValueError:
        return None
    return first, last, used
