"""Motifs of being together: a hall and who comes, a saucepan, trees, talk."""

from __future__ import annotations

from training.kernel.motifs.measures import Measures
from training.kernel.motifs.shapes import (
    GROUND,
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
    person,
    sun,
)


def hall(of: Measures) -> str:
    """One figure before the hall for each four who come, two to seven."""
    people = of.crowd(each=4, least=2, most=7, usual=3)
    house = area("M60 120L200 44 340 120V222H60Z", INK) + circle(200, 98, 15, LIGHT)
    door = box(172, 150, 56, 72, LIGHT, 3) + box(198, 150, 4, 72, INK)
    windows = "".join(box(x, 144, 24, 38, LIGHT, 2) for x in (90, 128, 248, 286))
    step = 300 / (people - 1)
    crowd = "".join(person(50 + n * step, 240 + n % 2 * 6, 56 + n * 7 % 14, "d ko") for n in range(people))
    return hills(of.seed) + house + door + windows + ground() + f'<g stroke-width="4">{crowd}</g>'


def saucepan(of: Measures) -> str:
    """One wisp of steam for each hour, up to five."""
    wisps = of.hours(1, 5, 3)
    steam = "".join(
        f"M{number(200 + (wisp - (wisps - 1) / 2) * 38)} 96c-14-16 14-26 0-46c-8-12 0-20 6-24" for wisp in range(wisps)
    )
    pan = area("M110 138H290V196Q290 222 264 222H136Q110 222 110 196Z", INK) + box(96, 110, 208, 20, INK, 8)
    return (
        hills(of.seed)
        + line(steam, 9)
        + pan
        + box(290, 146, 82, 18, INK, 9)
        + box(128, 152, 10, 46, LIGHT, 5)
        + ground()
    )


def trees(of: Measures) -> str:
    """One for each hour, up to five."""
    number_of = of.hours(1, 5, 3)
    step = 300 / max(number_of, 3)
    drawn = ""
    for tree in range(number_of):
        x, height = 200 + (tree - (number_of - 1) / 2) * step, (150, 112, 130, 100, 140)[tree]
        drawn += _tree(x, height)
    return hills(of.seed) + sun(330, 56) + drawn + ground()


def _tree(x: float, height: float) -> str:
    crown = GROUND - height * 0.72
    fruit = ((-0.14, -0.06), (0.12, 0.04), (-0.02, 0.16), (0.05, -0.2))
    drawn = box(x - 6, GROUND - height * 0.55, 12, height * 0.55, INK) + circle(x, crown, height * 0.36, INK)
    return drawn + "".join(circle(x + right * height, crown + down * height, 6, LIGHT) for right, down in fruit)


def talk(of: Measures) -> str:
    """It counts nothing."""
    first = area("M50 40H238Q254 40 254 56V124Q254 140 238 140H120L84 176V140H50Q34 140 34 124V56Q34 40 50 40Z", INK)
    dots = "".join(circle(98 + dot * 46, 90, 11, LIGHT) for dot in range(3))
    answer = "M210 96H352Q366 96 366 110V166Q366 180 352 180H336V206L304 180H210Q196 180 196 166V110Q196 96 210 96Z"
    lines = box(222, 118, 116, 10, INK, 5) + box(222, 144, 76, 10, INK, 5)
    return hills(of.seed) + first + dots + framed(answer, 10) + lines + ground()
