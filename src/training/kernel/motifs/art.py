"""A look to its picture: inline SVG that takes its colours from the page, or for paper one that has them written in."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Protocol

from markupsafe import Markup

from training.kernel.i18n import N_
from training.kernel.motifs import gathering, teaching, travelling
from training.kernel.motifs.measures import Measures


class Shown(Protocol):
    """What is asked of a look: the name of its motif, or the address of a picture that takes its place."""

    @property
    def motif(self) -> str:
        """One of `MOTIFS`."""

    @property
    def picture(self) -> str | None:
        """The address of a picture that somebody uploaded."""

    @property
    def alt(self) -> str | None:
        """What that picture shows, in words."""


# The names are data: they stand in rows. A motif that goes is drawn as the hall by what still names it.
MOTIFS: Mapping[str, Callable[[Measures], str]] = {
    "velo": travelling.bicycle,
    "roue": travelling.wheel_and_spanner,
    "bus": travelling.bus,
    "auto": travelling.car,
    "route": travelling.road,
    "volant": travelling.steering_wheel,
    "enfants": travelling.walkers,
    "panneaux": teaching.signs,
    "chevrons": teaching.chevrons,
    "secours": teaching.first_aid,
    "jauge": teaching.gauge,
    "ecran": teaching.screen,
    "salle": gathering.hall,
    "casserole": gathering.saucepan,
    "arbre": gathering.trees,
    "bulles": gathering.talk,
}

MOTIF_NAMES: Mapping[str, str] = {
    "velo": N_("Vélo"),
    "roue": N_("Roue et clé"),
    "bus": N_("Autocar"),
    "auto": N_("Voiture"),
    "route": N_("Route"),
    "volant": N_("Volant"),
    "enfants": N_("Groupe qui traverse"),
    "panneaux": N_("Panneaux"),
    "chevrons": N_("Flèches"),
    "secours": N_("Trousse de secours"),
    "jauge": N_("Compteur"),
    "ecran": N_("Écran"),
    "salle": N_("Salle"),
    "casserole": N_("Casserole"),
    "arbre": N_("Arbres"),
    "bulles": N_("Bulles de parole"),
}

_SHEET, _WIDE = "0 0 400 260", "-420 0 1240 260"


def art(
    look: Shown,
    seed: object,
    *,
    group: int | None = None,
    minutes: int | None = None,
    cents: int | None = None,
    count: int | None = None,
    wide: bool = False,
) -> Markup:
    """The picture of a look, for a page. `seed` (a slug, an id) makes its hills; what is counted may be unknown.

    `wide` is for a strip across the page: the land goes on at both sides.
    """
    if look.picture:
        words = Markup(
            '<img class="art" src="{}" alt="{}" srcset="{}-2x.webp 2x" width="400" height="260" loading="lazy" '
            'decoding="async">'
        )
        return words.format(look.picture, look.alt or "", look.picture.removesuffix(".webp"))
    return _inline(
        look.motif, Measures(_number(seed), group, minutes, cents, count).bounded(), _WIDE if wide else _SHEET
    )


def art_for_print(
    look: Shown,
    seed: object,
    *,
    ink: str,
    deep: str,
    light: str,
    group: int | None = None,
    minutes: int | None = None,
    cents: int | None = None,
    count: int | None = None,
) -> str:
    """The drawing of a look as a file, its inks colours (`#0a242c`); of an uploaded picture paper takes the bytes."""
    shapes = _drawn(look.motif, Measures(_number(seed), group, minutes, cents, count).bounded())
    for classes, colours in (
        ('class="k"', f'fill="{ink}"'),
        ('class="d"', f'fill="{deep}"'),
        ('class="l"', f'fill="{light}"'),
        ('class="l ko"', f'fill="{light}" stroke="{ink}"'),
        ('class="d ko"', f'fill="{deep}" stroke="{ink}"'),
        ('class="ks"', f'fill="none" stroke="{ink}"'),
        ('class="ds"', f'fill="none" stroke="{deep}"'),
        ('class="ls"', f'fill="none" stroke="{light}"'),
    ):
        shapes = shapes.replace(classes, colours)
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{_SHEET}" width="400" height="260">{shapes}</svg>'


def _number(seed: object) -> int:
    return int.from_bytes(hashlib.sha256(str(seed).encode()).digest()[:3])


@lru_cache(1024)
def _inline(motif: str, measures: Measures, view: str) -> Markup:
    opening = (
        f'<svg class="art" viewBox="{view}" preserveAspectRatio="xMidYMax slice" aria-hidden="true" focusable="false">'
    )
    return Markup(f"{opening}{_drawn(motif, measures)}</svg>")  # noqa: S704 — made of our shapes and numbers alone


def _drawn(motif: str, measures: Measures) -> str:
    return MOTIFS.get(motif, gathering.hall)(measures)
