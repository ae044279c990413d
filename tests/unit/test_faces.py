"""The faces are small, whole, cut once whoever starts, and nothing waits for them or fails without them."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

from training.kernel import cutting, faces, pdf, settings

LOCALE = Path(faces.__file__).parents[1] / "locale"
# Arial's widths, in thousandths of its size (Helvetica's, which Adobe published).
LETTERS = " abcdefghijklmnopqrstuvwxyz"
REGULAR = "278 556 556 500 556 556 278 556 556 222 222 500 222 833 556 556 556 556 333 500 278 556 500 722 500 500 500"
BOLD = "278 556 611 556 611 556 333 611 611 278 278 556 278 889 611 611 611 611 389 556 333 611 556 778 556 556 500"
ARIAL = dict(zip(LETTERS, map(int, REGULAR.split()), strict=True))
ARIAL_BOLD = dict(zip(LETTERS, map(int, BOLD.split()), strict=True))
WORDS = (
    "une seance de trois heures pour apprendre avec nous les places sont gratuites pour les habitants de la commune "
    "reservez avant le mardi neuf mars aupres de la mairie"
)


@pytest.fixture(scope="module")
def cut() -> Path:
    """The folder of what pages get; the run's first test that needs it pays for it."""
    assert faces.for_papers() is not None
    found = faces.for_pages()
    assert found is not None
    return found


@pytest.fixture
def elsewhere(tmp_path: Path) -> object:
    """Settings with a DATA_DIR where no face was ever cut."""
    now = settings.current()
    settings.use(replace(now, data_dir=tmp_path / "data"))
    yield tmp_path / "data"
    settings.use(now)


def test_both_together_weigh_sixty_kilobytes_at_most(cut: Path) -> None:
    assert sum((cut / name).stat().st_size for name in faces.WOFF2.values()) <= 60_000


def test_pages_get_every_width_of_the_one_and_every_weight_of_the_other(cut: Path) -> None:
    axes = {
        family: {axis.axisTag: (axis.minValue, axis.maxValue) for axis in TTFont(cut / name)["fvar"].axes}
        for family, name in faces.WOFF2.items()
    }
    assert axes == {faces.TITLE: {"wdth": (75, 100)}, faces.TEXT: {"wght": (400, 700)}}


@pytest.mark.parametrize("family", faces.WOFF2)
def test_figures_stand_under_each_other_and_letters_are_kerned(cut: Path, family: str) -> None:
    font = TTFont(cut / faces.WOFF2[family])
    assert "kern" in {found.FeatureTag for found in font["GPOS"].table.FeatureList.FeatureRecord}
    tabular = "tnum" in {found.FeatureTag for found in font["GSUB"].table.FeatureList.FeatureRecord}
    of = font.getBestCmap()
    assert tabular or len({font["hmtx"][of[ord(digit)]][0] for digit in "0123456789"}) == 1


@pytest.mark.parametrize("family", faces.WOFF2)
def test_every_character_of_our_own_texts_is_drawn(cut: Path, family: str) -> None:
    ours = set()
    for catalogue in LOCALE.glob("*/LC_MESSAGES/*.po"):
        with catalogue.open("rb") as file:
            for message in read_po(file):
                for said in (message.id, message.string):
                    ours |= set("".join(said) if isinstance(said, (tuple, list)) else said)
    missing = {letter for letter in ours if letter.isprintable()} - drawn(cut, family)
    assert missing == set()


@pytest.mark.parametrize(
    "name", ["Łódź", "Žďár nad Sázavou", "Hódmezővásárhely", "Târgu Mureș", "Ħamrun", "L’Haÿ", "Œuilly"]
)
def test_every_town_of_europe_that_is_written_in_latin_letters_is_drawn(cut: Path, name: str) -> None:
    for family in faces.WOFF2:
        assert set(name) <= drawn(cut, family)


def drawn(cut: Path, family: str) -> set[str]:
    return set(map(chr, TTFont(cut / faces.WOFF2[family]).getBestCmap()))


def test_arrows_currency_and_thin_spaces_are_drawn(cut: Path) -> None:
    for family in faces.WOFF2:
        assert set("←↑→↓€£\u202f\u00a0−–—…’«»²³½№™") <= drawn(cut, family)


def test_the_licence_goes_with_the_files_and_the_reserved_name_does_not(cut: Path) -> None:
    for name in faces.WOFF2.values():
        said = {entry.nameID: str(entry) for entry in TTFont(cut / name)["name"].names}
        assert {0, 13, 14} == set(said)
        assert "Open Font License" in said[13]


@pytest.mark.parametrize("stand_in", faces.STAND_INS)
def test_the_page_does_not_move_when_the_faces_arrive(cut: Path, stand_in: tuple[str, str, str, str, float]) -> None:
    family, stretch, weight, local, wide = stand_in
    low, high = (float(part.rstrip("%")) for part in f"{stretch} {stretch}".split()[:2] if stretch)
    heavy = sum(map(int, (f"{weight} {weight}").split()[:2])) / 2
    place = {"wdth": (low + high) / 2} if family == faces.TITLE else {"wght": 400 if heavy < 500 else 650}
    font = instantiateVariableFont(TTFont(cut / faces.WOFF2[family]), place)
    of, arial = font.getBestCmap(), ARIAL_BOLD if "Bold" in local else ARIAL
    ratio = sum(font["hmtx"][of[ord(c)]][0] for c in WORDS) / sum(arial[c] for c in WORDS)
    assert ratio * 100 == pytest.approx(wide, abs=1.5)
    over, under = faces.HEIGHTS[family]
    assert (font["hhea"].ascent, -font["hhea"].descent) == (over * 10, under * 10)


def test_the_sheet_names_both_families_and_blocks_no_text() -> None:
    sheet = faces.css()
    assert re.findall(r"font-family:'([^']*)';src:url", sheet) == [faces.TITLE, faces.TEXT]
    assert sheet.count("font-display:swap") == 2
    assert "http" not in sheet


def test_four_who_start_at_once_cut_once_and_spoil_nothing(tmp_path: Path) -> None:
    work = (
        "import sys, time; from pathlib import Path; from training.kernel import cutting\n"
        "def slow(into):\n"
        "    Path(sys.argv[1], f'ran-{time.monotonic_ns()}').touch()\n"
        "    time.sleep(0.3)\n"
        "    (into / 'face').write_text('whole')\n"
        "cutting.WORKS = {'pages': slow, 'papers': slow}\n"
        "cutting.cut(Path(sys.argv[1]), 'abc')"
    )
    children = [subprocess.Popen([sys.executable, "-c", work, str(tmp_path)]) for _ in range(4)]
    assert [child.wait(timeout=60) for child in children] == [0] * 4
    assert len(list(tmp_path.glob("ran-*"))) == 2
    assert [path.name for path in sorted(tmp_path.glob("*-abc/*"))] == ["face", "face"]
    assert list(tmp_path.glob(".cutting-*")) == []


def test_one_who_died_over_it_leaves_nothing_half_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".cutting-dead").mkdir()
    (tmp_path / ".cutting-dead" / "half").write_text("a face")

    def fails(into: Path) -> None:
        (into / "half").write_text("a face")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(cutting, "WORKS", {"pages": fails})
    with pytest.raises(OSError, match="No space"):
        cutting.cut(tmp_path, "abc")
    assert [path.name for path in tmp_path.iterdir()] == [".lock"]


@pytest.mark.anyio
async def test_the_program_starts_without_waiting_and_stops_without_leaving_a_child(elsewhere: Path) -> None:
    started = time.monotonic()
    async with faces.being_cut():
        assert time.monotonic() - started < 2
        assert faces.for_pages() is None
        assert faces.links() == {}
    assert not (elsewhere / "faces" / f"pages-{faces.digest()}").exists()


def test_a_paper_comes_out_where_the_faces_cannot_be_had(elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(faces, "_failed_at", time.monotonic())
    monkeypatch.setattr(pdf, "_own", type(pdf._own)())
    assert pdf._typeset(pdf._EMPTY_PAGE, {"text": "Élan d’Île, 12 €"}, pdf.EPOCH).startswith(b"%PDF")


def test_a_failure_is_not_tried_again_at_each_paper(elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tried = []
    monkeypatch.setattr(faces, "_failed_at", float("-inf"))
    monkeypatch.setattr(faces, "_cut_now", lambda: tried.append(1))
    assert [faces.for_papers(), faces.for_papers()] == [None, None]
    assert tried == [1]


def test_a_disk_that_is_not_to_be_written_gives_a_folder_of_the_process(
    elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.access", lambda *_: False)
    monkeypatch.setattr(faces, "_spare", [])
    room = faces._room()
    assert room.is_dir()
    assert elsewhere not in room.parents
    assert faces._room() == room


def test_a_machine_without_a_single_place_to_write_has_no_faces_and_says_nothing_else(
    elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nowhere(**_: object) -> object:
        raise FileNotFoundError("No usable temporary directory found")

    monkeypatch.setattr("os.access", lambda *_: False)
    monkeypatch.setattr("tempfile.TemporaryDirectory", nowhere)
    monkeypatch.setattr(faces, "_spare", [])
    assert faces.for_pages() is None
    assert faces.links() == {}


def test_papers_find_each_style_by_its_name(cut: Path) -> None:
    folder = faces.for_papers()
    assert folder is not None
    styles = {}
    for path in folder.iterdir():
        font = TTFont(path)
        said = font["name"]
        styles[path.name] = (said.getDebugName(16), font["OS/2"].usWeightClass, font["OS/2"].usWidthClass)
        assert "fvar" not in font
    assert styles == {
        **{f"text-{weight}.ttf": (faces.TEXT, weight, 5) for weight in (400, 600, 700)},
        **{f"title-{width}.ttf": (faces.TITLE, 800, width) for width in (3, 4, 5)},
    }
