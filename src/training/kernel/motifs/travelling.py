"""Motifs of the road: bicycle, wheel, bus, car, road, steering wheel."""

from __future__ import annotations

from training.kernel.motifs.measures import Measures
from training.kernel.motifs.shapes import (
    DEEP,
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
    passenger,
    person,
    sun,
    turned,
    wheel,
)


def bicycle(of: Measures) -> str:
    """Four spokes for each hour."""
    spokes, axle = of.hours(6, 24, 12, times=4), GROUND - 63
    wheels = wheel(112, axle, 58, spokes, 11) + wheel(292, axle, 58, spokes, 11)
    frame = f"M112 {axle}H184L258 {axle - 78}H146ZM184 {axle}L138 {axle - 98}"
    fork = f"M292 {axle}L252 {axle - 104} 282 {axle - 112}"
    flash = area("M6-9L-8 2H1L-5 10 10-2H1Z", INK)
    battery = turned(framed("M-34-13H34V13H-34Z", 5) + flash, 221, axle - 40, -46.5)
    saddle = box(112, axle - 108, 54, 13, INK, 6)
    return (
        hills(of.seed)
        + sun(336, 56)
        + wheels
        + line(frame + fork, 11)
        + saddle
        + battery
        + circle(184, axle, 13, INK)
        + ground()
    )


def wheel_and_spanner(of: Measures) -> str:
    """Eight spokes for each hour."""
    large = (
        wheel(236, 118, 128, of.hours(12, 32, 20, times=8), 18) + circle(236, 118, 22, INK) + circle(236, 118, 9, LIGHT)
    )
    jaws = "V-28C-40-40-40-74-16-84V-54L0-46 16-54V-84C40-74 40-40 16-28V92"
    return hills(of.seed) + large + turned(framed(f"M-16 92{jaws}Q0 108-16 92Z", 7), 96, 150, -38)


def bus(of: Measures) -> str:
    """As many passengers as the group, ten at most: two a window."""
    people, windows, width = of.people(1, 10, 10), 5, 52
    drawn = box(36, 66, 330, 136, INK, 20)
    for window in range(windows):
        x = 50 + window * 60
        heads = people * (window + 1) // windows - people * window // windows
        seats = (x + width * (seat + 1) / (heads + 1) for seat in range(heads))
        drawn += box(x, 82, width, 56, LIGHT, 7) + "".join(passenger(seat, 138) for seat in seats)
    drawn += box(50, 154, 226, 10, DEEP, 5) + box(330, 150, 26, 16, LIGHT, 5)
    for x in (104, 300):
        drawn += circle(x, 202, 30, LIGHT) + circle(x, 202, 24, INK) + circle(x, 202, 9, DEEP)
    return hills(of.seed) + drawn + ground()


def car(of: Measures) -> str:
    """As many on board as the group, four at most."""
    body = "M28 194V150Q30 134 60 130L108 84Q118 74 136 74H250Q268 74 280 86L318 128Q372 134 374 160V194Z"
    glass = "M84 130L120 94Q124 90 132 90H188V130ZM202 90H246Q256 90 264 98L294 130H202Z"
    drawn = area(body, INK) + area(glass, LIGHT)
    drawn += "".join(passenger(x, 130) for x in (122, 154, 238, 270)[: of.people(1, 4, 4)])
    for x in (104, 302):
        drawn += circle(x, 192, 36, DEEP) + circle(x, 192, 29, INK) + circle(x, 192, 11, LIGHT)
    return hills(of.seed) + sun(70, 58) + drawn + box(352, 146, 22, 12, LIGHT, 6) + ground()


def road(of: Measures) -> str:
    """One dash for each hour, two to seven."""
    dashes, growth = of.hours(2, 7, 4), 1.45  # nearer ones are longer
    unit = 126 / (1.6 * sum(growth**dash for dash in range(dashes)))
    y, marks = 134.0, ""
    for dash in range(dashes):
        end = y + unit * growth**dash
        far, near = (y - 110) * 0.1, (end - 110) * 0.1
        marks += f"M{200 - far:.1f} {y:.1f}H{200 + far:.1f}L{200 + near:.1f} {end:.1f}H{200 - near:.1f}Z"
        y += (end - y) * 1.6
    trees = "".join(_roadside(x, height) for x, height in ((40, 60), (82, 42), (340, 50), (374, 70)))
    return (
        hills(of.seed) + circle(286, 66, 36, LIGHT) + area("M150 128H250L390 260H10Z", INK) + area(marks, LIGHT) + trees
    )


def _roadside(x: float, height: float) -> str:
    return circle(x, 170 - height * 0.5, height * 0.42, INK) + box(x - 4, 170 - height * 0.4, 8, height * 0.9, INK)


def steering_wheel(of: Measures) -> str:
    """It counts nothing."""
    rim = circle(200, 150, 128, INK) + circle(200, 150, 98, DEEP)
    spokes = area("M102 140H298V168L232 176V262H168V176L102 168Z", INK)
    return (
        hills(of.seed)
        + rim
        + spokes
        + circle(200, 152, 26, LIGHT)
        + circle(72, 150, 15, LIGHT)
        + circle(328, 150, 15, LIGHT)
    )


def walkers(of: Measures) -> str:
    """Somebody and those who are led by the hand: four to seven of the group."""
    people, heights = of.people(4, 7, 6), (150, 92, 104, 84, 98, 88, 108)
    places = [60 + place * 290 / (people - 1) for place in range(people)]
    hands = [f"{x:.0f} {GROUND - height * 0.36:.0f}" for x, height in zip(places, heights, strict=False)]
    drawn = line("M" + "L".join(hands), 9)
    drawn += "".join(person(x, GROUND, height) for x, height in zip(places, heights, strict=False))
    drawn += area(f"M{places[0] - 30:.0f} {GROUND - 34}l60-20v14l-60 20Z", LIGHT)  # the sash of who leads
    for x, height in list(zip(places, heights, strict=False))[1:]:
        drawn += box(x - 7, GROUND - height * 0.46, 14, height * 0.26, LIGHT, 4)
    crossing = "".join(f"M{16 + stripe * 58} 260l12-30h28l-8 30Z" for stripe in range(7))
    return hills(of.seed) + sun(330, 52) + drawn + ground() + area(crossing, LIGHT)
