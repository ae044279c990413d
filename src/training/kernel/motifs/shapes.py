"""What motifs are made of: shapes on a sheet of 400 × 260, each in one of three inks that a class names.

The ink is `k`, the deep colour of the paper `d`, its light one `l`. Shapes are filled, lines are drawn with one
(`ks`, `ds`, `ls`); `ko` adds an edge of ink. Which colours these are a stylesheet says, or `art_for_print`.
"""

from __future__ import annotations

from math import cos, pi, sin

INK, DEEP, LIGHT = "k", "d", "l"

GROUND = 222  # where everything stands
_LEFT, _RIGHT, _BOTTOM = -1400, 1000, 260  # land goes on beyond the sheet: a wide page shows more of it


def number(value: float) -> str:
    """One decimal at most: a tenth of a step is below what a screen shows."""
    return f"{round(value, 1):g}"


def circle(x: float, y: float, radius: float, ink: str) -> str:
    """A disc."""
    return f'<circle cx="{number(x)}" cy="{number(y)}" r="{number(radius)}" class="{ink}"/>'


def ring(x: float, y: float, radius: float, width: float) -> str:
    """A circle of ink that is not filled."""
    place = f'cx="{number(x)}" cy="{number(y)}" r="{number(radius)}"'
    return f'<circle {place} class="ks" stroke-width="{number(width)}"/>'


def box(x: float, y: float, width: float, height: float, ink: str, corner: float = 0) -> str:
    """A rectangle, its corners rounded by `corner`."""
    rounded = f' rx="{number(corner)}"' if corner else ""
    place = f'x="{number(x)}" y="{number(y)}" width="{number(width)}" height="{number(height)}"'
    return f'<rect {place}{rounded} class="{ink}"/>'


def area(path: str, ink: str) -> str:
    """What a path encloses."""
    return f'<path d="{path}" class="{ink}"/>'


def framed(path: str, width: float) -> str:
    """What a path encloses: light, with an edge of ink."""
    return f'<path d="{path}" class="l ko" stroke-width="{number(width)}" stroke-linejoin="round"/>'


def line(path: str, width: float, ink: str = INK) -> str:
    """A path drawn with a round pen."""
    pen = f'stroke-width="{number(width)}" stroke-linecap="round" stroke-linejoin="round"'
    return f'<path d="{path}" class="{ink}s" {pen}/>'


def strokes(path: str, width: float, ink: str = INK) -> str:
    """A path drawn with a pen that ends square."""
    return f'<path d="{path}" class="{ink}s" stroke-width="{number(width)}"/>'


def turned(shapes: str, x: float, y: float, degrees: float) -> str:
    """Shapes drawn about 0, 0: turned, then moved to a place."""
    return f'<g transform="translate({number(x)} {number(y)}) rotate({number(degrees)})">{shapes}</g>'


def ground() -> str:
    """The strip that things stand on."""
    return box(_LEFT, GROUND, _RIGHT - _LEFT, _BOTTOM - GROUND, INK)


def hills(seed: int) -> str:
    """The one line of hills: each seed has its own."""
    y, far = 150 + seed % 30, 128 + (seed >> 4) % 34
    left = f"M{_LEFT} {y + 16}C-1250 {y - 50} -1000 {far - 6} -860 {y + 10}S-760 {y + 26} -700 {y + 6}"
    near = f"C-560 {y - 40} -470 {far} -360 {far + 12}S-120 {y + 26} 0 {y}"
    sheet = f"C70 {y - 34} 120 {y - 30} 190 {y + 2}S330 {far - 10} 400 {far + 8}"
    return area(f"{left}{near}{sheet}S560 {far + 30} {_RIGHT} {y}V{_BOTTOM}H{_LEFT}Z", DEEP)


def sun(x: float, y: float) -> str:
    """Low over the hills."""
    return circle(x, y, 30, LIGHT)


def person(x: float, base: float, height: float, ink: str = INK) -> str:
    """Somebody who stands at `base`."""
    width = height * 0.4
    half = number(width / 2)
    body = f"M{number(x - width / 2)} {number(base)}V{number(base - height * 0.4)}"
    shoulders = f"a{half} {half} 0 0 1 {number(width)} 0V{number(base)}Z"
    return area(body + shoulders, ink) + circle(x, base - height * 0.8, height * 0.17, ink)


def passenger(x: float, base: float) -> str:
    """Somebody seen through a window: a head, and shoulders that end at `base`."""
    return circle(x, base - 22, 9.5, INK) + area(f"M{number(x - 13)} {number(base)}a13 13 0 0 1 26 0Z", INK)


def wheel(x: float, y: float, radius: float, spokes: int, tyre: float) -> str:
    """A wheel with its spokes, one path for all."""
    rays = "".join(
        f"M{number(x)} {number(y)}L{number(x + radius * cos(turn))} {number(y + radius * sin(turn))}"
        for turn in (2 * pi * spoke / spokes + 0.2 for spoke in range(spokes))
    )
    return circle(x, y, radius, LIGHT) + strokes(rays, 2.4) + ring(x, y, radius, tyre) + circle(x, y, 8, INK)
