"""Days, amounts and states as French banks write them in the cells of a CSV. No I/O."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from training.kernel.characters import unstacked
from training.kernel.i18n import _
from training.payments.formats.statement import tidy

CELL_MAX = 60  # characters of a day or an amount: what is longer is neither
_AMOUNT = re.compile(r"(\d+)(?:([.,])(\d{1,2}))?|(\d{1,3}(?:[.,'’]\d{3})+)([.,])(\d{1,2})")


def plain(text: str) -> str:
    """Lower case, without accents, single spaces: what words are looked for in."""
    folded = unicodedata.normalize("NFKD", unstacked(text))
    return " ".join("".join(c for c in folded if not unicodedata.combining(c)).lower().split())


def parse_amount(text: str) -> int:
    """Cents from what a bank writes (« 1 234,56 », « -12.30 », « 1.234,56 »). ValueError, in words, when unsure."""
    match, minus = _read_amount(text) if len(text) <= CELL_MAX else (None, False)
    if match is None:
        raise ValueError(
            _("« {text} » n’est pas un montant à deux décimales.").format(text=tidy(text, 40))
            if text.strip()
            else _("le montant manque.")
        )
    if match[1]:
        units, fine = match[1], match[3] or ""
    else:
        units, fine = re.sub(r"\D", "", match[4]), match[6]
        if match[5] in match[4]:
            raise ValueError(_("« {text} » n’est pas un montant à deux décimales.").format(text=tidy(text, 40)))
    if len(units) > 12:
        raise ValueError(_("« {text} » est trop grand pour être un montant.").format(text=tidy(text, 40)))
    cents = int(units) * 100 + int(fine.ljust(2, "0") or "0")
    return -cents if minus else cents


def _read_amount(text: str) -> tuple[re.Match[str] | None, bool]:
    """The figures of an amount, and whether it is below zero."""
    bare = re.sub(r"(?i)[\s\u00a0\u202f€]|eur$", "", text.replace("\u2212", "-").strip())
    minus = bare[:1] == "-" or bare[-1:] == "-" or (bare[:1] == "(" and bare[-1:] == ")")
    return _AMOUNT.fullmatch(re.sub(r"^[+-]|(?<=\d)-$|^\((?=.*\)$)|(?<=\d)\)$", "", bare)), minus


_DAYS = (
    re.compile(r"(?P<d>\d{1,2})[/.-](?P<m>\d{1,2})[/.-](?P<y>\d{4}|\d{2})"),
    re.compile(r"(?P<y>\d{4})[/.-](?P<m>\d{1,2})[/.-](?P<d>\d{1,2})"),
    re.compile(r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})"),
)


def parse_day(text: str) -> date:
    """A day as banks write it (15/02/2027, 2027-02-15, 15/02/27). ValueError, in words."""
    first = (text[:CELL_MAX].split("T")[0].split() or [""])[0]
    for pattern in _DAYS:
        if match := pattern.fullmatch(first):
            year = int(match["y"])
            try:
                return date(year if year > 99 else 2_000 + year, int(match["m"]), int(match["d"]))
            except ValueError:
                break
    words = _("« {text} » n’est pas une date.").format(text=tidy(text, 40)) if text.strip() else _("la date manque.")
    raise ValueError(words)


def is_day(text: str) -> bool:
    """Whether a cell holds a day."""
    try:
        parse_day(text)
    except ValueError:
        return False
    return True


def is_amount(text: str) -> bool:
    """Whether a cell holds an amount: figures that are no day, and not as long as the number of an account."""
    try:
        cents = parse_amount(text)
    except ValueError:
        return False
    return abs(cents) < 10**10 and not is_day(text)


# What is over is asked second: « non exécuté » holds « exécuté ».
_NOT_YET = re.compile(
    r"\b(non|not|no)\b|declin|refus|rejet|reject|pending|attente|en cours|a venir|futur|cancel|annul|revers|fail|echou"
    r"|echec|prevu|planifi|programm|bloqu|\bhold\b|authori[sz]|autoris|expir|draft|brouillon|processing|unsettled|incomplet"
)
_OVER = re.compile(
    r"settled|complete|execut|valid|comptabilis|booked|posted|regle|termine|done|processed|effectue|succe|cleared"
    r"|credite|debite|rapproche|pointe|paid|paye|\bok\b"
)


def has_moved(status: str) -> bool:
    """Whether what a bank says of an operation means that the money moved. ValueError, in words, when unsure."""
    words = plain(status[:CELL_MAX])
    if not words:
        return True
    if _NOT_YET.search(words):
        return False
    if _OVER.search(words):
        return True
    said = _("« {text} » ne dit pas si l’argent a bougé : ne lisez pas la colonne de l’état, ou retirez la ligne.")
    raise ValueError(said.format(text=tidy(status, 40)))
