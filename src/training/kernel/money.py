"""Money is integer cents, rates are basis points, and rounding happens here only."""

from __future__ import annotations

import re
from collections.abc import Sequence

BASIS = 10_000  # basis points in one


def vat_of(net_cents: int, rate_bp: int) -> int:
    """VAT of a net amount, in cents, rounded half away from zero as accountants do (EN 16931 BR-CO-17)."""
    return _rounded(net_cents * rate_bp)


def amount_of(unit_cents: int, steps: int) -> int:
    """A price times a quantity counted in ten-thousandths, in cents, rounded as VAT is."""
    return _rounded(unit_cents * steps)


def _rounded(cent_parts: int) -> int:
    """Cents from ten-thousandths of a cent."""
    sign = -1 if cent_parts < 0 else 1
    return sign * ((abs(cent_parts) * 2 + BASIS) // (BASIS * 2))


def interest_of(cent_days: int, rate_bp: int) -> int:
    """Simple interest of cents × days at a yearly rate, actual days over 365, rounded half up to the cent."""
    per_year = BASIS * 365
    return (cent_days * rate_bp * 2 + per_year) // (per_year * 2)


def shares(total_cents: int, weights: Sequence[int]) -> list[int]:
    """Split a total by weight so that the parts add up to it: the left-over cents go to the largest remainders."""
    whole = sum(weights)
    if whole <= 0 or min(weights) < 0:
        raise ValueError("weights are positive numbers")
    sign, size = (-1, -total_cents) if total_cents < 0 else (1, total_cents)
    parts = [size * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: (-(size * weights[i] % whole), i))
    for i in by_remainder[: size - sum(parts)]:
        parts[i] += 1
    return [sign * part for part in parts]


_TYPED = re.compile(r"(?P<units>\d{1,9})(?:[.,](?P<cents>\d{1,2}))?")


def parse_euros(text: str) -> int:
    """Cents from what a person types ("350", "1 250,50", "12.5 €"). ValueError on anything finer than a cent."""
    match = _TYPED.fullmatch(re.sub(r"[\s\u00a0\u202f€]", "", text))
    if match is None:
        raise ValueError(text)
    return int(match["units"]) * 100 + int((match["cents"] or "0").ljust(2, "0"))


def decimal(cents: int) -> str:
    """Cents as a machine writes them: "350.00", "-0.05"."""
    sign, size = ("-", -cents) if cents < 0 else ("", cents)
    return f"{sign}{size // 100}.{size % 100:02d}"
