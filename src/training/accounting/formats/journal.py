"""Entries as bytes: the eighteen columns of LPF art. A47 A-1, and a nineteenth of ours. Pure.

These files are no FEC: that is a company's whole ledger of a year. They are journals to import into it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date

from training.accounting.rules.entries import BookEntry, EntryLine
from training.kernel.characters import unstacked

COLUMNS = (
    "JournalCode",
    "JournalLib",
    "EcritureNum",
    "EcritureDate",
    "CompteNum",
    "CompteLib",
    "CompAuxNum",
    "CompAuxLib",
    "PieceRef",
    "PieceDate",
    "EcritureLib",
    "Debit",
    "Credit",
    "EcritureLet",
    "DateLet",
    "ValidDate",
    "Montantdevise",
    "Idevise",
)
ANALYTIC = "CodeAnalytique"  # the nineteenth column, in the CSV and the XLSX
WORDS_MAX = 200  # characters of an EcritureLib


@dataclass(frozen=True, slots=True)
class JournalLine:
    """One line, as written: the fields are the columns, in order, and the analytic code."""

    journal: str
    journal_name: str
    number: str
    on: str
    account: str
    account_name: str
    client: str
    client_name: str
    piece: str
    piece_on: str
    words: str
    debit: str
    credit: str
    letter: str
    letter_on: str
    valid_on: str
    currency_amount: str
    currency: str
    analytic: str


def day(on: date) -> str:
    """As the law writes a date."""
    return f"{on:%Y%m%d}"


def amount(cents: int) -> str:
    """As the law writes an amount: decimal comma, no sign, no thousands."""
    return f"{cents // 100},{cents % 100:02d}"


def numbered(entries: Iterable[BookEntry], first: int, valid_on: date) -> list[JournalLine]:
    """The lines of entries, in their order; numbers go from `first`, without a gap."""
    return [
        _line(entry, line, f"{number:06d}", valid_on)
        for number, entry in enumerate(entries, first)
        for line in entry.lines
    ]


def _line(entry: BookEntry, line: EntryLine, number: str, valid_on: date) -> JournalLine:
    return JournalLine(
        journal=harmless(entry.journal),
        journal_name=harmless(entry.journal_name),
        number=number,
        on=day(entry.on),
        account=harmless(line.account),
        account_name=harmless(line.account_name),
        client=harmless(line.client),
        client_name=harmless(line.client_name) or harmless(line.client),
        piece=harmless(entry.piece),
        piece_on=day(entry.on),
        words=harmless(entry.words)[:WORDS_MAX].rstrip(),
        debit=amount(max(line.cents, 0)),
        credit=amount(max(-line.cents, 0)),
        letter=line.letter,
        letter_on=day(line.letter_on) if line.letter_on else "",
        valid_on=day(valid_on),
        currency_amount="",
        currency="",
        analytic=harmless(line.analytic),
    )


_BEGINS_A_FORMULA = " =(+-@"


def harmless(text: str) -> str:
    """A field of visible characters that ISO 8859-15 has (A47 A-1, III): nothing ends it, and it computes nothing."""
    known = "".join(_written(character) for character in unicodedata.normalize("NFC", unstacked(text)))
    return " ".join(known.split()).lstrip(_BEGINS_A_FORMULA)


_SAME = {
    "’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "…": "...", "\u2011": "-", "|": " ", "\t": " ",
    "\n": " ", "\r": " ",
}  # fmt: skip


def _written(character: str) -> str:
    if character in _SAME:
        return _SAME[character]
    if character.isspace():
        return " "
    if not character.isprintable():
        return ""
    if _is_latin(character):
        return character
    plain = "".join(c for c in unicodedata.normalize("NFKD", character) if not unicodedata.combining(c))
    return "".join(c if _is_latin(c) and c.isprintable() and c not in "|" else "?" for c in plain)


def _is_latin(character: str) -> bool:
    try:
        character.encode("iso8859-15")
    except UnicodeEncodeError:
        return False
    return True


# Files


def write(lines: Iterable[JournalLine]) -> bytes:
    """The file as it is kept: nineteen columns, tabs, UTF-8. Everything else is made from these bytes."""
    rows = [[getattr(line, f.name) for f in fields(JournalLine)] for line in lines]
    return "".join("\t".join(row) + "\r\n" for row in [[*COLUMNS, ANALYTIC], *rows]).encode()


def read(kept: bytes) -> Iterator[list[str]]:
    """The rows of a kept file, its header first."""
    return (row.split("\t") for row in kept.decode().split("\r\n")[:-1])


def text_file(kept: bytes) -> bytes:
    """The columns of art. A47 A-1, and no other: tabs, UTF-8."""
    return "".join("\t".join(row[: len(COLUMNS)]) + "\r\n" for row in read(kept)).encode()


def remittance_name(number: int, until: date) -> str:
    """As "journal-auxiliaire-0003-20271231": a journal to import, and it says so."""
    return f"journal-auxiliaire-{number:04d}-{day(until)}"


def year_name(until: date) -> str:
    """As "journal-exercice-20271231"."""
    return f"journal-exercice-{day(until)}"


def balance(lines: Sequence[JournalLine]) -> dict[str, int]:
    """Debit less credit of each entry, in cents: nothing but zeros, or the books are wrong."""
    found: dict[str, int] = {}
    for line in lines:
        moved = int(line.debit.replace(",", "")) - int(line.credit.replace(",", ""))
        found[line.number] = found.get(line.number, 0) + moved
    return found
