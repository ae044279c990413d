"""Cells that spreadsheets spoil: postcodes and telephones whose first zero went, several addresses in one."""

from __future__ import annotations

import re

from training.directory.rules.numbers import POSTCODE, check_email
from training.kernel.i18n import _


def postcode_cell(text: str) -> str:
    """A postcode; a number lost its first zero. ValueError: it is none."""
    plain = re.sub(r"\s", "", text)
    code = plain.zfill(5) if plain.isdigit() else plain
    if not POSTCODE.fullmatch(code):
        raise ValueError(_("« {text} » n’est pas un code postal : il a cinq chiffres.").format(text=text[:40]))
    return code


def phone_cell(text: str) -> str | None:
    """A telephone as people write it; a number lost its first zero. None: the cell is empty."""
    plain = " ".join(text.split())
    digits = re.sub(r"\D", "", plain)
    if not digits:
        return None
    if plain == digits and len(digits) == 9:
        plain = digits = f"0{digits}"
    if plain == digits and len(digits) == 10:
        return " ".join(digits[at : at + 2] for at in range(0, 10, 2))
    return plain[:30]


def email_cell(text: str) -> str | None:
    """A mail address, the first of several. None: the cell is empty. ValueError: it is none."""
    first = re.split(r"[;,\s]+", text.strip())[0] if text.strip() else ""
    return check_email(first) if first else None


def line_cell(cells: dict[str, str], name: str, most: int, needed: str = "") -> str:
    """A line of text. `needed`: the title of a column whose cells are not empty. ValueError when it is."""
    text = " ".join(cells.get(name, "").split())[:most].strip()
    if needed and not text:
        raise ValueError(_("la case « {title} » est vide.").format(title=needed))
    return text


def number_cell(cells: dict[str, str], name: str, usual: int | None, most: int) -> int:
    """A whole number of 1 or more, the first of the cell: « 12 places » is 12. ValueError: none, or too large."""
    digits = re.search(r"\d+", cells.get(name, "").replace("\u202f", "").replace(" ", ""))
    if digits is None and usual is not None:
        return usual
    number = int(digits[0][:9]) if digits else 0
    if not 1 <= number <= most:
        text = cells.get(name, "")[:40]
        raise ValueError(_("« {text} » n’est pas un nombre de 1 à {most}.").format(text=text, most=most))
    return number
