"""Spreadsheets as people keep them: titles anywhere, merged cells, spoilt zeros; and those that are meant to harm."""

from __future__ import annotations

import io

import pytest
import xlsxwriter

from hostile_sheets import SHEETS
from training.catalogue.formats import offers_sheet
from training.directory.formats import organisations_sheet
from training.directory.formats.typed_cells import email_cell, phone_cell, postcode_cell
from training.directory.rules.organisations import OrganisationKind
from training.kernel.sheets import Bounds, Unreadable
from training.kernel.workbooks import read_workbook

BOUNDS = Bounds(size=5_000_000, rows=5_000)


def workbook(rows: list[list[object]], merged: tuple[tuple[int, int, int, int, str], ...] = ()) -> bytes:
    into = io.BytesIO()
    book = xlsxwriter.Workbook(into, {"in_memory": True})
    sheet = book.add_worksheet()
    for n, cells in enumerate(rows):
        for m, cell in enumerate(cells):
            if cell is not None:
                sheet.write(n, m, cell)
    for first, left, last, right, text in merged:
        sheet.merge_range(first, left, last, right, text)
    book.close()
    return into.getvalue()


TITLES = ["Structure", "Type", "N° SIRET", "Adresse", "CP", "Commune", "Interlocuteur", "Fonction", "Mél", "Tél. fixe"]


def test_a_workbook_with_merged_cells_and_spoilt_numbers():
    content = workbook(
        [
            ["Nos partenaires"],
            [],
            TITLES,
            [None, "Mairie", None, None, 1400, "Essai", "Nina", None, "nina@example.org ; rh@example.org", 233000000],
            [None, None, 12345678200010, None, 1400, "Essai", "Noé", None, None, "02 33 00 00 01"],
        ],
        ((0, 0, 0, 4, "Nos partenaires"), (3, 0, 4, 0, "Mairie d’Essai")),
    )
    first, second = organisations_sheet.read(content).whole()
    assert (first.name, second.name) == ("Mairie d’Essai", "Mairie d’Essai")
    assert first.kind is second.kind is OrganisationKind.COMMUNE
    assert (first.postcode, first.email, first.phone) == ("01400", "nina@example.org", "02 33 00 00 00")
    assert second.siret == "12345678200010"
    assert second.line == 5


def test_a_csv_of_windows():
    text = "Nom;Catégorie;Code postal;Ville;E-mail\r\nFoyer d’Élan – Sées;Association;61500;Sées;a@example.org\r\n"
    (row,) = organisations_sheet.read(text.encode("cp1252")).whole()
    assert (row.name, row.city, row.kind) == ("Foyer d’Élan – Sées", "Sées", OrganisationKind.ASSOCIATION)


def test_the_model_is_read():
    (row,) = organisations_sheet.read(organisations_sheet.example()).whole()
    assert (row.name, row.contact) == ("Commune d’Essai", "Nina Test")


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Mairie de Sées", OrganisationKind.COMMUNE),
        ("CCAS de la ville d’Alençon", OrganisationKind.OTHER_PUBLIC),
        ("Communauté urbaine d’Alençon", OrganisationKind.INTERCOMMUNALITY),
        ("Mission locale", OrganisationKind.INSERTION),
        ("Lycée Alain", OrganisationKind.SCHOOL),
        ("Les Ets Durand", OrganisationKind.COMPANY),
    ],
)
def test_a_name_says_what_it_is(name: str, kind: OrganisationKind):
    content = f"Nom;Code postal;Ville\r\n{name};61000;Alençon\r\n".encode()
    assert organisations_sheet.read(content).whole()[0].kind is kind


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (";61000;A;;;", "le nom manque"),
        ("Mairie;6100A;A;;;", "n’est pas un code postal"),
        ("Mairie;61000;;;;", "la ville manque"),
        ("Mairie;61000;A;123;;", "14 chiffres"),
        ("Mairie;61000;A;;pas une adresse;", "n’est pas complète"),
        ("Machin;61000;A;;;", "le type manque"),
        ("Machin;61000;A;;;Chose", "n’est pas un type connu"),
        ("Mai\u202erie;61000;A;;;", "Ligne 2"),
    ],
)
def test_each_line_says_what_is_wrong_with_it(line: str, words: str):
    content = f"Nom;Code postal;Ville;SIRET;Courriel;Type\r\n{line}\r\n".encode()
    read = organisations_sheet.read(content)
    assert words in str(read.faults[0])
    with pytest.raises(Unreadable):
        read.whole()


@pytest.mark.parametrize("content", [b"Nom;Ville\r\nA;B\r\n", b"x", b"PK\x03\x04", b"PK\x03\x04" + b"x" * 10_000])
def test_what_is_no_such_table_is_refused(content: bytes):
    with pytest.raises(Unreadable):
        organisations_sheet.read(content)


def test_a_sheet_without_end_ends_alone():
    """A cell in its last corner makes a reader hold seventeen billion of them."""
    into = io.BytesIO()
    book = xlsxwriter.Workbook(into)
    sheet = book.add_worksheet()
    sheet.write(0, 0, "Nom")
    sheet.write(1_048_575, 16_383, "x")
    book.close()
    with pytest.raises(Unreadable, match="ne se lit pas"):
        read_workbook(into.getvalue(), BOUNDS)


@pytest.mark.parametrize(
    "name", ["a workbook of one text a million times", "a workbook of one cell that covers it", "a workbook of merges"]
)
def test_a_small_workbook_that_says_gigabytes_is_refused(name: str):
    """The child said them all, and the parent held them."""
    with pytest.raises(Unreadable, match="ne se lit pas"):
        read_workbook(SHEETS[name](), BOUNDS)


def test_a_line_that_ends_before_its_last_columns_is_a_fault_of_that_line():
    """It was a failure of the page."""
    read = organisations_sheet.read("Nom;Type;Code postal;Ville\nMairie d’Essai;Commune;61000\n".encode())
    assert [str(fault) for fault in read.faults] == ["Ligne 2 : la ville manque."]


def test_more_lines_than_are_taken_are_refused():
    rows: list[list[object]] = [["Nom", "CP", "Ville"]] + [["Mairie", "61000", f"V{n}"] for n in range(6_100)]
    with pytest.raises(Unreadable, match="au plus"):
        organisations_sheet.read(workbook(rows))


def test_cells():
    assert postcode_cell(" 1 400 ") == "01400"
    assert phone_cell("33 2 33") == "33 2 33"
    assert phone_cell("0233000000") == "02 33 00 00 00"
    assert phone_cell("") is None
    assert email_cell("A@Example.ORG, b@example.org") == "A@example.org"
    assert email_cell(" ") is None


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("2 h 30", 150),
        ("2h", 120),
        ("02:30", 150),
        ("1,5 h", 90),
        ("90 min", 90),
        ("45", 45),
        ("1 jour", 420),
        ("", 120),
    ],
)
def test_durations_as_people_write_them(text: str, minutes: int):
    assert offers_sheet.minutes_of(text) == minutes


@pytest.mark.parametrize("text", ["longtemps", "0", "h", "2 h 3000"])
def test_what_is_no_duration(text: str):
    with pytest.raises(ValueError, match="durée"):
        offers_sheet.minutes_of(text)
