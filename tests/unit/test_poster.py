"""The poster of a session: one sheet whatever it says, in both inks, with an address that is read back."""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO

import pikepdf
import pytest
import segno
from PIL import Image
from pypdf import PdfReader

from papers_read import alternatives, said
from printed_boxes import runs
from training.catalogue.rules.looks import Look
from training.kernel.palette import PAPERS, inks
from training.scheduling.documents import Poster, build, code, data

WHEN = datetime(2026, 12, 1, 8, tzinfo=UTC)
POSTER = Poster(
    title="Cuisiner pour quarante, l’été",
    slots=((WHEN, WHEN.replace(hour=11)),),
    city="Héloup",
    venue="Foyer communal",
    address="2 chemin des Noyers, 61250 Héloup",
    look=Look("cuisine", "Cuisine", "saumon", "casserole"),
    seed="cuisine",
    group=40,
    minutes=180,
    platform="L’Atelier",
    tagline="ateliers, en Pays d’Alençon",
    contact="Claire Boussole",
    phone="02 61 91 00 01",
    accent="#6b2148",
    url="https://atelier.example.org/seances/128",
)
HOSTILE = {
    "capitals without a space": "W" * 300,
    "a long commune": "Saint-Remy-en-Bouzemont-Saint-Genest-et-Isson" * 4,
    "short words": "l’eau à l’île " * 40,
    "line ends": "rez-de-chaussée\nau fond\n" * 20,
    "Greek and Cyrillic": "ΑθήναΜεσσηνίαΠελοπόννησος" * 6 + "Ленинградская" * 8,
    "nothing": "",
}


def long(text: str) -> Poster:
    return replace(
        POSTER, title=text or "T", city=text, venue=text, address=text, platform=text, tagline=text, contact=text,
        phone=text[:30], audience=text, price=text, funders=(text, text) if text else (),
        url=f"https://{'a' * 60}.example.org/seances/9223372036854775807",
        slots=((WHEN, WHEN.replace(hour=11)),) * 31,
    )  # fmt: skip


@pytest.mark.parametrize("black", [False, True])
@pytest.mark.parametrize("text", HOSTILE)
def test_it_is_one_sheet_whatever_the_lengths_and_nothing_leaves_it(text: str, black: bool) -> None:
    page = build(long(HOSTILE[text]), black=black)
    assert len(PdfReader(BytesIO(page)).pages) == 1
    found = runs(page)
    assert [run for run in found if run.missing] == []
    assert [run for run in found if run.left < 11 or run.right > 199 + 1.5] == []
    assert [run for run in found if not 4 < run.base < 297] == []


@pytest.mark.parametrize("black", [False, True])
def test_it_says_when_where_what_and_whom_to_call(black: bool) -> None:
    text = said(build(POSTER, black=black))
    for words in (
        "1er mardi décembre 2026", "Héloup", "Cuisiner pour quarante, l’été", "9 h – 12 h", "Foyer communal",
        "2 chemin des Noyers, 61250 Héloup", "02 61 91 00 01", "Claire Boussole", "L’Atelier",
        "atelier.example.org/seances/128", "Imprimé par nos soins",
    ):  # fmt: skip
        assert words in text, text


def test_colour_fills_the_sheet_and_black_says_which_paper_to_take() -> None:
    coloured, black = data(POSTER), data(POSTER, black=True)
    assert (coloured["paper"], coloured["ink"]) == (PAPERS["saumon"].light.paper, inks("#6b2148").light.ink)
    assert (coloured["framed"], black["framed"], black["ink"]) == (False, True, "#000000")
    law = "À imprimer sur papier de couleur : le blanc est réservé aux affiches officielles (loi du 29 juillet 1881"
    assert law in said(build(POSTER, black=True))
    assert "papier de couleur" not in said(build(POSTER))


def _photograph() -> bytes:
    Image.new("RGB", (1200, 780), (200, 80, 40)).save(into := BytesIO(), "WEBP")
    return into.getvalue()


PICTURED = replace(
    POSTER, look=replace(POSTER.look, picture="/images/a.webp", alt="Des mains dans la farine"), picture=_photograph()
)


@pytest.mark.parametrize("black", [False, True])
def test_an_offers_own_picture_takes_the_drawings_place_and_says_what_it_shows(black: bool) -> None:
    page = build(replace(PICTURED, url=""), black=black)
    assert alternatives(page) == ["Des mains dans la farine"]
    jpeg = base64.b64decode(data(PICTURED, black=black)["art"].split("base64,")[1].split('"')[0])
    assert Image.open(BytesIO(jpeg)).mode == ("L" if black else "RGB")


def test_a_picture_that_does_not_read_leaves_the_drawing() -> None:
    broken = data(replace(PICTURED, picture=_photograph()[:300]))
    assert broken["art"] == data(POSTER)["art"]


def test_it_says_for_whom_at_what_price_and_the_year_only_of_another_year() -> None:
    text = said(build(replace(POSTER, audience="agents et élus", price="Gratuit", dated=False)))
    assert "Gratuit Pour qui\N{NO-BREAK SPACE}: agents et élus" in text or "Gratuit Pour qui : agents et élus" in text
    assert "décembre 9 h – 12 h" in text
    assert "2026" not in text


def test_the_accent_of_a_commune_is_clear_of_the_numeral_above() -> None:
    found = sorted(runs(build(replace(POSTER, city="Écouves"))), key=lambda run: run.size, reverse=True)
    numeral, commune = found[0], next(run for run in found if run.base < found[0].base)
    accent = commune.base + 0.92 * commune.size
    assert numeral.base - accent > 1.5, (numeral, commune)


def test_no_word_of_a_long_workshop_is_alone_on_its_last_line() -> None:
    title = "Entretenir et réparer son vélo de service : freins, pneus, chaîne et freinage"
    found = runs(build(replace(POSTER, title=title)))
    commune = sorted(found, key=lambda run: run.size, reverse=True)[2]  # after « 1 » and its « er »
    lines: dict[int, float] = {}
    for run in found:
        if run.size > 6.3 and run.base < commune.base - 2:
            lines[round(run.base)] = max(lines.get(round(run.base), 0), run.right)
    widths = [lines[base] for base in sorted(lines, reverse=True)]
    assert len(widths) > 1
    assert widths[-1] > 0.5 * max(widths), widths


def test_in_black_nothing_but_black_and_greys_is_printed() -> None:
    with pikepdf.open(BytesIO(build(POSTER, black=True))) as document:
        pieces = [document.pages[0]]
        pieces += [
            each for each in document.objects if isinstance(each, pikepdf.Stream) and each.get("/Subtype") == "/Form"
        ]
        for piece in pieces:
            for operands, operator in pikepdf.parse_content_stream(piece):
                if str(operator) in ("rg", "RG", "scn", "SCN") and len(operands) == 3:
                    assert len({round(float(value), 3) for value in operands}) == 1


def test_the_code_is_that_of_the_page_and_is_read_back() -> None:
    drawn = data(POSTER)["code"]
    assert drawn == code(POSTER.url)
    size = int(drawn.split('viewBox="0 0 ')[1].split()[0])
    made = segno.make_qr(POSTER.url, error="m", boost_error=False)
    assert size == made.symbol_size(border=0)[0]
    assert alternatives(build(POSTER)) == [f"QR code\N{NO-BREAK SPACE}: {POSTER.url.removeprefix('https://')}"]


def test_a_session_that_is_not_for_everybody_names_whom_it_is_for_and_gives_no_address() -> None:
    text = said(build(replace(POSTER, url="", whom="Commune d’Alençon")))
    assert "Pour Commune d’Alençon" in text
    assert "example.org" not in text


def test_a_session_in_several_dates_says_the_others() -> None:
    slots = tuple((WHEN.replace(day=day), WHEN.replace(day=day, hour=11)) for day in (1, 8, 15))
    assert "Puis le 8 décembre, le 15 décembre" in said(build(replace(POSTER, slots=slots)))
    assert "et 27 autres dates" in said(build(replace(POSTER, slots=slots[:1] * 31)))


def test_it_is_accessible_and_the_same_bytes_twice() -> None:
    page = build(POSTER)
    build.cache_clear()
    assert page == build(POSTER)
    with pikepdf.open(BytesIO(page)) as document:
        meta = document.open_metadata()
        assert (meta.pdfa_status, meta["pdfuaid:part"]) == ("3A", "1")


def test_what_a_no_break_space_holds_together_stays_together() -> None:
    where, _whom, call = data(replace(POSTER, address="1 place du Préau,\n61250\u00a0Écouves"), black=False)["facts"]
    assert where[1].endswith("61250\u00a0Écouves")
    assert call[0] == "02\u00a061\u00a091\u00a000\u00a001"
