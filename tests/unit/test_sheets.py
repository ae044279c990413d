"""Tables that people upload: whatever Excel, a bank or a Mac made of them, within bounds, faults by line."""

from __future__ import annotations

import time
from collections.abc import Sequence

import pytest

from training.kernel.sheets import Bounds, Fault, Row, Sheet, Unreadable, read_csv, read_rows, refuse

BOUNDS = Bounds(size=10_000, rows=10, width=200)
NAMES = ("nom", "places")


def titled(rows: Sequence[Row]) -> int:
    return len(set(rows[0].cells) & set(NAMES)) if rows else 0


def sheet(content: bytes | str, bounds: Bounds = BOUNDS) -> Sheet:
    return read_csv(content.encode() if isinstance(content, str) else content, bounds, titled)


def said(content: bytes | str, bounds: Bounds = BOUNDS) -> str:
    with pytest.raises(Unreadable) as caught:
        sheet(content, bounds)
    assert set(caught.value.errors) == {"file"}
    return caught.value.errors["file"]


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_delimiter_encoding_and_line_end(delimiter: str, encoding: str, end: str) -> None:
    text = end.join(delimiter.join(cells) for cells in (NAMES, ("Écouché", "12"), ("", ""), ("Œuf", "3")))
    assert sheet(text.encode(encoding)).below(0) == (Row(2, ("Écouché", "12")), Row(4, ("Œuf", "3")))


def test_a_comma_inside_a_cell_is_no_delimiter() -> None:
    assert sheet('nom;places\nAlençon, la ville;"1,5"\n').below(0)[0].cells == ("Alençon, la ville", "1,5")


def test_a_row_over_two_lines_is_named_by_its_first() -> None:
    rows = sheet('nom;places\n"Rue\nlongue";1\nAlençon;2\n').below(0)
    assert [row.line for row in rows] == [2, 4]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "vide"),
        (b" \n ", "vide"),
        (b"nom;places\n" + b"x" * 10_000, "trop gros"),
        (b"nom;places\n" + b"a;1\n" * 40, "41 lignes"),
        (b"nom;places\na;" + b"1" * 300, "Ligne 2 : elle a plus de 200"),
        (b"nom;places\na;1\x00\n", "pas du texte"),
        (b"PK\x03\x04classeur", "classeur de tableur"),
        (b"\xd0\xcf\x11\xe0classeur", "classeur de tableur"),
        (b'nom;places\na;1\nb;"2\n', "Ligne 3 : un guillemet"),
    ],
)
def test_what_is_no_table_is_refused_in_words(content: bytes, words: str) -> None:
    assert words in said(content)


def test_bounds_are_looked_at_before_anything_is_parsed() -> None:
    """Ten megabytes of one line, or of a quotation mark a line, cost no more than looking at them."""
    large = Bounds(size=10_000_000, rows=1_000)
    for hostile in (b"a" * 9_999_999, b'"\n' * 4_999_999, b";" * 9_999_999):
        began = time.process_time()
        said(hostile, large)
        assert time.process_time() - began < 2


def seats(line: int, cells: dict[str, str]) -> tuple[str, int]:
    if not cells["places"].isdigit():
        raise ValueError(f"« {cells['places']} » n’est pas un nombre.")
    return cells["nom"], int(cells["places"])


def test_faults_are_told_by_line_and_nothing_half_is_taken() -> None:
    reading = read_rows(sheet("nom;places\na;1\nb;deux\nc;3\nd;\n").below(0), NAMES, seats)
    assert reading.preview(1) == (("a", 1),)
    assert reading.preview(9) == (("a", 1), ("c", 3)), "what could be read is shown"
    assert [fault.line for fault in reading.faults] == [3, 5]
    with pytest.raises(Unreadable, match="Ligne 3 : « deux »") as caught:
        reading.whole()
    assert "Ligne 5" in caught.value.errors["file"]
    assert read_rows(sheet("nom;places\na;1\n").below(0), NAMES, seats).whole() == (("a", 1),)


def test_ten_faults_are_named_and_more_are_hinted_at() -> None:
    refuse([])
    with pytest.raises(Unreadable) as caught:
        refuse([Fault(n, "faux.") for n in range(1, 13)])
    text = caught.value.errors["file"]
    assert "Ligne 10" in text
    assert "Ligne 11" not in text
    assert text.endswith("…")
