"""A platform that has nothing to do with the demonstration's: another colour, no logo, cooking, French and screens.

What its pages say of bicycles or roads is the program's own, and wrong (tests/db/test_second_platform.py).
"""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

import makers
from training.catalogue.actions.offers import NewOffer, add_offer
from training.catalogue.rules.offers import OfferKind, OfferState
from training.catalogue.rules.tariffs import TariffMode, TariffRow
from training.kernel import clock
from training.kernel.actor import SYSTEM
from training.kernel.motifs.art import MOTIF_NAMES

IDENTITY = {
    "name": "Centre social L’Escale",
    "short_name": "L’Escale",
    "accent": "#6d2c5b",
    "trade": "Ateliers pour tous",
    "territory": "Val d’Orne",
    "headline": "Cuisiner, parler, se débrouiller avec les écrans",
    "lead": "Trois sortes d’ateliers, dans nos murs ou dans les vôtres.",
    "hours": "du mardi au samedi, de 10 h à 18 h",
    "people": "Nadia Levain, cuisinière\nPaul Accent, formateur",
}
# slug, title, summary, theme
OFFERS = (
    ("cuisiner", "Cuisiner à plusieurs", "Un repas préparé ensemble, de saison.", "Cuisine"),
    ("parler", "Parler français au marché", "Les mots de tous les jours, sur place.", "Français"),
    ("ecrans", "Premiers pas sur un écran", "Écrire un courriel, remplir un formulaire.", "Numérique"),
)

# Words of one trade. Those of data are not here: this platform has none of them.
TRADE = re.compile(
    r"\b(v[ée]los?|cycl(?:ist|ab)\w*|bicyclettes?|mobilit\w*|mobijump|routes?|routi[eè]re?s?|permis de conduire"
    r"|conduire|conducteur\w*|trajets?|covoitur\w*|voitures?|autocars?|deux-roues|bicycles?|cycling|driving|mobility)\b",
    re.IGNORECASE,
)


def made_over(patch: pytest.MonkeyPatch) -> None:
    """From here on the makers make this platform and its offers."""
    patch.setattr(makers, "PLATFORM", {**makers.PLATFORM, **IDENTITY, "logo": None})
    patch.setattr(makers, "make_offer", _make_offers)


async def _make_offers(*_args: object, **_more: object) -> int:
    """Its three offers; the first of them is the one that the story is about."""
    tariff = TariffRow(None, TariffMode.FLAT, 35_000, None, clock.today() - timedelta(days=800), None)
    made = [
        await add_offer(
            SYSTEM,
            NewOffer(
                slug=slug,
                title=title,
                summary=summary,
                description="Une **demi-journée** ensemble.",
                objectives="Essayer\nRefaire chez soi",
                audience="Habitants du quartier",
                prerequisites="Aucun",
                theme=theme,
                kind=OfferKind.AWARENESS,
                duration_minutes=180,
                group_min=6,
                group_max=60,
                partner=None,
                tariffs=(tariff,),
                state=OfferState.PUBLISHED,
            ),
        )
        for slug, title, summary, theme in OFFERS
    ]
    return made[0]


def trade_words(text: str) -> list[str]:
    """The words of one trade that a text holds, with what stands around; names of drawings are data to choose from."""
    for name in MOTIF_NAMES.values():
        text = text.replace(f">{name}<", "><")
    return [text[max(0, found.start() - 50) : found.end() + 40] for found in TRADE.finditer(text)]
