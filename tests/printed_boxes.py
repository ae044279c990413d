"""Where a PDF puts its text, as a test measures it: each run of glyphs with its place and width, page by page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO

import pikepdf

POINTS = 72 / 25.4  # of a millimetre


@dataclass(frozen=True, slots=True)
class Run:
    """Glyphs set in one go; in millimetres from the left and from the foot of the page. `missing`: of no glyph."""

    page: int
    left: float
    right: float
    base: float
    size: float
    missing: bool

    def over(self, other: Run) -> bool:
        """Whether the two are printed over each other."""
        near = self.page == other.page and abs(self.base - other.base) < 0.6 * min(self.size, other.size)
        return near and min(self.right, other.right) - max(self.left, other.left) > 0.4


def runs(paper: bytes) -> list[Run]:
    """Every run of a paper."""
    with pikepdf.open(BytesIO(paper)) as document:
        return [run for number, page in enumerate(document.pages) for run in _page(number, page)]


def _page(number: int, page: pikepdf.Page) -> Iterator[Run]:
    fonts = {name: _widths(font) for name, font in page.resources.get("/Font", {}).items()}
    stack: list[pikepdf.Matrix] = []
    here, text, font, size = pikepdf.Matrix(), pikepdf.Matrix(), "", 0.0
    for operands, operator in pikepdf.parse_content_stream(page):
        match str(operator):
            case "q":
                stack.append(here)
            case "Q":
                here = stack.pop()
            case "cm":
                here = pikepdf.Matrix(*map(float, operands)) @ here
            case "BT":
                text = pikepdf.Matrix()
            case "Tm":
                text = pikepdf.Matrix(*map(float, operands))
            case "Tf":
                font, size = str(operands[0]), float(operands[1])
            case "Tj" | "TJ":
                pieces = operands[0] if str(operator) == "TJ" else [operands[0]]
                wide, missing = _wide(pieces, fonts[font])
                placed = text @ here
                left, right = placed.e, placed.e + placed.a * size * wide / 1000
                if wide:
                    yield Run(
                        number, left / POINTS, right / POINTS, placed.f / POINTS, abs(placed.d) * size / POINTS, missing
                    )


def _widths(font: pikepdf.Object) -> tuple[dict[int, float], float]:
    """The width of each glyph of a composite font, in thousandths; and that of the others (ISO 32000-2 9.7.4.3)."""
    inner = font["/DescendantFonts"][0]
    listed, widths, at = list(inner.get("/W", [])), dict[int, float](), 0
    while at < len(listed):
        first = int(listed[at])
        if isinstance(listed[at + 1], pikepdf.Array):
            widths |= {first + n: float(w) for n, w in enumerate(listed[at + 1])}
            at += 2
        else:
            widths |= dict.fromkeys(range(first, int(listed[at + 1]) + 1), float(listed[at + 2]))
            at += 3
    return widths, float(inner.get("/DW", 1000))


def _wide(pieces: object, font: tuple[dict[int, float], float]) -> tuple[float, bool]:
    widths, usual = font
    total, missing = 0.0, False
    for piece in pieces:  # type: ignore[attr-defined]
        if isinstance(piece, pikepdf.String):
            raw = bytes(piece)
            glyphs = [int.from_bytes(raw[n : n + 2]) for n in range(0, len(raw), 2)]
            total += sum(widths.get(glyph, usual) for glyph in glyphs)
            missing = missing or 0 in glyphs  # glyph 0 is the box of what a font lacks
        else:
            total -= float(piece)
    return total, missing
