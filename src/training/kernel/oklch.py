"""Colours by lightness, chroma and hue as eyes see them (CSS Color 4, OKLCH): what the palette is computed with.

Twenty lines rather than a library: the one that is kept well takes a second and 18 MiB to import, for two conversions.
"""

from __future__ import annotations

import math
from typing import NamedTuple


class Oklch(NamedTuple):
    """`lightness` 0 to 1, `chroma` 0 to about 0.37, `hue` in degrees."""

    lightness: float
    chroma: float
    hue: float


def of_hex(colour: str) -> Oklch:
    """« #rrggbb » taken apart."""
    red, green, blue = (_linear(channel) for channel in channels(colour))
    # CSS Color 4 § 18, sample code: linear sRGB → LMS → OKLab
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    medium = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    a = 1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short
    lightness = 0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short
    return Oklch(lightness, math.hypot(a, b), math.degrees(math.atan2(b, a)) % 360)


def to_hex(lightness: float, chroma: float, hue: float) -> str:
    """« #rrggbb » nearest to it: what a screen cannot show is cut channel by channel."""
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    linear = (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )
    return "#" + "".join(f"{round(255 * _encoded(min(1.0, max(0.0, channel)))):02x}" for channel in linear)


def channels(colour: str) -> tuple[float, float, float]:
    """Red, green and blue of « #rrggbb », 0 to 1 each."""
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return red, green, blue


def luminance(colour: str) -> float:
    """WCAG 2.2, relative luminance of « #rrggbb »: 0 is black, 1 white."""
    red, green, blue = (_linear(channel) for channel in channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """WCAG 2.2, contrast ratio of two colours: 1 to 21, whichever stands on the other."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4


def _encoded(channel: float) -> float:
    return 12.92 * channel if channel <= 0.0031308 else 1.055 * channel ** (1 / 2.4) - 0.055
