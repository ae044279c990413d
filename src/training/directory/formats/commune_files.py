"""Official files of communes as streams: recognised by their titles, in whatever encoding, read line by line."""

from __future__ import annotations

import codecs
import csv
import io
import json
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import IO, Any

from python_calamine import CalamineError, CalamineWorkbook

from training.directory.formats.communes import CommuneSaid, EpciSaid, of_json, of_service
from training.kernel.sheets import Unreadable

Said = CommuneSaid | EpciSaid
Report = Callable[[int], None]  # told how many bytes of the file are read

PREFACE = 12  # lines above the titles: INSEE's workbooks have five
PIECE = 1 << 16  # characters of a stream that are read at once
LONGEST_OBJECT = 1 << 22  # characters of one object of a JSON file, or of one cell: beyond, it is no such list
_DELIMITERS = ";,\t|"

Cells = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Layout:
    """A file known by its titles, folded: `needs` all of them; `reads` makes facts of a row's cells by title."""

    name: str
    needs: frozenset[str]
    reads: Callable[[Cells], Iterable[Said]]


@dataclass(slots=True)
class FileRead:
    """What became of a file: its kind, its lines, and the first of those that say nothing that we know."""

    kind: str = ""
    lines: int = 0
    faults: list[str] = field(default_factory=list)
    faulty: int = 0

    def fault(self, line: int, why: str) -> None:
        """A line that is left out."""
        self.faulty += 1
        if len(self.faults) < 5:
            self.faults.append(f"ligne {line} : {why}")


def read_file(source: IO[bytes], hear: Callable[[Said], None], report: Report = lambda _done: None) -> FileRead:
    """Hand on what each line says. Unreadable: it is none of the files that we know."""
    head = source.read(4)
    source.seek(0)
    if head.startswith(b"PK"):
        return _workbook(source, hear)
    text = _text(source)
    begun = text.read(1)
    while begun and begun.isspace():
        begun = text.read(1)
    if begun in ("[", "{"):
        return _json(text, begun, hear, lambda: report(source.tell()))
    text.seek(0)
    return _table(_csv_rows(text, lambda: report(source.tell())), hear)


def _text(source: IO[bytes]) -> io.TextIOWrapper:
    """The stream as text: as its mark says, else UTF-8 when all of it is, else what Windows writes in France."""
    head = source.read(4)
    encoding = "utf-8-sig"
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    else:
        decoder = codecs.getincrementaldecoder("utf-8")()
        source.seek(0)
        try:
            while piece := source.read(PIECE):
                decoder.decode(piece)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            encoding = "cp1252"
    source.seek(0)
    return io.TextIOWrapper(source, encoding, errors="replace", newline="")


# Tables


def _csv_rows(text: IO[str], report: Callable[[], None]) -> Iterator[Sequence[str]]:
    begun = list(islice(iter(lambda: text.readline(PIECE), ""), PREFACE))
    if any("\x00" in line for line in begun):
        raise Unreadable("Ce fichier n’est ni du texte ni un classeur.")
    delimiter = max(_DELIMITERS, key=lambda d: max((line.count(d) for line in begun), default=0))
    text.seek(0)
    csv.field_size_limit(LONGEST_OBJECT)
    lines = iter(lambda: text.readline(LONGEST_OBJECT), "")
    try:
        for number, row in enumerate(csv.reader(lines, delimiter=delimiter)):
            if number % 1_000 == 0:
                report()
            yield row
    except csv.Error as error:
        raise Unreadable(f"Ce fichier n’est pas un tableau : {error}.") from None


def _workbook(source: IO[bytes], hear: Callable[[Said], None]) -> FileRead:
    """The first sheet of a workbook that has titles that we know."""
    try:
        book = CalamineWorkbook.from_filelike(source)
        for name in book.sheet_names:
            rows = ([_cell(cell) for cell in row] for row in book.get_sheet_by_name(name).to_python())
            try:
                return _table(rows, hear)
            except Unreadable:
                continue
    except CalamineError as error:
        raise Unreadable(f"Ce classeur ne s’ouvre pas : {error}.") from None
    raise Unreadable(_unknown())


def _cell(cell: Any) -> str:
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)


def _table(rows: Iterable[Sequence[str]], hear: Callable[[Said], None]) -> FileRead:
    rows = iter(rows)
    for number, row in enumerate(islice(rows, PREFACE), 1):
        titles = [folded(cell) for cell in row]
        layout = next((known for known in LAYOUTS if known.needs <= set(titles)), None)
        if layout:
            return _below(layout, titles, rows, number, hear)
    raise Unreadable(_unknown())


def _below(
    layout: Layout, titles: Sequence[str], rows: Iterator[Sequence[str]], above: int, hear: Callable[[Said], None]
) -> FileRead:
    read = FileRead(layout.name)
    for line, row in enumerate(rows, above + 1):
        if not any(row):
            continue
        read.lines += 1
        try:
            for said in layout.reads(dict(zip(titles, row, strict=False))):
                hear(said)
        except (ValueError, KeyError, TypeError) as error:
            read.fault(line, str(error)[:100])
    return read


def folded(title: str) -> str:
    """A title without what editions change in it: « #Code_commune_INSEE » is « codecommuneinsee »."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return "".join(character for character in plain if character.isalnum())


def _unknown() -> str:
    known = " ; ".join(dict.fromkeys(layout.name for layout in LAYOUTS))
    return f"Ces titres de colonnes ne sont ceux d’aucun fichier connu. Fichiers connus : {known}."


# JSON


def _json(text: IO[str], begun: str, hear: Callable[[Said], None], report: Callable[[], None]) -> FileRead:
    """A list of objects, or an object whose first list it is: one object at a time, whatever the file weighs."""
    read = FileRead("communes, intercommunalités ou mairies (JSON)")
    decoder, rest = json.JSONDecoder(), ""
    while begun == "{" and (character := text.read(1)) not in ("[", ""):
        rest += character
        if len(rest) > PIECE:
            raise Unreadable("Ce fichier JSON n’est pas une liste de communes.")
    rest = ""
    while True:
        rest = rest.lstrip(" \r\n\t,")
        if rest.startswith("]"):
            return read
        try:
            item, end = decoder.raw_decode(rest) if rest else ({}, 0)
        except (ValueError, RecursionError):
            end = 0
        if not end:
            more = text.read(PIECE)
            if not more or len(rest) > LONGEST_OBJECT:
                raise Unreadable("Ce fichier JSON est coupé, ou n’est pas une liste de communes.")
            rest += more
            continue
        rest = rest[end:]
        read.lines += 1
        if read.lines % 1_000 == 0:
            report()
        try:
            for said in of_json(item):
                hear(said)
        except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
            read.fault(read.lines, str(error)[:100])


# The tables that we know


def _of_insee(cells: Cells) -> Iterable[Said]:
    if cells["typecom"].strip().upper() == "COM":  # not a district, nor a commune that is part of another
        yield CommuneSaid(cells["com"], cells["libelle"])


def _of_la_poste(cells: Cells) -> Iterable[Said]:
    name = cells.get("nomcommunecomplet") or cells.get("nomdelacommune") or cells.get("nomcommunepostal")
    place = cells.get("coordonneesgps") or cells.get("geopoint") or _pair(cells, "latitude", "longitude")
    yield CommuneSaid(cells["codecommuneinsee"], name, (cells["codepostal"],), _position(place))


def _of_data_gouv(cells: Cells) -> Iterable[Said]:
    if cells.get("typecom", "COM") not in ("COM", ""):
        return
    place = _pair(cells, "latitudecentre", "longitudecentre") or _pair(cells, "latitudemairie", "longitudemairie")
    yield CommuneSaid(
        cells["codeinsee"],
        cells["nomstandard"],
        _codes(cells.get("codespostaux") or cells.get("codepostal", "")),
        _position(place),
        _number(cells.get("population", "")),
        cells.get("epcicode"),
        cells.get("epcinom"),
    )


def _of_geo_api(cells: Cells) -> Iterable[Said]:
    yield CommuneSaid(
        cells["code"],
        cells["nom"],
        _codes(cells["codespostaux"]),
        _position(cells.get("centre") or _pair(cells, "latitude", "longitude")),
        _number(cells.get("population", "")),
        cells.get("codeepci"),
        cells.get("nomepci"),
    )


def _of_epci(cells: Cells) -> Iterable[Said]:
    yield CommuneSaid(cells["codgeo"], cells.get("libgeo"), epci_code=cells["epci"], epci_name=cells["libepci"])


def _of_banatic(cells: Cells) -> Iterable[Said]:
    yield CommuneSaid(cells["insee"], epci_code=cells["siren"], epci_name=cells["raisonsociale"])


def _of_population(cells: Cells) -> Iterable[Said]:
    # overseas the code of the département has three digits, the last of which begins that of the commune
    code = cells.get("depcom") or cells["coddep"].strip().zfill(2)[:2] + cells["codcom"].strip().zfill(3)
    yield CommuneSaid(code, population=_number(cells["pmun"]))


def _of_mairies(cells: Cells) -> Iterable[Said]:
    yield CommuneSaid(cells["codeinsee"], phone=cells["telephone"], email=cells["email"])


def _of_directory(cells: Cells) -> Iterable[Said]:
    yield from of_service(
        {"pivot": cells["pivot"], "telephone": cells["telephone"], "adresse_courriel": cells["adressecourriel"]}
    )


LAYOUTS = (
    Layout("INSEE, code officiel géographique", frozenset({"typecom", "com", "libelle"}), _of_insee),
    Layout("La Poste, codes postaux", frozenset({"codecommuneinsee", "codepostal"}), _of_la_poste),
    Layout("communes de France (data.gouv.fr)", frozenset({"codeinsee", "nomstandard"}), _of_data_gouv),
    Layout("communes (geo.api.gouv.fr)", frozenset({"code", "nom", "codespostaux"}), _of_geo_api),
    Layout("INSEE, intercommunalités", frozenset({"codgeo", "epci", "libepci"}), _of_epci),
    Layout("Banatic, intercommunalités", frozenset({"insee", "siren", "raisonsociale"}), _of_banatic),
    Layout("INSEE, populations légales", frozenset({"coddep", "codcom", "pmun"}), _of_population),
    Layout("INSEE, populations légales", frozenset({"depcom", "pmun"}), _of_population),
    Layout("mairies", frozenset({"codeinsee", "telephone", "email"}), _of_mairies),
    Layout("annuaire de l’administration", frozenset({"pivot", "telephone", "adressecourriel"}), _of_directory),
)


def _codes(said: str) -> tuple[str, ...]:
    return tuple("".join(c if c.isdigit() else " " for c in said).split())


def _number(said: str) -> int | None:
    digits = "".join(said.split()).replace("\u202f", "").removesuffix(".0")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 10 else None


def _pair(cells: Cells, latitude: str, longitude: str) -> str:
    return f"{cells[latitude]},{cells[longitude]}" if cells.get(latitude) and cells.get(longitude) else ""


def _position(said: str | None) -> tuple[float, float] | None:
    """« 46.15,4.92 », as La Poste writes it; or a GeoJSON point, whose longitude comes first."""
    if not said or not said.strip():
        return None
    if said.lstrip().startswith("{"):
        longitude, latitude = json.loads(said)["coordinates"][:2]
        return float(latitude), float(longitude)
    latitude, longitude = said.split(",")[:2]
    return float(latitude), float(longitude)
