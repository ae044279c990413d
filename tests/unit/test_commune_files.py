"""Official files of communes: each layout, each encoding; what they say together; what is none of them."""

from __future__ import annotations

import io
import json

import pytest
import xlsxwriter

from training.directory.formats.commune_files import LAYOUTS, read_file
from training.directory.formats.communes import CommuneSaid, Gazetteer, checked
from training.kernel.sheets import Unreadable

COG = """TYPECOM,COM,REG,DEP,CTCD,ARR,TNCC,NCC,NCCENR,LIBELLE,CAN,COMPARENT
"COM","61001","28","61","61D","611","1","ALENCON","Alençon","Alençon","6199",""
"COMD","61002","","","","","1","ALMENECHES","Almenêches","Almenêches","","61001"
"ARM","75112","11","75","75C","","0","PARIS 12E ARRONDISSEMENT","Paris 12e","Paris 12e Arrondissement","","75056"
"COM","2A004","94","2A","20C","","1","AJACCIO","Ajaccio","Ajaccio","",""
"""
LA_POSTE = """#Code_commune_INSEE;Nom_de_la_commune;Code_postal;Libellé_d_acheminement;Ligne_5;coordonnees_gps
61001;ALENCON;61000;ALENCON;;48.4304,0.0913
61382;ST DENIS SUR SARTHON;61420;ST DENIS SUR SARTHON;;48.4573,-0.0475
75112;PARIS 12;75012;PARIS;;48.835,2.419
75056;PARIS;75001;PARIS;;
99138;MONACO;98000;MONACO;;43.7,7.4
"""
LA_POSTE_NEWER = """code_commune_insee,nom_de_la_commune,code_postal,libelle_d_acheminement,ligne_5,_geopoint
1001,L ABERGEMENT CLEMENCIAT,1400,L ABERGEMENT CLEMENCIAT,,"46.1517,4.9306"
"""
_TITLES = (
    ",code_insee,nom_standard,typecom,epci_code,epci_nom,code_postal,codes_postaux,population"
    ",latitude_mairie,longitude_mairie,latitude_centre,longitude_centre\n"
)
DATA_GOUV = (
    _TITLES
    + """\
0,72181,Le Mans,COM,247200132,CU Le Mans Métropole,72000,"72000, 72100",146105,48.007,0.199,47.994,0.201
1,72999,Vieux,COMD,,,72000,72000,,,,,
"""
)
GEO_API = [
    {
        "code": "61464", "nom": "Sées", "codesPostaux": ["61500"], "codeEpci": "246100390", "population": 4248,
        "centre": {"type": "Point", "coordinates": [0.1738, 48.6058]},
    },
    {"code": "61006", "nom": "Argentan", "codesPostaux": ["61200"], "epci": {"code": "200068468", "nom": "Terres"}},
]  # fmt: skip
ETALAB = [
    {"code": "75056", "nom": "Paris", "type": "commune-actuelle", "codesPostaux": ["75001", "75012"]},
    {"code": "75112", "nom": "Paris 12e Arrondissement", "type": "arrondissement-municipal", "codesPostaux": ["75012"]},
]
ETALAB_EPCI = [{"code": "246100663", "nom": "CU d'Alençon", "membres": [{"code": "61001"}, {"code": "61143"}]}]
EPCI = """CODGEO;LIBGEO;EPCI;LIBEPCI;DEP;REG
61001;Alençon;246100663;CU d'Alençon;61;28
29083;Île-de-Sein;ZZZZZZZZZ;Sans objet;29;53
"""
BANATIC = """dept;siren;raison_sociale;nature_juridique;insee;nom_membre
61;246100663;CU d'Alençon;CU;61001;ALENCON
"""
POPULATION = """CODREG;REG;CODDEP;CODARR;CODCAN;CODCOM;COM;PMUN;PCAP;PTOT
28;Normandie;61;1;99;001;Alençon;25 490;600;26090
01;Guadeloupe;971;2;99;101;Les Abymes;51897;300;52197
"""
POPULATION_SHORT = "DEPCOM;COM;PMUN;PCAP;PTOT\n61001;Alençon;25490;600;26090\n"
MAIRIES = """codeInsee;CodePostal;NomOrganisme;NomCommune;Email;Téléphone
61001;61000;Mairie - Alençon;Alençon;mairie@alencon.example.org;02 33 32 40 00
"""
SERVICE = {
    "nom": "Mairie - Alençon",
    "pivot": [{"type_service_local": "mairie", "code_insee_commune": ["61001"]}],
    "telephone": [{"valeur": "02 33 32 40 00", "description": ""}],
    "adresse_courriel": ["mairie@alencon.example.org"],
}
PREFECTURE = {"nom": "Préfecture", "pivot": [{"type_service_local": "prefecture", "code_insee_commune": ["61001"]}]}


def directory_csv() -> str:
    cells = [json.dumps(SERVICE[name], ensure_ascii=False).replace('"', '""') for name in ("pivot", "telephone")]
    return f'nom;pivot;telephone;adresse_courriel\nMairie;"{cells[0]}";"{cells[1]}";mairie@alencon.example.org\n'


def read(*files: bytes | str | object) -> tuple[dict[str, CommuneSaid], list[str]]:
    """What files say together, by INSEE code, and the kinds that they were taken for."""
    heard, kinds = Gazetteer(), []
    for file in files:
        content = file if isinstance(file, bytes) else (file if isinstance(file, str) else json.dumps(file)).encode()
        kinds.append(read_file(io.BytesIO(content), heard.hear).kind)
    return {commune.insee: commune for commune in heard.whole()}, kinds


def test_the_code_officiel_geographique_names_communes_and_not_what_is_part_of_one():
    found, _kinds = read(COG)
    assert {code: c.name for code, c in found.items()} == {"61001": "Alençon", "2A004": "Ajaccio"}


def test_la_poste_says_postcodes_and_places_and_a_district_is_its_town():
    found, _kinds = read(LA_POSTE)
    assert found["61001"].position == (48.4304, 0.0913)
    assert found["61382"].name == "Saint Denis sur Sarthon", "capitals are all that this file has"
    assert (found["75056"].postcodes, found["75056"].name) == (("75012", "75001"), "Paris")
    assert "99138" not in found


def test_a_zero_that_a_spreadsheet_took_away_comes_back():
    found, _kinds = read(LA_POSTE_NEWER)
    assert (found["01001"].postcodes, found["01001"].position) == (("01400",), (46.1517, 4.9306))


def test_data_gouv_says_all_but_the_mairie():
    found, _kinds = read(DATA_GOUV)
    assert found == {
        "72181": CommuneSaid(
            "72181", "Le Mans", ("72000", "72100"), (47.994, 0.201), 146_105, "247200132", "CU Le Mans Métropole"
        )
    }


def test_geo_api_says_the_longitude_first_and_the_name_of_an_epci_may_come_apart():
    names = [{"code": "246100390", "nom": "CC des Sources de l’Orne"}]
    found, _kinds = read(GEO_API, names)
    assert found["61464"] == CommuneSaid(
        "61464", "Sées", ("61500",), (48.6058, 0.1738), 4248, "246100390", "CC des Sources de l’Orne"
    )
    assert found["61006"].epci_name == "Terres"


def test_etalab_s_lists_are_read_by_what_they_hold():
    found, _kinds = read(ETALAB, ETALAB_EPCI)
    assert found["75056"].postcodes == ("75001", "75012")
    assert found["61143"].epci_name == "CU d'Alençon"
    assert set(found) == {"75056", "61001", "61143"}


def test_epcis_populations_and_mairies():
    files = (EPCI, BANATIC, POPULATION, POPULATION_SHORT, MAIRIES, directory_csv())
    found, _kinds = read(*files)
    assert found["61001"] == CommuneSaid(
        "61001", "Alençon", (), None, 25_490, "246100663", "CU d'Alençon", "02 33 32 40 00",
        "mairie@alencon.example.org",
    )  # fmt: skip
    assert (found["29083"].epci_code, found["29083"].epci_name) == (None, None), "an island belongs to none"
    assert found["97101"].population == 51_897
    for mairies in (MAIRIES, directory_csv(), {"service": [PREFECTURE, SERVICE]}):
        (alencon,) = read(mairies)[0].values()
        assert (alencon.phone, alencon.email) == ("02 33 32 40 00", "mairie@alencon.example.org")


def test_each_layout_is_recognised_by_its_titles_alone():
    tables = (COG, LA_POSTE, DATA_GOUV, EPCI, BANATIC, POPULATION, POPULATION_SHORT, MAIRIES, directory_csv())
    geo = "code,nom,codesPostaux,population\n61464,Sées,61500,4248\n"
    _found, kinds = read(*tables, geo)
    assert set(kinds) == {layout.name for layout in LAYOUTS}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_any_encoding_delimiter_and_end_of_line_says_the_same(encoding, delimiter, end):
    text = EPCI.replace(";", delimiter).replace("\n", end)
    assert read(text.encode(encoding))[0] == read(EPCI)[0]


def test_a_workbook_is_read_below_its_preface():
    """INSEE gives the list of intercommunalities as a workbook only, its titles on the sixth line."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as book:
        book.add_worksheet("Notice").write(0, 0, "À lire")
        sheet = book.add_worksheet("Composition_communale")
        for line, row in enumerate(EPCI.splitlines(), 5):
            sheet.write_row(line, 0, row.split(";"))
    assert read(content.getvalue())[0] == read(EPCI)[0]


def test_a_written_name_comes_before_one_in_capitals_whatever_the_order_of_the_files():
    for files in ((COG, LA_POSTE), (LA_POSTE, COG)):
        found, _kinds = read(*files)
        assert (found["61001"].name, found["61001"].postcodes) == ("Alençon", ("61000",))


def test_a_line_that_says_nothing_is_left_out_and_named():
    heard = Gazetteer()
    wrong = EPCI + "6100;X;246100663;Y;61;28\nABCDE;X;1;Y;61;28\n\n;;;;;\n"
    read_ = read_file(io.BytesIO(wrong.encode()), heard.hear)
    assert (read_.lines, read_.faulty, len(heard.communes)) == (4, 1, 3)
    assert read_.faults == ["ligne 5 : « ABCDE » n’est pas un code INSEE"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"position": (float("nan"), 0.0)},
        {"position": (91.0, 0.0)},
        {"population": -1},
        {"population": 10**12},
        {"postcodes": ("٦١٠٠٠", "6100A", "123456")},
        {"email": "pas une adresse"},
        {"phone": "néant"},
        {"epci_code": "12"},
    ],
)
def test_what_cannot_be_is_as_if_nobody_had_said_it(wrong):
    assert checked(CommuneSaid("61001", **wrong)) == CommuneSaid("61001")


HOSTILE = {
    "nothing": b"",
    "spaces": b" " * 100_000,
    "zeros": b"\x00" * 100_000,
    "another table": b"a;b;c\n1;2;3\n" * 1_000,
    "one endless line": b"x" * 9_000_000,
    "a quote that never closes": b'CODGEO;LIBGEO;EPCI;LIBEPCI\n"' + b"x;" * 4_000_000,
    "nested for ever": b"[" * 6_000_000,
    "a list cut": b'[{"code": "61001", "nom": "Alen',
    "a number": b"12",
    "an object without a list": b'{"a": ' + b"1" * 200_000,
    "half a workbook": b"PK\x03\x04" + b"\x00" * 1_000,
    "half a BOM": b"\xff\xfe\x00",
}


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_what_is_no_such_file_is_refused_in_words(name):
    with pytest.raises(Unreadable) as caught:
        read_file(io.BytesIO(HOSTILE[name]), Gazetteer().hear)
    assert caught.value.errors["file"].endswith(".")


def test_objects_that_are_no_communes_are_left_out():
    content = json.dumps([1, None, "x", [], {"code": {}}, {"pivot": 3}, {"membres": 1}, GEO_API[0]]).encode()
    heard = Gazetteer()
    read_ = read_file(io.BytesIO(content), heard.hear)
    assert list(heard.communes) == ["61464"]
    assert read_.lines == 8
