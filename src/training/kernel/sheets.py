"""Tables that people upload: bytes to rows with their lines, bounded before they are parsed; faults by line. No I/O.

CSV for now. Other ways to write a sheet join here, with the first who needs them: they give the same `Sheet`.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from training.kernel.characters import check_seen
from training.kernel.errors import Invalid
from training.kernel.i18n import _

DELIMITERS = ";\t,|"  # the most French first: of two that read a file as well, the earlier
SHOWN = 10  # faults named in a refusal
LINES_A_ROW = 4  # a cell may hold a few lines of its own

PIECE = 1 << 18  # bytes or characters that one call looks at: a millisecond or so
_LINE_END = re.compile("\r\n|\r|\n")

T = TypeVar("T")


class Unreadable(Invalid):
    """A file that is not what it is taken for, or a broken one; says where."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, field="file")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong on a line of the file, counted from 1."""

    line: int
    sentence: str

    def __str__(self) -> str:
        return _("Ligne {line} : {sentence}").format(line=self.line, sentence=self.sentence)


def refuse(faults: Sequence[Fault]) -> None:
    """Unreadable, naming the first lines; nothing when there is no fault."""
    if faults:
        said = " ".join(str(fault) for fault in faults[:SHOWN])
        raise Unreadable(said + (" …" if len(faults) > SHOWN else ""))


@dataclass(frozen=True, slots=True)
class Bounds:
    """What is looked at before anything is parsed. `size`: bytes; `rows`; `width`: characters of a line."""

    size: int
    rows: int
    width: int = 20_000

    def check_size(self, content: bytes) -> None:
        """Unreadable: nothing, or more than is taken at once."""
        if not content.strip():
            raise Unreadable(_("Ce fichier est vide."))
        if len(content) > self.size:
            raise Unreadable(_("Ce fichier est trop gros : {n} Mo au plus.").format(n=f"{self.size / 1e6:g}"))

    def check_text(self, text: str) -> None:
        """Unreadable: more lines, or a longer one, than a table of that many rows has."""
        lines = text.count("\n") + text.count("\r") - text.count("\r\n")
        if lines > self.rows * LINES_A_ROW:
            self.check_rows(lines)
        wide = _too_wide(text, self.width)
        if wide is not None:
            self.check_width(wide, self.width + 1)

    def check_width(self, line: int, characters: int) -> None:
        """Unreadable: a line of more than a table's has."""
        if characters > self.width:
            words = _("elle a plus de {most} caractères : ce n’est pas une ligne de tableau.")
            refuse([Fault(line, words.format(most=self.width))])

    def check_rows(self, rows: int) -> None:
        """Unreadable: too many."""
        if rows > self.rows:
            words = _("Ce fichier a {n} lignes ; {most} au plus à la fois.")
            raise Unreadable(words.format(n=rows, most=self.rows))


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of a row, and the line of the file where it begins."""

    line: int
    cells: tuple[str, ...]

    @property
    def blank(self) -> bool:
        """Nothing is written in it."""
        return not any(cell.strip() for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table as rows of cells, whatever it was written in."""

    rows: tuple[Row, ...]

    def below(self, header: int) -> tuple[Row, ...]:
        """What is written below the row of titles."""
        return tuple(row for row in self.rows[header + 1 :] if not row.blank)


@dataclass(frozen=True, slots=True)
class Reading(Generic[T]):
    """What rows say, and the faults of those that say nothing. It is imported whole or not at all."""

    items: tuple[T, ...]
    faults: tuple[Fault, ...]

    def preview(self, most: int) -> tuple[T, ...]:
        """The first, to be looked at before anything is imported."""
        return self.items[:most]

    def whole(self) -> tuple[T, ...]:
        """All of them. Unreadable, with its lines, where one could not be read: nothing half is imported."""
        refuse(self.faults)
        return self.items


def read_csv(content: bytes, bounds: Bounds, titled: Callable[[Sequence[Row]], Any]) -> Sheet:
    """The rows of a CSV, read by the delimiter whose rows look most like the table wanted: `titled` says how much.

    Unreadable: beyond the bounds, no text, a workbook, or quotation marks that do not close.
    """
    bounds.check_size(content)
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise Unreadable(_("C’est un classeur de tableur : enregistrez-le au format CSV."))
    text = decode(content)
    if "\x00" in text:
        raise Unreadable(_("Ce fichier n’est pas du texte : enregistrez-le au format CSV."))
    bounds.check_text(text)
    rows, open_since = max((_cells(text, delimiter) for delimiter in DELIMITERS), key=lambda read: titled(read[0]))
    if open_since is not None:
        words = _("un guillemet s’ouvre et ne se ferme pas : le fichier semble coupé.")
        refuse([Fault(open_since, words)])
    return Sheet(tuple(rows))


def read_rows(rows: Iterable[Row], names: Sequence[str], make: Callable[[int, dict[str, str]], T]) -> Reading[T]:
    """Each row as `make` says it, from its line and its cells by name; its ValueError, in words, is its fault."""
    items, faults = [], []
    for row in rows:
        try:
            cells = (check_seen(cell).strip() for cell in row.cells)
            items.append(make(row.line, dict(zip(names, cells, strict=False))))
        except ValueError as error:
            faults.append(Fault(row.line, str(error)))
    return Reading(tuple(items), tuple(faults))


def decode(content: bytes, told: str = "") -> str:
    """The text of a file: as its mark or `told` says, else UTF-8, else what Windows writes in France."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        told = "utf-16"
    elif content.startswith(b"\xef\xbb\xbf"):
        told = "utf-8-sig"
    for encoding in filter(None, (told, "utf-8", "cp1252")):
        try:
            return "".join(_pieces(content, encoding))
        except (UnicodeDecodeError, LookupError):
            continue
    return content.decode("latin-1")


def is_utf8(content: bytes) -> bool:
    """Whether bytes are text in UTF-8."""
    try:
        return all(piece is not None for piece in _pieces(content, "utf-8"))
    except UnicodeDecodeError:
        return False


def _pieces(content: bytes, encoding: str) -> Iterator[str]:
    """The text, a piece at a time: whoever is served meanwhile gets their turn between two."""
    decoder = codecs.getincrementaldecoder(encoding)()
    for begin in range(0, len(content), PIECE):
        yield decoder.decode(content[begin : begin + PIECE])
    yield decoder.decode(b"", final=True)


def _too_wide(text: str, width: int) -> int | None:
    """The first line, counted from 1, that is longer; found line by line, for the same reason."""
    line, begin = 1, 0
    while len(text) - begin > width:
        end = _LINE_END.search(text, begin, begin + width + 1)
        if end is None or end.start() - begin > width:
            return line
        # the end of the bound cut a pair of marks in two
        begin = end.end() + (end[0] == "\r" and text.startswith("\n", end.end()))
        line += 1
    return None


def _cells(text: str, delimiter: str) -> tuple[list[Row], int | None]:
    """The rows; and the line where a quotation mark opens that nothing closes."""
    rows: list[Row] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    began = 1
    try:
        for cells in reader:
            rows.append(Row(began, tuple(cells)))
            began = reader.line_num + 1
    except csv.Error:  # at the end inside quotation marks; of more than 128 KiB between two
        return rows, began
    return rows, None
