"""Statements in CSV, as French banks write them: titles are found, columns guessed; people have the last word."""

from __future__ import annotations

import contextlib
import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from stdnum import iban
from stdnum.exceptions import ValidationError

from training.kernel.i18n import _
from training.kernel.sheets import Bounds, Row, Unreadable, read_csv
from training.payments.formats.csv_cells import has_moved, is_day, parse_amount, parse_day, plain
from training.payments.formats.csv_columns import (
    COLUMNS_MAX,
    TITLE_MAX,
    check_nothing_above,
    find_titles,
    is_balance,
    is_footer,
    is_operation,
    propose,
    propose_by_cells,
)
from training.payments.formats.statement import (
    LINES_MAX,
    SIZE_MAX,
    Movement,
    Statement,
    at_line,
    check_size,
    one_currency,
    several_accounts,
    tidy,
)
from training.payments.rules.columns import Meaning, check_mapping

BOUNDS = Bounds(size=SIZE_MAX, rows=LINES_MAX)


@dataclass(frozen=True, slots=True)
class CsvTable:
    """A statement as cells. `rows`: without blank ones; `account` from what stands above. Titles it lacks are ""."""

    header: tuple[str, ...]
    rows: tuple[Row, ...]
    account: str

    @property
    def titled(self) -> bool:
        """Whether its columns have titles: without, nothing tells one bank's columns from another's."""
        return any(self.header)

    @property
    def header_hash(self) -> bytes:
        """Files that begin with this header are read the same way."""
        return hashlib.sha256("\x1f".join(plain(cell) for cell in self.header).encode()).digest()

    @property
    def proposed(self) -> tuple[Meaning, ...]:
        """What each column seems to hold."""
        return propose(self.header) if self.titled else propose_by_cells(self.rows, len(self.header))


def read_table(content: bytes, titled: bool = True) -> CsvTable:
    """The cells of a file. `titled` False: somebody says that it has no titles. Unreadable: no sheet, no statement."""
    sheet = read_csv(content, BOUNDS, lambda rows: find_titles(rows, titled).score)
    found = find_titles(sheet.rows, titled)
    if found.score == (0, 0):
        words = _("Ce fichier ne ressemble pas à un relevé : aucune ligne n’y porte une date et un montant.")
        raise Unreadable(words)
    if found.at is None:
        body = tuple(row for row in sheet.rows if not row.blank)
        check_size(len(body))
        return CsvTable(("",) * min(COLUMNS_MAX, max(len(row.cells) for row in body)), body, "")
    check_nothing_above(sheet.rows, found.at)
    header = tuple(tidy(cell, TITLE_MAX) for cell in sheet.rows[found.at].cells[:COLUMNS_MAX])
    while header and not header[-1]:
        header = header[:-1]
    body = sheet.below(found.at)
    if not body:
        raise Unreadable(_("Ce relevé n’a que ses titres : aucune opération n’y figure."))
    check_size(len(body))
    return CsvTable(header, body, _account(" ".join(" ".join(row.cells) for row in sheet.rows[: found.at])))


def _account(text: str) -> str:
    """The first good IBAN in what stands above the titles."""
    upper = text[:10_000].upper()
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
    account = table.account
    if Meaning.ACCOUNT in mapping:
        at = tuple(mapping).index(Meaning.ACCOUNT)
        said = {_number(row.cells[at]) for row in table.rows if at < len(row.cells)} - {""}
        several_accounts(said)
        account = account or next(iter(said), "")
    return Statement(account, tuple(_movements(table, tuple(mapping))))


def _number(cell: str) -> str:
    """The number of an account, "" for its name."""
    bare = re.sub(r"[^A-Z0-9]", "", cell[:60].upper())[:34]
    return bare if sum(c.isdigit() for c in bare) >= 8 else ""


def _without_balances(table: CsvTable, mapping: Sequence[Meaning]) -> Sequence[Row]:
    """The rows of a file without titles, less the balance that some banks write above or below them: above, its day is
    where no other row has one."""
    rows, at = table.rows, mapping.index(Meaning.DATE)
    if table.titled or len(rows) < 2:
        return rows
    first, others = rows[0], rows[1:]
    if not is_day("".join(first.cells[at : at + 1])) and is_operation(first.cells):
        rows = others
    return rows[:-1] if is_balance(rows[-1].cells, len(table.header)) else rows


def _movements(table: CsvTable, mapping: tuple[Meaning, ...]) -> Iterator[Movement]:
    needed = max(i for i, m in enumerate(mapping) if m in (Meaning.DATE, Meaning.AMOUNT, Meaning.CREDIT))
    for line, cells in ((row.line, row.cells) for row in _without_balances(table, mapping)):
        of = {m: [cells[i] for i, mine in enumerate(mapping) if mine == m and i < len(cells)] for m in set(mapping)}
        day = "".join(of[Meaning.DATE]).strip()
        if not is_day(day) and is_footer(cells):
            continue
        if len(cells) <= needed:
            words = _("elle s’arrête à la colonne {n} sur {all} : le fichier semble coupé.")
            raise at_line(line, words.format(n=len(cells), all=len(table.header)))
        try:
            if not has_moved("".join(of.get(Meaning.STATUS, ()))):
                continue
            one_currency("".join(of.get(Meaning.CURRENCY, ())), line)
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


def _cents(of: dict[Meaning, list[str]]) -> int:
    if Meaning.AMOUNT in of:
        return parse_amount("".join(of[Meaning.AMOUNT]))
    debit, credit = "".join(of.get(Meaning.DEBIT, ())).strip(), "".join(of[Meaning.CREDIT]).strip()
    if not debit and not credit:
        raise ValueError(_("ni débit ni crédit."))
    # banks write what goes out with or without its sign
    return (parse_amount(credit) if credit else 0) - abs(parse_amount(debit) if debit else 0)
