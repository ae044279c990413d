"""Numbers, days and units as French paper writes them, whoever reads: never cut at the end of a line."""

from __future__ import annotations

from datetime import date, datetime

from training.kernel.clock import local
from training.kernel.money import decimal

UNITS = {  # UN/ECE Rec 20 → singular, plural
    "LS": ("forfait", "forfaits"),
    "HUR": ("heure", "heures"),
    "DAY": ("jour", "jours"),
    "MON": ("mois", "mois"),
    "KMT": ("km", "km"),
    "IE": ("personne", "personnes"),
}
MONTHS = (
    *("janvier", "février", "mars", "avril", "mai", "juin"),
    *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
)
DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")


def number(text: str) -> str:
    """A machine's decimal as French paper writes it: "1 234,5", with a true minus."""
    sign, digits = ("\N{MINUS SIGN}", text[1:]) if text.startswith("-") else ("", text)
    whole, _point, rest = digits.partition(".")
    grouped = f"{int(whole):,}".replace(",", "\N{NARROW NO-BREAK SPACE}")
    return f"{sign}{grouped},{rest}" if rest else f"{sign}{grouped}"


def euros(cents: int) -> str:
    """As "1 250,00 €"."""
    return f"{number(decimal(cents))}\N{NO-BREAK SPACE}€"


def percent(rate_bp: int) -> str:
    """As "5,5 %"."""
    return f"{number(decimal(rate_bp).rstrip('0').rstrip('.'))}\N{NO-BREAK SPACE}%"


def day(on: date) -> str:
    """As "1er mars 2026", never cut at the end of a line."""
    first = "1er" if on.day == 1 else str(on.day)
    return "\N{NO-BREAK SPACE}".join((first, MONTHS[on.month - 1], str(on.year)))


def span(first: date, last: date) -> str:
    """One day, or from one to another."""
    return day(first) if first == last else f"du {day(first)} au {day(last)}"


def grouped(text: str, size: int) -> str:
    """An identifier in groups, as people read it over the telephone; never cut."""
    bare = text.replace(" ", "")
    return "\N{NO-BREAK SPACE}".join(bare[i : i + size] for i in range(0, len(bare), size))


def siret(text: str) -> str:
    """The SIREN by three, then the NIC."""
    return f"{grouped(text[:9], 3)}\N{NO-BREAK SPACE}{text[9:]}"


def quantity(text: str, unit: str) -> str:
    """As "12 heures"; what has no unit is counted bare."""
    one, many = UNITS.get(unit, ("", ""))
    named = one if text.lstrip("-") in ("0", "1") else many
    return f"{number(text)}\N{NO-BREAK SPACE}{named}".strip()


def hour(instant: datetime) -> str:
    """As "9 h" or "9 h 30"."""
    wall = local(instant)
    space = "\N{NO-BREAK SPACE}"
    return f"{wall.hour}{space}h{space}{wall.minute:02d}" if wall.minute else f"{wall.hour}{space}h"
