"""Statements in CSV, as French banks write them: titles are found, columns guessed; people have the last word."""

from __future__ import annotations

import contextlib
import hashlib
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from stdnum import iban
from stdnum.exceptions import ValidationError

from training.kernel.i18n import _
from training.kernel.sheets import Bounds, Row, Unreadable, read_csv
from training.payments.formats.statement import (
    LINES_MAX,
    SIZE_MAX,
    Movement,
    Statement,
    at_line,
    check_size,
    one_currency,
    tidy,
)
from training.payments.rules.columns import SEVERAL, Meaning, check_mapping

BOUNDS = Bounds(size=SIZE_MAX, rows=LINES_MAX)
HEADER_WITHIN = 60  # lines: what banks write above it is an address and a balance


# Words of headers, the surest first; a column takes the first meaning one of whose words it holds.
_WORDS: tuple[tuple[Meaning, str], ...] = (
    (Meaning.IGNORED, r"solde|balance|date de valeur|date valeur|value date|categorie|type|pointage|numero de compte"),
    (Meaning.DATE, r"date.*(operation|comptab|ecriture)|booking date|^date|^jour"),
    (Meaning.DEBIT, r"debit(?!eur)|sortie|depense"),
    (Meaning.CREDIT, r"credit(?!eur)|entree|recette"),
    (Meaning.AMOUNT, r"montant|amount|valeur en eur"),
    (Meaning.IBAN, r"iban|compte (emetteur|tiers|debiteur|contrepartie|du donneur)"),
    (Meaning.PAYER, r"emetteur|donneur|contrepartie|tiers|payeur|debiteur|beneficiaire|^nom\b|counterpart"),
    (Meaning.REFERENCE, r"end.?to.?end|^ref|reference"),
    (Meaning.CURRENCY, r"devise|currency|monnaie"),
    (Meaning.LABEL, r"libelle|label|description|detail|motif|communication|information|objet|intitule|nature|memo"),
)


@dataclass(frozen=True, slots=True)
class CsvTable:
    """A statement as cells. `rows`: without blank ones; `account` from what stands above."""

    header: tuple[str, ...]
    rows: tuple[Row, ...]
    account: str

    @property
    def header_hash(self) -> bytes:
        """Files that begin with this header are read the same way."""
        return hashlib.sha256("\x1f".join(_plain(cell) for cell in self.header).encode()).digest()


def read_table(content: bytes) -> CsvTable:
    """The cells of a file. Unreadable: no sheet, or no header in it."""
    sheet = read_csv(content, BOUNDS, lambda rows: _header(rows)[0])
    score, at = _header(sheet.rows)
    if score == (0, 0):
        words = _("Ce fichier ne ressemble pas à un relevé : aucune ligne n’y donne le titre des colonnes.")
        raise Unreadable(words)
    header = tuple(tidy(cell, 100) for cell in sheet.rows[at].cells)
    while header and not header[-1]:
        header = header[:-1]
    body = sheet.below(at)
    if not body:
        raise Unreadable(_("Ce relevé n’a que ses titres : aucune opération n’y figure."))
    check_size(len(body))
    return CsvTable(header, body, _account(" ".join(" ".join(row.cells) for row in sheet.rows[:at])))


def _header(rows: Sequence[Row]) -> tuple[tuple[int, int], int]:
    """(score, index) of the row that most looks like titles: meanings known, then width."""
    best, where = (0, 0), 0
    for index, row in enumerate(rows[:HEADER_WITHIN]):
        cells = row.cells
        meanings = set(propose(cells))
        complete = Meaning.DATE in meanings and meanings & {Meaning.AMOUNT, Meaning.CREDIT}
        known = len(meanings - {Meaning.IGNORED}) + (10 if complete else 0)
        titles = sum(bool(re.search(r"[^\W\d_]{3}", cell)) for cell in cells)
        following = len(rows[index + 1].cells) if index + 1 < len(rows) else 0
        wide = titles if len(cells) >= 3 and following >= len(cells) - 1 and titles >= 3 else 0
        score = (known, wide) if complete else (0, wide)
        if score > best:
            best, where = score, index
    return best, where


def propose(header: Sequence[str]) -> tuple[Meaning, ...]:
    """What each column seems to hold, by its title."""
    found: list[Meaning] = []
    for cell in header:
        words = _plain(cell)
        meaning = next((m for m, pattern in _WORDS if words and re.search(pattern, words)), Meaning.IGNORED)
        found.append(meaning if meaning in SEVERAL or meaning not in found else Meaning.IGNORED)
    if Meaning.CREDIT in found and Meaning.DEBIT in found:  # « Montant » beside them says the same again
        found = [Meaning.IGNORED if m == Meaning.AMOUNT else m for m in found]
    return tuple(found)


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text)
    return " ".join("".join(c for c in folded if not unicodedata.combining(c)).lower().split())


def _account(text: str) -> str:
    """The first good IBAN in what stands above the titles."""
    upper = text.upper()
    for found in re.finditer(r"\b[A-Z]{2}\d{2}", upper):
        bare = re.sub(r"[^A-Z0-9]", "", upper[found.start() : found.start() + 60])
        for size in range(34, 14, -1):  # ISO 13616: each country its own
            with contextlib.suppress(ValidationError):
                return str(iban.validate(bare[:size]))
    return ""


def read(table: CsvTable, mapping: Sequence[Meaning]) -> Statement:
    """The movements of a file whose columns are known. Unreadable names the first line that cannot be read."""
    wrong = check_mapping(mapping)
    if wrong:
        raise Unreadable(wrong)
    return Statement(table.account, tuple(_movements(table, tuple(mapping))))


def _movements(table: CsvTable, mapping: tuple[Meaning, ...]) -> Iterator[Movement]:
    needed = max(i for i, m in enumerate(mapping) if m in (Meaning.DATE, Meaning.AMOUNT, Meaning.CREDIT))
    for line, cells in ((row.line, row.cells) for row in table.rows):
        of = {m: [cells[i] for i, mine in enumerate(mapping) if mine == m and i < len(cells)] for m in set(mapping)}
        day = "".join(of[Meaning.DATE]).strip()
        if not re.search(r"\d", day) and _is_footer(cells):
            continue
        if len(cells) <= needed:
            words = _("elle s’arrête à la colonne {n} sur {all} : le fichier semble coupé.")
            raise at_line(line, words.format(n=len(cells), all=len(table.header)))
        one_currency("".join(of.get(Meaning.CURRENCY, ())), line)
        try:
            booked_on, cents = parse_day(day), _cents(of)
        except ValueError as error:
            raise at_line(line, str(error)) from None
        yield Movement(
            booked_on=booked_on,
            amount_cents=cents,
            label=tidy(" ".join(of[Meaning.LABEL]), 1_000),
            payer_name=tidy("".join(of.get(Meaning.PAYER, ())), 200),
            payer_iban=re.sub(r"\s", "", tidy("".join(of.get(Meaning.IBAN, ())), 60)).upper()[:34],
            reference=tidy("".join(of.get(Meaning.REFERENCE, ())), 140),
        )


def _is_footer(cells: Sequence[str]) -> bool:
    """A line of totals, or of the bank's own words: it has no day, and says so or has no figure."""
    words = _plain(" ".join(cells))
    return bool(re.match(r"\W*(total|solde|sous-total|nombre|edite|\*)", words)) or not re.search(r"\d", words)


def _cents(of: dict[Meaning, list[str]]) -> int:
    if Meaning.AMOUNT in of:
        return parse_amount("".join(of[Meaning.AMOUNT]))
    debit, credit = "".join(of.get(Meaning.DEBIT, ())).strip(), "".join(of[Meaning.CREDIT]).strip()
    if not debit and not credit:
        raise ValueError(_("ni débit ni crédit."))
    # banks write what goes out with or without its sign
    return (parse_amount(credit) if credit else 0) - abs(parse_amount(debit) if debit else 0)


_AMOUNT = re.compile(r"(\d+)(?:([.,])(\d{1,2}))?|(\d{1,3}(?:[.,'’]\d{3})+)([.,])(\d{1,2})")


def parse_amount(text: str) -> int:
    """Cents from what a bank writes (« 1 234,56 », « -12.30 », « 1.234,56 »). ValueError, in words, when unsure."""
    bare = re.sub(r"(?i)[\s\u00a0\u202f€]|eur$", "", text.replace("\u2212", "-").strip())
    minus = bare[:1] == "-" or bare[-1:] == "-" or (bare[:1] == "(" and bare[-1:] == ")")
    match = _AMOUNT.fullmatch(re.sub(r"^[+-]|(?<=\d)-$|^\((?=.*\)$)|(?<=\d)\)$", "", bare))
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


_DAYS = (
    re.compile(r"(?P<d>\d{1,2})[/.-](?P<m>\d{1,2})[/.-](?P<y>\d{4}|\d{2})"),
    re.compile(r"(?P<y>\d{4})[/.-](?P<m>\d{1,2})[/.-](?P<d>\d{1,2})"),
    re.compile(r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})"),
)


def parse_day(text: str) -> date:
    """A day as banks write it (15/02/2027, 2027-02-15, 15/02/27). ValueError, in words."""
    first = (text.split("T")[0].split() or [""])[0]
    for pattern in _DAYS:
        if match := pattern.fullmatch(first):
            year = int(match["y"])
            try:
                return date(year if year > 99 else 2_000 + year, int(match["m"]), int(match["d"]))
            except ValueError:
                break
    words = _("« {text} » n’est pas une date.").format(text=tidy(text, 40)) if text.strip() else _("la date manque.")
    raise ValueError(words)
