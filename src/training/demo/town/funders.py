"""Who funds the platform: since when, and which part of which offers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TownFunder:
    """A funder and the shares that it pays, in basis points, by the offers' slugs; None: it stands behind it."""

    name: str
    sentence: str
    shares: tuple[tuple[str, int | None], ...]


FUNDERS = (
    TownFunder(
        "Communauté urbaine d’Alençon",
        "Avec le soutien de la Communauté urbaine d’Alençon.",
        (
            ("sensibilisation-velo-electrique", 4_000),
            ("prendre-le-bus", 5_000),
            ("covoiturer-au-quotidien", 5_000),
            ("reparer-son-velo", None),
        ),
    ),
    TownFunder(
        "Département de l’Orne",
        "Une action soutenue par le Département de l’Orne.",
        (
            ("bien-acheter-voiture-occasion", 2_500),
            ("budget-mobilite", 3_000),
            ("preparer-dossier-permis", 3_000),
            ("prendre-le-bus", 2_500),
        ),
    ),
)
