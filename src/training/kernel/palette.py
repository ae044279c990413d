"""The colours of everything we draw: eight papers, one ink made from the platform's accent, white for what commits.

The idea is the coloured paper of village doors: only ink is printed on a paper, so text on it is read by construction
(tests/unit/test_palette.py holds every pair against WCAG 1.4.3 and 1.4.11, for any accent that staff may choose).
`/theme.css` serves these values to pages, mails and papers take them from here.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import lru_cache

from training.kernel.oklch import Oklch, contrast, of_hex, to_hex


@dataclass(frozen=True)
class DaySheet:
    """One paper in one light, « #rrggbb » each: its ground, two shades for drawings, a wash, an edge, quiet text."""

    paper: str
    deep: str
    light: str
    wash: str
    edge: str
    ink_2: str


@dataclass(frozen=True)
class NightSheet(DaySheet):
    """At night colour moves from the paper to what is drawn on it: the ink is the paper's own."""

    ink: str
    picture: str


@dataclass(frozen=True)
class Paper:
    """One of the eight, by day and by night."""

    light: DaySheet
    night: NightSheet


def _paper(lightness: float, chroma: float, hue: float) -> Paper:
    day = DaySheet(
        paper=to_hex(lightness, chroma, hue),
        deep=to_hex(lightness - 0.135, chroma + 0.03, hue),
        light=to_hex(0.975, 0.022, hue),
        wash=to_hex(0.955, 0.04 if chroma > 0.08 else 0.03, hue),
        edge=to_hex(0.54, chroma + 0.03, hue),
        ink_2=to_hex(0.36, 0.05, hue),
    )
    night = NightSheet(
        paper=to_hex(0.33, 0.05 + 0.1 * chroma, hue),
        deep=to_hex(0.42, 0.06 + 0.12 * chroma, hue),
        light=to_hex(0.255, 0.04 + 0.06 * chroma, hue),
        wash=to_hex(0.26, 0.03, hue),
        edge=to_hex(0.62, 0.11, hue),
        ink_2=to_hex(0.86, 0.055, hue),
        ink=to_hex(0.95, 0.03, hue),
        picture=to_hex(0.84, 0.11, hue),
    )
    return Paper(day, night)


# Named as paper mills name them; the order is that of the ream's edge.
PAPERS = {
    "vert": _paper(0.875, 0.085, 163),
    "bleu": _paper(0.85, 0.07, 238),
    "or": _paper(0.895, 0.135, 93),
    "rose": _paper(0.85, 0.078, 2),
    "chamois": _paper(0.85, 0.06, 70),
    "saumon": _paper(0.835, 0.098, 42),
    "lilas": _paper(0.835, 0.075, 308),
    "tilleul": _paper(0.89, 0.12, 120),
}


@dataclass(frozen=True)
class Ink:
    """What is written with, and on what, in one light: « #rrggbb » each, named as the custom properties of pages."""

    ink: str
    ink_2: str
    ink_3: str
    page: str
    desk: str
    sheet: str
    rule: str
    rule_strong: str
    hatch: str
    fill: str
    fill_2: str
    on_fill: str
    link: str
    danger: str
    danger_wash: str
    late: str
    late_wash: str
    done: str
    done_wash: str


@dataclass(frozen=True)
class Inks:
    """One platform's ink, by day and by night."""

    light: Ink
    night: Ink


DEFAULT_ACCENT = "#0e5a6e"
READ = 4.5  # WCAG 1.4.3


@lru_cache(64)
def inks(accent: str) -> Inks:
    """The ink of a platform: the hue of its accent, nearly black by day, nearly white by night."""
    hue = of_hex(accent)
    return Inks(_by_day(accent, hue), _by_night(hue))


def _by_day(accent: str, of: Oklch) -> Ink:
    tint, hue = min(0.035, of.chroma), of.hue
    desk = to_hex(0.955, tint * 0.12, hue)
    link = _darkened(accent, desk)
    return Ink(
        ink=to_hex(0.245, tint, hue),
        ink_2=to_hex(0.42, tint, hue),
        ink_3=to_hex(0.51, tint * 0.7, hue),
        page="#ffffff",
        desk=desk,
        sheet="#ffffff",
        rule=to_hex(0.89, tint * 0.25, hue),
        rule_strong=to_hex(0.6, tint * 0.6, hue),
        hatch=to_hex(0.915, tint * 0.2, hue),
        fill=accent,
        fill_2=to_hex(max(0.0, of.lightness - 0.09), of.chroma * 0.85, hue),
        on_fill="#ffffff",
        link=link,
        danger="#a81d19",
        danger_wash="#fdeceb",
        late="#8a3d00",
        late_wash="#fdf0e0",
        done="#1c6b3a",
        done_wash="#e8f4eb",
    )


def _by_night(of: Oklch) -> Ink:
    tint, hue = min(0.035, of.chroma), of.hue
    vivid = min(0.075, of.chroma)
    return Ink(
        ink=to_hex(0.95, tint * 0.25, hue),
        ink_2=to_hex(0.825, tint * 0.5, hue),
        ink_3=to_hex(0.73, tint * 0.6, hue),
        page=to_hex(0.205, tint * 0.65, hue),
        desk=to_hex(0.205, tint * 0.65, hue),
        sheet=to_hex(0.25, tint * 0.75, hue),
        rule=to_hex(0.35, tint * 0.8, hue),
        rule_strong=to_hex(0.61, tint * 0.75, hue),
        hatch=to_hex(0.3, tint * 0.8, hue),
        fill=to_hex(0.82, vivid, hue),
        fill_2=to_hex(0.88, vivid * 0.8, hue),
        on_fill=to_hex(0.2, tint, hue),
        link=to_hex(0.82, vivid, hue),
        danger="#ff9a8f",
        danger_wash="#3a1c1a",
        late="#f3b669",
        late_wash="#33250f",
        done="#7fcf98",
        done_wash="#17291d",
    )


def _darkened(accent: str, ground: str) -> str:
    """The accent, or the nearest darker that is read on the office's ground too: it is chosen against white."""
    lightness, chroma, hue = of_hex(accent)
    colour = accent
    while contrast(colour, ground) < READ:
        lightness -= 0.01
        colour = to_hex(lightness, chroma, hue)
    return colour


def css(accent: str) -> str:
    """Every colour of pages as custom properties, for `/theme.css`; a paper is `data-paper="vert"` on any element."""
    mine = inks(accent)
    day = f":root{{color-scheme:light dark;--accent:{accent};--ream:{_ream()};{_properties(mine.light)}}}\n"
    night = f":root{{{_properties(mine.night)}}}\n"
    by_day = "".join(f"[data-paper={name}]{{{_on_paper(paper.light)}}}\n" for name, paper in PAPERS.items())
    by_night = "".join(f"[data-paper={name}]{{{_on_paper(paper.night)}}}\n" for name, paper in PAPERS.items())
    return f"{day}{by_day}@media screen and (prefers-color-scheme:dark){{\n{night}{by_night}}}\n"


def light_css(accent: str) -> str:
    """The same by day only: for a list inside another site's page, which is light whatever its reader prefers."""
    papers = "".join(f"[data-paper={name}]{{{_on_paper(paper.light)}}}\n" for name, paper in PAPERS.items())
    return f":root{{color-scheme:light;--accent:{accent};{_properties(inks(accent).light)}}}\n{papers}"


def _properties(ink: Ink) -> str:
    return "".join(f"--{field.name.replace('_', '-')}:{getattr(ink, field.name)};" for field in fields(ink))


def _on_paper(sheet: DaySheet) -> str:
    ink, picture = (sheet.ink, sheet.picture) if isinstance(sheet, NightSheet) else ("var(--ink)", "var(--ink)")
    return (
        f"--p:{sheet.paper};--p-deep:{sheet.deep};--p-light:{sheet.light};--p-wash:{sheet.wash};--p-edge:{sheet.edge};"
        f"--p-ink-2:{sheet.ink_2};--p-ink:{ink};--p-pic:{picture}"
    )


def _ream() -> str:
    """The edge of the ream: the eight papers side by side, the one ornament of pages."""
    step = 100 / len(PAPERS)
    stops = (f"{paper.light.paper} {i * step:g}% {(i + 1) * step:g}%" for i, paper in enumerate(PAPERS.values()))
    return f"linear-gradient(90deg,{','.join(stops)})"
