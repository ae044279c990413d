"""Who delivers: what they ask for, the days on which they are not free, and from when they are gone. No I/O."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from training.kernel.errors import Conflict, Invalid
from training.kernel.i18n import N_, _
from training.kernel.render import day_month, euros

RATE_MAX = 10_000_00  # cents: what is beyond is a slip of the keyboard
AREA_MOST = 1_000  # characters: communes, one a line


class RateUnit(StrEnum):
    """What a facilitator is paid by."""

    VOLUNTEER = "volunteer"
    HOUR = "hour"
    HALF_DAY = "half_day"
    SESSION = "session"


RATE_UNIT_NAMES: dict[RateUnit, str] = {
    RateUnit.VOLUNTEER: N_("Bénévole"),
    RateUnit.HOUR: N_("Par heure"),
    RateUnit.HALF_DAY: N_("Par demi-journée"),
    RateUnit.SESSION: N_("Par séance"),
}


def rate_words(unit: RateUnit | None, cents: int | None) -> str:
    """As "45,00 € par heure"; "" when nobody has said."""
    if unit is None:
        return ""
    name = _(RATE_UNIT_NAMES[unit])
    return name if cents is None else f"{euros(cents)} {name[:1].lower()}{name[1:]}"


def check_rate(unit: RateUnit | None, cents: int | None) -> None:
    """Invalid unless an amount stands beside what it pays, and no other way."""
    paid = unit is not None and unit is not RateUnit.VOLUNTEER
    if paid and not cents:
        raise Invalid(_("Indiquez le montant, par exemple 45,00."), field="rate_cents")
    if not paid and cents:
        raise Invalid(_("Dites ce que ce montant paie : une heure, une demi-journée ou une séance."), field="rate_unit")
    if cents is not None and cents > RATE_MAX:
        raise Invalid(_("Vérifiez ce montant : il dépasse {most}.").format(most=euros(RATE_MAX)), field="rate_cents")


@dataclass(frozen=True, slots=True)
class Days:
    """A stretch of days, both included."""

    starts_on: date
    ends_on: date

    @property
    def words(self) -> str:
        """As "du 3 mars 2027 au 12 mars 2027", "le 3 mars 2027"."""
        if self.starts_on == self.ends_on:
            return _("le {day}").format(day=day_month(self.starts_on))
        return _("du {first} au {last}").format(first=day_month(self.starts_on), last=day_month(self.ends_on))


def check_days(starts_on: date, ends_on: date) -> None:
    """Invalid unless the last day follows the first, within two years."""
    if ends_on < starts_on:
        raise Invalid(_("Le dernier jour vient avant le premier."), field="ends_on")
    if (ends_on - starts_on).days > 731:
        raise Invalid(_("Deux ans au plus : au-delà, dites que cette personne n’anime plus."), field="ends_on")


def away_on(absences: Iterable[Days], on: date) -> Days | None:
    """The absence that a day falls in; None when the person may be free."""
    return next((days for days in absences if days.starts_on <= on <= days.ends_on), None)


def gone_on(active: bool, left_on: date | None, on: date) -> bool:
    """Whether somebody delivers nothing any more on a day. `left_on`: the first day of that."""
    return left_on <= on if left_on is not None else not active


def check_here(name: str, active: bool, left_on: date | None, on: date) -> None:
    """Conflict when somebody who left, or will have, is given a date."""
    if gone_on(active, left_on, on):
        if left_on is None:
            raise Conflict(_("{name} n’anime plus : choisissez une autre personne.").format(name=name))
        words = _("{name} n’anime plus à partir du {day} : choisissez une autre personne.")
        raise Conflict(words.format(name=name, day=day_month(left_on)))
