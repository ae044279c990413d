"""Motifs of what is shown and learnt: road signs, chevrons, first aid, a gauge, a screen."""

from __future__ import annotations

from math import cos, pi, sin

from training.kernel.motifs.measures import Measures
from training.kernel.motifs.shapes import (
    DEEP,
    INK,
    LIGHT,
    area,
    box,
    circle,
    framed,
    ground,
    hills,
    line,
    number,
    strokes,
)


def signs(of: Measures) -> str:
    """It counts nothing."""
    posts = "".join(box(x - 5, 110, 10, 112, INK) for x in (80, 204, 326))
    danger = framed("M80 46L138 142H22Z", 13) + box(75, 84, 10, 30, INK, 4) + circle(80, 126, 6, INK)
    no_entry = circle(204, 84, 57, INK) + circle(204, 84, 43, LIGHT) + box(170, 74, 68, 20, INK, 3)
    priority = framed("M326 34L382 90 326 146 270 90Z", 11) + area("M326 62L354 90 326 118 298 90Z", DEEP)
    return hills(of.seed) + posts + danger + no_entry + priority + ground()


def chevrons(of: Measures) -> str:
    """One for each hour, three to five."""
    number_of = of.hours(3, 5, 4)
    step = 348 / number_of
    board = box(14, 62, 372, 108, INK, 8) + box(60, 170, 14, 52, INK) + box(326, 170, 14, 52, INK)
    back, point = number(step * 0.5), number(step * 0.42)
    arrows = "".join(
        f"M{number(26 + arrow * step)} 74h{back}l{point} 42-{point} 42h-{back}l{point}-42Z"
        for arrow in range(number_of)
    )
    return hills(of.seed) + board + area(arrows, LIGHT) + ground()


def first_aid(of: Measures) -> str:
    """It counts nothing."""
    case = box(70, 92, 260, 130, INK, 16) + strokes("M150 92V64q0-14 14-14h72q14 0 14 14v28", 14)
    cross = circle(200, 156, 52, LIGHT) + box(188, 122, 24, 68, INK, 3) + box(166, 144, 68, 24, INK, 3)
    return hills(of.seed) + case + cross + ground()


def gauge(of: Measures) -> str:
    """The needle says the price: left is free."""
    price, x, y = of.price(), 200, 206
    past = round(price * 8)
    dial = area(f"M50 {y}A150 150 0 0 1 350 {y}Z", INK)
    scale = [_ray(x, y, tick / 8, 112, 134) for tick in range(9)]
    dial += strokes("".join(scale[: past + 1]), 9, LIGHT) + strokes("".join(scale[past + 1 :]), 9, DEEP)
    return (
        hills(of.seed)
        + dial
        + line(_ray(x, y, price * 0.84 + 0.08, 0, 96), 10, LIGHT)
        + circle(x, y - 2, 20, LIGHT)
        + ground()
    )


def _ray(x: float, y: float, way: float, start: float, end: float) -> str:
    """A stroke from the hub of a half circle; `way` is 0 at its left, 1 at its right."""
    turn = pi * (1 - way)
    inner = f"{number(x + start * cos(turn))} {number(y - start * sin(turn))}"
    return f"M{inner}L{number(x + end * cos(turn))} {number(y - end * sin(turn))}"


def screen(of: Measures) -> str:
    """One line of text for each hour, up to four."""
    drawn = box(66, 46, 268, 150, INK, 14) + box(82, 62, 236, 118, LIGHT, 4)
    for row in range(of.hours(1, 4, 3)):
        drawn += box(100, 78 + row * 24, (150, 196, 120, 170)[row], 12, INK if row else DEEP, 6)
    pointer = area("M272 128l44 40-20 2 12 24-12 6-12-24-14 14Z", INK)
    return hills(of.seed) + drawn + box(170, 196, 60, 26, INK) + pointer + ground()
