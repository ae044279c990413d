"""How the town's themes are shown, in the order in which they are read."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TownTheme:
    """A theme of the catalogue: its paper, its drawing, and what else people look for it by."""

    name: str
    paper: str
    motif: str
    keywords: str = ""


THEMES = (
    TownTheme("Vélo et deux-roues", "vert", "velo", "bicyclette, VAE, trottinette, cyclomoteur"),
    TownTheme("Se déplacer sans voiture", "bleu", "bus", "car, transports, partage, marche"),
    TownTheme("Code et permis", "or", "panneaux", "conduite, examen, auto-école"),
    TownTheme("Enfants et école", "rose", "enfants", "classe, périscolaire, famille, parents"),
    TownTheme("Route et travail", "chamois", "route", "entreprise, employeur, trajet, document unique"),
    TownTheme("Sécurité routière", "saumon", "volant", "prévention, accident, alcool"),
    TownTheme("Voiture et budget", "lilas", "jauge", "argent, dépenses, aides, occasion"),
)
