"""What people type into the one search box, and what they mean by it."""

from __future__ import annotations

import pytest

import search_makers
from search_makers import found
from training.kernel import db
from training.reporting.office.search import looking

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("database_test")]

VELO = "Sensibilisation au vélo électrique"
REPAIR = "Réparer son vélo soi-même"
MAIRIE = "Mairie d’Alençon"
SAINT = "Saint-Germain-du-Corbéis"

# What is typed: of a kind, the first that is found.
TYPED = {
    # words in any order, of several kinds
    "alençon vélo mars": ("session", VELO),
    "mars velo alencon": ("session", VELO),
    "VÉLO Alençon": ("session", VELO),
    "sées réparer": ("session", REPAIR),
    "vélo halle": ("session", REPAIR),
    "alençon halle": ("organisation", None),
    "une séance vélo à sées en mars": ("session", REPAIR),
    # slips of the finger
    "alencn": ("organisation", MAIRIE),
    "alenoçn velo": ("session", VELO),
    "vleo électrique": ("session", VELO),
    "électirque": ("offer", VELO),
    "sensiblisaton": ("offer", VELO),
    "hale aux grians": ("venue", "Halle aux Grains"),
    "corbeil": ("organisation", SAINT),
    "vélos": ("offer", VELO),
    "lefebvre": ("contact", "Nathalie Lefèvre"),
    "dubbois": ("contact", "Rachel Œuvrard-Dubois"),
    # what one writes in several ways
    "st germain": ("organisation", SAINT),
    "St-Germain du Corbéis": ("organisation", SAINT),
    "mairie d'alençon": ("organisation", MAIRIE),
    "oeuvrard rachel": ("contact", "Rachel Œuvrard-Dubois"),
    "dubois œuvrard": ("contact", "Rachel Œuvrard-Dubois"),
    "maelle": ("participant", "Maëlle Guérin"),
    "guerin maëlle": ("participant", "Maëlle Guérin"),
    "aline": ("facilitator", "Aline Anime"),
    "anime@example.org": ("facilitator", "Aline Anime"),
    "rh@st-germain.example.org": ("contact", "Rachel Ressources"),
    "prévention routière": ("partner", "Prévention routière"),
    "comite61 prevention": ("partner", "Prévention routière"),
    # what one calls it, whatever its name is
    "mairie st germain": ("organisation", SAINT),
    "ville de saint germain": ("organisation", SAINT),
    "sgc": ("organisation", SAINT),
    "m.a.": ("organisation", MAIRIE),
    "saintgermain": ("organisation", SAINT),
    "r. dubois": ("contact", "Rachel Œuvrard-Dubois"),
    "dubois r": ("contact", "Rachel Œuvrard-Dubois"),
    "sensibiliser": ("offer", VELO),
    "rachel alençon": ("contact", "Rachel Œuvrard-Dubois"),
    # telephones and numbers as people say them
    "02 33 80 66 12": ("contact", "Rachel Œuvrard-Dubois"),
    "0233806612": ("contact", "Rachel Œuvrard-Dubois"),
    "02.33.80.66.12": ("contact", "Rachel Œuvrard-Dubois"),
    "+33 2 33 80 66 12": ("contact", "Rachel Œuvrard-Dubois"),
    "+33 (0)2 33 80": ("contact", "Rachel Œuvrard-Dubois"),
    "02 33": ("contact", "Rachel Œuvrard-Dubois"),
    "80 66 12": ("contact", "Rachel Œuvrard-Dubois"),
    "66 12": ("contact", "Rachel Œuvrard-Dubois"),
    "06 39 98 00 01": ("facilitator", "Aline Anime"),
    "000 077 776 00011": ("organisation", SAINT),
    "00007777600011": ("organisation", SAINT),
    "000 077 776": ("organisation", SAINT),
    "R2027-00042": ("booking", MAIRIE),
    "r2027 42": ("booking", MAIRIE),
    "r202700042": ("booking", MAIRIE),
    "00042": ("booking", MAIRIE),
    "42": ("booking", MAIRIE),
    "117": ("booking", SAINT),
    "ENG-2027/415": ("booking", MAIRIE),
    "eng 415": ("booking", MAIRIE),
    "n° R2027-00042": ("booking", MAIRIE),
    "n°42": ("booking", MAIRIE),
    "tél. 02 33 80 66 12": ("contact", "Rachel Œuvrard-Dubois"),
    "SIRET 000 077 776 00011": ("organisation", SAINT),
    "Mme Œuvrard": ("contact", "Rachel Œuvrard-Dubois"),
    "350": ("invoice", "F2026-00001"),
    "350,00 €": ("invoice", "F2026-00001"),
    "facture alençon": ("invoice", "F2026-00001"),
    # days
    "mars": ("session", VELO),
    "9 mars": ("session", VELO),
    "mardi 9": ("session", VELO),
    "mardi 9 mars 2027": ("session", VELO),
    "09/03": ("session", VELO),
    "9/3/2027": ("session", VELO),
    "9/3/27": ("session", VELO),
    "2027-03-09": ("session", VELO),
    "mardi 9 mars 9h30": ("session", VELO),
    "vendredi sées": ("session", REPAIR),
    "12 mars": ("session", REPAIR),
    "mars 2027": ("session", VELO),
    "nov. 2026": ("session", VELO),
    "vendrdi": ("session", REPAIR),
    "march": ("session", VELO),
}


@pytest.mark.parametrize("way", ["near", "far"])
async def test_what_people_type_finds_what_they_mean(way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if way == "far":
        monkeypatch.setattr(looking, "NEAR", 0)
    await search_makers.make_searched()
    number = await db.value("select number from invoice where state = 'issued'")
    wrong = []
    for typed, (kind, title) in TYPED.items():
        meant = number if kind == "invoice" else title
        answers = await found(typed)
        first = answers.get(kind, [None])[0]
        if first != meant:
            wrong.append(f"{typed!r}: {kind} {first!r} instead of {meant!r}; {answers}")
    assert not wrong, "\n".join(wrong)


NOTHING = (
    "zzzz", "vélo zzzz", "%", "_", "' —", "-", "…", "8 mars", "lundi 9", "13/03", "30/02/2027", "😀", "\\", "'&|!():*",
)  # fmt: skip


async def test_all_of_it_must_be_there() -> None:
    await search_makers.make_searched()
    assert {typed: answers for typed in NOTHING if (answers := await found(typed))} == {}


async def test_what_is_typed_is_bounded_and_never_an_error() -> None:
    await search_makers.make_searched()
    for typed in ("a", "l", "é", "7", "al", "a" * 200, "mars " * 40, "(" * 90, "a & !b | c:*", "1 " * 100, "'a' <-> b"):
        await found(typed)
    assert (await found("vélo & alençon"))["session"] == [VELO, VELO]


async def test_exact_comes_before_near() -> None:
    await search_makers.make_searched()
    async with db.atomic():
        await db.execute("update contact set name = 'Paule Lefèbvre' where name = 'Félix Finances'")
    assert (await found("lefebvre"))["contact"] == ["Paule Lefèbvre", "Nathalie Lefèvre"]
    assert (await found("lefevre"))["contact"] == ["Nathalie Lefèvre", "Paule Lefèbvre"]
