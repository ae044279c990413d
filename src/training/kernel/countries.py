"""The countries of the world: their codes (ISO 3166-1) and their names."""

from __future__ import annotations

import re

from babel import Locale
from stdnum.eu import vat as eu_vat

from training.kernel.i18n import SOURCE, language

HOME = "FR"
_NONE = {"EU", "EZ", "UN", "ZZ", "QO", "XA", "XB", "XK", "AC", "CP", "CQ", "DG", "EA", "IC", "TA"}
CODES = frozenset(code for code in map(str, Locale(SOURCE).territories) if re.fullmatch("[A-Z]{2}", code)) - _NONE


def countries() -> list[tuple[str, str]]:
    """(code, name) of each in the reader's language, ours first."""
    named = {code: name for code, name in Locale(language.get()).territories.items() if code in CODES}
    others = sorted((name, code) for code, name in named.items() if code != HOME)
    return [(HOME, named[HOME]), *((code, name) for name, code in others)]


def country(code: str) -> str:
    """A code, ours where there is no such country."""
    return code if code in CODES else HOME


def country_name(code: str) -> str:
    """The name of a country in the reader's language."""
    return str(Locale(language.get()).territories.get(code, code))


def printed(code: str) -> str:
    """The name of a country as French paper writes it."""
    return str(Locale(SOURCE).territories.get(code, code))


def in_union(country: str) -> bool:
    """Whether a country is of the European Union for VAT; Monaco is as France (CGI art. 256-0)."""
    return country == "MC" or country.lower() in eu_vat.MEMBER_STATES


def vat_prefix(country: str) -> str:
    """How VAT numbers of a country of the Union begin."""
    return {"GR": "EL", "MC": "FR"}.get(country, country)
