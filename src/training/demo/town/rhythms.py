"""How each offer lives over two years: how often, at what hours, who runs it and who asks for it. No dates here."""

from __future__ import annotations

from dataclasses import dataclass

Pattern = tuple[tuple[int, str, str], ...]  # one part a slot: days after the first one, from, to (wall clock)

_HALF_DAYS: tuple[Pattern, ...] = (((0, "09:00", "12:00"),), ((0, "13:30", "16:30"),))
_TWO_HOURS: tuple[Pattern, ...] = (((0, "10:00", "12:00"),), ((0, "14:00", "16:00"),), ((0, "18:00", "20:00"),))
_AND_A_HALF: tuple[Pattern, ...] = (((0, "09:30", "12:00"),), ((0, "14:00", "16:30"),))
_SEVEN_HOURS: tuple[Pattern, ...] = (((0, "09:00", "12:30"), (0, "13:30", "17:00")),)

_TOWN = (
    "centre-social-alencon",
    "mediatheque-alencon",
    "maison-associations-alencon",
    "centre-social-argentan",
    "foyer-heloup",
    "salle-fetes-ecouves",
)


@dataclass(frozen=True, slots=True)
class Rhythm:
    """`past` and `coming` count sessions; `crew` is how many facilitators a slot needs; no `venues` means any."""

    offer: str
    past: int
    coming: int
    patterns: tuple[Pattern, ...]
    takers: tuple[str, ...]
    crew: int = 1
    venues: tuple[str, ...] = ()


RHYTHMS: tuple[Rhythm, ...] = (
    Rhythm(
        "sensibilisation-velo-electrique",
        4,
        5,
        _HALF_DAYS,
        (
            "imprimerie-du-haras",
            "commune-alencon",
            "communaute-urbaine-alencon",
            "commune-ecouves",
            "syndicat-mobilites-rurales",
            "ccas-argentan",
            "jardins-du-sarthon",
        ),
        crew=2,
    ),
    Rhythm(
        "bien-acheter-voiture-occasion",
        3,
        3,
        _HALF_DAYS,
        (
            "mission-locale-alencon",
            "ccas-argentan",
            "jardins-du-sarthon",
            "departement-orne",
            "commune-sainte-scolasse",
        ),
    ),
    Rhythm(
        "prendre-le-bus",
        3,
        2,
        _AND_A_HALF,
        ("aines-du-mele", "mission-locale-alencon", "ccas-argentan", "communaute-urbaine-alencon"),
        venues=_TOWN,
    ),
    Rhythm(
        "diagnostic-mobilite",
        3,
        2,
        _HALF_DAYS,
        ("departement-orne", "mission-locale-alencon", "jardins-du-sarthon", "ccas-argentan"),
    ),
    Rhythm(
        "covoiturer-au-quotidien",
        2,
        2,
        (((0, "12:00", "14:00"),), ((0, "18:00", "20:00"),)),
        ("communaute-urbaine-alencon", "imprimerie-du-haras", "commune-ecouves", "syndicat-mobilites-rurales"),
    ),
    Rhythm(
        "budget-mobilite",
        2,
        2,
        _AND_A_HALF,
        ("ccas-argentan", "departement-orne", "mission-locale-alencon", "jardins-du-sarthon"),
    ),
    Rhythm(
        "preparer-dossier-permis",
        2,
        2,
        _AND_A_HALF,
        ("mission-locale-alencon", "departement-orne", "jardins-du-sarthon", "ccas-argentan"),
    ),
    Rhythm(
        "reviser-code-de-la-route",
        3,
        2,
        (
            ((0, "18:00", "20:00"), (7, "18:00", "20:00"), (14, "18:00", "20:00")),
            ((0, "14:00", "16:00"), (7, "14:00", "16:00"), (14, "14:00", "16:00")),
        ),
        ("commune-sainte-scolasse", "commune-ecouves", "aines-du-mele", "commune-alencon", "mission-locale-alencon"),
    ),
    Rhythm(
        "reparer-son-velo",
        2,
        2,
        _AND_A_HALF,
        ("commune-alencon", "imprimerie-du-haras", "college-deux-vallees", "jardins-du-sarthon"),
        crew=2,
    ),
    Rhythm(
        "sobriete-au-volant",
        3,
        2,
        _TWO_HOURS,
        ("imprimerie-du-haras", "commune-alencon", "syndicat-mobilites-rurales", "mission-locale-alencon"),
    ),
    Rhythm(
        "seniors-au-volant",
        3,
        2,
        _HALF_DAYS,
        ("aines-du-mele", "commune-ecouves", "commune-sainte-scolasse", "ccas-argentan"),
    ),
    Rhythm(
        "pietons-chemin-ecole",
        2,
        2,
        (((0, "09:00", "10:30"),), ((0, "14:00", "15:30"),)),
        ("college-deux-vallees", "commune-sainte-scolasse", "commune-ecouves", "commune-alencon"),
    ),
    Rhythm(
        "sieges-auto-enfants",
        2,
        2,
        _TWO_HOURS,
        ("communaute-urbaine-alencon", "commune-alencon", "ccas-argentan", "mission-locale-alencon"),
    ),
    Rhythm(
        "trottinette-en-ville",
        2,
        2,
        _TWO_HOURS[:2],
        ("college-deux-vallees", "commune-alencon", "mission-locale-alencon", "imprimerie-du-haras"),
    ),
    Rhythm(
        "moto-en-securite",
        1,
        2,
        _HALF_DAYS,
        ("departement-orne", "communaute-urbaine-alencon", "imprimerie-du-haras", "syndicat-mobilites-rurales"),
        venues=("salle-fetes-ecouves", "salle-polyvalente-le-mele", "salle-fetes-carrouges"),
    ),
    Rhythm(
        "premiers-secours-route",
        2,
        2,
        (((0, "09:00", "12:00"), (0, "13:30", "16:30")),),
        ("syndicat-mobilites-rurales", "imprimerie-du-haras", "commune-alencon", "aines-du-mele"),
        crew=2,
    ),
    Rhythm(
        "risque-routier-professionnel",
        2,
        2,
        _SEVEN_HOURS,
        ("commune-alencon", "syndicat-mobilites-rurales", "departement-orne", "imprimerie-du-haras"),
    ),
    Rhythm(
        "eco-conduite",
        2,
        2,
        _SEVEN_HOURS,
        ("communaute-urbaine-alencon", "departement-orne", "commune-alencon", "imprimerie-du-haras"),
    ),
)
