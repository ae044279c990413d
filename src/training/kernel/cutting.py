"""Cut the two faces out of their packages: variable WOFF2 for pages, a file a style for papers. A child's work.

`kernel/faces.py` starts it and says where; it takes ten seconds and 100 MB, which no process that serves should spend.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

from training.kernel.characters import unprinted
from training.kernel.faces import TEXT, TITLE, WOFF2, source

Limits = dict[str, float | tuple[float, float]]  # of an axis: one place, or from where to where

OPTICAL = 36  # points: what titles are drawn for; the axis itself would double the file
USUAL_WIDTH = 87.5  # percent: the one whose kerning all widths share on pages
HEAVY = 800
WIDTHS = {75.0: ("Condensed", 3), USUAL_WIDTH: ("SemiCondensed", 4), 100.0: ("", 5)}  # OpenType OS/2, usWidthClass
WEIGHTS = {400: "Regular", 600: "SemiBold", 700: "Bold"}
FEATURES = ["lnum", "locl", "tnum"]


def _span(first: str, last: str) -> str:
    return "".join(map(chr, range(ord(first), ord(last) + 1)))


# Letters of the languages of Europe that are written in Latin ones, signs of shops and offices, arrows.
SHOWN = (
    _span(" ", "~")
    + _span("\xa0", "ÿ")
    + "ĀāĂăĄąĆćĊċČčĎďĐđĒēĖėĘęĚěĞğĠġĢģĦħĪīĮįİıĶķĹĺĻļĽľŁłŃńŅņŇňŌōŐőŒœŔŕŖŗŘřŚśŞşŠšŤťŪūŮůŰűŲųŴŵŶŷŸŹźŻżŽžȘșȚțẞ"
    + "\u02bc\u02c6\u02da\u02dc\u2010\u2011–—‘’‚“”„†‡•…\u202f‰′″‹›⁄⁰⁴⁵⁶⁷⁸⁹€№™−≈≠≤≥✓←↑→↓↔↕"
)


# To kern all of the title's letters would be half of its file; and of any face, most of the time that this takes.
FRENCH = _span(" ", "~") + "ÀÂÆÇÈÉÊËÎÏÔŒÙÛÜŸàâæçèéêëîïôœùûüÿ«»’‘“”–—€°\xa0\u202f"
KERNED = {TITLE: FRENCH, TEXT: SHOWN}
LEGAL = [0, 13, 14]  # copyright and licence stay (OFL 1.1, 2); the reserved name of a face does not (OFL 1.1, 3)


@cache
def _subset(family: str, letters: str, *features: str) -> bytes:
    """The variable face with only these letters: everything after it is ten times faster."""
    options = subset.Options(
        layout_features=features, hinting=False, notdef_outline=True, name_IDs=LEGAL, glyph_names=True
    )
    font = TTFont(source(family), recalcTimestamp=False)
    cutter = subset.Subsetter(options)
    cutter.populate(text=letters)
    cutter.subset(font)
    return _saved(font)


def _limited(face: bytes, limits: Limits) -> Any:
    return instancer.instantiateVariableFont(TTFont(BytesIO(face), recalcTimestamp=False), limits, inplace=True)


def _cut(family: str, letters: str, limits: Limits, kerning: Limits, *features: str) -> Any:
    """The letters at some places of the axes, kerned as they are at `kerning`."""
    font = _limited(_subset(family, letters, *FEATURES, *features), limits)
    kerned = _limited(_subset(family, KERNED[family], "kern"), kerning)
    for table in ("GPOS", "GDEF"):
        font[table] = kerned[table]
    return font


def _saved(font: Any) -> bytes:
    out = BytesIO()
    font.save(out)
    return out.getvalue()


def _title(width: float | tuple[float, float]) -> Limits:
    return {"opsz": OPTICAL, "wght": HEAVY, "wdth": width}


def for_pages(into: Path) -> None:
    """Two variable WOFF2: the title face in its heaviest weight and every width, the text face from 400 to 700."""
    weights: Limits = {"wght": (min(WEIGHTS), max(WEIGHTS))}
    title = _cut(TITLE, SHOWN, _title((min(WIDTHS), max(WIDTHS))), _title(USUAL_WIDTH))
    for family, font in ((TITLE, title), (TEXT, _cut(TEXT, SHOWN, weights, weights))):
        font.flavor = "woff2"
        font["post"].formatType = 3.0  # no names of glyphs
        del font["STAT"]
        font["name"].names = [entry for entry in font["name"].names if entry.nameID in LEGAL]
        _write(into / WOFF2[family], _saved(font))


def for_papers(into: Path) -> None:
    """Static TrueType: Typst draws no variable face, and knows a style by what the file says of itself."""
    letters = "".join(letter for letter in map(chr, range(0x20, 0x10000)) if not unprinted(letter))
    for width, (called, width_class) in WIDTHS.items():
        font = _cut(TITLE, letters, _title(width), _title(width), "sups")
        named = _named(font, TITLE, f"{called} ExtraBold".strip(), HEAVY, width_class)
        _write(into / f"title-{width_class}.ttf", _saved(named))
    for weight, called in WEIGHTS.items():
        font = _cut(TEXT, letters, {"wght": weight}, {"wght": weight}, "sups")
        _write(into / f"text-{weight}.ttf", _saved(_named(font, TEXT, called, weight, 5)))


def _named(font: Any, family: str, style: str, weight: int, width: int) -> Any:
    """The same face, saying its family, style, weight and width (OpenType: name 1, 2, 4, 6, 16, 17; OS/2)."""
    plain = style in ("Regular", "Bold")  # the only two that names 1 and 2 have words for
    names = {
        1: family if plain else f"{family} {style}",
        2: style if plain else "Regular",
        3: f"{family} {style}",
        4: f"{family} {style}",
        6: f"{family}-{style}".replace(" ", ""),
        16: family,
        17: style,
    }
    for number, text in names.items():
        font["name"].setName(text, number, 3, 1, 0x409)
    os2 = font["OS/2"]
    os2.usWeightClass, os2.usWidthClass = weight, width
    bold = style == "Bold"
    os2.fsSelection = os2.fsSelection & ~0b1100001 | (0b100000 if bold else 0b1000000)
    font["head"].macStyle = int(bold)
    return font


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


WORKS: dict[str, Callable[[Path], None]] = {"pages": for_pages, "papers": for_papers}


@contextlib.contextmanager
def _alone(room: Path) -> Iterator[None]:
    """One at a time, whoever started it; the kernel drops the lock however its holder ends."""
    with (room / ".lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def cut(room: Path, digest: str) -> None:
    """Make in `room` what is not there yet. A folder has its name once it is whole, and never changes again."""
    room.mkdir(parents=True, exist_ok=True)
    with _alone(room):
        for left in room.glob(".cutting-*"):  # by one who died here
            shutil.rmtree(left, ignore_errors=True)
        for what, work in WORKS.items():
            whole = room / f"{what}-{digest}"
            if whole.is_dir():
                continue
            with tempfile.TemporaryDirectory(prefix=".cutting-", dir=room, ignore_cleanup_errors=True) as fresh:
                made = Path(fresh) / what
                made.mkdir()
                work(made)
                made.rename(whole)


if __name__ == "__main__":
    os.nice(5)  # whoever asks for a page comes first
    cut(Path(sys.argv[1]), sys.argv[2])
