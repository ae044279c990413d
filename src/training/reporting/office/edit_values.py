"""How values that people edited are said: a name for the field, and its old and new values in words. No I/O."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from training.directory.rules.people import Days
from training.kernel.i18n import _, ngettext
from training.kernel.render import day_year, duration, euros, moment
from training.scheduling.rules import PARTNER_UNIT_NAMES

Said = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class FieldWords:
    """A field: its name on pages; how a value is said.

    `of`: its values are ids of that kind (`edits.NAMED`). `long`: a text of which only what differs is shown. `also`:
    what of that name it is.
    """

    name: str
    said: Said = str
    of: str | None = None
    long: bool = False
    also: str = ""

    @property
    def label(self) -> str:
        """Its name in the reader's language."""
        return f"{_(self.name)}, {_(self.also)}" if self.also else _(self.name)


def _yes_no(value: str) -> str:
    return _("oui") if value == "true" else _("non")


def _moment(value: str) -> str:
    return moment(datetime.fromisoformat(value))


def _day(value: str) -> str:
    return day_year(date.fromisoformat(value))


def _money(value: str) -> str:
    return euros(int(value))


def _minutes(value: str) -> str:
    return duration(int(value))


def _among(names: Mapping[Any, str]) -> Said:
    """One of a list; a value that is not on it any more is said as it is."""
    return lambda value: _(names[value]) if value in names else value


def services(value: str) -> str:
    """Those of a public buyer, in the directory of Chorus Pro."""
    return ", ".join(" ".join(str(part) for part in each[:2]) for each in json.loads(value)) or _("aucun")


def _several(value: str) -> str:
    return ", ".join(str(each) for each in json.loads(value))


def one_after_another(value: str) -> str:
    """Lines of a list."""
    return ", ".join(value.split("\n"))


def days(value: str) -> str:
    """A stretch of days."""
    return Days(*map(date.fromisoformat, json.loads(value))).words


def payers(value: str) -> str:
    """Who pays a booking, for how many seats or how much."""
    return " ; ".join(_payer(*each) for each in json.loads(value))


def _payer(name: str, seats: int | None, cents: int | None, *numbers: str) -> str:
    if seats is not None:
        part = ngettext("%(num)d place", "%(num)d places", seats) % {"num": seats}
    else:
        part = _("tout") if cents is None else euros(cents)
    return ", ".join([name, part, *numbers])


def partner_rate(value: str) -> str:
    """What a partner asks for, from a day on."""
    unit, cents, since = json.loads(value)
    return f"{euros(cents)} {_(PARTNER_UNIT_NAMES[unit])}, {day_year(date.fromisoformat(since))}"


def plain(name: str) -> FieldWords:
    """A line of text or a number, said as it is."""
    return FieldWords(name)


def long(name: str) -> FieldWords:
    """A text of which only what differs is shown."""
    return FieldWords(name, long=True)


def several(name: str) -> FieldWords:
    """Names, one after another."""
    return FieldWords(name, _several)


def yes_no(name: str) -> FieldWords:
    """Yes or no."""
    return FieldWords(name, _yes_no)


def day(name: str) -> FieldWords:
    """A day."""
    return FieldWords(name, _day)


def instant(name: str) -> FieldWords:
    """A day and an hour."""
    return FieldWords(name, _moment)


def money(name: str) -> FieldWords:
    """An amount in cents."""
    return FieldWords(name, _money)


def minutes(name: str) -> FieldWords:
    """How long, in minutes."""
    return FieldWords(name, _minutes)


def among(name: str, names: Mapping[Any, str]) -> FieldWords:
    """One of a list."""
    return FieldWords(name, _among(names))


def named(name: str, kind: str) -> FieldWords:
    """The id of something that has a name, or several: one of `edits.NAMED`."""
    return FieldWords(name, of=kind)
